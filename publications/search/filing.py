"""Filing: the filters of the list as marks of the index, and how many of the pieces found stand under each."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from django.db import connection

from publications.languages import NAMES
from publications.models import Author, Kind, Tag, TagKind

from . import signs
from .engines import Hit, engine

Counts = dict[str, dict[str, int]]

NOTHING = signs.filed("-", "-")  # a mark that no row bears

_TAGS = """
SELECT tag.kind, tag.slug, counted.pieces FROM (
    SELECT row.tag_id AS tag, COUNT(*) AS pieces
    FROM ({listed}) AS found JOIN publications_editiontag AS row ON row.edition_id = found.id GROUP BY row.tag_id
) AS counted JOIN publications_tag AS tag ON tag.id = counted.tag
"""
_AUTHORS = """
SELECT author.slug, counted.pieces FROM (
    SELECT row.author_id AS author, COUNT(*) AS pieces
    FROM ({listed}) AS found JOIN publications_editionbyline AS row ON row.edition_id = found.id GROUP BY row.author_id
) AS counted JOIN publications_author AS author ON author.id = counted.author WHERE NOT author.pseudonymous
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
    asked = set(names)
    found: Counts = {name: {} for name in asked}
    if "kind" in asked:
        slugs = dict(Kind.objects.values_list("pk", "slug"))
        found["kind"] = {slugs[kind]: pieces for kind, pieces in Counter(hit.kind for hit in hits).items()}
    if "year" in asked:
        found["year"] = {str(year): pieces for year, pieces in Counter(hit.year for hit in hits).items()}
    if "language" in asked:
        found["language"] = dict(Counter(hit.language for hit in hits))
    if asked & {"topic", "country", "series"}:
        _count_tags(found, hits)
    if "author" in asked:
        found["author"] = dict(_rows(_AUTHORS, hits))
    return found


def _count_tags(found: Counts, hits: Sequence[Hit]) -> None:
    filters = {TagKind.THEME: "topic", TagKind.COUNTRY: "country", TagKind.SERIES: "series"}
    for kind, slug, pieces in _rows(_TAGS, hits):
        if (name := filters[TagKind(kind)]) in found:
            found[name][slug] = pieces


def _rows(statement: str, hits: Sequence[Hit]) -> list[tuple]:
    numbers = engine().listed(hit.edition for hit in hits)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(listed=engine().LISTED), [numbers])
        return cursor.fetchall()
