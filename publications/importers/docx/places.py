"""Links within the text: a place that Word names by a bookmark, where it is a heading, is an address on our page."""

from collections.abc import Sequence

from publications.prose import Heading

from .parts import Block, Paragraph, Span, all_paragraphs, one_line


def inner_links(blocks: Sequence[Block]) -> list[str]:
    """The names of places that links of a text lead to, once for each link."""
    found: list[str] = []
    for paragraph in all_paragraphs(list(blocks)):
        before = ""
        for piece in paragraph.pieces:
            address = piece.address if isinstance(piece, Span) else ""
            if address.startswith("#") and address != before:
                found.append(address[1:])
            before = address
    return found


def places_of(blocks: Sequence[Block], contents: Sequence[Heading]) -> dict[str, str]:
    """The anchors of headings by their bookmarks. None where the page has other headings than the text."""
    headings = [
        block for block in blocks if isinstance(block, Paragraph) and block.level and one_line(block.text)
    ]
    if len(headings) != len(contents):
        return {}
    return {
        name: heading.anchor
        for block, heading in zip(headings, contents, strict=True)
        for name in block.bookmarks
        if name
    }
