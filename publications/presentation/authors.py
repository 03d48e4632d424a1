"""Authors as pages show them: bylines, profiles, and authors in lists."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from publications import markup
from publications.fediverse import FediverseAccount
from publications.models import Author, BylineName, EditionByline

from .images import ImageUrl, portrait_image
from .links import author_url, public_image_url

MAX_NAME_AS_INITIALS = 4  # letters of a name that has room in the place of its initials: 18F, NATO
MAX_NAMES = 4  # names of a role that have title and affiliation, and names in a teaser


def join_position(title: str, affiliation: str) -> str:
    """Return title and affiliation as one text."""
    return ", ".join(part for part in (title, affiliation) if part)


@dataclass(frozen=True)
class BylinePerson:
    """A name in a byline."""

    name: str
    url: str = ""
    title: str = ""
    affiliation: str = ""
    orcid: str = ""

    @property
    def position(self) -> str:
        return join_position(self.title, self.affiliation)


@dataclass(frozen=True)
class BylineGroup:
    """The people who share a role on a publication, in byline order."""

    role: str
    people: list[BylinePerson]

    @property
    def shared_affiliation(self) -> str:
        """The affiliation of a long group whose members all have the same; shown once, after the names."""
        affiliations = {person.affiliation for person in self.people}
        return affiliations.pop() if len(self.people) > MAX_NAMES and len(affiliations) == 1 else ""

    @property
    def credits(self) -> list[tuple[BylinePerson, str]]:
        """Each person with the position shown beside the name: in a long group the affiliation alone."""
        is_long = len(self.people) > MAX_NAMES
        if self.shared_affiliation:
            return [(person, "") for person in self.people]
        return [
            (person, (person.affiliation if is_long else "") or person.position) for person in self.people
        ]


@dataclass(frozen=True)
class AuthorProfile(BylinePerson):
    """An author under "About the Author", with the current biography and portrait."""

    biography_html: str = ""
    portrait: markup.ResponsiveImage | None = None
    initials: str = ""
    fediverse_account: FediverseAccount | None = None


def byline_text(bylines: Iterable[EditionByline | BylineName]) -> str:
    """Return the names as running text: "A and B, with C". Editors are named only if nobody else is."""
    rows = list(bylines)
    authors, others = ([row.name for row in rows if row.role == role] for role in ("author", "with"))
    if authors and others:
        texts = {"authors": _join_names(authors), "others": _join_names(others)}
        return gettext("%(authors)s, with %(others)s") % texts
    return _join_names(authors or others or [row.name for row in rows])


def short_byline_text(bylines: Iterable[EditionByline | BylineName]) -> str:
    """Return the names as running text, of more than `MAX_NAMES` authors the first ones "and others"."""
    rows = list(bylines)
    authors = [row for row in rows if row.role == "author"] or rows
    if len(authors) <= MAX_NAMES:
        return byline_text(rows)
    return gettext("%(names)s and others") % {
        "names": ", ".join(row.name for row in authors[: MAX_NAMES - 1])
    }


def _join_names(names: list[str]) -> str:
    return get_text_list(names, gettext("and")) if len(names) > 1 else "".join(names)


def byline_parts(row: EditionByline) -> tuple[str, str, str]:
    """Return name, title and affiliation; of a pen name, the name and two empty strings."""
    return (row.name, "", "") if row.author.is_pseudonymous else (row.name, row.title, row.affiliation)


def byline_groups(bylines: Sequence[EditionByline], url_of: Callable[[Author], str]) -> list[BylineGroup]:
    """Return the bylines grouped by role, in the order in which the roles first appear."""
    roles: dict[str, list[BylinePerson]] = {}
    for row in bylines:
        name, title, affiliation = byline_parts(row)
        person = BylinePerson(
            name=name,
            url=url_of(row.author),
            title=title,
            affiliation=affiliation,
            orcid=row.author.shown_orcid,
        )
        roles.setdefault(row.role, []).append(person)
    return [BylineGroup(role, people) for role, people in roles.items()]


def author_profiles(
    bylines: Sequence[EditionByline], url_of: Callable[[Author], str], image_url: ImageUrl
) -> list[AuthorProfile]:
    """Return the profiles under "About the Authors": the name as published, the rest as it is now."""
    return [
        AuthorProfile(
            name=row.name,
            url=url_of(row.author),
            title=row.author.get_translation("title", fallback=False)
            if not row.author.is_pseudonymous
            else "",
            affiliation=row.author.get_translation("affiliation") if not row.author.is_pseudonymous else "",
            orcid=row.author.shown_orcid,
            biography_html=paragraphs_html(row.author.biography),
            portrait=portrait_image(row.author.shown_portrait, image_url),
            initials=initials_of(row.author),
            fediverse_account=row.author.shown_fediverse_account,
        )
        for row in bylines
    ]


def initials_of(author: Author) -> str:
    """Return the text in place of a missing portrait: the initials, or a name as short as those ("NATO")."""
    is_short = (
        len(author.name) <= MAX_NAME_AS_INITIALS
        and author.name == author.name.upper()
        and " " not in author.name
    )
    return author.name if is_short else initials(author.name)


def initials(name: str) -> str:
    """Return one or two letters that stand for a person without a portrait: "SA" for "Sample Author"."""
    words = unicodedata.normalize("NFC", name).replace("-", " ").split()
    letters = [letter for word in words if (letter := _first_letter(word))]
    return "".join(letters if len(letters) < 2 else (letters[0], letters[-1]))


def _first_letter(word: str) -> str:
    """Return the first letter in title case: Georgian has none, Ǆ becomes ǅ."""
    return next((character.title()[0] for character in word if character.isalpha()), "")


def paragraphs_html(text: str) -> SafeString:
    """Return plain text as escaped HTML paragraphs."""
    return format_html_join("", "<p>{}</p>", ((part.strip(),) for part in text.split("\n\n") if part.strip()))


@dataclass(frozen=True)
class AuthorSummary:
    """An author in a list of people."""

    name: str
    url: str
    title: str = ""
    affiliation: str = ""
    publication_count: int = 0
    portrait: markup.ResponsiveImage | None = None
    initials: str = ""
    anchor: str = ""

    @property
    def position(self) -> str:
        return join_position(self.title, self.affiliation)

    @property
    def publication_count_text(self) -> str:
        """The number of publications ("3 publications"), or "" for none."""
        if not self.publication_count:
            return ""
        text = ngettext("%(number)s publication", "%(number)s publications", self.publication_count)
        return text % {"number": self.publication_count}


def author_summaries(
    authors: Iterable[Author], image_url: ImageUrl = public_image_url
) -> list[AuthorSummary]:
    """Return authors as lists show them; only guests have an affiliation, all others belong to this site."""
    return [
        AuthorSummary(
            name=author.name,
            url=author_url(author),
            title=author.get_translation("title", fallback=False),
            affiliation=author.get_translation("affiliation") if author.is_guest else "",
            publication_count=getattr(author, "edition_count", 0),
            portrait=portrait_image(author.shown_portrait, image_url),
            initials=initials_of(author),
        )
        for author in authors
    ]
