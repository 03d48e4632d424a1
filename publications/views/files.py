"""Pictures and attachments: public only through an edition that readers can reach."""

import logging
from functools import partial
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from publications import renditions
from publications.models import (
    Edition,
    EditionAttachment,
    Image,
    Standing,
    answer,
    is_original_there,
    originals,
)
from publications.presentation import current_tree, render_page

from .file_responses import FileContent, file_response
from .pieces import elsewhere

MAX_AGE = 60  # seconds: what is withdrawn, or amended, is soon so paths_in_locales
RETRY_AFTER = "600"  # seconds
MIN_DIGEST, MAX_DIGEST = 32, 64  # characters of SHA-256 in an address

log = logging.getLogger(__name__)


def picture(request: HttpRequest, key: str, size: str, extension: str) -> HttpResponseBase:
    """A picture of a live piece (as its text, cover or an author's portrait), in one of its sizes."""
    image = get_object_or_404(Image, key=key)
    pixels = renditions.get_image_file(image, size, extension) if _is_public(image) else None
    if not pixels:
        raise Http404
    response = file_response(request, FileContent.of(pixels), renditions.media_type_of(extension))
    return _with_headers(response)


def attachment(request: HttpRequest, slug: str, digest: str, filename: str) -> HttpResponseBase:
    """A file of a live piece, or of an earlier edition of it; elsewhere it answers as its piece does."""
    found = answer(current_tree(), slug)
    if found.standing is not Standing.HERE:
        return elsewhere(
            request, found, lambda edition: f"{edition.get_absolute_url()}files/{digest}/{filename}"
        )
    if not MIN_DIGEST <= len(digest) <= MAX_DIGEST:
        raise Http404
    file = (
        EditionAttachment.objects.filter(
            edition__publication=found.edition.publication_id,
            edition__in=Edition.objects.readable(),
            filename=filename,
            original__contains=f"/{digest}",
        )
        .order_by("-edition__number")
        .first()
    )
    if not file:
        raise Http404
    if not _can_be_sent(file):
        return _unavailable(request, found.edition)
    content = FileContent(file.digest, file.size, partial(originals().open_range, file.original))
    response = _with_headers(file_response(request, content, file.media_type))
    response.headers["Content-Disposition"] = _disposition(file)
    return response


def _is_public(image: Image) -> bool:
    """Shown in an edition that readers can reach, or the portrait of somebody who wrote a live one."""
    live = Edition.objects.live().order_by()
    reachable = Edition.objects.readable().filter(publication__in=live.values("publication"))
    return (
        reachable.filter(image_rows__image=image).exists()
        or live.filter(bylines__author__portrait=image, bylines__author__pseudonymous=False).exists()
    )


def _can_be_sent(file: EditionAttachment) -> bool:
    """Whether the store has the whole file; why it does not is for an administrator to know."""
    try:
        if is_original_there(file.original, size=file.size):
            return True
        log.error("The original %s of the file %s is missing or damaged.", file.original, file.filename)
    except Exception:  # each kind of store has errors of its own
        log.exception("The store does not give the original %s.", file.original)
    return False


def _unavailable(request: HttpRequest, edition: Edition) -> HttpResponse:
    response = render_page(
        request,
        "pages/file_unavailable.html",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title=_("Not at hand just now"),
        robots="noindex",
        edition=edition,
        piece_url=edition.get_absolute_url(),
    )
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def _disposition(file: EditionAttachment) -> str:
    return content_disposition_header(file.extension != "pdf", file.filename)


def _with_headers(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
