"""The history of a publication as readers see it: its editions, and the notes on changes.

Details are shown only of editions that have a public page. Of a withdrawn or undone edition only the number is shown;
an edition that is scheduled, or was cancelled before it was public, is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.locales import datetime_with_zone, format_day
from publications.models import EDITORIAL_CHANGES, Change, Edition, announced_at

from .links import changes_url, edition_url

CHANGE_LABELS = {
    Change.CORRECTION: gettext_lazy("Corrected"),
    Change.UPDATE: gettext_lazy("Updated"),
    Change.RETRACTION: gettext_lazy("Retracted"),
    Change.CONCERN: gettext_lazy("Expression of concern"),
    Change.LIFTED: gettext_lazy("Concern lifted"),
}
EDITION_LABELS = {
    Change.FIRST: gettext_lazy("First publication"),
    Change.SILENT: gettext_lazy("Small fix, no change of substance"),
    Change.CORRECTION: gettext_lazy("Correction"),
    Change.UPDATE: gettext_lazy("Update"),
    Change.RETRACTION: gettext_lazy("Retraction"),
    Change.CONCERN: gettext_lazy("Expression of concern"),
    Change.LIFTED: gettext_lazy("Concern lifted"),
}

NO_REDACTIONS: Mapping[int, datetime] = MappingProxyType({})


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
    redaction_date: str = ""


def build_change_notes(editions: Iterable[Edition], published_at: datetime | None = None) -> list[ChangeNote]:
    """Return the notes on corrections and updates, newest first.

    Args:
        published_at: when the publication first appeared; a change on the same day is shown with its time.
    """
    announced = [edition for edition in editions if edition.change in CHANGE_LABELS]
    return [_build_note(edition, published_at) for edition in reversed(announced)]


def latest_notes(notes: Iterable[ChangeNote]) -> list[ChangeNote]:
    """Return the newest note of each type of change, newest first; changes of the editorial status are one type."""
    latest: dict[str, ChangeNote] = {}
    for note in notes:
        latest.setdefault("status" if note.change in EDITORIAL_CHANGES else note.change, note)
    return list(latest.values())


def history_entries(
    live: Edition, editions: Sequence[Edition], redaction_times: Mapping[int, datetime] = NO_REDACTIONS
) -> list[HistoryEntry]:
    """Return the given editions, oldest first, of a live publication as entries, newest first.

    Args:
        redaction_times: when each was redacted last, by number.
    """
    entries, previous = [], None
    for edition in editions:
        if edition.is_withdrawn_or_undone:
            entries.append(HistoryEntry(edition.number))
            continue
        entry = _build_entry(live, edition, previous, editions)
        if redacted_at := redaction_times.get(edition.number):
            entry = replace(entry, redaction_date=format_day(redacted_at))
        entries.append(entry)
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


def announced_date_text(edition: Edition) -> str:
    """Return the date that readers see for the edition, formatted."""
    return format_day(announced_at(edition))


def _build_entry(
    live: Edition, edition: Edition, previous: Edition | None, editions: Sequence[Edition]
) -> HistoryEntry:
    is_same_text = previous and (
        edition.restored_from_id == previous.pk or edition.change in EDITORIAL_CHANGES
    )
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
    return datetime_with_zone(at) if at == edition.visible_from else announced_date_text(edition)


def _build_note(edition: Edition, published_at: datetime | None) -> ChangeNote:
    label, at = CHANGE_LABELS[edition.change], announced_at(edition)
    return ChangeNote(
        change=edition.change,
        label=str(label),
        announced_at=_without_microseconds(at),
        date_text=_change_date_text(at, published_at),
        note=edition.change_note,
        number=edition.number,
        changes_url="" if edition.change in EDITORIAL_CHANGES else changes_url(edition, edition.number),
    )


def _change_date_text(at: datetime, published_at: datetime | None) -> str:
    day = timezone.localdate(at)
    if published_at and day == timezone.localdate(published_at):
        return datetime_with_zone(at)
    return format_day(day)


def _without_microseconds(at: datetime) -> datetime:
    """Cut a time for the `datetime` attribute of HTML, which takes at most three decimals of a second."""
    return at.replace(microsecond=0)
