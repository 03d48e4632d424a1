"""The history of a publication as readers see it: its editions, the notes on changes, comparisons of two editions.

Details are shown only of editions that have a public page. Of a withdrawn or undone edition only the number is shown;
an edition that is scheduled, or was cancelled before it was public, is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

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
from publications.locales import datetime_with_zone
from publications.models import Change, Edition, EditionWithRows, announced_at
from publications.publication_fields import FROZEN_COLUMNS, FieldType

from .authors import shown_byline
from .links import changes_url, edition_url

CHANGE_LABELS = {Change.CORRECTION: gettext_lazy("Corrected"), Change.UPDATE: gettext_lazy("Updated")}
EDITION_LABELS = {
    Change.FIRST: gettext_lazy("First publication"),
    Change.SILENT: gettext_lazy("Small fix, no change of substance"),
    Change.CORRECTION: gettext_lazy("Correction"),
    Change.UPDATE: gettext_lazy("Update"),
}
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
class ChangeNote:
    """A note to readers on a change: "Corrected 12 May 2026: It was 5, not 6." A silent fix has none."""

    change: str
    label: str
    announced_at: datetime
    date_text: str
    note: str
    number: int
    changes_url: str


@dataclass(frozen=True)
class HistoryEntry:
    """An edition in the list of editions; one that was withdrawn or undone has only a number."""

    number: int
    label: str = ""
    date_text: str = ""
    announced_at: datetime | None = None
    note: str = ""
    url: str = ""
    changes_url: str = ""
    previous_number: int | None = None
    is_current: bool = False


def notes_of(editions: Iterable[Edition], published_at: datetime | None = None) -> list[ChangeNote]:
    """Return the notes on corrections and updates, newest first.

    Args:
        published_at: when the publication first appeared; a change on the same day is shown with its time.
    """
    announced = [edition for edition in editions if edition.change in CHANGE_LABELS]
    return [_build_note(edition, published_at) for edition in reversed(announced)]


def history_entries(live: Edition, editions: Sequence[Edition]) -> list[HistoryEntry]:
    """Return the given editions, oldest first, of a live publication as entries, newest first."""
    entries, previous = [], None
    for edition in editions:
        if edition.is_withdrawn_or_undone:
            entries.append(HistoryEntry(edition.number))
            continue
        entries.append(_build_entry(live, edition, previous, editions))
        previous = edition
    return entries[::-1]


def edition_label(edition: Edition, editions: Iterable[Edition] = ()) -> str:
    """Return what the edition is to the ones before it: "Correction", "The text of edition 2 again"."""
    return _restored_label(edition, list(editions)) or str(EDITION_LABELS[edition.change])


def _restored_label(edition: Edition, editions: Sequence[Edition]) -> str:
    """Return the label of an edition that restored an earlier text, or "" for any other."""
    restored = next(
        (
            earlier.number
            for earlier in editions
            if edition.restored_from_id and earlier.pk == edition.restored_from_id
        ),
        None,
    )
    if not restored:
        return ""
    undone = [
        later.number
        for later in editions
        if restored < later.number < edition.number and later.is_withdrawn_or_undone
    ]
    if not undone:
        return _("The text of edition %(number)d again") % {"number": restored}
    numbers = {"number": restored, "later": undone[-1]}
    return _("The text of edition %(number)d again, as edition %(later)d was taken back") % numbers


def announced_on(edition: Edition) -> str:
    """Return the date that readers see for the edition, formatted."""
    return date_format(timezone.localdate(announced_at(edition)), "DATE_FORMAT")


def _build_entry(
    live: Edition, edition: Edition, previous: Edition | None, editions: Sequence[Edition]
) -> HistoryEntry:
    is_same_text = previous and edition.restored_from_id == previous.pk
    return HistoryEntry(
        number=edition.number,
        label=edition_label(edition, editions),
        date_text=_edition_date_text(edition),
        announced_at=_without_microseconds(announced_at(edition)),
        note=edition.change_note,
        url=edition_url(live, edition.number),
        changes_url=changes_url(live, edition.number) if previous and not is_same_text else "",
        previous_number=previous.number if previous else None,
        is_current=edition.number == live.number,
    )


def _edition_date_text(edition: Edition) -> str:
    """Return the time from which the edition was visible, or the date alone if it is dated otherwise."""
    at = announced_at(edition)
    return datetime_with_zone(at) if at == edition.visible_from else announced_on(edition)


def _build_note(edition: Edition, published_at: datetime | None) -> ChangeNote:
    label, at = CHANGE_LABELS[edition.change], announced_at(edition)
    return ChangeNote(
        change=edition.change,
        label=str(label),
        announced_at=_without_microseconds(at),
        date_text=_change_date_text(at, published_at),
        note=edition.change_note,
        number=edition.number,
        changes_url=changes_url(edition, edition.number),
    )


def _change_date_text(at: datetime, published_at: datetime | None) -> str:
    day = timezone.localdate(at)
    if published_at and day == timezone.localdate(published_at):
        return datetime_with_zone(at)
    return date_format(day, "DATE_FORMAT")


def _without_microseconds(at: datetime) -> datetime:
    """Cut a time for the `datetime` attribute of HTML, which takes at most three decimals of a second."""
    return at.replace(microsecond=0)


@dataclass(frozen=True)
class ShownPassage:
    """A passage as the page shows it, with a label if its kind is not obvious."""

    passage: DiffPassage
    label: str
    moved: str = ""

    @property
    def heading(self) -> str:
        """The line above the passage: its label, and where it has been moved to or from."""
        return ". ".join(part for part in (self.label, self.moved) if part)

    @property
    def runs(self) -> list[DiffRun]:
        """The runs that are shown; addresses of links only if they changed."""
        return [run for run in self.passage.runs if run.role != "address" or run.change != DiffOperation.KEPT]


@dataclass(frozen=True)
class PassageGroup:
    """Consecutive passages: shown, or folded to the line `unchanged` ("3 passages unchanged")."""

    passages: list[ShownPassage] = field(default_factory=list)
    unchanged: str = ""


def difference_of(before: EditionWithRows, after: EditionWithRows) -> Difference:
    """Return the difference of two editions, stored or not."""
    return compare(list(_blocks(before)), list(_blocks(after)))


def comparison_context(difference: Difference, language: str) -> dict[str, object]:
    """Return what `partials/diff_runs.html` shows of a difference of texts in this language.

    `label_language` is the language of the page if that differs from `language`, else "".
    """
    return {
        "passage_groups": list(_group_passages(difference.passages)),
        "figures": figures(difference),
        "label_language": "" if language == get_language() else get_language(),
    }


def figures(difference: Difference) -> str:
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
        yield from _text_blocks("byline", ", ".join(part for part in shown_byline(byline) if part))
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
        shown = [_show_passage(passages[index]) for index in indexes]
        yield PassageGroup(shown) if is_visible else PassageGroup(shown, _unchanged_label(len(shown)))


def _visible_indexes(passages: Sequence[DiffPassage]) -> set[int]:
    """Return the indexes of changed passages and their context; a single passage between two of these is not folded."""
    changed = [index for index, passage in enumerate(passages) if passage.change is not DiffOperation.KEPT]
    steps = range(-CONTEXT_PASSAGES, CONTEXT_PASSAGES + 1)
    near = {index + step for index in changed for step in steps}
    single = {index for index in range(len(passages)) if index not in near and {index - 1, index + 1} <= near}
    return near | single


def _unchanged_label(count: int) -> str:
    return ngettext("%d passage unchanged", "%d passages unchanged", count) % count


def _passage_label(kind: str) -> str:
    """Return the label of a kind of passage: of a column, its verbose name."""
    if kind in PASSAGE_LABELS or kind not in {column.name for column in COMPARED_COLUMNS}:
        return str(PASSAGE_LABELS.get(kind, ""))
    return capfirst(str(Edition._meta.get_field(kind).verbose_name))


def _show_passage(passage: DiffPassage) -> ShownPassage:
    moved = str(MOVE_LABELS[passage.change]) if passage.moved else ""
    return ShownPassage(passage, _passage_label(passage.kind), moved)
