"""Reviews of a publication for its editors: whom they have asked, what was said, and the links that still lead in."""

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
from .unsent_forms import UnsentFormMixin, pk_in

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
    """A remark with the passage that it is about, as the revision has it."""

    remark: ReviewComment
    passage: str = ""


@require_permissions("change_publication")
def reviews_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was asked to read, what they said, and a form that asks another."""
    publication = get_publication_or_404(pk)
    form = InviteForm(request.POST or None, label_suffix="")
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        context |= _invite(request, publication, form)
    return render_publication_page(
        request, "reviews", publication, title=_("Reviews"), reviews=_describe_reviews(publication), **context
    )


def _invite(request: HttpRequest, publication: Publication, form: InviteForm) -> dict[str, object]:
    """The address, shown this once: it cannot be found out again, only made anew."""
    if publication.reviews.unexpired().count() >= MAX_OPEN_REVIEWS:
        form.add_error(
            None, _("%(most)d links to this piece are open. Close one first.") % {"most": MAX_OPEN_REVIEWS}
        )
        return {}
    newest = publication.revisions.first()
    asked = form.cleaned_data
    review, token = Review.objects.invite(newest, reader=asked["reader"], days=asked["days"], by=request.user)
    return {
        "invited": review,
        "address": absolute_url(reverse("desk:review", args=[token])),
        "form": InviteForm(label_suffix=""),
    }


def _describe_reviews(publication: Publication) -> list[dict[str, object]]:
    """Every review with what was said, those with something open first."""
    found = list(
        publication.reviews.select_related("revision", "created_by", "publication__kind").prefetch_related(
            "comments"
        )
    )
    words: dict[int, dict[int, str]] = {}  # of revisions: several people read the same one
    told = [
        {
            "review": each,
            "said": place_comments(each, words),
            "is_behind": each.revision.number < publication.version,
        }
        for each in found
    ]
    return sorted(told, key=lambda each: all(said.remark.is_resolved for said in each["said"]))


def place_comments(review: Review, words: dict[int, dict[int, str]]) -> list[PlacedComment]:
    """The remarks of a reader, each with the paragraph it is of; `words` keeps the paragraphs by revision."""
    remarks = list(review.comments.all())
    if any(each.place for each in remarks) and review.revision_id not in words:
        made = snapshot_of_review(review)
        passages = passages_of(made.edition.html) if made else ()
        words[review.revision_id] = {each.number: each.words for each in passages}
    of_revision = words.get(review.revision_id, {})
    return [PlacedComment(each, of_revision.get(each.place, "")) for each in remarks]


def unresolved_comments(publication: Publication | None) -> Iterable[ReviewComment]:
    """What readers said of a publication that nobody has dealt with yet."""
    if not publication:
        return []
    return ReviewComment.objects.unresolved().filter(review__publication=publication).select_related("review")


@require_permissions("change_publication")
@require_POST
def review_update(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Do what a button beside a review asks for: close the link, or put a remark away and back."""
    review = get_object_or_404(Review, pk=number, publication=pk)
    for name, act in BUTTONS.items():
        if name in request.POST:
            act(request, review)
            break
    return HttpResponseRedirect(reverse("desk:reviews", args=[pk]))


def _close(request: HttpRequest, review: Review) -> None:
    Review.objects.filter(pk=review.pk, revoked_at=None).update(revoked_at=timezone.now())
    messages.success(request, _("The link is closed. What was said stays."))


def _settle(is_settled: bool, name: str):
    def act(request: HttpRequest, review: Review) -> None:
        review.comments.filter(pk=pk_in(request.POST, name)).update(is_resolved=is_settled)

    return act


BUTTONS = {"close": _close, "done": _settle(True, "done"), "reopen": _settle(False, "reopen")}
