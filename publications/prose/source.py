"""Markdown as it was typed, made ready for the parser.

Characters that no text needs are taken out. What only looks like markup is hidden from the
parser behind noncharacters (U+FDD0 to U+FDEF, which Unicode sets aside for this), so that a
stray `<` costs no time and a comment never reaches a page; `shown()` puts back what was typed.
"""

import re
import unicodedata

from publications.html_tree import HTML

from .limits import check_accents, check_tags

STRAIGHT = {'"': "\ufdd0", "'": "\ufdd1", "-": "\ufdd2", ".": "\ufdd3"}  # escaped: not to be made typographic
LESS_THAN = "\ufdd4"
HIDDEN = re.compile("\ufdd5([0-9]+)\ufdd6")

BREAKS = re.compile("\r\n?|\x0b|\x0c|\x85|\u2028")
UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
ENDLESS = re.compile("&#[0-9]{8,}")  # no character; Python refuses to read a number of thousands of digits
TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*+)(?=[\s/>])((?:\s++|"[^"]*+"|'[^']*+'|[^\s"'<>]++)*+)>""")
AUTOLINK = r"<[a-zA-Z][a-zA-Z0-9+.-]*+:[^\s<>]*+>|<[^\s<>@!]++@[^\s<>@]++>"
CLOSED = re.compile(rf"(?P<comment><!--.*?-->|<[!?][^<>]*+>)|(?P<link>{AUTOLINK})|{TAG.pattern}|<", re.DOTALL)
UNCLOSED = re.compile(rf"(?P<comment><[!?][^<>]*+>)|(?P<link>{AUTOLINK})|{TAG.pattern}|<")
_SHOWN = str.maketrans({mark: char for char, mark in STRAIGHT.items()} | {LESS_THAN: "<"})


def clean(markdown: str) -> str:
    """The text in one form of Unicode, with line feeds only and no control characters."""
    text = BREAKS.sub("\n", markdown).replace("\u2029", "\n\n")
    text = ENDLESS.sub("&#65533", UNWANTED.sub("", text))
    check_accents(text)
    return unicodedata.normalize("NFC", text)


def shown(text: str) -> str:
    """The text as it was typed, without the marks that hid it from the parser."""
    return text.translate(_SHOWN)


class Hiding:
    """Hides what is no markup: comments are kept aside, a stray `<` becomes a mark."""

    def __init__(self) -> None:
        self.comments: list[str] = []
        self.tags = 0

    def hide(self, text: str) -> str:
        """The text with tags of HTML and automatic links as its only markup."""
        end = (
            text.rfind("-->") + 3 if "-->" in text else 0
        )  # no comment ends behind it, so none is looked for
        hidden = CLOSED.sub(self._replace, text[:end]) + UNCLOSED.sub(self._replace, text[end:])
        check_tags(self.tags)
        return hidden

    def hide_lines(self, lines: list[str]) -> list[str]:
        return self.hide("\n".join(lines)).split("\n")

    def comment(self, match: re.Match[str]) -> str:
        """What stood in the place of a mark, for text that shows its markup: code."""
        place = int(match[1])
        return self.comments[place] if place < len(self.comments) else ""

    def _replace(self, match: re.Match[str]) -> str:
        if match["comment"]:
            self.comments.append(match["comment"])
            return f"\ufdd5{len(self.comments) - 1}\ufdd6"
        if match["link"]:
            return match[0]
        if match[0] != "<" and match[4].lower() in HTML:
            self.tags += 1
            return match[0]
        return LESS_THAN + match[0][1:]
