"""Look up authors, tags, images and kinds by the names in manuscripts, with a cache, and find similar names."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from publications.models import (
    ActionType,
    AuditEntry,
    Author,
    Image,
    Kind,
    Publication,
    Tag,
    tags_by_name,
)
from publications.slugs import slugify

from .source_authors import MAX_NAME_CHARACTERS


class ImportCache:
    """Caches rows during an import. Call `clear()` after a rollback of created rows.

    `listed_slugs` are slugs of distinct persons in an author list, who may share a name; `organisation_slugs`
    are those of authors that are created as organisations; `created_slugs` and `created_tags` name the authors and tags
    that were created, those of a rollback included.
    """

    def __init__(self, listed_slugs: Iterable[str] = ()) -> None:
        self.listed_slugs = frozenset(listed_slugs)
        self.organisation_slugs: set[str] = set()
        self.created_slugs: set[str] = set()
        self.created_tags: set[str] = set()

    def clear(self) -> None:
        """Clear the cache."""
        kept = ("listed_slugs", "organisation_slugs", "created_slugs", "created_tags")
        self.__dict__ = {name: self.__dict__[name] for name in kept}

    def list_new_authors(self) -> list[str]:
        """Return the names of the authors that were created and are there."""
        return list(
            Author.objects.filter(slug__in=self.created_slugs)
            .values_list("name", flat=True)
            .order_by("name", "pk")
        )

    def list_new_tags(self) -> list[str]:
        """Return the names of the tags that were created and are there."""
        return sorted(Tag.objects.filter(name__in=self.created_tags).values_list("name", flat=True))

    @cached_property
    def edited_images(self) -> set[int]:
        """The primary keys of the images that somebody has changed at the desk."""
        entries = AuditEntry.objects.filter(action=ActionType.AMEND, detail__kind="image")
        return set(entries.values_list("detail__pk", flat=True))

    @cached_property
    def images_without_words(self) -> set[int]:
        """The primary keys of images of which the library says nothing, and which no edition shows."""
        images = Image.objects.filter(alt_en="", alt_sv="", is_decorative=False, credit="", licence="")
        return {*images.filter(shown_in=None).values_list("pk", flat=True)} - self.edited_images

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        return {kind.slug: kind for kind in Kind.objects.all()}

    @cached_property
    def authors_by_slug(self) -> dict[str, Author]:
        """Authors by slug."""
        return {author.slug: author for author in Author.objects.all()}

    @cached_property
    def authors_by_name(self) -> dict[str, Author]:
        """Authors by normalized name or alias (see `normalize_name`); if several share one, the first."""
        authors_by_name: dict[str, Author] = {}
        for author in sorted(self.authors_by_slug.values(), key=lambda author: author.pk):
            for name in (author.name, *author.aliases.splitlines()):
                authors_by_name.setdefault(normalize_name(name), author)
        return authors_by_name

    @cached_property
    def tags(self) -> dict[str, Tag]:
        """Tags by name in lower case, in either language."""
        return tags_by_name()

    @cached_property
    def images(self) -> dict[str, Image]:
        """Images by key."""
        return {image.key: image for image in Image.objects.order_by("-pk")}

    @cached_property
    def originals(self) -> dict[str, int]:
        """Primary keys of originals by uid, for those looked up so far."""
        return {}

    @cached_property
    def series_numbers(self) -> dict[int, str]:
        """The uids of the originals that have series numbers, by primary key, for those looked up so far."""
        return {}

    def find_author(self, slug: str, name: str) -> Author | None:
        """Return the author of a byline by slug, otherwise by name or alias; None if there is none."""
        for candidate in (slug, slugify(slug)):
            if candidate in self.authors_by_slug:
                return self.authors_by_slug[candidate]
        namesake = self.authors_by_name.get(normalize_name(name) or normalize_name(slug))
        is_different_person = namesake and slug in self.listed_slugs and namesake.slug in self.listed_slugs
        return None if is_different_person else namesake

    def create_author(self, slug: str, name: str, *, is_guest: bool) -> Author:
        """Create an author.

        Args:
            slug: the slug or id in the manuscript; kept as an alias if the author gets another.
            name: the display name; empty uses the slug.
            is_guest: whether the author is a guest.
        """
        listed_id = _collapse_spaces(slug)
        name = _collapse_spaces(name)[:MAX_NAME_CHARACTERS] or listed_id[:MAX_NAME_CHARACTERS]
        author = Author(
            name=name, is_guest=is_guest, slug=slugify(slug), is_organisation=slug in self.organisation_slugs
        )
        if listed_id and listed_id != author.slug and listed_id.casefold() != name.casefold():
            author.aliases = listed_id
        author.save()
        self.created_slugs.add(author.slug)
        self.authors_by_slug[author.slug] = author
        for spelling in (author.name, *author.aliases.splitlines()):
            self.authors_by_name.setdefault(normalize_name(spelling), author)
        return author

    def get_or_create_tag(self, name: str) -> Tag:
        """Return the tag of this name, created if necessary."""
        if name.casefold() not in self.tags:
            self.tags[name.casefold()] = Tag.objects.create(name=name)
            self.created_tags.add(name)
        return self.tags[name.casefold()]

    def find_original(self, uid: str) -> int | None:
        """Return the primary key of the original of the publication with this uid, or None."""
        if uid not in self.originals:
            publication = Publication.objects.filter(uid=uid).first()
            if publication:
                self.originals[uid] = publication.source_publication.pk
        return self.originals.get(uid)


def _collapse_spaces(text: str) -> str:
    return " ".join(text.split())


def normalize_name(name: str) -> str:
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


def match_names(names: Iterable[str], import_cache: ImportCache) -> list[NameMatch]:
    """Return the author of each name, by name or alias, or authors with similar names if there is none."""
    matches = []
    for name in names:
        author = import_cache.find_author("", name)
        matches.append(NameMatch(name, author, () if author else _similar_authors(name, import_cache)))
    return matches


def _similar_authors(name: str, import_cache: ImportCache) -> tuple[Author, ...]:
    rated: dict[int, tuple[float, Author]] = {}
    for spelling, author in import_cache.authors_by_name.items():
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
