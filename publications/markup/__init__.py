"""Render Markdown as safe HTML, plain text, paragraph ids and contents, and convert HTML back to Markdown.

`render` runs the steps: the text is cleaned, checked against limits and masked (`source`), parsed by Python-Markdown
(`dialect`), repaired to a tree (`html_repair`), adapted to the site's pages (`links`, `figures`, `structure`,
`typography`, `footnotes`), given its ids (`paragraphs`) and sanitized. `redaction` removes a passage from Markdown
(`markdown_tokens`, `emphasis`); `passages` and `folding` find it. The package does not use the database.
"""

from .figures import ResponsiveImage, insert_images, insert_permalinks
from .folding import INVISIBLE_CHARACTERS, fold
from .links import Heading, fragment_on_page, github_slug, image_keys_in, invalid_image_keys
from .markdown_styles import EDITABLE_STYLE, PORTABLE_STYLE, MarkdownStyle, escape_markdown
from .paragraphs import Paragraph
from .passages import MIN_SPECIFIC_LETTERS, NAME_ENDINGS, split_address_words
from .plain_text import inline_text
from .redaction import Redaction, link_targets_of, readable_attributes
from .render import RenderedText, outline, render_markdown
from .source import MAX_CHARACTERS, Unrenderable
from .to_markdown import to_markdown

__all__ = [
    "EDITABLE_STYLE",
    "INVISIBLE_CHARACTERS",
    "MAX_CHARACTERS",
    "MIN_SPECIFIC_LETTERS",
    "NAME_ENDINGS",
    "PORTABLE_STYLE",
    "Heading",
    "MarkdownStyle",
    "Paragraph",
    "Redaction",
    "RenderedText",
    "ResponsiveImage",
    "Unrenderable",
    "escape_markdown",
    "fold",
    "fragment_on_page",
    "github_slug",
    "image_keys_in",
    "inline_text",
    "insert_images",
    "insert_permalinks",
    "invalid_image_keys",
    "link_targets_of",
    "outline",
    "readable_attributes",
    "render_markdown",
    "split_address_words",
    "to_markdown",
]
