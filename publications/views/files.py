"""Pictures and attachments: public only through an edition that readers can reach."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from publications import renditions
from publications.models import Edition, EditionAttachment, Image, Standing, answer, originals
from publications.presentation import current_tree

from .pieces import elsewhere

MINUTE = 60  # what is withdrawn, or amended, is soon so everywhere


def picture(request: HttpRequest, key: str, size: str, extension: str) -> HttpResponse:
    """A picture of a live piece (as its text, cover or an author's portrait), in one of its sizes."""
    image = get_object_or_404(Image, key=key)
    path = renditions.picture(image, size, extension) if _is_public(image) else None
    if not path:
        raise Http404
    return _send(path.open("rb"), f"image/{'jpeg' if extension == 'jpg' else extension}")


def attachment(request: HttpRequest, slug: str, digest: str, filename: str) -> HttpResponse:
    """A file of a live piece, or of an earlier edition of it; elsewhere it answers as its piece does."""
    found = answer(current_tree(), slug)
    if found.standing is not Standing.HERE:
        return elsewhere(
            request, found, lambda edition: f"{edition.get_absolute_url()}files/{digest}/{filename}"
        )
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
    if not file or len(digest) < 32:
        raise Http404
    kind = "application/pdf" if file.extension == "pdf" else "application/octet-stream"
    response = _send(originals().open(file.original), kind)
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


def _disposition(file: EditionAttachment) -> str:
    return content_disposition_header(file.extension != "pdf", file.filename)


def _send(file, media_type: str) -> FileResponse:
    response = FileResponse(file, content_type=media_type)
    response.headers["Cache-Control"] = f"public, max-age={MINUTE}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
