"""Checks of editions: windows, numbers, rows, addresses, and the revisions of drafts."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import ExtractYear
from django.utils import timezone

from publications.actions import STATUS_CHANGES
from publications.markup import image_keys_in
from publications.models import (
    FOREVER,
    NOTICE_COLUMNS,
    Address,
    Edition,
    EditionByline,
    EditionImage,
    EditionTag,
    EditorialStatus,
    EndReason,
    Publication,
    Revision,
)

from .report import Progress

EDITION_ROW_MODELS = (EditionByline, EditionTag)
"""Rows with copies of the columns that lists filter by."""
CHANGED_STATUSES = {change.change: change.status for change in STATUS_CHANGES}
"""The editorial status that each change of it leads to."""


class EditionWindow(NamedTuple):
    """The window of an edition."""

    publication_id: int
    number: int
    visible_from: datetime
    visible_until: datetime
    expires_at: datetime
    end_reason: str
    title: str

    def __str__(self) -> str:
        return f"publication {self.publication_id} “{self.title}”, edition {self.number}"

    @property
    def is_in_effect(self) -> bool:
        return self.end_reason != EndReason.CANCELLED


def read_windows() -> list[list[EditionWindow]]:
    """Read the windows of each publication, by their numbers."""
    rows = Edition.objects.order_by("publication", "number").values_list(*EditionWindow._fields)
    return [
        list(group) for _pk, group in groupby(map(EditionWindow._make, rows), attrgetter("publication_id"))
    ]


def find_disordered_windows(progress: Progress) -> Iterator[str]:
    """Yield the editions that end before they begin, or are public beyond their own end."""
    for windows in read_windows():
        for window in windows:
            if not window.visible_from <= window.visible_until <= window.expires_at:
                yield f"{window} is public from {window.visible_from} until {window.visible_until}."


def find_overlaps(progress: Progress) -> Iterator[str]:
    """Yield the editions that are public while another of the same publication is."""
    for windows in read_windows():
        public = [window for window in windows if window.visible_from < window.visible_until]
        for before, after in pairwise(sorted(public, key=attrgetter("visible_from"))):
            if after.visible_from < before.visible_until:
                yield f"{after} begins while edition {before.number} is public."


def find_wrong_ends(progress: Progress) -> Iterator[str]:
    """Yield the editions that do not last until their own end or the start of the next one."""
    for windows in read_windows():
        effective = sorted(
            (window for window in windows if window.is_in_effect), key=attrgetter("visible_from")
        )
        starts = [window.visible_from for window in effective[1:]] + [FOREVER]
        for window, next_start in zip(effective, starts, strict=False):
            if window.visible_until != (due := min(window.expires_at, next_start)):
                yield f"{window} ends at {window.visible_until}, and is due to end at {due}."


def find_public_cancelled(progress: Progress) -> Iterator[str]:
    """Yield the editions that were cancelled, withdrawn or undone and are public all the same."""
    now = timezone.now()
    for windows in read_windows():
        for window in windows:
            if not window.is_in_effect and window.visible_from != window.visible_until:
                yield f"{window} was cancelled, yet it has a window."
            elif window.end_reason in (EndReason.WITHDRAWN, EndReason.UNDONE) and window.visible_until > now:
                yield f"{window} is {window.end_reason}, yet it is public until {window.visible_until}."


def find_several_scheduled(progress: Progress) -> Iterator[str]:
    """Yield the editions that are scheduled beside another of the same publication."""
    now = timezone.now()
    for windows in read_windows():
        scheduled = [window for window in windows if not window.end_reason and window.visible_from > now]
        yield from (
            f"{window} is scheduled beside edition {scheduled[0].number}." for window in scheduled[1:]
        )


def find_wrong_numbers(progress: Progress) -> Iterator[str]:
    """Yield the publications whose editions are not numbered 1, 2, 3 … in the order in which they begin."""
    for windows in read_windows():
        numbers = [window.number for window in windows]
        if missing := set(range(1, numbers[-1] + 1)) - set(numbers):
            yield f"publication {windows[0].publication_id} “{windows[0].title}” lacks edition {min(missing)}."
        effective = [window for window in windows if window.is_in_effect]
        for before, after in pairwise(effective):
            if after.visible_from <= before.visible_from:
                yield f"{after} begins before edition {before.number}."


def find_wrong_copies(progress: Progress) -> Iterator[str]:
    """Yield the editions whose bylines or tags say other dates, kinds or languages than they do."""
    for model in EDITION_ROW_MODELS:
        for row in model.objects.with_wrong_copies().select_related("edition").order_by("edition").iterator():
            yield (
                f"publication {row.edition.publication_id} “{row.edition.title}”, edition {row.edition.number}: "
                f"“{row}” is listed under other dates or another kind."
            )


def find_wrong_years(progress: Progress) -> Iterator[str]:
    """Yield the editions that are listed under another year than that of their date."""
    wrong = Edition.objects.annotate(right_year=ExtractYear("published_at")).exclude(year=F("right_year"))
    for publication, title, number, year in wrong.values_list("publication", "title", "number", "year"):
        yield f"publication {publication} “{title}”, edition {number} is listed under {year}."


def find_hidden_images(progress: Progress) -> Iterator[str]:
    """Yield the editions with an image in their text or as their cover that is not public."""
    cover_rows = EditionImage.objects.filter(edition=OuterRef("pk"), image=OuterRef("cover"))
    for edition in Edition.objects.filter(~Exists(cover_rows), cover__isnull=False).without_texts():
        yield f"publication {edition.publication_id} “{edition}”: its cover is not among its images."
    with_images = Edition.objects.filter(body__contains="image:").only(
        "title", "number", "publication", "body"
    )
    for edition in with_images.iterator(chunk_size=200):
        existing = set(edition.images.values_list("key", flat=True))
        for key in set(image_keys_in(edition.body)) - existing:
            yield f"publication {edition.publication_id} “{edition}”: image {key} is not among its images."


def find_wrong_addresses(progress: Progress) -> Iterator[str]:
    """Yield the editions whose address does not lead to their publication."""
    own = Address.objects.filter(
        locale=OuterRef("locale"), slug=OuterRef("slug"), publication=OuterRef("publication")
    )
    for edition in Edition.objects.not_cancelled().filter(~Exists(own)).without_texts():
        address = f"/{edition.locale}/…/{edition.slug}/"
        yield f"publication {edition.publication_id} “{edition}”: {address} does not lead to it."


def find_missing_revisions(progress: Progress) -> Iterator[str]:
    """Yield the drafts that are not the ones of their last revision."""
    last = Revision.objects.filter(publication=OuterRef("pk")).order_by("-number")
    drafts = Publication.objects.annotate(
        last=Max("revisions__number"), stored_digest=Subquery(last.values("digest")[:1])
    ).filter(
        Q(last__isnull=True, version__gt=0)
        | (Q(last__isnull=False) & ~Q(last=F("version"), stored_digest=F("digest")))
    )
    for pk, title, version, number in drafts.values_list("pk", "title", "version", "last"):
        yield f"publication {pk} “{title}” is at version {version}; its last revision is number {number or 'none'}."


def find_wrong_notices(progress: Progress) -> Iterator[str]:
    """Yield editions whose notice is incomplete or not that of their change, and those that lost the notice."""
    columns = ("publication", "title", "number", "change", "change_note", *NOTICE_COLUMNS, "restored_from")
    rows = Edition.objects.in_effect().order_by("publication", "number").values_list(*columns, named=True)
    for _pk, group in groupby(rows, attrgetter("publication")):
        before = EditorialStatus.NONE
        for row in group:
            name = f"publication {row.publication} “{row.title}”, edition {row.number}"
            if not _is_notice_complete(row):
                yield f"{name}: its notice has no status, no date, or another text than its note."
            if not row.restored_from and row.editorial_status != CHANGED_STATUSES.get(row.change, before):
                yield f"{name} says “{row.editorial_status}” after “{before}”, and no action says so."
            before = row.editorial_status


def _is_notice_complete(row) -> bool:
    has_status = bool(row.editorial_status)
    is_noted = not CHANGED_STATUSES.get(row.change) or row.notice_text == row.change_note
    return has_status == bool(row.notice_text) == bool(row.notice_at) and is_noted
