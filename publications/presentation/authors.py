"""Those who write: bylines, profiles, and authors in lists."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from publications import markup
from publications.models import Author, EditionByline

from .images import ImageAddress, portrait_image
from .links import author_url, public_address

MAX_NAME_AS_INITIALS = 4  # letters of a name that has room in the place of its initials: 18F, NATO
MAX_NAMES = 4  # more names than these are told more briefly


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
    """Those who share a role on a piece, in their order."""

    role: str
    names: list[BylinePerson]

    @property
    def shared_affiliation(self) -> str:
        """Where many are of one house, it is named once, behind them all."""
        affiliations = {person.affiliation for person in self.names}
        return affiliations.pop() if len(self.names) > MAX_NAMES and len(affiliations) == 1 else ""

    @property
    def people(self) -> list[tuple[BylinePerson, str]]:
        """Each with what stands behind the name: where many stand together, the affiliation alone."""
        is_long = len(self.names) > MAX_NAMES
        if self.shared_affiliation:
            return [(person, "") for person in self.names]
        return [(person, (person.affiliation if is_long else "") or person.position) for person in self.names]


@dataclass(frozen=True)
class AuthorProfile(BylinePerson):
    """An author as About the Author tells of them: biography and portrait as they are now."""

    biography_html: str = ""
    portrait: markup.ResponsiveImage | None = None
    initials: str = ""


def names_in_line(bylines: Iterable[EditionByline]) -> str:
    """Authors as one reads them aloud: "A and B, with C". Editors only where nobody else is named."""
    rows = list(bylines)
    authors, others = (_aloud(row for row in rows if row.role == role) for role in ("author", "with"))
    if authors and others:
        return gettext("%(authors)s, with %(others)s") % {"authors": authors, "others": others}
    return authors or others or _aloud(rows)


def names_in_teaser(bylines: Iterable[EditionByline]) -> str:
    """The same, or the first of the authors where a card has no room for more."""
    rows = list(bylines)
    authors = [row for row in rows if row.role == "author"] or rows
    if len(authors) <= MAX_NAMES:
        return names_in_line(rows)
    return gettext("%(names)s and others") % {
        "names": ", ".join(row.name for row in authors[: MAX_NAMES - 1])
    }


def _aloud(bylines: Iterable[EditionByline]) -> str:
    return get_text_list([row.name for row in bylines], gettext("and"))


def byline_groups(row: EditionByline) -> tuple[str, str, str]:
    """Name, title and affiliation as a piece may tell them: of a pen name, the name alone."""
    return (row.name, "", "") if row.author.is_pseudonymous else (row.name, row.title, row.affiliation)


def byline_people(bylines: Sequence[EditionByline], url_of: Callable[[Author], str]) -> list[BylineGroup]:
    """The bylines by role, each role once, in the order of the piece."""
    roles: dict[str, list[BylinePerson]] = {}
    for row in bylines:
        name, title, affiliation = byline_groups(row)
        person = BylinePerson(
            name=name,
            url=url_of(row.author),
            title=title,
            affiliation=affiliation,
            orcid=row.author.shown_orcid,
        )
        roles.setdefault(row.role, []).append(person)
    return [BylineGroup(role, names) for role, names in roles.items()]


def author_profiles(
    bylines: Sequence[EditionByline], url_of: Callable[[Author], str], address: ImageAddress
) -> list[AuthorProfile]:
    """About the Authors: the name as published, the rest as it is now."""
    return [
        AuthorProfile(
            name=row.name,
            url=url_of(row.author),
            title=row.author.get_translation("title", fallback=False)
            if not row.author.is_pseudonymous
            else "",
            affiliation=row.author.get_translation("affiliation") if not row.author.is_pseudonymous else "",
            orcid=row.author.shown_orcid,
            biography_html=paragraphs(row.author.biography),
            portrait=portrait_image(row.author.shown_portrait, address),
            initials=initials_of(row.author),
        )
        for row in bylines
    ]


def initials_of(author: Author) -> str:
    """Return what stands for a missing portrait: initials, or a name that is as short itself."""
    is_short = (
        len(author.name) <= MAX_NAME_AS_INITIALS
        and author.name == author.name.upper()
        and " " not in author.name
    )
    return author.name if is_short else author.initials


def paragraphs(text: str) -> SafeString:
    """Plain text as paragraphs, escaped."""
    return format_html_join("", "<p>{}</p>", ((part.strip(),) for part in text.split("\n\n") if part.strip()))


@dataclass(frozen=True)
class AuthorSummary:
    """An author in a list of people."""

    name: str
    url: str
    title: str = ""
    affiliation: str = ""
    pieces: int = 0
    portrait: markup.ResponsiveImage | None = None
    initials: str = ""
    anchor: str = ""

    @property
    def position(self) -> str:
        return join_position(self.title, self.affiliation)

    @property
    def publication_count_text(self) -> str:
        """How many publications there are, or "" without one."""
        if not self.pieces:
            return ""
        text = ngettext("%(number)s publication", "%(number)s publications", self.pieces)
        return text % {"number": self.pieces}


def author_summaries(
    authors: Iterable[Author], address: ImageAddress = public_address
) -> list[AuthorSummary]:
    return [
        AuthorSummary(
            name=author.name,
            url=author_url(author),
            title=author.get_translation("title", fallback=False),
            affiliation=author.get_translation("affiliation")
            if author.is_guest
            else "",  # the rest are of this house
            pieces=getattr(author, "pieces", 0),
            portrait=portrait_image(author.shown_portrait, address),
            initials=initials_of(author),
        )
        for author in authors
    ]
