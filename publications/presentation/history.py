"""The editions of a piece as its readers may know them, and what they have been told of changes.

Only editions whose text stands at an address of its own are named with anything of theirs. One that was taken
back is a number and no more; what waits, or was cancelled before it was public, is not there at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.addresses import in_tree
from publications.models import Change, Edition, announced_at, moment_in_words

TOLD = {Change.CORRECTION: gettext_lazy("Corrected"), Change.UPDATE: gettext_lazy("Updated")}
WHAT = {
    Change.FIRST: gettext_lazy("First publication"),
    Change.SILENT: gettext_lazy("Small fix, no change of substance"),
    Change.CORRECTION: gettext_lazy("Correction"),
    Change.UPDATE: gettext_lazy("Update"),
}


@dataclass(frozen=True)
class Note:
    """What readers were told of a change: "Corrected 12 May 2026: It was 5, not 6." A silent fix has none."""

    change: str
    label: str
    on: datetime
    words: str
    note: str
    number: int
    changes_url: str


@dataclass(frozen=True)
class Entry:
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


def notes_of(editions: Iterable[Edition], published: datetime | None = None) -> list[Note]:
    """What readers were told, newest first. On the day of publication (`published`) the time says more."""
    told = [edition for edition in editions if edition.change in TOLD]
    return [_note(edition, published) for edition in reversed(told)]


def entries(live: Edition, begun: Sequence[Edition]) -> list[Entry]:
    """The editions of a live piece, newest first, at the addresses of today."""
    shown, before = [], None
    for edition in begun:
        if edition.is_taken_back:
            shown.append(Entry(edition.number))
            continue
        shown.append(_entry(live, edition, before, begun))
        before = edition
    return shown[::-1]


def what_it_was(edition: Edition, begun: Iterable[Edition] = ()) -> str:
    """An edition in a few plain words."""
    return _again(edition, list(begun)) or str(WHAT[edition.change])


def _again(edition: Edition, begun: Sequence[Edition]) -> str:
    """Of one that brought an earlier text back: which, and instead of which. Empty where that is not told."""
    restored = next(
        (each.number for each in begun if edition.restores_id and each.pk == edition.restores_id), None
    )
    if not restored:
        return ""
    between = [
        each.number for each in begun if restored < each.number < edition.number and each.is_taken_back
    ]
    if not between:
        return _("The text of edition %(number)d again") % {"number": restored}
    told = {"number": restored, "later": between[-1]}
    return _("The text of edition %(number)d again, as edition %(later)d was taken back") % told


def edition_url(live: Edition, number: int) -> str:
    return edition_url_at(live.tree, live.slug, number)


def edition_url_at(tree: str, slug: str, number: int) -> str:
    return in_tree(tree, "publications:edition", slug=slug, number=number)


def changes_url(live: Edition, number: int) -> str:
    return in_tree(live.tree, "publications:changes", slug=live.slug, number=number)


def editions_url(live: Edition) -> str:
    return in_tree(live.tree, "publications:editions", slug=live.slug)


def told_on(edition: Edition) -> str:
    """The day on which readers are told that it came out."""
    return date_format(timezone.localdate(announced_at(edition)), "DATE_FORMAT")


def _entry(live: Edition, edition: Edition, before: Edition | None, begun: Sequence[Edition]) -> Entry:
    is_again = before and edition.restores_id == before.pk
    return Entry(
        number=edition.number,
        what=what_it_was(edition, begun),
        since=_since(edition),
        on=_whole_second(announced_at(edition)),
        note=edition.note,
        url=edition_url(live, edition.number),
        changes_url=changes_url(live, edition.number) if before and not is_again else "",
        before=before.number if before else None,
        is_current=edition.number == live.number,
    )


def _since(edition: Edition) -> str:
    """The moment from which it was to be read; the day alone where that is what it is dated by."""
    told = announced_at(edition)
    return moment_in_words(told) if told == edition.visible_from else told_on(edition)


def _note(edition: Edition, published: datetime | None) -> Note:
    label, told = TOLD[edition.change], announced_at(edition)
    return Note(
        change=edition.change,
        label=str(label),
        on=_whole_second(told),
        words=_when(told, published),
        note=edition.note,
        number=edition.number,
        changes_url=changes_url(edition, edition.number),
    )


def _when(moment: datetime, published: datetime | None) -> str:
    day = timezone.localdate(moment)
    if published and day == timezone.localdate(published):
        return moment_in_words(moment)
    return date_format(day, "DATE_FORMAT")


def _whole_second(moment: datetime) -> datetime:
    """HTML takes no finer moments than thousandths."""
    return moment.replace(microsecond=0)
