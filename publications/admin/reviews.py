"""The reviews of a publication, for its editors: invitations, comments and open links."""

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from publications.locales import absolute_url, datetime_with_zone
from publications.models import Comment, Publication, Review

from .form_data import RedisplayMixin
from .shown_once import keep_secret, take_secret
from .site import get_publication_or_404, render_publication_page, require_permissions

MAX_OPEN_REVIEWS = 20
REVIEW_LINK_DAYS = (3, 7, 14, 30, 90)


class InviteForm(RedisplayMixin, forms.Form):
    reader = forms.CharField(
        label=gettext_lazy("Who is to read it"),
        max_length=100,
        help_text=gettext_lazy("A name: comments will bear it."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("The link is open for"),
        coerce=int,
        initial=14,
        choices=lambda: [(days, ngettext("%d day", "%d days", days) % days) for days in REVIEW_LINK_DAYS],
    )


@require_permissions("change_publication")
def reviews_page(request: HttpRequest, pk: int) -> HttpResponse:
    """List the reviews with their comments, and invite another reader."""
    publication = get_publication_or_404(pk)
    form = InviteForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid() and _invite(request, publication, form):
        return HttpResponseRedirect(reverse("desk:reviews", args=[pk]))
    return render_publication_page(
        request,
        "reviews",
        publication,
        title=_("External review"),
        form=form,
        reviews=_describe_reviews(publication),
        secrets=take_secret(request, _secret_name(publication)),
    )


def _secret_name(publication: Publication) -> str:
    return f"review link of {publication.pk}"


def _invite(request: HttpRequest, publication: Publication, form: InviteForm) -> bool:
    """Create a review, whose link is shown once, as only a digest of the token is stored; return whether it was."""
    if publication.reviews.active().count() >= MAX_OPEN_REVIEWS:
        form.add_error(
            None, _("%(most)d links to this piece are open. Close one first.") % {"most": MAX_OPEN_REVIEWS}
        )
        return False
    newest = publication.revisions.first()
    cleaned = form.cleaned_data
    review, token = Review.objects.invite(
        newest, reader=cleaned["reader"], days=cleaned["days"], by=request.user
    )
    secrets = {
        "reader": review.reader,
        "until": datetime_with_zone(review.expires_at),
        "address": absolute_url(reverse("desk:review", args=[token])),
    }
    keep_secret(request, _secret_name(publication), secrets)
    return True


def _describe_reviews(publication: Publication) -> list[dict[str, object]]:
    """Return every review with its comments, those with unresolved ones first."""
    comments = Comment.objects.order_by("passage", "created_at", "pk")
    reviews = publication.reviews.select_related("revision", "created_by").prefetch_related(
        Prefetch("comments", comments)
    )
    descriptions = [
        {"review": review, "is_outdated": review.revision.number < publication.version} for review in reviews
    ]
    return sorted(
        descriptions,
        key=lambda description: all(comment.resolved_at for comment in description["review"].comments.all()),
    )


@require_permissions("change_publication")
@require_POST
def review_update(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Close the link of a review."""
    review = get_object_or_404(Review, pk=number, publication=get_publication_or_404(pk))
    Review.objects.filter(pk=review.pk, revoked_at=None).update(revoked_at=timezone.now())
    messages.success(request, _("The link is closed. What was said stays."))
    return HttpResponseRedirect(reverse("desk:reviews", args=[pk]))
