"""The answer of an address whose piece was public and is so no longer."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from publications.models import TAKEN_BACK, Edition
from publications.presentation import render_page


def gone(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Say that a piece was here, whether it was withdrawn or has expired, and why if the editor wrote it.

    Where only this edition was taken back, lead to the current one.
    """
    current = Edition.objects.live().filter(publication=edition.publication_id).first()
    return render_page(
        request,
        "410.html",
        status=HTTPStatus.GONE,
        title=_("No longer public"),
        robots="noindex",
        withdrawn=edition.end in TAKEN_BACK,
        reason=edition.end_note,
        edition=edition,
        on=edition.visible_until,
        number=edition.number,
        current_url=current.get_absolute_url() if current else "",
    )
