"""The public audit log, its head and the signature of that, as `manage.py sign_head` has published them."""

from functools import partial

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from publications.models import audit_file_name, original_storage

from .file_responses import FileContent, file_response

AUDIT_FILES = {
    "audit-head.json": "application/json",
    "audit-head.json.minisig": "text/plain; charset=utf-8",
    "audit-log.jsonl": "application/jsonl",
}
"""The media types of the files, by name."""
HEAD = "audit-head.json"


def audit_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a file of the public audit log; 404 until there is one."""
    storage, stored = original_storage(), audit_file_name(name)
    try:
        size = storage.size(stored)
        content = FileContent.of(_read(HEAD if name == "audit-log.jsonl" else name))
    except FileNotFoundError:
        raise Http404 from None
    if name == "audit-log.jsonl":  # a long file, which changes with its head
        content = FileContent(content.digest, size, partial(storage.open_range, stored))
    response = file_response(request, content, AUDIT_FILES[name])
    response.headers["Cache-Control"] = "no-cache"  # a head fits its own signature and log alone
    return response


def _read(name: str) -> bytes:
    with original_storage().open(audit_file_name(name)) as file:
        return file.read()
