"""Addresses as forms send them without scripts, made as short as those that the site links to."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.encoding import escape_uri_path


def without_empty(request: HttpRequest) -> HttpResponseRedirect | None:
    """The way to the same address without the fields that were left empty, so that what is copied is short.

    It leads on once at most: what it leads to has no empty field.
    """
    sent = [(name, value) for name, values in request.GET.lists() for value in values]
    kept = [(name, value) for name, value in sent if value.strip()]
    if len(kept) == len(sent):
        return None
    path = escape_uri_path(request.path)
    return HttpResponseRedirect(f"{path}?{urlencode(kept)}" if kept else path)
