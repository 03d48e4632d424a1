"""The page behind a review link: one revision for a reader without an account, who may comment on it or approve it.

The token in the address is the only authorization, and gives access to nothing else of the desk. The page sets no
cookie, so its forms have no CSRF token: no other site knows the address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from publications import manuscript, markup, renditions, snapshot
from publications.draft_content import unsaved_publication
from publications.html_tree import is_blank, parse, serialize
from publications.locales import datetime_with_zone
from publications.markup import TextRange
from publications.models import (
    MAX_COMMENT_CHARACTERS,
    MAX_COMMENTS,
    MAX_COMMENTS_PER_MINUTE,
    MAX_QUOTE_CHARACTERS,
    Comment,
    EditionWithRows,
    Image,
    NewsEvent,
    NewsType,
    Publication,
    Review,
    Revision,
)
from publications.presentation.authors import byline_text
from publications.presentation.images import responsive_image

from .site import render_desk_page


@dataclass(frozen=True)
class ReviewPassage:
    """A block element of the text: its number, from one on, and its sanitized HTML."""

    number: int
    html: SafeString


def split_passages(html: str) -> list[ReviewPassage]:
    """Return the passages of a stored text: its outermost elements, numbered from one.

    Comments store the number, so the numbering of a stored text must not change.
    """
    elements = [child for child in parse(html).children if not is_blank(child)]
    return [
        ReviewPassage(number, SafeString(serialize(child))) for number, child in enumerate(elements, start=1)
    ]


class ReviewCommentForm(forms.Form):
    passage = forms.IntegerField(min_value=0, max_value=10_000, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        max_length=MAX_COMMENT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MAX_COMMENT_CHARACTERS}),
    )
    quote = forms.CharField(max_length=MAX_QUOTE_CHARACTERS, required=False, widget=forms.HiddenInput)
    start = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


@csrf_exempt
def review_page(request: HttpRequest, token: str) -> HttpResponse:
    """Render the revision, passage by passage, with the reader's comments; store a new comment."""
    review = Review.objects.get_by_token(token)
    if not review:
        unsaved_text = request.POST.get("text", "")[:MAX_COMMENT_CHARACTERS]
        page = render_desk_page(
            request, "review_over", title=_("This link leads nowhere"), unsaved_text=unsaved_text
        )
        return make_private(page, HTTPStatus.NOT_FOUND)
    form = ReviewCommentForm(request.POST if request.method == "POST" else None)
    refusal, status = _store_post(request, review, form) if form.is_bound else ("", HTTPStatus.OK)
    if form.is_bound and not refusal:
        return make_private(HttpResponseRedirect(_url_of_comment(token, form)))
    context = {
        "review": review,
        "token": token,
        "refusal": refusal,
        "max_characters": MAX_COMMENT_CHARACTERS,
        **review_context(review, token, _get_unsaved_texts(form) if refusal else {}),
    }
    return make_private(render_desk_page(request, "review", **context), status)


def review_image(request: HttpRequest, token: str, key: str, size: str, extension: str) -> HttpResponse:
    """Return an image that the revision shows; 404 for any other."""
    review = Review.objects.get_by_token(token)
    keys = {image.key for image in manuscript.loads(review.revision.manuscript).images} if review else set()
    if key not in keys:
        raise Http404
    content = renditions.get_image_file(get_object_or_404(Image, key=key), size, extension)
    if not content:
        raise Http404
    return make_private(HttpResponse(content, content_type=renditions.media_type_of(extension)))


def make_private(response: HttpResponseBase, status: int = 0) -> HttpResponseBase:
    """Keep the address from other sites, search engines and caches (see also `middleware`)."""
    response.status_code = status or response.status_code
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _url_of_comment(token: str, form: ReviewCommentForm) -> str:
    passage = form.cleaned_data["passage"] if form.is_valid() else 0
    return reverse("desk:review", args=[token]) + f"#passage-{passage}"


@transaction.atomic
def _store_post(request: HttpRequest, review: Review, form: ReviewCommentForm) -> tuple[str, HTTPStatus]:
    """Store what the reader sent; return why it was refused, or "", with the status of the response."""
    publication = Publication.objects.select_for_update(no_key=True).get(pk=review.publication_id)
    Review.objects.select_for_update().get(pk=review.pk)
    approval = review.comments.filter(is_approval=True).first()
    if "withdraw_approval" in request.POST:
        if approval:
            _withdraw_approval(approval)
        return "", HTTPStatus.OK
    is_approval = "approve" in request.POST
    if is_approval and approval:
        return "", HTTPStatus.OK
    if not is_approval and not form.is_valid():
        reasons = [reason for reasons in form.errors.values() for reason in reasons]
        return " ".join(reasons), HTTPStatus.BAD_REQUEST
    if reason := _describe_limit(review):
        return reason, HTTPStatus.TOO_MANY_REQUESTS
    _store_comment(Comment(review=review, publication=publication, is_approval=is_approval), form)
    return "", HTTPStatus.OK


def _store_comment(comment: Comment, form: ReviewCommentForm) -> None:
    if not comment.is_approval:
        values = form.cleaned_data
        comment.passage, comment.text = values["passage"], values["text"]
        _place(comment, values["quote"], values["start"] or 0)
        if _is_submitted_twice(comment):
            return
    comment.save()
    _store_news(comment)


def _withdraw_approval(approval: Comment) -> None:
    """Make an approval a comment that it is taken back, with the time when it was given and the replies to it."""
    NewsEvent.objects.filter(comment=approval).delete()
    text = _("I take back that it is fine by me, as I said on %(date)s.")
    approval.is_approval, approval.text = False, text % {"date": datetime_with_zone(approval.created_at)}
    approval.created_at, approval.resolved_at, approval.resolved_by = timezone.now(), None, None
    approval.save()
    _store_news(approval)


def _is_submitted_twice(comment: Comment) -> bool:
    same = {name: getattr(comment, name) for name in ("passage", "text", "quote", "start")}
    return _recent_comments(comment.review).filter(**same).exists()


def _recent_comments(review: Review) -> QuerySet[Comment]:
    return review.comments.filter(created_at__gt=timezone.now() - timedelta(minutes=1))


def _place(comment: Comment, quote: str, near: int) -> None:
    """Set the words of the revision that a comment is about, or its passage, and where they are in the draft."""
    snapshot_rows = build_review_snapshot(comment.review)
    passages = split_passages(snapshot_rows.edition.html) if snapshot_rows else []
    texts = [markup.anchor_text_of_html(passage.html) for passage in passages]
    index = comment.passage - 1
    if index not in range(len(texts)) or not texts[index]:
        return
    quote = " ".join(quote.split())
    start, end = markup.find_quote(texts[index], quote, near=near) or (0, len(texts[index]))
    offset = sum(len(text) + 1 for text in texts[:index] if text)
    comment.quote = texts[index][start:end]
    text = markup.anchor_text(comment.publication.body)
    whole = "\n".join(filter(None, texts))
    [text_range] = markup.move_ranges(whole, text, [TextRange(offset + start, offset + end)])
    comment.place(text, text_range)


def _store_news(comment: Comment) -> None:
    NewsEvent.objects.create(type=NewsType.REVIEWED, publication_id=comment.publication_id, comment=comment)


def _describe_limit(review: Review) -> str:
    """Return why no further comment is accepted now, or ""."""
    if review.comments.count() >= MAX_COMMENTS or review.publication.comments.is_full():
        return _("There are as many comments here as can be kept. Write to the editors, please.")
    if _recent_comments(review).count() >= MAX_COMMENTS_PER_MINUTE:
        return _("These were many comments in a minute. Wait a little, then send this one again.")
    return ""


def _get_unsaved_texts(form: ReviewCommentForm) -> dict[str, str]:
    """Return the text of a refused comment, by its passage."""
    return {str(form["passage"].value() or 0): form["text"].value() or ""}


def review_context(review: Review, token: str, unsaved_texts: Mapping[str, str]) -> dict[str, object]:
    """Return the context of the page: title, authors, passages with their comments, comments on the whole text.

    Args:
        unsaved_texts: texts of refused comments, by passage.
    """

    def image_url(image: Image, size: str, extension: str) -> str:
        return reverse("desk:review-picture", args=[token, image.key, size, extension])

    snapshot_rows = build_review_snapshot(review)
    if not snapshot_rows:
        return {"title": _("This text cannot be shown")}
    edition = snapshot_rows.edition
    comments = list(review.comments.all())
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
                **_passage_context(passage.number, comments, unsaved_texts, passage.html),
            }
            for passage in split_passages(edition.html)
        ],
        "whole_text": _passage_context(0, comments, unsaved_texts),
        "approval": next((comment for comment in comments if comment.is_approval), None),
    }


def _passage_context(
    number: int, comments: list[Comment], unsaved_texts: Mapping[str, str], html: str = ""
) -> dict[str, object]:
    """Return the comments and the form of a passage, or of the whole text (0).

    The words of a comment are shown as far as the revision has them: later words of the draft are not for its readers.
    """
    text = markup.anchor_text_of_html(html)
    return {
        "number": number,
        "comments": [
            (comment, comment.quote if comment.quote in text and comment.quote != text else "")
            for comment in comments
            if comment.passage == number and not comment.is_approval
        ],
        "is_open": not number or str(number) in unsaved_texts,
        "unsaved_text": unsaved_texts.get(str(number), ""),
    }


def build_review_snapshot(review: Review) -> EditionWithRows | None:
    """Return the revision of a review as an unsaved edition, or None if it cannot be rendered."""
    return build_revision_snapshot(review.revision, review.publication)


def build_revision_snapshot(
    revision: Revision, publication: Publication, *, published_at: datetime | None = None
) -> EditionWithRows | None:
    """Return a revision as an unsaved edition, or None if it cannot be rendered.

    Args:
        published_at: the date of an edition that the revision gives none.
    """
    draft = unsaved_publication(manuscript.loads(revision.manuscript), publication=publication)
    try:
        return snapshot.build_snapshot(draft, published_at=draft.published_at or published_at)
    except markup.Unrenderable:
        return None
