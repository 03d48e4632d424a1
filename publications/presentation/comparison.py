"""What changed between two editions, for readers: title, summary, key points, people, text, notes, files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, ngettext

from publications.diff import (
    DiffBlock,
    Difference,
    DiffOperation,
    DiffPassage,
    blocks_of_html,
    blocks_of_text,
    compare,
)
from publications.models import Edition, EditionWithRows
from publications.publication_fields import FROZEN_COLUMNS, FieldType

from .parts import signed

AROUND = 1
"""Passages that stayed and are shown beside a change, so that one sees where it stands."""
TEXTS = tuple(
    field
    for field in FROZEN_COLUMNS
    if field.type in (FieldType.LINE, FieldType.TEXT, FieldType.LINES) and not field.shown_beside_text
)
"""Columns of an edition that are compared word by word, before the body."""
LABELS = {
    "key_points": gettext_lazy("Key point"),
    "byline": gettext_lazy("Author"),
    "heading": gettext_lazy("Heading"),
    "item": gettext_lazy("Item"),
    "row": gettext_lazy("Table row"),
    "quotation": gettext_lazy("Quotation"),
    "caption": gettext_lazy("Caption"),
    "picture": gettext_lazy("Picture"),
    "note": gettext_lazy("Footnote"),
    "file": gettext_lazy("File"),
    "line": gettext_lazy("Line"),
}
MOVED = {
    DiffOperation.INSERTED: gettext_lazy("Moved to this place"),
    DiffOperation.DELETED: gettext_lazy("Moved from this place"),
}


@dataclass(frozen=True)
class Shown:
    """A passage as the page shows it, with what it is where that is not plain."""

    passage: DiffPassage
    label: str
    moved: str = ""


@dataclass(frozen=True)
class Stretch:
    """Passages in a row: shown, or, where `unchanged` says how many, folded to one line."""

    passages: list[Shown] = field(default_factory=list)
    unchanged: str = ""


def difference_of(before: EditionWithRows, after: EditionWithRows) -> Difference:
    """Return the difference of two editions, stored or not."""
    return compare(list(_blocks(before)), list(_blocks(after)))


def comparison_context(difference: Difference) -> dict[str, object]:
    return {"stretches": list(_stretches(difference.passages)), "figures": figures(difference)}


def figures(difference: Difference) -> str:
    """The difference in one line: "3 passages changed, 41 words added, 12 words removed"."""
    counted = [
        (
            difference.count(DiffOperation.CHANGED),
            lambda n: ngettext("%d passage changed", "%d passages changed", n),
        ),
        (
            difference.count(DiffOperation.INSERTED),
            lambda n: ngettext("%d passage added", "%d passages added", n),
        ),
        (
            difference.count(DiffOperation.DELETED),
            lambda n: ngettext("%d passage removed", "%d passages removed", n),
        ),
        (difference.moved, lambda n: ngettext("%d passage moved", "%d passages moved", n)),
        (difference.words_inserted, lambda n: ngettext("%d word added", "%d words added", n)),
        (difference.words_deleted, lambda n: ngettext("%d word removed", "%d words removed", n)),
    ]
    return ", ".join(words(number) % number for number, words in counted if number)


def _blocks(piece: EditionWithRows) -> Iterator[DiffBlock]:
    edition = piece.edition
    for column in TEXTS:
        value = getattr(edition, column.name)
        for text in value.splitlines() if column.type is FieldType.LINES else (value,):
            yield from _as(column.name, text)
    for line in piece.bylines:
        yield from _as("byline", ", ".join(part for part in signed(line) if part))
    yield from blocks_of_html(edition.html)
    for file in piece.attachments:
        yield from _as("file", f"{file.label or file.filename} ({file.filename}, {file.digest[:8]})")


def _as(kind: str, text: str) -> Iterator[DiffBlock]:
    for block in blocks_of_text(text):
        yield DiffBlock(kind, block.tokens)


def _stretches(passages: Sequence[DiffPassage]) -> Iterator[Stretch]:
    """Changes with their neighbours; what is between them folded, where it is more than a neighbour or two."""
    near = _near(passages)
    for is_near, group in groupby(range(len(passages)), key=lambda place: place in near):
        shown = [_shown(passages[place]) for place in group]
        yield Stretch(shown) if is_near else Stretch(shown, _unchanged(len(shown)))


def _near(passages: Sequence[DiffPassage]) -> set[int]:
    changed = [place for place, passage in enumerate(passages) if passage.change is not DiffOperation.KEPT]
    near = {place + step for place in changed for step in range(-AROUND, AROUND + 1)}
    lone = {place for place in range(len(passages)) if place not in near and {place - 1, place + 1} <= near}
    return near | lone


def _unchanged(number: int) -> str:
    return ngettext("%d passage unchanged", "%d passages unchanged", number) % number


def _label_of(kind: str) -> str:
    """What a passage is called: a column by its name in the models."""
    if kind in LABELS or kind not in {column.name for column in TEXTS}:
        return str(LABELS.get(kind, ""))
    return capfirst(str(Edition._meta.get_field(kind).verbose_name))


def _shown(passage: DiffPassage) -> Shown:
    return Shown(passage, _label_of(passage.kind), str(MOVED[passage.change]) if passage.moved else "")
