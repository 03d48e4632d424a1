"""Handing over: whoever writes says that a draft is ready, and whoever publishes finds it among what is to check."""

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from publications.models import Publication, Ready, words

from .access import ONE, needs, piece_or_404
from .site import desk


def with_handing(pieces: QuerySet) -> QuerySet:
    """Annotate working copies with whether they are handed over, and by whom."""
    open_now = Ready.objects.open().filter(publication=OuterRef("pk"))
    return pieces.select_related("ready__by").annotate(is_ready=Exists(open_now))


def said(piece: Publication) -> str:
    """Where an annotated piece stands, and who says that it is ready: in words."""
    return f"{words(piece)}; {in_words(piece.ready)}" if piece.is_ready else words(piece)


def in_words(ready: Ready) -> str:
    told = {"who": name_of(ready.by), "on": date_format(timezone.localtime(ready.at), "DATE_FORMAT")}
    return _("ready to be checked, says %(who)s, %(on)s") % told


def name_of(person) -> str:
    return (person.get_short_name() or person.get_username()) if person else "–"


def of(piece: Publication | None) -> Ready | None:
    """The word that a piece is ready, while it stands."""
    return Ready.objects.open().filter(publication=piece).select_related("by").first() if piece else None


def hand_over(piece: Publication, *, by) -> None:
    Ready.objects.update_or_create(publication=piece, defaults={"by": by, "at": timezone.now()})


@desk.page(f"{ONE}not-ready/", "not-ready")
@needs("change_publication")
@require_POST
def not_ready(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the word back: the draft is still being written."""
    piece = piece_or_404(pk)
    Ready.objects.filter(publication=piece).delete()
    messages.success(request, _("No longer among what is to be checked."))
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))
