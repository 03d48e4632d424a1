"""Deeds are pages, not pop-ups: each has an address, works with scripts off, and says what it will do."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import deeds
from publications.models import Edition, Publication

from .access import ONE, needs, piece_or_404
from .gone import leading_to
from .site import desk
from .unsent_forms import UnsentFormMixin

MOST_LEADING = 100


class NoteForm(UnsentFormMixin, forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Reason, for readers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Shown at the address of the piece. May be left empty."),
    )


class UndoForm(UnsentFormMixin, forms.Form):
    edition = forms.IntegerField(widget=forms.HiddenInput)


class RedactForm(UnsentFormMixin, forms.Form):
    passage = forms.CharField(
        label=gettext_lazy("Name or passage to take out"),
        help_text=gettext_lazy("Exactly as it stands in the text."),
    )
    mark = forms.CharField(
        label=gettext_lazy("What stands in its place"),
        required=False,
        initial=gettext_lazy("[redacted]"),
        help_text=gettext_lazy("May be left empty where the law or someone's safety asks for it."),
    )
    why = forms.CharField(label=gettext_lazy("Reason, for the audit trail"), required=False)


@desk.page(f"{ONE}withdraw/", "withdraw")
@needs("publish_publication")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    piece = piece_or_404(pk)
    form = NoteForm(request.POST or None)
    if response := _done(request, piece, form, lambda: _withdraw(request, piece, form)):
        return response
    last = piece.editions.begun().order_by("-visible_from").first()
    return desk.show_piece(
        request, "withdraw", piece, form=form, title=_("Withdraw"), last=last,
        can_withdraw=piece.editions.live().exists() or piece.editions.waiting().exists(),
        leading=list(leading_to([piece])[:MOST_LEADING]),
    )  # fmt: skip


def _withdraw(request: HttpRequest, piece: Publication, form: forms.Form) -> str:
    deeds.withdraw(piece, by=request.user, note=form.cleaned_data["note"])
    return _("Withdrawn. Its address now says that it is no longer public; nothing has been deleted.")


@desk.page(f"{ONE}undo/", "undo")
@needs("publish_publication")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    piece = piece_or_404(pk)
    plan = deeds.what_undo_does(piece)
    form = UndoForm(request.POST or None, initial={"edition": plan.edition.number if plan else None})
    if response := _done(request, piece, form, lambda: _undo(request, piece, form)):
        return response
    return desk.show_piece(request, "undo", piece, form=form, title=_("Undo"), plan=plan)


def _undo(request: HttpRequest, piece: Publication, form: forms.Form) -> str:
    restored = deeds.undo(piece, by=request.user, edition=form.cleaned_data["edition"])
    if isinstance(restored, Edition):
        return _("Undone. Readers see the text of the edition before again; your working copy is as it was.")
    return _("Undone. Your working copy is as it was.")


@desk.page(f"{ONE}redact/", "redact")
@needs("redact_publication")
def redact(request: HttpRequest, pk: int) -> HttpResponse:
    piece = piece_or_404(pk)
    form = RedactForm(request.POST or None)
    if response := _done(request, piece, form, lambda: _redact(request, piece, form.cleaned_data)):
        return response
    return desk.show_piece(request, "redact", piece, form=form, title=_("Redact"))


def _redact(request: HttpRequest, piece: Publication, asked: dict) -> str:
    editions = deeds.redact(piece, asked["passage"], by=request.user, why=asked["why"], mark=asked["mark"])
    return _("Taken out of %(count)d editions, the working copy and its history.") % {"count": editions}


def _done(
    request: HttpRequest, piece: Publication, form: forms.Form, deed: Callable[[], str]
) -> HttpResponse | None:
    """Do the deed that was asked for and lead back to the piece; a refusal puts its reasons on the form."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        messages.success(request, deed())
    except deeds.Refused as refusal:
        form.add_error(None, refusal.reasons)
        return None
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[piece.pk]))
