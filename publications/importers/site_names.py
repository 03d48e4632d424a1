"""Authors, tags, images and kinds by the names that manuscripts use, each queried once; and names that are similar."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from publications.models import Author, Image, Kind, Publication, Tag
from publications.slugs import slugify

MAX_NAME = 120


class SiteNames:
    """Remembers rows for the length of an import. After a rollback of rows that were made, call `forget()`.

    `identities` are the slugs of persons whom a list of authors tells apart, though two may share a name;
    `organisations` those of authors that are organisations if they have to be made.
    """

    def __init__(self, identities: Iterable[str] = ()) -> None:
        self.identities = frozenset(identities)
        self.organisations: set[str] = set()

    def forget(self) -> None:
        """Query the database anew."""
        self.__dict__ = {"identities": self.identities, "organisations": self.organisations}

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        return {kind.slug: kind for kind in Kind.objects.all()}

    @cached_property
    def authors(self) -> dict[str, Author]:
        """By slug."""
        return {author.slug: author for author in Author.objects.all()}

    @cached_property
    def spellings(self) -> dict[str, Author]:
        """By name or alias, case-insensitively. Where two share one, the first counts."""
        spellings: dict[str, Author] = {}
        for author in sorted(self.authors.values(), key=lambda author: author.pk):
            for name in (author.name, *author.aliases.splitlines()):
                spellings.setdefault(fold_name(name), author)
        return spellings

    @cached_property
    def tags(self) -> dict[str, Tag]:
        """By name, case-insensitively."""
        return {tag.name.casefold(): tag for tag in Tag.objects.order_by("-pk")}

    @cached_property
    def images(self) -> dict[str, Image]:
        """By key."""
        return {image.key: image for image in Image.objects.order_by("-pk")}

    @cached_property
    def originals(self) -> dict[str, int]:
        """Primary keys of originals by uid, so far as they were asked for."""
        return {}

    def author(self, slug: str, name: str) -> Author | None:
        """The author whom a byline means: by slug, else by name or alias."""
        for candidate in (slug, slugify(slug)):
            if candidate in self.authors:
                return self.authors[candidate]
        namesake = self.spellings.get(fold_name(name) or fold_name(slug))
        is_other = namesake and slug in self.identities and namesake.slug in self.identities
        return None if is_other else namesake

    def make_author(self, slug: str, name: str, *, guest: bool) -> Author:
        """Create an author, with a slug made from that given where it is free."""
        identity = _on_one_line(slug)
        name = _on_one_line(name)[:MAX_NAME] or identity[:MAX_NAME]
        author = Author(
            name=name, is_guest=guest, slug=slugify(slug), is_organisation=slug in self.organisations
        )
        if identity and identity != author.slug and identity.casefold() != name.casefold():
            author.aliases = identity
        author.save()
        self.authors[author.slug] = author
        for spelling in (author.name, *author.aliases.splitlines()):
            self.spellings.setdefault(fold_name(spelling), author)
        return author

    def tag(self, name: str) -> Tag:
        """The tag of that name, created where there is none."""
        if name.casefold() not in self.tags:
            self.tags[name.casefold()] = Tag.objects.create(name=name)
        return self.tags[name.casefold()]

    def original(self, uid: str) -> int | None:
        """The primary key of the original that a translation of this uid belongs to."""
        if uid not in self.originals:
            publication = Publication.objects.filter(uid=uid).first()
            if publication:
                self.originals[uid] = publication.source_publication.pk
        return self.originals.get(uid)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def fold_name(name: str) -> str:
    """The name as it is looked up: however it is cased, spaced, or cut."""
    return _on_one_line(name)[:MAX_NAME].strip().casefold()


SIMILAR_NAME_RATIO = 0.82
MAX_SIMILAR = 3


@dataclass(frozen=True)
class NameMatch:
    """A name as written, the author whom it means, and authors of similar names."""

    name: str
    author: Author | None = None
    near: tuple[Author, ...] = ()


def match_names(names: Iterable[str], site_names: SiteNames) -> list[NameMatch]:
    """The author whom each name means, by name or alias; for a name that nobody has, authors of similar names."""
    matches = []
    for name in names:
        author = site_names.author("", name)
        matches.append(NameMatch(name, author, () if author else _similar_authors(name, site_names)))
    return matches


def _similar_authors(name: str, site_names: SiteNames) -> tuple[Author, ...]:
    rated: dict[int, tuple[float, Author]] = {}
    for spelling, author in site_names.spellings.items():
        ratio = _similarity(_plain(name), _plain(spelling))
        if ratio >= SIMILAR_NAME_RATIO and ratio > rated.get(author.pk, (0.0, author))[0]:
            rated[author.pk] = (ratio, author)
    best = sorted(rated.values(), key=lambda rating: (-rating[0], rating[1].name))
    return tuple(author for _ratio, author in best[:MAX_SIMILAR])


def _similarity(name: str, other: str) -> float:
    """From 0 to 1. A name may have its last word first, and an initial stands for its name."""
    words, others = name.split(), other.split()
    if _is_abbreviated(words, others):
        return 0.9
    turned = " ".join([*words[-1:], *words[:-1]]), " ".join([*words[1:], *words[:1]])
    return max(SequenceMatcher(None, form, other, autojunk=False).ratio() for form in (name, *turned))


def _is_abbreviated(words: list[str], others: list[str]) -> bool:
    """“A. Berg” and “Anna Maria Berg”: one last name, and first names that begin alike."""
    if len(words) < 2 or len(others) < 2 or words[-1] != others[-1]:
        return False
    return words[0][0] == others[0][0] and (len(words[0]) == 1 or len(others[0]) == 1)


def _plain(name: str) -> str:
    """Lower-case, without accents and dots."""
    letters = unicodedata.normalize("NFD", name.casefold().replace(".", " "))
    return " ".join("".join(sign for sign in letters if not unicodedata.combining(sign)).split())
