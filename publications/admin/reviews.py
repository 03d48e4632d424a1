"""Reviews of a publication, for its editors: invitations, comments and open links."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from publications.locales import absolute_url
from publications.models import Publication, Review, ReviewComment

from .review_link import passages_of, snapshot_of_review
from .site import get_publication_or_404, render_publication_page, require_permissions
from .unsent_forms import UnsentFormMixin, get_pk

MAX_OPEN_REVIEWS = 20
REVIEW_LINK_DAYS = (3, 7, 14, 30, 90)


class InviteForm(UnsentFormMixin, forms.Form):
    reader = forms.CharField(
        label=gettext_lazy("Who is to read it"),
        max_length=100,
        help_text=gettext_lazy("A name: remarks will bear it."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("The link is open for"),
        coerce=int,
        initial=14,
        choices=lambda: [(days, ngettext("%d day", "%d days", days) % days) for days in REVIEW_LINK_DAYS],
    )


@dataclass(frozen=True)
class PlacedComment:
    """A comment with the passage of the revision that it is about."""

    comment: ReviewComment
    passage: str = ""


@require_permissions("change_publication")
def reviews_page(request: HttpRequest, pk: int) -> HttpResponse:
    """List the reviews with their comments, and invite another reader."""
    publication = get_publication_or_404(pk)
    form = InviteForm(request.POST or None, label_suffix="")
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        context |= _invite(request, publication, form)
    return render_publication_page(
        request, "reviews", publication, title=_("Reviews"), reviews=_describe_reviews(publication), **context
    )


def _invite(request: HttpRequest, publication: Publication, form: InviteForm) -> dict[str, object]:
    """Create a review and return its link, which is shown once: only a digest of the token is stored."""
    if publication.reviews.unexpired().count() >= MAX_OPEN_REVIEWS:
        form.add_error(
            None, _("%(most)d links to this piece are open. Close one first.") % {"most": MAX_OPEN_REVIEWS}
        )
        return {}
    newest = publication.revisions.first()
    cleaned = form.cleaned_data
    review, token = Review.objects.invite(
        newest, reader=cleaned["reader"], days=cleaned["days"], by=request.user
    )
    return {
        "invited": review,
        "address": absolute_url(reverse("desk:review", args=[token])),
        "form": InviteForm(label_suffix=""),
    }


def _describe_reviews(publication: Publication) -> list[dict[str, object]]:
    """Return every review with its comments, those with unresolved ones first."""
    reviews = list(
        publication.reviews.select_related("revision", "created_by", "publication__kind").prefetch_related(
            "comments"
        )
    )
    excerpts: dict[int, dict[int, str]] = {}  # by revision: several people read the same one
    rows = [
        {
            "review": review,
            "comments": place_comments(review, excerpts),
            "is_behind": review.revision.number < publication.version,
        }
        for review in reviews
    ]
    return sorted(rows, key=lambda row: all(placed.comment.is_resolved for placed in row["comments"]))


def place_comments(review: Review, excerpts: dict[int, dict[int, str]]) -> list[PlacedComment]:
    """Return the comments of a reader, each with an excerpt of its passage.

    Args:
        excerpts: a cache of the passages by revision, which this fills.
    """
    comments = list(review.comments.all())
    if any(comment.place for comment in comments) and review.revision_id not in excerpts:
        snapshot = snapshot_of_review(review)
        passages = passages_of(snapshot.edition.html) if snapshot else ()
        excerpts[review.revision_id] = {passage.number: passage.excerpt for passage in passages}
    of_revision = excerpts.get(review.revision_id, {})
    return [PlacedComment(comment, of_revision.get(comment.place, "")) for comment in comments]


def unresolved_comments(publication: Publication | None) -> Iterable[ReviewComment]:
    """Return the unresolved comments on a publication."""
    if not publication:
        return []
    return ReviewComment.objects.unresolved().filter(review__publication=publication).select_related("review")


@require_permissions("change_publication")
@require_POST
def review_update(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Perform a button beside a review: close the link, resolve a comment or reopen it."""
    review = get_object_or_404(Review, pk=number, publication=pk)
    for name, perform in BUTTONS.items():
        if name in request.POST:
            perform(request, review)
            break
    return HttpResponseRedirect(reverse("desk:reviews", args=[pk]))


def _close_link(request: HttpRequest, review: Review) -> None:
    Review.objects.filter(pk=review.pk, revoked_at=None).update(revoked_at=timezone.now())
    messages.success(request, _("The link is closed. What was said stays."))


def _resolver(is_resolved: bool, name: str):
    def resolve(request: HttpRequest, review: Review) -> None:
        review.comments.filter(pk=get_pk(request.POST, name)).update(is_resolved=is_resolved)

    return resolve


BUTTONS = {"close": _close_link, "done": _resolver(True, "done"), "reopen": _resolver(False, "reopen")}
