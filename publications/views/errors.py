"""What readers see when there is nothing to see."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from publications.models import Edition, End
from publications.presentation import page

DESK = "/desk/"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    page_of = "desk/403.html" if request.path_info.startswith(DESK) else "403.html"
    return render(request, page_of, status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path_info.startswith(DESK):
        return render(request, "desk/404.html", status=HTTPStatus.NOT_FOUND)
    return page(request, "404.html", status=HTTPStatus.NOT_FOUND, title=_("Not found"), robots="noindex")


def broken(request: HttpRequest) -> HttpResponse:
    """No database, no context: it must show whatever has failed."""
    return render(request, "500.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)


def gone(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Say that a piece was here, whether it was withdrawn or has expired, and why if the editor wrote it.

    Where only this edition was taken back, lead to the current one.
    """
    current = Edition.objects.live().filter(publication=edition.publication_id).first()
    return page(
        request,
        "410.html",
        status=HTTPStatus.GONE,
        title=_("No longer public"),
        robots="noindex",
        withdrawn=edition.end in (End.WITHDRAWN, End.UNDONE),
        reason=edition.end_note,
        on=edition.visible_until,
        number=edition.number,
        current_url=current.get_absolute_url() if current else "",
    )
