"""Submissions for checking: hand a draft over to the editors, and return it with a reason."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.models import MAX_COMMENT_CHARACTERS, Comment, NewsEvent, NewsType, Publication, Submission

from .form_data import RedisplayMixin
from .site import get_publication_or_404, render_publication_page, require_permissions
from .status_text import submission_text


def open_submission(publication: Publication | None) -> Submission | None:
    """Return the submission of a draft for checking, or None if there is none since it was last published."""
    return (
        Submission.objects.unpublished()
        .filter(publication=publication)
        .select_related("submitted_by")
        .first()
        if publication
        else None
    )


@transaction.atomic
def submit_for_checking(publication: Publication, *, by) -> None:
    """Submit a draft for checking, or renew its submission."""
    now = timezone.now()
    Submission.objects.update_or_create(
        publication=publication, defaults={"submitted_by": by, "submitted_at": now}
    )
    NewsEvent.objects.create(type=NewsType.SUBMITTED, publication=publication, by=by, happens_at=now)


class ReturnForm(RedisplayMixin, forms.Form):
    """Why a draft is returned. Who returns a draft of their own needs no reason."""

    reason = forms.CharField(
        label=gettext_lazy("What is to be done first"),
        max_length=MAX_COMMENT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MAX_COMMENT_CHARACTERS}),
        help_text=gettext_lazy("News for the writer, and a comment on the draft. Readers never see it."),
        error_messages={"required": gettext_lazy("Say in a few words what is to be done first.")},
    )

    def __init__(self, data=None, *, submission: Submission, user) -> None:
        super().__init__(data, label_suffix="")
        if submission.submitted_by == user:
            del self.fields["reason"]


@require_permissions("change_publication")
def return_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why a submitted draft is not ready, and return it to its writer."""
    publication = get_publication_or_404(pk)
    form_url = reverse("desk:publications_publication_change", args=[pk])
    submission = open_submission(publication)
    if not submission:
        return HttpResponseRedirect(form_url)
    form = ReturnForm(request.POST or None, submission=submission, user=request.user)
    if request.method == "POST" and form.is_valid():
        return_to_writer(submission, form.cleaned_data.get("reason", ""), by=request.user)
        messages.success(request, _("No longer among what is to be checked."))
        return HttpResponseRedirect(form_url)
    return render_publication_page(
        request,
        "submission_return",
        publication,
        form=form,
        title=_("Not ready after all"),
        submission_text=submission_text(submission),
    )


@transaction.atomic
def return_to_writer(submission: Submission, reason: str, *, by) -> None:
    """End a submission. A reason becomes a comment on the draft, and news for its writers; once if sent twice."""
    deleted, _rows = Submission.objects.filter(pk=submission.pk).delete()
    if not reason or not deleted:
        return
    comment = Comment.objects.create(publication=submission.publication, author=by, text=reason)
    NewsEvent.objects.create(
        type=NewsType.RETURNED, publication=submission.publication, comment=comment, by=by
    )
