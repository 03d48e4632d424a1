"""Filing: the filters of the list as marks of the index, and how many of the pieces found stand under each."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from django.db import connection

from publications.languages import NAMES
from publications.models import BY_TAGS, Author, Kind, Tag, TagKind

from . import signs
from .engines import Hit, engine

Counts = dict[str, dict[str, int]]

NOTHING = signs.filed("-", "-")  # a mark that no row bears

_TAGS = "SELECT tag.id, tag.kind, tag.slug FROM ({listed}) AS found JOIN publications_tag AS tag ON tag.id = found.id"
_AUTHORS = """
SELECT author.id, author.slug FROM ({listed}) AS found JOIN publications_author AS author ON author.id = found.id
WHERE NOT author.pseudonymous
"""


def mark(name: str, value: str) -> str:
    """The mark that pieces under this choice of a filter bear."""
    letter, found = _MARKS[name](value)
    return signs.filed(letter, found) if found else NOTHING


def _tag(kind: TagKind) -> Callable[[str], tuple[str, object]]:
    return lambda slug: ("t", _pk(Tag.objects.filter(kind=kind, slug=slug)))


def _pk(rows) -> int | None:
    return rows.values_list("pk", flat=True).first()


_MARKS: dict[str, Callable[[str], tuple[str, object]]] = {
    "kind": lambda slug: ("k", _pk(Kind.objects.filter(slug=slug))),
    "topic": _tag(TagKind.THEME),
    "country": _tag(TagKind.COUNTRY),
    "series": _tag(TagKind.SERIES),
    "author": lambda slug: ("a", _pk(Author.objects.known().filter(slug=slug))),
    "year": lambda year: ("y", year if year.isascii() and year.isdecimal() else None),
    "language": lambda code: ("l", code if code in NAMES else None),
}
FILTERS = tuple(_MARKS)


def counts(hits: Sequence[Hit], names: Iterable[str]) -> Counts:
    """How many of the pieces stand under each choice of these filters."""
    found: Counts = {name: {} for name in names}
    marked = Counter(" ".join([hit.filed for hit in hits]).split())
    under: dict[str, dict[str, int]] = {}
    for mark, pieces in marked.items():
        under.setdefault(mark[0], {})[mark[1:]] = pieces
    for name, value, pieces in _told(under, found):
        if name in found:
            found[name][value] = pieces
    return found


def _told(under: dict[str, dict[str, int]], names: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """Each filter, a choice of it, and the pieces under that; asked of the database only for `names`."""
    yield from (("year", year, pieces) for year, pieces in under.get("y", {}).items())
    yield from (("language", code, pieces) for code, pieces in under.get("l", {}).items())
    if "kind" in names:
        slugs = dict(Kind.objects.values_list("pk", "slug"))
        yield from (("kind", slugs[int(pk)], pieces) for pk, pieces in under.get("k", {}).items())
    tags, authors = under.get("t", {}), under.get("a", {})
    if tags and set(BY_TAGS.values()) & set(names):
        yield from ((BY_TAGS[kind], slug, tags[str(pk)]) for pk, kind, slug in _rows(_TAGS, tags))
    if authors and "author" in names:
        yield from (("author", slug, authors[str(pk)]) for pk, slug in _rows(_AUTHORS, authors))


def _rows(statement: str, numbers: Iterable[str]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(listed=engine().LISTED), [engine().listed(map(int, numbers))])
        return cursor.fetchall()
