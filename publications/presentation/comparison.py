"""The difference between two editions, passage by passage, as plain values for templates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext

from publications.diff import (
    DiffBlock,
    Difference,
    DiffOperation,
    DiffPassage,
    DiffRun,
    blocks_of_html,
    blocks_of_text,
    compare,
)
from publications.models import Edition, EditionWithRows
from publications.publication_fields import FROZEN_COLUMNS, FieldType

from .authors import byline_parts

CONTEXT_PASSAGES = 1
"""How many unchanged passages are shown on each side of a change."""
COMPARED_COLUMNS = tuple(
    field
    for field in FROZEN_COLUMNS
    if field.type in (FieldType.LINE, FieldType.TEXT, FieldType.LINES) and not field.shown_beside_text
)
"""Columns of an edition that are compared word by word, before the body."""
PASSAGE_LABELS = {
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
MOVE_LABELS = {
    DiffOperation.INSERTED: gettext_lazy("Moved to this place"),
    DiffOperation.DELETED: gettext_lazy("Moved from this place"),
}


@dataclass(frozen=True)
class LabelledPassage:
    """A passage as the page shows it, with a label if its kind is not obvious."""

    passage: DiffPassage
    label: str
    move_label: str = ""

    @property
    def heading(self) -> str:
        """The line above the passage: its label, and where it has been moved to or from."""
        return ". ".join(part for part in (self.label, self.move_label) if part)

    @property
    def runs(self) -> list[DiffRun]:
        """The runs that are shown; addresses of links only if they changed."""
        return [run for run in self.passage.runs if run.role != "address" or run.change != DiffOperation.KEPT]


@dataclass(frozen=True)
class PassageGroup:
    """Consecutive passages: shown, or folded to the line `unchanged_label` ("3 passages unchanged")."""

    passages: list[LabelledPassage] = field(default_factory=list)
    unchanged_label: str = ""


def compare_editions(before: EditionWithRows, after: EditionWithRows) -> Difference:
    """Return the difference of two editions, stored or not."""
    return compare(list(_blocks(before)), list(_blocks(after)))


def comparison_context(difference: Difference, language: str) -> dict[str, object]:
    """Return what `partials/diff_runs.html` shows of a difference of texts in this language.

    `label_language` is the language of the page if that differs from `language`, else "".
    """
    return {
        "passage_groups": list(_group_passages(difference.passages)),
        "difference_summary": summarize_difference(difference),
        "label_language": "" if language == get_language() else get_language(),
    }


def summarize_difference(difference: Difference) -> str:
    """Return the difference in one line: "3 passages changed, 41 words added, 12 words removed"."""
    counts = [
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
    return ", ".join(label(count) % count for count, label in counts if count)


def _blocks(rows: EditionWithRows) -> Iterator[DiffBlock]:
    edition = rows.edition
    for column in COMPARED_COLUMNS:
        value = getattr(edition, column.name)
        for text in value.splitlines() if column.type is FieldType.LINES else (value,):
            yield from _text_blocks(column.name, text)
    for byline in rows.bylines:
        yield from _text_blocks("byline", ", ".join(part for part in byline_parts(byline) if part))
    yield from blocks_of_html(edition.html)
    for file in rows.attachments:
        yield from _text_blocks("file", f"{file.label or file.filename} ({file.filename}, {file.digest[:8]})")


def _text_blocks(kind: str, text: str) -> Iterator[DiffBlock]:
    for block in blocks_of_text(text):
        yield DiffBlock(kind, block.tokens)


def _group_passages(passages: Sequence[DiffPassage]) -> Iterator[PassageGroup]:
    """Yield changes with their context, and the passages between them as folded groups."""
    visible = _visible_indexes(passages)
    for is_visible, indexes in groupby(range(len(passages)), key=lambda index: index in visible):
        labelled = [_label_passage(passages[index]) for index in indexes]
        yield (
            PassageGroup(labelled) if is_visible else PassageGroup(labelled, _unchanged_label(len(labelled)))
        )


def _visible_indexes(passages: Sequence[DiffPassage]) -> set[int]:
    """Return the indexes of changed passages and their context; a single passage between two of these is not folded."""
    changed = [index for index, passage in enumerate(passages) if passage.change is not DiffOperation.KEPT]
    steps = range(-CONTEXT_PASSAGES, CONTEXT_PASSAGES + 1)
    context = {index + step for index in changed for step in steps}
    single = {
        index for index in range(len(passages)) if index not in context and {index - 1, index + 1} <= context
    }
    return context | single


def _unchanged_label(count: int) -> str:
    return ngettext("%d passage unchanged", "%d passages unchanged", count) % count


def _passage_label(kind: str) -> str:
    """Return the label of a kind of passage: of a column, its verbose name."""
    if kind in PASSAGE_LABELS or kind not in {column.name for column in COMPARED_COLUMNS}:
        return str(PASSAGE_LABELS.get(kind, ""))
    return capfirst(str(Edition._meta.get_field(kind).verbose_name))


def _label_passage(passage: DiffPassage) -> LabelledPassage:
    move_label = str(MOVE_LABELS[passage.change]) if passage.moved else ""
    return LabelledPassage(passage, _passage_label(passage.kind), move_label)
