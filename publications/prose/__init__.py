"""Markdown in; safe HTML, plain text, paragraph ids and contents out. Knows no database.

The way of a text, told in `rendering`: it is cleaned, and what is no markup is hidden from the parser
(`source`, `lists`); Python-Markdown reads it (`dialect`) within `limits`; its output becomes a small tree
(`builder`, `publications.html_tree`) that `links`, `figures`, `headings`, `tables`, `notes` and `typography` shape for
our pages; its `paragraphs` get their ids (`carrying`, `anchors`); `plaintext` takes the words; and the
`sanitiser` has the last word. The way back, for whoever reads Markdown, is `to_markdown`.
"""

from .figures import place_pictures
from .folding import INVISIBLE_CHARACTERS, fold
from .fragments import fragment_on_page, github_slug
from .links import images_in, misnamed_images
from .outline import outline
from .parts import MAX_CHARACTERS, Heading, Paragraph, Picture, Prose, Unrenderable
from .permalinks import place_permalinks
from .plaintext import words_of
from .redaction import ENDINGS, SPECIFIC, Redaction, addresses_of, values_of, words_of_address
from .rendering import render
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
    "Picture",
    "Prose",
    "Redaction",
    "Unrenderable",
    "addresses_of",
    "escape_markdown",
    "fold",
    "fragment_on_page",
    "github_slug",
    "images_in",
    "misnamed_images",
    "outline",
    "place_permalinks",
    "place_pictures",
    "render",
    "to_markdown",
    "values_of",
    "words_of",
    "words_of_address",
]
