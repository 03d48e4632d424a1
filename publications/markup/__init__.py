"""Render Markdown as safe HTML, plain text, paragraph ids and contents, and convert HTML back to Markdown.

`render` runs the steps: the text is cleaned, checked against limits and masked (`source`), parsed by Python-Markdown
(`dialect`), repaired to a tree (`html_repair`), adapted to the site's pages (`links`, `figures`, `structure`,
`typography`, `footnotes`), given its ids (`paragraphs`) and sanitized. `editor_blocks` splits a text for the rich text
editor and puts it together again. `anchors` finds the words of a comment and follows them as a text changes.
`redaction` removes a passage from Markdown (`markdown_tokens`, `emphasis`); `passages` and `folding` find it. The
package does not use the database.
"""

from .anchors import TextRange, anchor_text, anchor_text_of_html, find_quote, is_remnant, move_ranges
from .editor_blocks import EditorBlock, split_blocks, write_blocks
from .figures import ResponsiveImage, insert_images, insert_permalinks
from .folding import INVISIBLE_CHARACTERS, fold
from .links import ALLOWED_SCHEMES, Heading, fragment_on_page, github_slug, image_keys_in, invalid_image_keys
from .markdown_styles import EDITABLE_STYLE, PORTABLE_STYLE, MarkdownStyle, escape_markdown
from .markdown_tokens import normalize_label
from .name_redaction import NameRedaction
from .paragraphs import Paragraph
from .passages import MIN_SPECIFIC_LETTERS, NAME_ENDINGS, PassageMatcher, split_address_words
from .plain_text import inline_text
from .redaction import Redaction, link_targets_of, readable_attributes
from .render import RenderedText, outline, render_markdown
from .source import MAX_CHARACTERS, Unrenderable
from .source_html import REFERENCE_TAG, is_note_reference, write_source_html
from .to_markdown import to_markdown

__all__ = [
    "ALLOWED_SCHEMES",
    "EDITABLE_STYLE",
    "INVISIBLE_CHARACTERS",
    "MAX_CHARACTERS",
    "MIN_SPECIFIC_LETTERS",
    "NAME_ENDINGS",
    "PORTABLE_STYLE",
    "REFERENCE_TAG",
    "EditorBlock",
    "Heading",
    "MarkdownStyle",
    "NameRedaction",
    "Paragraph",
    "PassageMatcher",
    "Redaction",
    "RenderedText",
    "ResponsiveImage",
    "TextRange",
    "Unrenderable",
    "anchor_text",
    "anchor_text_of_html",
    "escape_markdown",
    "find_quote",
    "fold",
    "fragment_on_page",
    "github_slug",
    "image_keys_in",
    "inline_text",
    "insert_images",
    "insert_permalinks",
    "invalid_image_keys",
    "is_note_reference",
    "is_remnant",
    "link_targets_of",
    "move_ranges",
    "normalize_label",
    "outline",
    "readable_attributes",
    "render_markdown",
    "split_address_words",
    "split_blocks",
    "to_markdown",
    "write_blocks",
    "write_source_html",
]
