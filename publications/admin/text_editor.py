"""The rich text editor: the blocks of a Markdown text, and the Markdown of blocks, for its script."""

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from publications.markup import Unrenderable, split_blocks

from .posted_blocks import write_posted_blocks
from .site import require_permissions


@require_permissions("change_publication", "add_publication")
@require_POST
def blocks_of_markdown(request: HttpRequest) -> JsonResponse:
    """Return the blocks of a Markdown text, or the reason why it cannot be shown."""
    text = request.POST.get("text", "").replace("\r\n", "\n").replace("\r", "\n")
    try:
        blocks = split_blocks(text)
    except Unrenderable as reason:
        return JsonResponse({"error": str(reason)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return JsonResponse({"blocks": [{"source": block.source, "html": block.html} for block in blocks]})


@require_permissions("change_publication", "add_publication")
@require_POST
def markdown_of_blocks(request: HttpRequest) -> JsonResponse:
    """Return the Markdown of posted blocks."""
    return JsonResponse({"text": write_posted_blocks(request.POST.get("blocks", "[]"))})
