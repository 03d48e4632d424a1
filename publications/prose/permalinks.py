"""A link at each paragraph and heading of a stored text, put in when a page is shown.

The links hold no text, so that copying takes none along. They are hidden until the pointer or the focus is in
their paragraph, or the reader asks for all of them: a hidden link is neither a stop of the Tab key nor a word of
a screen reader, of which a long report would otherwise have hundreds.
"""

import re
from html import escape

BLOCK = re.compile(r'(<(p|h[2-6]) id="([ps]-[^"]+)"[^<>]*>.*?)(</\2>)', re.DOTALL)


def place_permalinks(html: str, paragraph: str, section: str, *, language: str = "") -> str:
    """The stored HTML with its permalinks, named in words of the page, whose language is told if it differs."""
    spoken = f' lang="{escape(language)}"' if language else ""

    def linked(match: re.Match[str]) -> str:
        name = escape(paragraph if match[2] == "p" else section)
        link = f'<a class="permalink" href="#{match[3]}" aria-label="{name}"{spoken}></a>'
        return f"{match[1]}{link}{match[4]}"

    return BLOCK.sub(linked, html)
