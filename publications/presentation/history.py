"""What readers may know of the editions of a publication, what they were told, and what changed in the text.

Only editions whose text stands at an address of its own are named with anything of theirs. One that was withdrawn or
undone is a number and no more; what is scheduled, or was cancelled before it was public, is not there at all."""

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

from .authors import byline_groups
from .links import changes_url, edition_url

CHANGE_LABELS = {Change.CORRECTION: gettext_lazy("Corrected"), Change.UPDATE: gettext_lazy("Updated")}
EDITION_LABELS = {
    Change.FIRST: gettext_lazy("First publication"),
    Change.SILENT: gettext_lazy("Small fix, no change of substance"),
    Change.CORRECTION: gettext_lazy("Correction"),
    Change.UPDATE: gettext_lazy("Update"),
}
AROUND = 1
"""Passages that stayed and are shown beside a change, so that one sees where it stands."""
TEXTS = tuple(
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
MOVED = {
    DiffOperation.INSERTED: gettext_lazy("Moved to this place"),
    DiffOperation.DELETED: gettext_lazy("Moved from this place"),
}


@dataclass(frozen=True)
class ChangeNote:
    """What readers were told of a change: "Corrected 12 May 2026: It was 5, not 6." A silent fix has none."""

    change: str
    label: str
    on: datetime
    words: str
    note: str
    number: int
    changes_url: str


@dataclass(frozen=True)
class HistoryEntry:
    """An edition in the list of editions; one that was taken back has a number alone."""

    number: int
    what: str = ""
    since: str = ""
    on: datetime | None = None
    note: str = ""
    url: str = ""
    changes_url: str = ""
    before: int | None = None
    is_current: bool = False


def notes_of(editions: Iterable[Edition], published: datetime | None = None) -> list[ChangeNote]:
    """What readers were told, newest first. On the day of publication (`published`) the time says more."""
    told = [edition for edition in editions if edition.change in CHANGE_LABELS]
    return [_note(edition, published) for edition in reversed(told)]


def history_entries(live: Edition, begun: Sequence[Edition]) -> list[HistoryEntry]:
    """The editions of a live piece, newest first, at the addresses of today."""
    shown, before = [], None
    for edition in begun:
        if edition.is_withdrawn_or_undone:
            shown.append(HistoryEntry(edition.number))
            continue
        shown.append(_entry(live, edition, before, begun))
        before = edition
    return shown[::-1]


def edition_label(edition: Edition, begun: Iterable[Edition] = ()) -> str:
    """An edition in a few plain words."""
    return _again(edition, list(begun)) or str(EDITION_LABELS[edition.change])


def _again(edition: Edition, begun: Sequence[Edition]) -> str:
    """Of one that brought an earlier text back: which, and instead of which. Empty where that is not told."""
    restored = next(
        (each.number for each in begun if edition.restored_from_id and each.pk == edition.restored_from_id),
        None,
    )
    if not restored:
        return ""
    between = [
        each.number
        for each in begun
        if restored < each.number < edition.number and each.is_withdrawn_or_undone
    ]
    if not between:
        return _("The text of edition %(number)d again") % {"number": restored}
    told = {"number": restored, "later": between[-1]}
    return _("The text of edition %(number)d again, as edition %(later)d was taken back") % told


def announced_on(edition: Edition) -> str:
    """The day on which readers are told that it came out."""
    return date_format(timezone.localdate(announced_at(edition)), "DATE_FORMAT")


def _entry(live: Edition, edition: Edition, before: Edition | None, begun: Sequence[Edition]) -> HistoryEntry:
    is_again = before and edition.restored_from_id == before.pk
    return HistoryEntry(
        number=edition.number,
        what=edition_label(edition, begun),
        since=_since(edition),
        on=_whole_second(announced_at(edition)),
        note=edition.change_note,
        url=edition_url(live, edition.number),
        changes_url=changes_url(live, edition.number) if before and not is_again else "",
        before=before.number if before else None,
        is_current=edition.number == live.number,
    )


def _since(edition: Edition) -> str:
    """The moment from which it was to be read; the day alone where that is what it is dated by."""
    told = announced_at(edition)
    return datetime_with_zone(told) if told == edition.visible_from else announced_on(edition)


def _note(edition: Edition, published: datetime | None) -> ChangeNote:
    label, told = CHANGE_LABELS[edition.change], announced_at(edition)
    return ChangeNote(
        change=edition.change,
        label=str(label),
        on=_whole_second(told),
        words=_when(told, published),
        note=edition.change_note,
        number=edition.number,
        changes_url=changes_url(edition, edition.number),
    )


def _when(moment: datetime, published: datetime | None) -> str:
    day = timezone.localdate(moment)
    if published and day == timezone.localdate(published):
        return datetime_with_zone(moment)
    return date_format(day, "DATE_FORMAT")


def _whole_second(moment: datetime) -> datetime:
    """HTML takes no finer moments than thousandths."""
    return moment.replace(microsecond=0)


@dataclass(frozen=True)
class ShownPassage:
    """A passage as the page shows it, with what it is where that is not plain."""

    passage: DiffPassage
    label: str
    moved: str = ""

    @property
    def heading(self) -> str:
        """What stands above the passage: what it is, and where it has been moved to or from."""
        return ". ".join(part for part in (self.label, self.moved) if part)

    @property
    def runs(self) -> list[DiffRun]:
        """The runs that are shown: an address only where it changed."""
        return [run for run in self.passage.runs if run.role != "address" or run.change != DiffOperation.KEPT]


@dataclass(frozen=True)
class PassageGroup:
    """Passages in a row: shown, or, where `unchanged` says how many, folded to one line."""

    passages: list[ShownPassage] = field(default_factory=list)
    unchanged: str = ""


def difference_of(before: EditionWithRows, after: EditionWithRows) -> Difference:
    """Return the difference of two editions, stored or not."""
    return compare(list(_blocks(before)), list(_blocks(after)))


def comparison_context(difference: Difference, language: str) -> dict[str, object]:
    """Return what `partials/diff_runs.html` shows of a difference of texts in this language.

    `label_language` is the language of the page where that is another one, and else "".
    """
    return {
        "stretches": list(_stretches(difference.passages)),
        "figures": figures(difference),
        "label_language": "" if language == get_language() else get_language(),
    }


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
        yield from _as("byline", ", ".join(part for part in byline_groups(line) if part))
    yield from blocks_of_html(edition.html)
    for file in piece.attachments:
        yield from _as("file", f"{file.label or file.filename} ({file.filename}, {file.digest[:8]})")


def _as(kind: str, text: str) -> Iterator[DiffBlock]:
    for block in blocks_of_text(text):
        yield DiffBlock(kind, block.tokens)


def _stretches(passages: Sequence[DiffPassage]) -> Iterator[PassageGroup]:
    """Changes with their neighbours; what is between them folded, where it is more than a neighbour or two."""
    near = _near(passages)
    for is_near, group in groupby(range(len(passages)), key=lambda place: place in near):
        shown = [_shown(passages[place]) for place in group]
        yield PassageGroup(shown) if is_near else PassageGroup(shown, _unchanged(len(shown)))


def _near(passages: Sequence[DiffPassage]) -> set[int]:
    changed = [place for place, passage in enumerate(passages) if passage.change is not DiffOperation.KEPT]
    near = {place + step for place in changed for step in range(-AROUND, AROUND + 1)}
    lone = {place for place in range(len(passages)) if place not in near and {place - 1, place + 1} <= near}
    return near | lone


def _unchanged(number: int) -> str:
    return ngettext("%d passage unchanged", "%d passages unchanged", number) % number


def _label_of(kind: str) -> str:
    """What a passage is called: a column by its name in the models."""
    if kind in PASSAGE_LABELS or kind not in {column.name for column in TEXTS}:
        return str(PASSAGE_LABELS.get(kind, ""))
    return capfirst(str(Edition._meta.get_field(kind).verbose_name))


def _shown(passage: DiffPassage) -> ShownPassage:
    return ShownPassage(passage, _label_of(passage.kind), str(MOVED[passage.change]) if passage.moved else "")
