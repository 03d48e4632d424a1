"""Blocks of the rich text editor in posted forms, which all views and stored forms have as Markdown.

A form with the editor posts `body-blocks` in place of `body`: a JSON list of objects with the `source` of an unchanged
block, or with the `html` of an edited one and the `previous` source in its place. Writing them takes time, so that it
is done for staff alone, once CSRF protection has let the request pass.
"""

import json
import re
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from publications.markup import EditorBlock, write_blocks

TEXT_FIELD, BLOCKS_FIELD = "body", "body-blocks"
MAX_BLOCKS_CHARACTERS = 1_200_000  # each block of the longest text edited: its HTML and its source
INVALID_CHARACTERS = re.compile(r"[\x00\ud800-\udfff]")  # which databases refuse


class PostedBlocksMiddleware:
    """Replace the posted blocks by the Markdown of the whole text, in forms that staff send to the desk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        is_form = request.method == "POST" and request.path_info.startswith(settings.DESK)
        if is_form and BLOCKS_FIELD in request.POST and request.user.is_staff:
            request.POST = request.POST.copy()
            request.POST[TEXT_FIELD] = write_posted_blocks(request.POST.pop(BLOCKS_FIELD)[-1])


def write_carried_blocks(values: Iterable[list[str]]) -> list[list[str]]:
    """Return the names and values of a form that was sent while signed out, with Markdown in place of its blocks."""
    return [
        [TEXT_FIELD, write_posted_blocks(value)] if name == BLOCKS_FIELD else [name, value]
        for name, value in values
    ]


def write_posted_blocks(text: str) -> str:
    """Return the Markdown of the blocks in the JSON of a form.

    Raises:
        BadRequest: it was not written by the editor.
    """
    try:
        posted = json.loads(text) if len(text) <= MAX_BLOCKS_CHARACTERS else None
    except (ValueError, RecursionError) as error:
        raise BadRequest("The blocks of a text are not JSON.") from error
    if not isinstance(posted, list):
        raise BadRequest("The blocks of a text are no list, or too long.")
    return write_blocks(map(_read_block, posted))


def _read_block(posted: object) -> EditorBlock:
    match posted:
        case {"source": str(source)}:
            return EditorBlock(_clean(source), None)
        case {"html": str(html)}:
            previous = posted.get("previous")
            return EditorBlock("", _clean(html), _clean(previous) if isinstance(previous, str) else "")
    raise BadRequest("A block of a text has neither source nor HTML.")


def _clean(text: str) -> str:
    return INVALID_CHARACTERS.sub("", text.replace("\r\n", "\n"))
