"""The history of a publication: saves and editions in one list, the difference of any two, one revision as it was.

Saves of one person within ten minutes stand in one row. That is a way of showing: each of them is kept, can be
opened, compared and restored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from publications.locales import datetime_with_zone
from publications.models import Edition, EditionWithRows, EndReason, Publication, Revision, RevisionReason

from ..site import get_publication_or_404, render_publication_page, require_permissions
from .audit_log import describe_entry
from .comparison import build_comparison, content_of_draft, content_of_revision

SAVE_GROUP_WINDOW = timedelta(minutes=10)
REVISIONS_PER_PAGE = 500
"""Revisions on one page; older ones are a link away."""


@dataclass
class SaveGroup:
    """Revisions of one person in a row, the newest first.

    Attributes:
        is_from, is_to: whether the form proposes to compare from, or to, this row.
    """

    revisions: list[Revision] = field(default_factory=list)
    is_from: bool = False
    is_to: bool = False

    @property
    def newest(self) -> Revision:
        return self.revisions[0]

    @property
    def earlier(self) -> list[Revision]:
        return self.revisions[1:]

    @property
    def at(self) -> datetime:
        return self.newest.saved_at

    @property
    def key(self) -> str:
        """What the row is called in the address of a difference."""
        return f"r{self.newest.number}"

    def takes(self, older: Revision) -> bool:
        """Whether the save before belongs to these: the same hand, plain saves, all within ten minutes."""
        plain = self.newest.reason == older.reason == RevisionReason.SAVED
        same = self.newest.saved_by_id == older.saved_by_id is not None
        return plain and same and self.newest.saved_at - older.saved_at <= SAVE_GROUP_WINDOW


@dataclass
class TimelineEdition:
    """An edition in the history: what it was, when, and what became of it."""

    edition: Edition
    is_from: bool = False
    is_to: bool = False

    @property
    def at(self) -> datetime:
        return self.edition.created_at

    @property
    def key(self) -> str:
        return f"e{self.edition.number}"

    @property
    def what(self) -> str:
        if self.edition.restored_from_id:
            return _("Undo: the text of edition %(number)d again") % {
                "number": self.edition.restored_from.number
            }
        return self.edition.get_change_display()

    @property
    def public(self) -> str:
        return datetime_with_zone(self.edition.visible_from)


TimelineEntry = SaveGroup | TimelineEdition


def build_timeline(publication: Publication, before: int | None = None) -> list[TimelineEntry]:
    """The rows of the history; `before` is the number of the revision that an earlier page ended with."""
    kept = publication.revisions.select_related("saved_by").defer("manuscript").order_by("-number")
    page = list((kept.filter(number__lt=before) if before else kept)[:REVISIONS_PER_PAGE])
    editions = (
        publication.editions.select_related("published_by", "restored_from")
        .without_texts()
        .order_by("-number")
    )
    given = [TimelineEdition(each) for each in editions if _is_on_page(each, page, before)]
    return sorted([*group_saves(page), *given], key=lambda entry: entry.at, reverse=True)


def group_saves(revisions: Iterable[Revision]) -> Iterator[SaveGroup]:
    """Revisions, newest first, in the rows that they stand in."""
    row = SaveGroup()
    for revision in revisions:
        if row.revisions and not row.takes(revision):
            yield row
            row = SaveGroup()
        row.revisions.append(revision)
    if row.revisions:
        yield row


def _is_on_page(edition: Edition, page: list[Revision], before: int | None) -> bool:
    """Whether an edition falls among the revisions of a page."""
    is_last_page = len(page) < REVISIONS_PER_PAGE
    newest = page[0].saved_at if page and before else None
    not_above = newest is None or edition.written_at <= newest
    return not_above and (is_last_page or edition.written_at >= page[-1].saved_at)


StoredVersion = Revision | Edition
NOW = datetime.max.replace(tzinfo=UTC)


@require_permissions("change_publication")
def history_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Revisions and editions in one list, the newest first, and the actions done with the publication."""
    publication = get_publication_or_404(pk)
    before = _parse_number(request.GET.get("before", "0"))
    entries = build_timeline(publication, before)
    saves = [entry for entry in entries if isinstance(entry, SaveGroup)]
    oldest = saves[-1].revisions[-1].number if saves else 0
    shown = sum(len(row.revisions) for row in saves)
    _propose_comparison(entries)
    return render_publication_page(
        request, "history", publication,
        title=_("History"),
        entries=entries,
        current=publication.version,
        older=oldest if shown >= REVISIONS_PER_PAGE else 0,
        audit_entries=[describe_entry(line) for line in publication.audit_entries.select_related("publication")[:200]],
    )  # fmt: skip


@require_permissions("change_publication")
def revision_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One revision: what it changed in the one before it, and the manuscript to the letter."""
    publication = get_publication_or_404(pk)
    kept = get_object_or_404(publication.revisions.select_related("saved_by"), number=number)
    before = publication.revisions.filter(number__lt=number).first()
    changed = (
        build_comparison(content_of_revision(publication, before), content_of_revision(publication, kept))
        if before
        else {}
    )
    title = _("Revision %(number)d") % {"number": number}
    return render_publication_page(
        request, "revision", publication, title=title, revision=kept, before=before,
        is_current=number == publication.version, **changed,
    )  # fmt: skip


@require_permissions("change_publication")
def difference_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is different between any two: revisions, editions, or the draft as it stands ("now")."""
    publication = get_publication_or_404(pk)
    names = [request.GET.get("from"), request.GET.get("to", "now")]
    (one, first), (other, second) = [
        _version_named(publication, name) for name in (names if names[0] else _last_change(publication))
    ]
    if _time_of(one) > _time_of(other):
        (one, first), (other, second) = (other, second), (one, first)
    return render_publication_page(
        request,
        "versions_compared",
        publication,
        title=_("Difference"),
        one=one,
        other=other,
        **build_comparison(first, second),
    )


def _propose_comparison(entries: list[TimelineEntry]) -> None:
    """Choose the two rows that the form proposes: right after publishing, the edition and the one before it."""
    editions = [
        entry
        for entry in entries
        if isinstance(entry, TimelineEdition) and entry.edition.end_reason != EndReason.CANCELLED
    ]
    newest = entries[0] if entries else None
    is_published = isinstance(newest, TimelineEdition) or (
        newest and newest.newest.reason == RevisionReason.PUBLISHED
    )
    newer, *older = (editions if is_published and len(editions) > 1 else entries)[:2] or [None]
    if newer:
        newer.is_to = True
    for entry in older:
        entry.is_from = True


def _last_change(publication: Publication) -> tuple[str, str]:
    """What is compared where no side is named: the draft with the newest edition, or that one with the one before."""
    newest = publication.editions.not_cancelled().order_by("-number").first()
    if newest is None:
        raise Http404
    before = newest.previous
    if before is None or newest.digest != publication.digest:
        return f"e{newest.number}", "now"
    return f"e{before.number}", f"e{newest.number}"


def _version_named(
    publication: Publication, name: str
) -> tuple[StoredVersion | None, EditionWithRows | None]:
    """What a name in the address means: "r3", "e2" or "now"."""
    if name == "now":
        return None, content_of_draft(publication)
    number = _parse_number(name[1:])
    if name[:1] == "r":
        kept = get_object_or_404(publication.revisions.select_related("saved_by"), number=number)
        return kept, content_of_revision(publication, kept)
    if name[:1] == "e":
        edition = get_object_or_404(
            publication.editions.select_related("kind", "published_by", "cover"), number=number
        )
        return edition, EditionWithRows.get(edition)
    raise Http404


def _time_of(kept: StoredVersion | None) -> datetime:
    """When it was made: what is older stands first, whichever was named first."""
    if isinstance(kept, Revision):
        return kept.saved_at
    return kept.created_at if kept else NOW


def _parse_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest
    return int(text)
