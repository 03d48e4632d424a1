"""The editions of a piece as its readers may know them, and what they have been told of changes.

Only editions whose text stands at an address of its own are named with anything of theirs. One that was taken
back is a number and no more; what waits, or was cancelled before it was public, is not there at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.addresses import in_tree
from publications.models import MOMENT, NUMBER, Change, Edition, Prepared, moment_in_words, told_at

FIELDS = (
    "publication_id", "tree", "slug", "number", "change", "note", "published_at",
    "visible_from", "visible_until", "end", "restores_id", "digest",
)  # fmt: skip
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


def begun_editions(publication: int) -> list[Edition]:
    """All that are or were public, taken back ones included, oldest first, without their texts: one query."""
    return _begun(publication=publication, now=timezone.now())


_begun = Prepared(
    lambda publication, now: (
        Edition.objects.begun(now).filter(publication=publication).order_by("number").only(*FIELDS)
    ),
    publication=NUMBER,
    now=MOMENT,
)


def readable(editions: Iterable[Edition]) -> list[Edition]:
    """Of editions that have begun, those whose text stands at an address of its own."""
    return [edition for edition in editions if not edition.is_taken_back]


def notes_of(editions: Iterable[Edition], published: datetime | None = None) -> list[Note]:
    """What readers were told, newest first. On the day of publication (`published`) the time says more."""
    told = [edition for edition in editions if edition.change in TOLD]
    return [_note(edition, published) for edition in reversed(told)]


def begun_by_publication(publications: Iterable[int]) -> dict[int, list[Edition]]:
    """The editions of many pieces that are or were public, oldest first: one query."""
    begun = Edition.objects.begun().filter(publication__in=publications)
    rows = begun.order_by("publication_id", "number").only(*FIELDS)
    return {key: list(group) for key, group in groupby(rows, key=lambda edition: edition.publication_id)}


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
    return date_format(timezone.localdate(told_at(edition)), "DATE_FORMAT")


def _entry(live: Edition, edition: Edition, before: Edition | None, begun: Sequence[Edition]) -> Entry:
    is_again = before and edition.restores_id == before.pk
    return Entry(
        number=edition.number,
        what=what_it_was(edition, begun),
        since=_since(edition),
        on=_whole_second(told_at(edition)),
        note=edition.note,
        url=edition_url(live, edition.number),
        changes_url=changes_url(live, edition.number) if before and not is_again else "",
        before=before.number if before else None,
        is_current=edition.number == live.number,
    )


def _since(edition: Edition) -> str:
    """The moment from which it was to be read; the day alone where that is what it is dated by."""
    told = told_at(edition)
    return moment_in_words(told) if told == edition.visible_from else told_on(edition)


def _note(edition: Edition, published: datetime | None) -> Note:
    label, told = TOLD[edition.change], told_at(edition)
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
