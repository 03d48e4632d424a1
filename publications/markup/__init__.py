"""Markdown in; safe HTML, plain text, paragraph ids and contents out; and HTML back to Markdown. Knows no database.

`render` is the way of a text: it is cleaned, bounded and masked (`source`), read by Python-Markdown (`dialect`),
repaired to a tree (`html_repair`), shaped for our pages (`links`, `figures`, `structure`, `typography`, `footnotes`),
given its ids (`paragraphs`), and sanitized. `redaction` takes a passage out of Markdown, found by `folding`.
"""

from .figures import ResponsiveImage, insert_images, insert_permalinks
from .folding import INVISIBLE_CHARACTERS, fold
from .links import Heading, fragment_on_page, github_slug, images_in, misnamed_images
from .paragraphs import Paragraph
from .plain_text import inline_text
from .redaction import ENDINGS, SPECIFIC, Redaction, addresses_of, values_of, words_of_address
from .render import RenderedText, outline, render_markdown
from .source import MAX_CHARACTERS, Unrenderable
from .to_markdown import EDITABLE, EXCHANGE, MarkdownStyle, escape_markdown, to_markdown

__all__ = [
    "EDITABLE",
    "ENDINGS",
    "EXCHANGE",
    "INVISIBLE_CHARACTERS",
    "MAX_CHARACTERS",
    "SPECIFIC",
    "Heading",
    "MarkdownStyle",
    "Paragraph",
    "Redaction",
    "RenderedText",
    "ResponsiveImage",
    "Unrenderable",
    "addresses_of",
    "escape_markdown",
    "fold",
    "fragment_on_page",
    "github_slug",
    "images_in",
    "inline_text",
    "insert_images",
    "insert_permalinks",
    "misnamed_images",
    "outline",
    "render_markdown",
    "to_markdown",
    "values_of",
    "words_of_address",
]
