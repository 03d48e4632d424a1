"""History: all that was saved and given to readers, the difference of any two, and one revision as it was."""

from datetime import UTC, datetime

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from publications.models import Edition, EditionWithRows, End, Publication, Revision, Why

from .access import ONE, needs, piece_or_404
from .comparing import as_it_stands, comparison, of_revision
from .gathering import MOST, Entry, Given, Saves, history_of
from .lines import told
from .site import desk

Kept = Revision | Edition
NOW = datetime.max.replace(tzinfo=UTC)


@desk.page(f"{ONE}revisions/", "revisions")
@needs("change_publication")
def revisions(request: HttpRequest, pk: int) -> HttpResponse:
    """Revisions and editions in one list, the newest first, and the deeds done with the piece."""
    piece = piece_or_404(pk)
    before = _number(request.GET.get("before", "0"))
    entries = history_of(piece, before)
    saves = [entry for entry in entries if isinstance(entry, Saves)]
    oldest = saves[-1].revisions[-1].number if saves else 0
    shown = sum(len(row.revisions) for row in saves)
    return desk.show_piece(
        request, "history", piece,
        title=_("History"),
        entries=entries,
        chosen=_proposed(entries),
        current=piece.version,
        older=oldest if shown >= MOST else 0,
        audit=[told(line) for line in piece.audit.select_related("publication")[:200]],
    )  # fmt: skip


@desk.page(f"{ONE}revisions/<number:number>/", "revision")
@needs("change_publication")
def revision(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One revision: what it changed in the one before it, and the manuscript to the letter."""
    piece = piece_or_404(pk)
    kept = get_object_or_404(piece.revisions.select_related("saved_by"), number=number)
    before = piece.revisions.filter(number__lt=number).first()
    changed = comparison(of_revision(piece, before), of_revision(piece, kept)) if before else {}
    title = _("Revision %(number)d") % {"number": number}
    return desk.show_piece(
        request, "revision", piece, title=title, revision=kept, before=before, is_current=number == piece.version,
        **changed,
    )  # fmt: skip


@desk.page(f"{ONE}difference/", "difference")
@needs("change_publication")
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    """What is different between any two: revisions, editions, or the draft as it stands ("now")."""
    piece = piece_or_404(pk)
    names = [request.GET.get("from"), request.GET.get("to", "now")]
    (one, first), (other, second) = [
        _side(piece, name) for name in (names if names[0] else _last_change(piece))
    ]
    if _moment(one) > _moment(other):
        (one, first), (other, second) = (other, second), (one, first)
    return desk.show_piece(
        request,
        "versions_compared",
        piece,
        title=_("Difference"),
        one=one,
        other=other,
        **comparison(first, second),
    )


def _proposed(entries: list[Entry]) -> list[str]:
    """The two rows that the form proposes: right after publishing, the edition and the one before it."""
    editions = [
        entry.key for entry in entries if isinstance(entry, Given) and entry.edition.end != End.CANCELLED
    ]
    newest = entries[0] if entries else None
    is_published = isinstance(newest, Given) or (newest and newest.newest.why == Why.PUBLISHED)
    return editions[:2] if is_published and len(editions) > 1 else [entry.key for entry in entries[:2]]


def _last_change(piece: Publication) -> tuple[str, str]:
    """What is compared where no side is named: the draft with the newest edition, or that one with the one before."""
    newest = piece.editions.kept().order_by("-number").first()
    if newest is None:
        raise Http404
    before = newest.previous
    if before is None or newest.digest != piece.digest:
        return f"e{newest.number}", "now"
    return f"e{before.number}", f"e{newest.number}"


def _side(piece: Publication, name: str) -> tuple[Kept | None, EditionWithRows | None]:
    """What a name in the address means: "r3", "e2" or "now"."""
    if name == "now":
        return None, as_it_stands(piece)
    number = _number(name[1:])
    if name[:1] == "r":
        kept = get_object_or_404(piece.revisions.select_related("saved_by"), number=number)
        return kept, of_revision(piece, kept)
    if name[:1] == "e":
        edition = get_object_or_404(piece.editions.select_related("kind", "editor", "cover"), number=number)
        return edition, EditionWithRows.get(edition)
    raise Http404


def _moment(kept: Kept | None) -> datetime:
    """When it was made: what is older stands first, whichever was named first."""
    if isinstance(kept, Revision):
        return kept.saved_at
    return kept.written_at if kept else NOW


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest
    return int(text)
