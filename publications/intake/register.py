"""The register: authors, tags, pictures and kinds by the names that manuscripts use, each asked for once."""

from collections.abc import Iterable
from functools import cached_property

from publications.languages import slugify
from publications.models import Author, Image, Kind, Publication, Tag

LONGEST_NAME = 120


class Register:
    """Remembers rows for the length of an import. Rows that were made and then rolled back: `forget()`.

    `identities` are the addresses of persons that a list of authors tells apart, though two may share a name;
    `organisations` those of authors that are organisations if they have to be made.
    """

    def __init__(self, identities: Iterable[str] = ()) -> None:
        self.identities = frozenset(identities)
        self.organisations: set[str] = set()

    def forget(self) -> None:
        """Ask the database anew."""
        self.__dict__ = {"identities": self.identities, "organisations": self.organisations}

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        return {kind.slug: kind for kind in Kind.objects.all()}

    @cached_property
    def authors(self) -> dict[str, Author]:
        """By address."""
        return {author.slug: author for author in Author.objects.all()}

    @cached_property
    def spellings(self) -> dict[str, Author]:
        """By name or alias, whatever the case. Where two share one, the first stands for it."""
        found: dict[str, Author] = {}
        for author in sorted(self.authors.values(), key=lambda author: author.pk):
            for name in (author.name, *author.aliases.splitlines()):
                found.setdefault(_folded(name), author)
        return found

    @cached_property
    def tags(self) -> dict[str, Tag]:
        """By name, whatever the case."""
        return {tag.name.casefold(): tag for tag in Tag.objects.order_by("-pk")}

    @cached_property
    def images(self) -> dict[str, Image]:
        """By key."""
        return {image.key: image for image in Image.objects.order_by("-pk")}

    @cached_property
    def pieces(self) -> dict[str, int]:
        """What has been taken in, or asked for: primary keys of originals by uid."""
        return {}

    def author(self, slug: str, name: str) -> Author | None:
        """Whom a byline means: by address, else by name or alias."""
        for address in (slug, slugify(slug)):
            if address in self.authors:
                return self.authors[address]
        namesake = self.spellings.get(_folded(name) or _folded(slug))
        is_other = namesake and slug in self.identities and namesake.slug in self.identities
        return None if is_other else namesake

    def make_author(self, slug: str, name: str, *, guest: bool) -> Author:
        """A new author at the address of that name, where it is free."""
        identity, name = (
            _on_one_line(slug),
            _on_one_line(name)[:LONGEST_NAME] or _on_one_line(slug)[:LONGEST_NAME],
        )
        author = Author(
            name=name, guest=guest, slug=slugify(slug), is_organisation=slug in self.organisations
        )
        if identity and identity != author.slug and identity.casefold() != name.casefold():
            author.aliases = identity
        author.save()
        self.authors[author.slug] = author
        for spelling in (author.name, *author.aliases.splitlines()):
            self.spellings.setdefault(_folded(spelling), author)
        return author

    def tag(self, name: str) -> Tag:
        """The tag of that name, made when there is none."""
        if name.casefold() not in self.tags:
            self.tags[name.casefold()] = Tag.objects.create(name=name)
        return self.tags[name.casefold()]

    def original(self, uid: str) -> int | None:
        """The piece that a translation of this uid is a translation of."""
        if uid not in self.pieces:
            piece = Publication.objects.filter(uid=uid).first()
            if piece:
                self.pieces[uid] = piece.original.pk
        return self.pieces.get(uid)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _folded(name: str) -> str:
    """The name as it is looked for: however it is cased, spaced, or cut."""
    return _on_one_line(name)[:LONGEST_NAME].strip().casefold()
