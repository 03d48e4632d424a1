"""The page after publishing: where the piece stands, what to do with it now, and the way back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import deeds
from publications.models import FOREVER, Edition, moment_in_words

from . import telling
from .access import ONE, needs, piece_or_404
from .site import desk

TITLES = {
    "live": gettext_lazy("Published"),
    "waits": gettext_lazy("Scheduled"),
    "over": gettext_lazy("No longer public"),
}


@desk.page(f"{ONE}published/<number:number>/", "published")
@needs("publish_publication")
def published(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What became of an edition, with all that can be copied, and Undo where it can be undone."""
    piece = piece_or_404(pk)
    edition = get_object_or_404(piece.editions.select_related("kind"), number=number)
    stands = _stands(edition)
    return desk.show_piece(
        request, "publish_result", piece,
        title=TITLES[stands],
        stands=stands,
        edition=edition,
        from_moment=moment_in_words(edition.visible_from),
        until=moment_in_words(edition.expires) if edition.expires < FOREVER and stands != "over" else "",
        texts=_texts(edition) if stands != "over" else [],
        plan=_undoing(piece, edition),
        state=deeds.public_state(piece),
        before=edition.previous,
        line=piece.audit.filter(detail__edition=number).first(),
    )  # fmt: skip


def _stands(edition: Edition) -> str:
    """Whether readers see it, will see it, or no longer do."""
    if edition.is_live:
        return "live"
    return "waits" if not edition.end and edition.visible_from > timezone.now() else "over"


def _texts(edition: Edition) -> list[dict[str, str]]:
    """Each with its name and how many lines it wants."""
    found = {
        _("Address"): telling.address_of(edition),
        _("For social media"): telling.social(edition),
        _("For the newsletter"): telling.newsletter(edition),
        _("Citation"): telling.citation(edition),
    }
    return [
        {
            "id": f"text-{place}",
            "label": label,
            "text": text,
            "language": edition.language,
            "lines": _lines(text),
        }
        for place, (label, text) in enumerate(found.items())
    ]


def _lines(text: str) -> int:
    """Lines that a text fills in a box of some eighty characters."""
    return sum(1 + len(line) // 80 for line in text.split("\n"))


def _undoing(piece, edition: Edition):
    """The plan of an undo, where it takes back this very edition."""
    plan = deeds.what_undo_does(piece)
    return plan if plan and plan.edition.pk == edition.pk else None
