"""Look up authors, tags, images and kinds by the names in manuscripts, with a cache, and find similar names."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from publications.models import Author, Image, Kind, Publication, Tag
from publications.slugs import slugify

MAX_NAME_CHARACTERS = 120


class SiteNames:
    """Caches rows during an import. Call `forget()` after a rollback of created rows.

    `identities` are slugs of distinct persons in an author list, who may share a name; `organisations` are slugs of
    authors that are created as organisations.
    """

    def __init__(self, identities: Iterable[str] = ()) -> None:
        self.identities = frozenset(identities)
        self.organisations: set[str] = set()

    def forget(self) -> None:
        """Clear the cache."""
        self.__dict__ = {"identities": self.identities, "organisations": self.organisations}

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        return {kind.slug: kind for kind in Kind.objects.all()}

    @cached_property
    def authors(self) -> dict[str, Author]:
        """Authors by slug."""
        return {author.slug: author for author in Author.objects.all()}

    @cached_property
    def spellings(self) -> dict[str, Author]:
        """Authors by normalized name or alias (see `fold_name`); if several share one, the first."""
        spellings: dict[str, Author] = {}
        for author in sorted(self.authors.values(), key=lambda author: author.pk):
            for name in (author.name, *author.aliases.splitlines()):
                spellings.setdefault(fold_name(name), author)
        return spellings

    @cached_property
    def tags(self) -> dict[str, Tag]:
        """Tags by name in lower case."""
        return {tag.name.casefold(): tag for tag in Tag.objects.order_by("-pk")}

    @cached_property
    def images(self) -> dict[str, Image]:
        """Images by key."""
        return {image.key: image for image in Image.objects.order_by("-pk")}

    @cached_property
    def originals(self) -> dict[str, int]:
        """Primary keys of originals by uid, for those looked up so far."""
        return {}

    def author(self, slug: str, name: str) -> Author | None:
        """Return the author of a byline by slug, otherwise by name or alias; None if there is none."""
        for candidate in (slug, slugify(slug)):
            if candidate in self.authors:
                return self.authors[candidate]
        namesake = self.spellings.get(fold_name(name) or fold_name(slug))
        is_different_person = namesake and slug in self.identities and namesake.slug in self.identities
        return None if is_different_person else namesake

    def make_author(self, slug: str, name: str, *, guest: bool) -> Author:
        """Create an author.

        Args:
            slug: the slug or id in the manuscript; kept as an alias if the author gets another.
            name: the display name; empty uses the slug.
            guest: whether the author is a guest.
        """
        identity = _collapse_spaces(slug)
        name = _collapse_spaces(name)[:MAX_NAME_CHARACTERS] or identity[:MAX_NAME_CHARACTERS]
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
        """Return the tag of this name, created if necessary."""
        if name.casefold() not in self.tags:
            self.tags[name.casefold()] = Tag.objects.create(name=name)
        return self.tags[name.casefold()]

    def original(self, uid: str) -> int | None:
        """Return the primary key of the original of the publication with this uid, or None."""
        if uid not in self.originals:
            publication = Publication.objects.filter(uid=uid).first()
            if publication:
                self.originals[uid] = publication.source_publication.pk
        return self.originals.get(uid)


def _collapse_spaces(text: str) -> str:
    return " ".join(text.split())


def fold_name(name: str) -> str:
    """Return a name for lookups, with case, white space and length normalized."""
    return _collapse_spaces(name)[:MAX_NAME_CHARACTERS].strip().casefold()


SIMILAR_NAME_RATIO = 0.82
MAX_SIMILAR = 3


@dataclass(frozen=True)
class NameMatch:
    """A name, the author with that name or alias, and authors with similar names."""

    name: str
    author: Author | None = None
    similar: tuple[Author, ...] = ()


def match_names(names: Iterable[str], site_names: SiteNames) -> list[NameMatch]:
    """Return the author of each name, by name or alias, or authors with similar names if there is none."""
    matches = []
    for name in names:
        author = site_names.author("", name)
        matches.append(NameMatch(name, author, () if author else _similar_authors(name, site_names)))
    return matches


def _similar_authors(name: str, site_names: SiteNames) -> tuple[Author, ...]:
    rated: dict[int, tuple[float, Author]] = {}
    for spelling, author in site_names.spellings.items():
        ratio = _similarity(_plain_letters(name), _plain_letters(spelling))
        if ratio >= SIMILAR_NAME_RATIO and ratio > rated.get(author.pk, (0.0, author))[0]:
            rated[author.pk] = (ratio, author)
    best = sorted(rated.values(), key=lambda rating: (-rating[0], rating[1].name))
    return tuple(author for _ratio, author in best[:MAX_SIMILAR])


def _similarity(name: str, other: str) -> float:
    """Return the similarity from 0 to 1. The last name may come first, and initials match first names."""
    words, other_words = name.split(), other.split()
    if _has_initial(words, other_words):
        return 0.9
    rotated = " ".join([*words[-1:], *words[:-1]]), " ".join([*words[1:], *words[:1]])
    return max(SequenceMatcher(None, variant, other, autojunk=False).ratio() for variant in (name, *rotated))


def _has_initial(words: list[str], other_words: list[str]) -> bool:
    """Whether two names have the same last name, and one the initial of the other's first name."""
    if len(words) < 2 or len(other_words) < 2 or words[-1] != other_words[-1]:
        return False
    return words[0][0] == other_words[0][0] and (len(words[0]) == 1 or len(other_words[0]) == 1)


def _plain_letters(name: str) -> str:
    """Return a name in lower case without accents and dots."""
    letters = unicodedata.normalize("NFD", name.casefold().replace(".", " "))
    return " ".join(
        "".join(character for character in letters if not unicodedata.combining(character)).split()
    )
