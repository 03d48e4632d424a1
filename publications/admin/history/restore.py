"""Restore an earlier revision as the draft. The result is a new revision: nothing that was saved is lost."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from publications import actions
from publications.models import Publication, Revision

from ..form_data import RedisplayMixin
from ..site import get_publication_or_404, render_publication_page, require_permissions
from .comparison import build_comparison, build_draft_snapshot


class RestoreForm(RedisplayMixin, forms.Form):
    """`seen` is the version of the draft that the editor compared with."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


@require_permissions("change_publication")
def restore_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Render the difference and the form; restore if the draft has not changed since the form was rendered."""
    publication = get_publication_or_404(pk)
    revision = get_object_or_404(publication.revisions.select_related("saved_by"), number=number)
    form = RestoreForm(request.POST or None, initial={"seen": publication.version})
    if request.method == "POST" and form.is_valid():
        if _restore(request, publication, revision, form.cleaned_data["seen"]):
            return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))
        form = RestoreForm(initial={"seen": Publication.objects.get(pk=pk).version})
        publication = get_publication_or_404(pk)
    comparison = build_comparison(
        build_draft_snapshot(publication),
        build_draft_snapshot(actions.draft_of_revision(publication, revision)),
    )
    title = _("Restore revision %(number)d") % {"number": number}
    return render_publication_page(
        request, "restore", publication, title=title, form=form, revision=revision, **comparison
    )


@transaction.atomic
def _restore(request: HttpRequest, publication: Publication, revision: Revision, seen: int) -> bool:
    actions.lock_for_action(publication.pk)
    stored = Publication.objects.get(pk=publication.pk)
    if stored.version != seen:
        messages.error(request, _("The draft has been saved since you looked. See what changes now."))
        return False
    missing = actions.restore_revision(stored, revision, by=request.user)
    messages.success(
        request,
        _("The draft is as it was in revision %(number)d. Nothing public has changed.")
        % {"number": revision.number},
    )
    for text in missing:
        messages.warning(request, text)
    return True
