"""The reviews of a publication, for its editors: invitations, comments and open links."""

from collections.abc import Callable, Iterable
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

from .form_data import RedisplayMixin, get_pk
from .review_link import build_review_snapshot, split_passages
from .site import get_publication_or_404, render_publication_page, require_permissions

MAX_OPEN_REVIEWS = 20
REVIEW_LINK_DAYS = (3, 7, 14, 30, 90)


class InviteForm(RedisplayMixin, forms.Form):
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
class CommentWithExcerpt:
    """A comment with an excerpt of the passage that it is about."""

    comment: ReviewComment
    excerpt: str = ""


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
    """Create a review and return the context of its link, which is shown once: only a digest of the token is stored."""
    if publication.reviews.active().count() >= MAX_OPEN_REVIEWS:
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
        "new_review": review,
        "new_review_url": absolute_url(reverse("desk:review", args=[token])),
        "form": InviteForm(label_suffix=""),
    }


def _describe_reviews(publication: Publication) -> list[dict[str, object]]:
    """Return every review with its comments, those with unresolved ones first."""
    reviews = list(
        publication.reviews.select_related("revision", "created_by", "publication__kind").prefetch_related(
            "comments"
        )
    )
    excerpts: dict[int, dict[int, str]] = {}  # by revision: several readers have the same one
    descriptions = [
        {
            "review": review,
            "comments": add_excerpts(review, excerpts),
            "is_outdated": review.revision.number < publication.version,
        }
        for review in reviews
    ]
    return sorted(
        descriptions,
        key=lambda description: all(item.comment.is_resolved for item in description["comments"]),
    )


def add_excerpts(review: Review, excerpts_by_revision: dict[int, dict[int, str]]) -> list[CommentWithExcerpt]:
    """Return the comments of a reader, each with an excerpt of its passage, whose number is `comment.place`.

    Args:
        excerpts_by_revision: a cache of excerpts by passage number, which this fills.
    """
    comments = list(review.comments.all())
    if any(comment.place for comment in comments) and review.revision_id not in excerpts_by_revision:
        snapshot = build_review_snapshot(review)
        passages = split_passages(snapshot.edition.html) if snapshot else ()
        excerpts_by_revision[review.revision_id] = {passage.number: passage.excerpt for passage in passages}
    excerpts = excerpts_by_revision.get(review.revision_id, {})
    return [CommentWithExcerpt(comment, excerpts.get(comment.place, "")) for comment in comments]


def unresolved_comments(publication: Publication | None) -> Iterable[ReviewComment]:
    """Return the unresolved comments on a publication."""
    if not publication:
        return []
    return ReviewComment.objects.unresolved().filter(review__publication=publication).select_related("review")


@require_permissions("change_publication")
@require_POST
def review_update(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Perform a button of a review: close the link, resolve a comment or reopen it."""
    review = get_object_or_404(Review, pk=number, publication=get_publication_or_404(pk))
    for name, perform in BUTTONS.items():
        if name in request.POST:
            perform(request, review)
            break
    return HttpResponseRedirect(reverse("desk:reviews", args=[pk]))


def _close_link(request: HttpRequest, review: Review) -> None:
    Review.objects.filter(pk=review.pk, revoked_at=None).update(revoked_at=timezone.now())
    messages.success(request, _("The link is closed. What was said stays."))


def _build_resolver(is_resolved: bool, name: str) -> Callable[[HttpRequest, Review], None]:
    """Return a function that resolves or reopens the comment in a field of the form data."""

    def resolve(request: HttpRequest, review: Review) -> None:
        review.comments.filter(pk=get_pk(request.POST, name)).update(is_resolved=is_resolved)

    return resolve


BUTTONS = {
    "close": _close_link,
    "done": _build_resolver(True, "done"),
    "reopen": _build_resolver(False, "reopen"),
}
