"""What the sitemap tells of, source by source, each in blocks of at most SIZE addresses.

A block is a range of numbers in the database, so that an address keeps its part for ever and the last part
of a million pieces is found as fast as the first. Queries are constant in size.
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from django.db.models import Count, Exists, F, Max, Model, OuterRef, QuerySet
from django.utils import timezone

from publications.languages import TREES
from publications.models import Author, Edition, EditionByline, EditionTag, Listed, Page, Tag
from publications.presentation import absolute, in_tree, paths_in_locales

from .document import Address

SIZE = 10_000
SECTIONS = ("home", "list", "topics", "authors")


class Pages:
    """The sections of the site and its own pages: a handful, in one block."""

    def counts(self) -> dict[int, tuple[int, datetime | None]]:
        return {1: (len(self.addresses(1)), None)}

    def holds(self, block: int) -> bool:
        return block == 1

    def addresses(self, block: int) -> list[Address]:
        newest = Edition.objects.live().order_by().aggregate(newest=Max("visible_from"))["newest"]
        sections = [paths_in_locales(f"publications:{name}") for name in SECTIONS]
        own = [_paths_of(site_page) for site_page in Page.objects.order_by("pk")]
        return [
            *(address for paths in sections for address in _in_each_tree(paths, newest)),
            *(address for paths, changed_at in own for address in _in_each_tree(paths, changed_at)),
        ]


class Subjects:
    """Topics or authors: those that a live edition names, changed when the newest of their pieces was."""

    size = SIZE // len(TREES)

    def __init__(self, known: QuerySet, rows: type[Listed], name: str) -> None:
        self._known, self._rows, self._name = known, rows, name

    def counts(self) -> dict[int, tuple[int, datetime | None]]:
        named = self._known.filter(Exists(self._live().filter(**{self._name: OuterRef("pk")})))
        return {
            block: (number * len(TREES), None)
            for block, number in _in_blocks(named, "pk", self.size, Count("pk"))
        }

    def holds(self, block: int) -> bool:
        return self._of(block).exists()

    def addresses(self, block: int) -> list[Address]:
        newest = self._of(block).values_list(f"{self._name}__slug").annotate(newest=Max("visible_from"))
        return [
            address
            for slug, changed_at in newest.order_by(self._name)
            for address in _in_each_tree(
                paths_in_locales(f"publications:{ROUTES[self._name]}", slug=slug), changed_at
            )
        ]

    def _live(self) -> QuerySet:
        now = timezone.now()
        return self._rows.objects.filter(visible_from__lte=now, visible_until__gt=now).order_by()

    def _of(self, block: int) -> QuerySet:
        known = {f"{self._name}__in": self._known.values("pk")}
        return self._live().filter(**known, **_range(f"{self._name}_id", block, self.size))


class Pieces:
    """Pieces at their canonical addresses, changed when the edition that stands there became public."""

    def counts(self) -> dict[int, tuple[int, datetime | None]]:
        live = Edition.objects.live().order_by()
        counted = _in_blocks(live, "publication_id", SIZE, Count("pk"), Max("visible_from"))
        return {block: (number, newest) for block, number, newest in counted}

    def holds(self, block: int) -> bool:
        return self._of(block).exists()

    def addresses(self, block: int) -> list[Address]:
        """Two trees of addresses and all kin from one query: families that have a piece in the block."""
        lists = {tree: absolute(in_tree(tree, "publications:list")) for tree in TREES}
        kin = Edition.objects.live().filter(family__in=self._of(block).values("family"))
        fields = ("publication_id", "family", "language", "tree", "slug", "visible_from")
        texts = [
            (piece, family, language, f"{lists[tree]}{quote(slug)}/", begun)
            for piece, family, language, tree, slug, begun in kin.order_by("publication_id").values_list(
                *fields
            )
        ]
        families: dict[int, dict[str, str]] = {}
        for _piece, family, language, url, _begun in texts:
            families.setdefault(family, {}).setdefault(language, url)
        own = range((block - 1) * SIZE, block * SIZE)
        return [
            Address(url, begun, _with_itself(families[family], language, url))
            for piece, family, language, url, begun in texts
            if piece in own
        ]

    def _of(self, block: int) -> QuerySet:
        return Edition.objects.live().order_by().filter(**_range("publication_id", block, SIZE))


ROUTES = {"tag": "topic", "author": "author"}
SOURCES = {
    "pages": Pages(),
    "topics": Subjects(Tag.objects.all(), EditionTag, "tag"),
    "authors": Subjects(Author.objects.known(), EditionByline, "author"),
    "publications": Pieces(),
}
"""The sources by the name their parts have in addresses."""


def _range(column: str, block: int, size: int) -> dict[str, int]:
    """The numbers of a block; blocks count from 1."""
    return {f"{column}__gte": (block - 1) * size, f"{column}__lt": block * size}


def _in_blocks(rows: QuerySet, column: str, size: int, *counted) -> Iterable[tuple]:
    """Rows counted by block, the first block first: (block, …)."""
    named = {f"counted_{place}": each for place, each in enumerate(counted)}
    return rows.annotate(block=F(column) / size + 1).values_list("block").annotate(**named).order_by("block")


def _in_each_tree(paths: dict[str, str], changed_at: datetime | None) -> list[Address]:
    urls = {tree: absolute(path) for tree, path in paths.items()}
    alternates = urls if len(urls) > 1 else {}
    return [Address(url, changed_at, alternates) for url in urls.values()]


def _with_itself(family: dict[str, str], language: str, url: str) -> dict[str, str]:
    """The texts of a family as one of them tells of them: itself for its language."""
    alternates = {**family, language: url}
    return alternates if len(alternates) > 1 else {}


def _paths_of(site_page: Model) -> tuple[dict[str, str], datetime]:
    paths = {
        tree: in_tree(tree, "publications:site-page", slug=getattr(site_page, f"slug_{tree}"))
        for tree in site_page.trees
    }
    return paths, site_page.changed_at
