"""Render Markdown as safe HTML, plain text, paragraph ids and contents, and convert HTML back to Markdown.

`render` runs the steps: the text is cleaned, checked against limits and masked (`source`), parsed by Python-Markdown
(`dialect`), repaired to a tree (`html_repair`), adapted to the site's pages (`links`, `figures`, `structure`,
`typography`, `footnotes`), given its ids (`paragraphs`) and sanitized. `redaction` removes a passage from Markdown;
`folding` finds it. The package does not use the database.
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
