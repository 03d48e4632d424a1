"""Markdown in; safe HTML, plain text, paragraph ids and contents out. Knows no database.

    source      what was typed, cleaned; what is no markup hidden from the parser
    dialect     Python-Markdown as we use it          lists    two spaces nest an item
    builder     its output as a small tree (tree.py) of the elements we know (vocabulary.py)
    links, figures, headings, tables, notes, typography       the tree, shaped for our pages
    paragraphs  ids that travel from edition to edition
    plaintext   the words without the markup
    sanitiser   the allow-list that has the last word
    limits      what is refused, so that any text is rendered within seconds
    rendering   all of it, in order
"""

from .figures import place_pictures
from .links import images_in
from .parts import MAX_CHARACTERS, Heading, Paragraph, Picture, Prose, Unrenderable
from .rendering import render

__all__ = [
    "MAX_CHARACTERS",
    "Heading",
    "Paragraph",
    "Picture",
    "Prose",
    "Unrenderable",
    "images_in",
    "place_pictures",
    "render",
]
