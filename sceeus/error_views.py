"""The view for forms with a wrong CSRF token: it offers the typed values again, or shows the error page."""

from django.http import HttpRequest, HttpResponse

from publications import views
from publications.admin import sign_in


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Carry the values of a form of the desk on, or refuse the request."""
    return sign_in.carry_refused_form(request) or views.csrf_failure(request, reason)
