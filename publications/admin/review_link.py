"""The page behind a review link: one revision for a reader without an account, who may comment on it or approve it.

The token in the address is the only authorization, and gives access to nothing else of the desk. The page sets no
cookie, so its forms have no CSRF token: no other site knows the address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from publications import manuscript, markup, renditions, snapshot
from publications.draft_content import unsaved_publication
from publications.html_tree import is_blank, parse, serialize
from publications.models import (
    MAX_COMMENT_CHARACTERS,
    MAX_COMMENTS,
    MAX_COMMENTS_PER_MINUTE,
    EditionWithRows,
    Image,
    NewsEvent,
    NewsType,
    Review,
    ReviewComment,
)
from publications.presentation.authors import byline_text
from publications.presentation.images import responsive_image

from .site import render_desk_page

EXCERPT_CHARACTERS = 200


@dataclass(frozen=True)
class ReviewPassage:
    """A block element of the text: its number, from one on, and its sanitized HTML."""

    number: int
    html: SafeString

    @property
    def excerpt(self) -> str:
        return Truncator(" ".join(strip_tags(self.html).split())).chars(EXCERPT_CHARACTERS)


def split_passages(html: str) -> list[ReviewPassage]:
    """Return the passages of a stored text: its outermost elements, numbered from one.

    Comments store the number, so the numbering of a stored text must not change.
    """
    elements = [child for child in parse(html).children if not is_blank(child)]
    return [
        ReviewPassage(number, SafeString(serialize(child))) for number, child in enumerate(elements, start=1)
    ]


class ReviewCommentForm(forms.Form):
    place = forms.IntegerField(min_value=0, max_value=10_000, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Your remark"),
        max_length=MAX_COMMENT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MAX_COMMENT_CHARACTERS}),
    )


@csrf_exempt
def review_page(request: HttpRequest, token: str) -> HttpResponse:
    """Render the revision, passage by passage, with the reader's comments; store a new comment."""
    review = Review.objects.get_by_token(token)
    if not review:
        unsaved_text = request.POST.get("text", "")[:MAX_COMMENT_CHARACTERS]
        page = render_desk_page(
            request, "review_over", title=_("This link leads nowhere"), unsaved_text=unsaved_text
        )
        return _make_private(page, HTTPStatus.NOT_FOUND)
    form = ReviewCommentForm(request.POST if request.method == "POST" else None)
    refusal, status = (
        _store_comment(review, form, is_fine="fine" in request.POST) if form.is_bound else ("", HTTPStatus.OK)
    )
    if form.is_bound and not refusal:
        return _make_private(HttpResponseRedirect(_url_of_comment(token, form)))
    context = {
        "review": review,
        "token": token,
        "refusal": refusal,
        "max_characters": MAX_COMMENT_CHARACTERS,
        **review_context(review, token, _get_unsaved_texts(form) if refusal else {}),
    }
    return _make_private(render_desk_page(request, "review", **context), status)


def review_image(request: HttpRequest, token: str, key: str, size: str, extension: str) -> HttpResponse:
    """Return an image that the revision shows; 404 for any other."""
    review = Review.objects.get_by_token(token)
    keys = {image.key for image in manuscript.loads(review.revision.manuscript).images} if review else set()
    if key not in keys:
        raise Http404
    content = renditions.get_image_file(get_object_or_404(Image, key=key), size, extension)
    if not content:
        raise Http404
    return _make_private(HttpResponse(content, content_type=renditions.media_type_of(extension)))


def _make_private(response: HttpResponse, status: int = 0) -> HttpResponse:
    """Keep the address from other sites, search engines and caches (see also `middleware`)."""
    response.status_code = status or response.status_code
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    return response


def _url_of_comment(token: str, form: ReviewCommentForm) -> str:
    place = form.cleaned_data.get("place", 0) if form.is_valid() else 0
    return reverse("desk:review", args=[token]) + f"#passage-{place}"


@transaction.atomic
def _store_comment(review: Review, form: ReviewCommentForm, *, is_fine: bool) -> tuple[str, HTTPStatus]:
    """Store a comment; return why it was refused, or "", with the status of the response."""
    Review.objects.select_for_update().get(pk=review.pk)
    if is_fine:
        comment, is_new = ReviewComment.objects.get_or_create(review=review, is_fine=True)
        if is_new:
            _store_news(comment)
        return "", HTTPStatus.OK
    if not form.is_valid():
        reasons = [reason for reasons in form.errors.values() for reason in reasons]
        return " ".join(reasons), HTTPStatus.BAD_REQUEST
    if reason := _describe_limit(review):
        return reason, HTTPStatus.TOO_MANY_REQUESTS
    values = {"place": form.cleaned_data["place"], "text": form.cleaned_data["text"]}
    if not review.comments.recent().filter(**values).exists():  # else submitted twice
        _store_news(review.comments.create(**values))
    return "", HTTPStatus.OK


def _store_news(comment: ReviewComment) -> None:
    NewsEvent.objects.create(
        type=NewsType.REVIEWED, publication_id=comment.review.publication_id, comment=comment
    )


def _describe_limit(review: Review) -> str:
    """Return why no further comment is accepted now, or ""."""
    if review.comments.count() >= MAX_COMMENTS:
        return _("There are as many remarks here as can be kept. Write to the editors, please.")
    if review.comments.recent().count() >= MAX_COMMENTS_PER_MINUTE:
        return _("These were many remarks in a minute. Wait a little, then send this one again.")
    return ""


def _get_unsaved_texts(form: ReviewCommentForm) -> dict[str, str]:
    """Return the text of a refused comment, by its place."""
    return {str(form["place"].value()): form["text"].value() or ""}


def review_context(review: Review, token: str, unsaved_texts: Mapping[str, str]) -> dict[str, object]:
    """Return the context of the page: title, authors, passages with their comments, comments on the whole text.

    Args:
        unsaved_texts: texts of refused comments, by place.
    """

    def image_url(image: Image, size: str, extension: str) -> str:
        return reverse("desk:review-picture", args=[token, image.key, size, extension])

    snapshot_rows = build_review_snapshot(review)
    if not snapshot_rows:
        return {"title": _("This text cannot be shown")}
    edition, comments = snapshot_rows.edition, list(review.comments.all())
    pictures = {image.key: responsive_image(image, image_url) for image in snapshot_rows.images}
    return {
        "title": edition.title or _("Untitled"),
        "edition": edition,
        "authors": byline_text(row for row in snapshot_rows.bylines if row.role != "editor"),
        "editors": byline_text(row for row in snapshot_rows.bylines if row.role == "editor"),
        "cover": responsive_image(edition.cover, image_url) if edition.cover else None,
        "passages": [
            {
                "html": SafeString(markup.insert_images(passage.html, pictures)),
                "place": _place_context(passage.number, comments, unsaved_texts),
            }
            for passage in split_passages(edition.html)
        ],
        "whole_text": _place_context(0, comments, unsaved_texts),
        "approval": next((comment for comment in comments if comment.is_fine), None),
    }


def _place_context(
    number: int, comments: list[ReviewComment], unsaved_texts: Mapping[str, str]
) -> dict[str, object]:
    """Return the comments and the form of a passage, or of the whole text (0)."""
    return {
        "number": number,
        "comments": [comment for comment in comments if comment.place == number and not comment.is_fine],
        "is_open": not number or str(number) in unsaved_texts,
        "unsaved_text": unsaved_texts.get(str(number), ""),
    }


def build_review_snapshot(review: Review) -> EditionWithRows | None:
    """Return the revision as an unsaved edition, or None if it cannot be rendered."""
    text = manuscript.loads(review.revision.manuscript)
    try:
        return snapshot.build_snapshot(unsaved_publication(text, publication=review.publication))
    except markup.Unrenderable:
        return None
