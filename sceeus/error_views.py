"""What answers a form whose token does not fit: its words are offered where they can be, else the error page."""

from django.http import HttpRequest, HttpResponse

from publications import views
from publications.admin import sign_in


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Carry the words of a form of the desk on; refuse all else."""
    return sign_in.carry_refused_form(request) or views.csrf_failure(request, reason)
