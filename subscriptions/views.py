"""Views of readers who sign up for alerts, change what they get, and leave."""

from django.http import Http404, HttpRequest, HttpResponse


def sign_up(request: HttpRequest) -> HttpResponse:
    raise Http404


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    raise Http404


def manage(request: HttpRequest, token: str) -> HttpResponse:
    raise Http404


def my_data(request: HttpRequest, token: str) -> HttpResponse:
    raise Http404


def leave(request: HttpRequest, token: str) -> HttpResponse:
    raise Http404
