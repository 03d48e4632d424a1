"""Deeds are pages, not pop-ups: each has an address, works with scripts off, and says what it will do."""

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import deeds
from publications.models import Change, Edition, Publication, moment_in_words, own_end

from .access import ONE, needs, piece_or_404
from .site import desk

YEARS = range(1900, 2101)


class MomentField(forms.DateTimeField):
    """A moment in the centre's own zone, typed into the browser's own control."""

    def __init__(self, **kwargs) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, required=False, **kwargs)

    def to_python(self, value) -> datetime | None:
        try:
            moment = super().to_python(value)
        except forms.ValidationError as reason:
            if reason.code != "ambiguous_timezone":
                raise
            raise forms.ValidationError(
                _("The clocks change that night: this hour comes twice or not at all. Choose another one.")
            ) from reason
        if moment and moment.year not in YEARS:
            raise forms.ValidationError(
                _("The year %(year)d cannot be right. Give one from %(first)d to %(last)d.")
                % {"year": moment.year, "first": YEARS[0], "last": YEARS[-1]}
            )
        return moment


class PublishForm(forms.Form):
    """When, until when, and what change it is to readers."""

    at = MomentField(label=gettext_lazy("Publish at"), help_text=gettext_lazy("Leave empty to publish now."))
    until = MomentField(
        label=gettext_lazy("Take down at"), help_text=gettext_lazy("Leave empty for as long as it stands.")
    )
    change = forms.ChoiceField(
        label=gettext_lazy("What changes for readers"),
        choices=[
            (Change.SILENT, gettext_lazy("Silent fix: readers are told nothing, the date stays")),
            (
                Change.CORRECTION,
                gettext_lazy("Correction: the note below stands on the page, the date stays"),
            ),
            (Change.UPDATE, gettext_lazy("Update: the date moves")),
        ],
        widget=forms.RadioSelect,
        initial=Change.SILENT,
    )
    note = forms.CharField(
        label=gettext_lazy("Note to readers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A correction needs one: it is shown on the page."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, first: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if first:
            del self.fields["change"], self.fields["note"]

    def see_again(self, digest: str) -> None:
        """After a refusal the form is shown with the working copy as it stands now."""
        if self.is_bound:
            self.data = {**self.data.dict(), "seen": digest}


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Reason, for readers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Shown at the address of the piece. May be left empty."),
    )


class UndoForm(forms.Form):
    edition = forms.IntegerField(widget=forms.HiddenInput)


class RedactForm(forms.Form):
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


@desk.page(f"{ONE}publish/", "publish")
@needs("publish_publication")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    piece = piece_or_404(pk)
    first = not piece.editions.begun().exists()
    form = PublishForm(
        request.POST or None, first=first, initial={"seen": piece.digest, "until": own_end(piece)}
    )
    if response := _done(request, piece, form, lambda: _publish(request, piece, form.cleaned_data)):
        return response
    form.see_again(piece_or_404(pk).digest)
    waiting = piece.editions.waiting().first()
    with translation.override(piece.tree):
        address = reverse("publications:detail", kwargs={"slug": piece.proposed_slug()})
    return desk.show_piece(
        request, "publish", piece, form=form, title=_("Publish"), missing=piece.missing(), first=first, waiting=waiting,
        waiting_from=moment_in_words(waiting.visible_from) if waiting else "", address=address,
        zone=timezone.localtime().tzname(),
    )  # fmt: skip


def _publish(request: HttpRequest, piece: Publication, asked: dict) -> str:
    asked = {name: value for name, value in asked.items() if value}
    edition = deeds.publish(piece, by=request.user, **asked)
    replaced = edition.replaced
    said = (
        _("Scheduled for %s.") % moment_in_words(edition.visible_from) if edition.planned else _("Published.")
    )
    if replaced:
        said += " " + _("It replaces the edition that waited for %s.") % moment_in_words(
            replaced.visible_from
        )
    return said


@desk.page(f"{ONE}withdraw/", "withdraw")
@needs("publish_publication")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    piece = piece_or_404(pk)
    form = NoteForm(request.POST or None)
    if response := _done(request, piece, form, lambda: _withdraw(request, piece, form)):
        return response
    return desk.show_piece(request, "withdraw", piece, form=form, title=_("Withdraw"))


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
