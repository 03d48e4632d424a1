"""The history of a publication: revisions and editions in one list, comparisons of two, and the page of a revision.

Saves of one user within ten minutes are grouped in one entry. Each of them is stored, and can be opened, compared and
restored.
"""

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
from .audit_text import describe_entry
from .comparison import build_comparison, build_draft_snapshot, build_revision_snapshot

SAVE_GROUP_WINDOW = timedelta(minutes=10)
REVISIONS_PER_PAGE = 500
"""Revisions on one page of the history."""
MAX_AUDIT_ENTRIES = 200


@dataclass
class SaveGroup:
    """Consecutive revisions of one user, the newest first.

    Attributes:
        is_from: whether the form proposes this entry as the older version of a comparison.
        is_to: whether it proposes this entry as the newer version.
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
        """The name of the version in the URL of a comparison."""
        return f"r{self.newest.number}"

    def includes(self, older: Revision) -> bool:
        """Return whether an older revision belongs to the group: a save of the same user within ten minutes."""
        are_plain_saves = self.newest.reason == older.reason == RevisionReason.SAVED
        is_same_user = self.newest.saved_by_id == older.saved_by_id is not None
        return are_plain_saves and is_same_user and self.newest.saved_at - older.saved_at <= SAVE_GROUP_WINDOW


@dataclass
class TimelineEdition:
    """An edition in the history."""

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
    def description(self) -> str:
        if self.edition.restored_from_id:
            return _("The text of edition %(number)d again") % {"number": self.edition.restored_from.number}
        return self.edition.get_change_display()

    @property
    def is_cancelled(self) -> bool:
        return self.edition.end_reason == EndReason.CANCELLED

    @property
    def public_from(self) -> str:
        return datetime_with_zone(self.edition.visible_from)


TimelineEntry = SaveGroup | TimelineEdition


def build_timeline(publication: Publication, before: int | None = None) -> list[TimelineEntry]:
    """Return the entries of a page, the newest first; `before` is the last revision number of the previous page."""
    revisions = publication.revisions.select_related("saved_by").defer("manuscript").order_by("-number")
    page = list((revisions.filter(number__lt=before) if before else revisions)[:REVISIONS_PER_PAGE])
    until = revisions.filter(number=before).values_list("saved_at", flat=True).first() if before else None
    editions = (
        publication.editions.select_related("published_by", "restored_from")
        .without_texts()
        .order_by("-number")
    )
    timeline_editions = [
        TimelineEdition(edition) for edition in editions if _is_on_page(edition, page, until)
    ]
    return sorted([*group_saves(page), *timeline_editions], key=lambda entry: entry.at, reverse=True)


def group_saves(revisions: Iterable[Revision]) -> Iterator[SaveGroup]:
    """Group revisions, the newest first, by user and time."""
    group = SaveGroup()
    for revision in revisions:
        if group.revisions and not group.includes(revision):
            yield group
            group = SaveGroup()
        group.revisions.append(revision)
    if group.revisions:
        yield group


def _is_on_page(edition: Edition, page: list[Revision], until: datetime | None) -> bool:
    """Return whether an edition belongs among the revisions of a page; `until` is where the previous page ends."""
    is_last_page = len(page) < REVISIONS_PER_PAGE
    is_after_start = is_last_page or edition.created_at >= page[-1].saved_at
    return is_after_start and (until is None or edition.created_at < until)


StoredVersion = Revision | Edition
DRAFT_CREATED_AT = datetime.max.replace(tzinfo=UTC)  # newer than any version


@require_permissions("change_publication")
def history_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show revisions and editions in one list, the newest first, and the audit entries of the publication."""
    publication = get_publication_or_404(pk)
    before = _parse_number(request.GET.get("before", "0"))
    entries = build_timeline(publication, before)
    saves = [entry for entry in entries if isinstance(entry, SaveGroup)]
    oldest = saves[-1].revisions[-1].number if saves else 0
    count = sum(len(group.revisions) for group in saves)
    _propose_comparison(entries)
    audit_entries = publication.audit_entries.select_related("publication")[:MAX_AUDIT_ENTRIES]
    return render_publication_page(
        request, "history", publication,
        title=_("History"),
        entries=entries,
        draft_version=publication.version,
        next_page_before=oldest if count >= REVISIONS_PER_PAGE else 0,
        audit_entries=[describe_entry(entry) for entry in audit_entries],
    )  # fmt: skip


@require_permissions("change_publication")
def revision_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show a revision: the difference from the one before it, and its manuscript."""
    publication = get_publication_or_404(pk)
    revision = get_object_or_404(publication.revisions.select_related("saved_by"), number=number)
    previous = publication.revisions.filter(number__lt=number).first()
    snapshots = [build_revision_snapshot(publication, item) for item in (previous, revision) if previous]
    comparison = build_comparison(*snapshots) if previous else {}
    title = _("Revision %(number)d") % {"number": number}
    return render_publication_page(
        request, "revision", publication, title=title, revision=revision, previous=previous,
        is_current=number == publication.version, **comparison,
    )  # fmt: skip


@require_permissions("change_publication")
def difference_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare two versions: revisions, editions, or the stored draft ("now")."""
    publication = get_publication_or_404(pk)
    names = [request.GET.get("from"), request.GET.get("to", "now")]
    versions = [
        _get_version(publication, name) for name in (names if names[0] else _default_versions(publication))
    ]
    (older, before), (newer, after) = sorted(versions, key=lambda version: _created_at(version[0]))
    return render_publication_page(
        request,
        "version_difference",
        publication,
        title=_("Difference"),
        older=older,
        newer=newer,
        **build_comparison(before, after),
    )


def _propose_comparison(entries: list[TimelineEntry]) -> None:
    """Select the two entries that the form proposes: right after publishing, the edition and the one before it."""
    editions = [entry for entry in entries if isinstance(entry, TimelineEdition) and not entry.is_cancelled]
    newest = entries[0] if entries else None
    is_published = isinstance(newest, TimelineEdition) or (
        newest and newest.newest.reason == RevisionReason.PUBLISHED
    )
    newer, *older = (editions if is_published and len(editions) > 1 else entries)[:2] or [None]
    if newer:
        newer.is_to = True
    for entry in older:
        entry.is_from = True


def _default_versions(publication: Publication) -> tuple[str, str]:
    """Return the names of the versions to compare by default: the newest edition and the draft, or the two newest."""
    newest = publication.editions.not_cancelled().order_by("-number").first()
    if newest is None:
        raise Http404
    before = newest.previous
    if before is None or newest.digest != publication.digest:
        return f"e{newest.number}", "now"
    return f"e{before.number}", f"e{newest.number}"


def _get_version(publication: Publication, name: str) -> tuple[StoredVersion | None, EditionWithRows | None]:
    """Return the version of a name in the URL, such as "r3", "e2" or "now", and its content."""
    if name == "now":
        return None, build_draft_snapshot(publication)
    number = _parse_number(name[1:])
    if name[:1] == "r":
        revision = get_object_or_404(publication.revisions.select_related("saved_by"), number=number)
        return revision, build_revision_snapshot(publication, revision)
    if name[:1] == "e":
        edition = get_object_or_404(
            publication.editions.select_related("kind", "published_by", "cover"), number=number
        )
        return edition, EditionWithRows.get(edition)
    raise Http404


def _created_at(version: StoredVersion | None) -> datetime:
    """Return when a version was created, to sort the two versions of a comparison."""
    if isinstance(version, Revision):
        return version.saved_at
    return version.created_at if version else DRAFT_CREATED_AT


def _parse_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest
    return int(text)
