"""What a reader without an account sees at a secret address: one revision, a place for comments, "fine by me".

Whoever holds the address may read and comment; nothing else of the desk is open to them, and no cookie is asked for.
That is why its forms carry no token against forgery: the address is a secret that no other site knows."""

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
    Review,
    ReviewComment,
)
from publications.presentation.authors import names_in_line
from publications.presentation.images import responsive_image

from .site import render_desk_page

QUOTED_CHARACTERS = 200


@dataclass(frozen=True)
class ReviewPassage:
    """One passage: its number in the text, from one on, and its HTML, safe as `prose` has stored it."""

    number: int
    html: SafeString

    @property
    def words(self) -> str:
        return Truncator(" ".join(strip_tags(self.html).split())).chars(QUOTED_CHARACTERS)


def passages_of(html: str) -> list[ReviewPassage]:
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
    """The revision, passage by passage, with what its reader has said so far."""
    found = Review.objects.get_by_token(token)
    if not found:
        typed = request.POST.get("text", "")[:MAX_COMMENT_CHARACTERS]
        page = render_desk_page(request, "review_over", title=_("This link leads nowhere"), typed=typed)
        return _make_private(page, HTTPStatus.NOT_FOUND)
    form = ReviewCommentForm(request.POST if request.method == "POST" else None)
    refused, status = (
        _store_comment(found, form, is_fine="fine" in request.POST) if form.is_bound else ("", HTTPStatus.OK)
    )
    if form.is_bound and not refused:
        return _make_private(HttpResponseRedirect(_url_of_comment(token, form)))
    context = {
        "review": found,
        "token": token,
        "refused": refused,
        **review_context(found, token, _typed_in(form) if refused else {}),
    }
    return _make_private(render_desk_page(request, "review", **context), status)


def review_image(request: HttpRequest, token: str, key: str, size: str, extension: str) -> HttpResponse:
    """A picture that the revision shows, and no other."""
    found = Review.objects.get_by_token(token)
    shown = {each.key for each in manuscript.loads(found.revision.manuscript).images} if found else set()
    if key not in shown:
        raise Http404
    pixels = renditions.get_image_file(get_object_or_404(Image, key=key), size, extension)
    if not pixels:
        raise Http404
    return _make_private(HttpResponse(pixels, content_type=renditions.media_type_of(extension)))


def _make_private(response: HttpResponse, status: int = 0) -> HttpResponse:
    """The address is told to no other site, and the page is kept nowhere (see also `middleware`)."""
    response.status_code = status or response.status_code
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    return response


def _url_of_comment(token: str, form: ReviewCommentForm) -> str:
    place = form.cleaned_data.get("place", 0) if form.is_valid() else 0
    return reverse("desk:review", args=[token]) + f"#passage-{place}"


@transaction.atomic
def _store_comment(found: Review, form: ReviewCommentForm, *, is_fine: bool) -> tuple[str, HTTPStatus]:
    """Keep what the reader said; says why where it was not kept."""
    Review.objects.select_for_update().get(pk=found.pk)
    if is_fine:
        ReviewComment.objects.get_or_create(review=found, is_fine=True)
        return "", HTTPStatus.OK
    if not form.is_valid():
        reasons = [reason for reasons in form.errors.values() for reason in reasons]
        return " ".join(reasons), HTTPStatus.BAD_REQUEST
    if reason := _limit_reached(found):
        return reason, HTTPStatus.TOO_MANY_REQUESTS
    found.comments.create(place=form.cleaned_data["place"], text=form.cleaned_data["text"])
    return "", HTTPStatus.OK


def _limit_reached(found: Review) -> str:
    if found.comments.count() >= MAX_COMMENTS:
        return _("There are as many remarks here as can be kept. Write to the editors, please.")
    if found.comments.recent().count() >= MAX_COMMENTS_PER_MINUTE:
        return _("These were many remarks in a minute. Wait a little, then send this one again.")
    return ""


def _typed_in(form: ReviewCommentForm) -> dict[str, str]:
    """Return the text of a comment that was not kept, by its place."""
    return {str(form["place"].value()): form["text"].value() or ""}


def review_context(found: Review, token: str, typed: Mapping[str, str]) -> dict[str, object]:
    """The revision for its page: head, passages with their comments, and those of the whole.

    Args:
        typed: what is shown in the form of a place, by the number of the place.
    """

    def address(image: Image, size: str, extension: str) -> str:
        return reverse("desk:review-picture", args=[token, image.key, size, extension])

    made = snapshot_of_review(found)
    if not made:
        return {"title": _("This text cannot be shown")}
    edition, remarks = made.edition, list(found.comments.all())
    pictures = {image.key: responsive_image(image, address) for image in made.images}
    return {
        "title": edition.title or _("Untitled"),
        "edition": edition,
        "people": names_in_line(row for row in made.bylines if row.role != "editor"),
        "editors": names_in_line(row for row in made.bylines if row.role == "editor"),
        "cover": responsive_image(edition.cover, address) if edition.cover else None,
        "passages": [
            {
                "html": SafeString(markup.insert_images(each.html, pictures)),
                "place": _comments_at(each.number, remarks, typed),
            }
            for each in passages_of(edition.html)
        ],
        "whole_text": _comments_at(0, remarks, typed),
        "fine": next((each for each in remarks if each.is_fine), None),
    }


def _comments_at(number: int, comments: list[ReviewComment], typed: Mapping[str, str]) -> dict[str, object]:
    """A place of the text with its comments and its form: a passage, or the whole text (0)."""
    return {
        "number": number,
        "comments": [each for each in comments if each.place == number and not each.is_fine],
        "is_open": not number or str(number) in typed,
        "typed": typed.get(str(number), ""),
    }


def snapshot_of_review(found: Review) -> EditionWithRows | None:
    """The revision as the edition that it would be; nothing where it cannot be rendered."""
    text = manuscript.loads(found.revision.manuscript)
    try:
        return snapshot.build_snapshot(unsaved_publication(text, of=found.publication))
    except markup.Unrenderable:
        return None
