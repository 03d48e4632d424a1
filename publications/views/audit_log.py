"""The head of the audit log and its signature, as `manage.py sign_head` has published them."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from publications.models import audit_file_name, original_storage

from .file_responses import FileContent, file_response

AUDIT_FILES = {
    "audit-head.json": "application/json",
    "audit-head.json.minisig": "text/plain; charset=utf-8",
}
"""The media types of the files, by name."""


def audit_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send the head or its signature; 404 until there is one."""
    try:
        with original_storage().open(audit_file_name(name)) as file:
            content = FileContent.of(file.read())
    except FileNotFoundError:
        raise Http404 from None
    response = file_response(request, content, AUDIT_FILES[name])
    response.headers["Cache-Control"] = "no-cache"  # a head fits its own signature alone
    return response
