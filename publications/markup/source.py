"""Markdown as it was typed, made ready for the parser: bounded, cleaned, masked, its lists indented.

Python-Markdown looks ahead from every bracket, backtick and line mark, some of it to the end of the passage, so that a
run of them costs the square of its length. The checks here count such looks before they are made, so that every text
that is accepted is rendered within seconds. The limits stand far above what a text for readers holds: a report of
21,500 words with 92 notes and 56 tables spends a hundredth of them.

Characters that no text needs are taken out. What only looks like markup is masked by noncharacters (U+FDD0 to U+FDEF,
which Unicode sets aside for this), so that a stray `<` costs no time and a comment never reaches a page; `unmask` puts
back what was typed. Lists as people type them, nested by two spaces and without a blank line before them, get the four
spaces and the blank line that the parser expects.
"""

import re
import unicodedata
from itertools import accumulate

from django.utils.translation import gettext as _

from publications.html_tree import HTML

MAX_CHARACTERS = 400_000
MAX_BLOCKS = 10_000
MAX_TAGS = 20_000
MAX_CELLS = 50_000
MAX_ACCENTS = 60
MAX_NESTING = 20
MAX_ABBREVIATIONS = 300
MAX_GROWTH = 2_000_000  # characters that abbreviations and links to one definition add
MAX_COPIES = 1_000_000_000  # characters that are copied as marks of a passage are replaced one by one
MAX_COMPARISONS = 50_000_000  # of bars with the backticks of a line
MAX_LOOKS = 5_000_000  # characters that are looked at in search of the end of a link, image or code
MAX_PASSES = 50_000_000  # characters of a block that are gone through again for each rule or definition in it

MARK = re.compile(r"[\\`*_\[<]|&(?=[#a-zA-Z0-9]++;)|  \n")
BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)
PLAIN_TARGET = re.compile(r"""\]\((?:[^()\n"'<>]*+(?:"[^"\n]*+"|'[^'\n]*+')?+\s*+\)|<[^<>\n]*+>\))?""")
BACKTICKS = re.compile("`+")
BLOCK = re.compile(r"^[> ]*+(?:$|#)", re.MULTILINE)
# A rule, or an underlined heading, or a run of definitions of one kind.
EVENT = re.compile(
    r"^[ >]*+(?:[-=]+ *$|[-_*][-_* ]*$)"
    r"|(?:^[ >]*+\[\^[^\]\n]*+\]:.*\n?)+"
    r"|(?:^[ >]*+\[(?!\^)[^\]\n]*+\]:.*\n?)+",
    re.MULTILINE,
)
ABBREVIATION = re.compile(r"^[ >]*\*\[", re.MULTILINE)
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
QUOTE = re.compile(r"(?: {0,3}> ?)*+")
MARKER = re.compile(r"(?:[*+-]|[0-9]{1,9}\.) +(?=\S)")
FIRST = re.compile(r"[*+-]|1\.")  # any other number is more likely a year or a count at the start of a line
LEVEL = re.compile(r">|[*+-](?= )|[0-9]+\.(?= )")
LEVELS = re.compile(rf"(?: *+(?:{LEVEL.pattern}))*+")
RULE = re.compile(r"\*[ *]*|-[ -]*|_[ _]*")
STEP = 4


class Unrenderable(ValueError):
    """This text is not rendered. The message tells the editor what is wrong and what to do."""


def check_size(markdown: str) -> None:
    if len(markdown) > MAX_CHARACTERS:
        raise Unrenderable(
            _("The text has %(there)s characters, more than %(most)s. Divide it into parts.")
            % {"there": f"{len(markdown):,}", "most": f"{MAX_CHARACTERS:,}"}
        )


def check_accents(text: str) -> None:
    """Refuse towers of accents: putting them in order is quadratic in some versions of Python."""
    if text.isascii():
        return
    runs = accumulate(map(unicodedata.combining, text), lambda run, mark: run + 1 if mark else 0, initial=0)
    if max(runs) > MAX_ACCENTS:
        raise Unrenderable(_("A letter carries more than %d accents. Remove them.") % MAX_ACCENTS)


def check_tags(count: int) -> None:
    if count > MAX_TAGS:
        raise Unrenderable(
            _("The text holds %(there)s HTML tags, more than %(most)s. Write it as Markdown, or divide it.")
            % {"there": f"{count:,}", "most": f"{MAX_TAGS:,}"}
        )


def check_nesting(depth: int) -> None:
    if depth > MAX_NESTING:
        raise Unrenderable(
            _("Lists or quotes are nested more than %d deep. Take some levels out.") % MAX_NESTING
        )


def check_cells(count: int) -> None:
    if count > MAX_CELLS:
        raise Unrenderable(
            _("The tables have more than %s cells. Attach them as a file instead.") % f"{MAX_CELLS:,}"
        )


def check_growth(added: int) -> None:
    """Refuse texts that a few long definitions make many times longer than they are."""
    if added > MAX_GROWTH:
        raise Unrenderable(_("Long definitions of links or abbreviations are used too often. Shorten them."))


def check_blocks(lines: list[str]) -> list[str]:
    """Refuse what the parser would go through too often, block by block; gives the lines as they are."""
    text = "\n".join(lines)
    if len(BLOCK.findall(text)) > MAX_BLOCKS:
        raise Unrenderable(
            _("The text has more than %s paragraphs and headings. Divide it.") % f"{MAX_BLOCKS:,}"
        )
    if len(ABBREVIATION.findall(text)) > MAX_ABBREVIATIONS:
        raise Unrenderable(
            _("The text explains more than %d abbreviations. Take some out.") % MAX_ABBREVIATIONS
        )
    passes = sum(_passes(block) for block in text.split("\n\n"))
    if passes > MAX_PASSES:
        raise Unrenderable(
            _("Too many rules or definitions follow each other. Put blank lines between them.")
        )
    return lines


def _passes(block: str) -> int:
    return len(block) * len(EVENT.findall(block))


def check_bars(lines: list[str]) -> list[str]:
    """Refuse rows of tables where every bar is compared with every piece of code; gives the lines as they are."""
    comparisons = 0
    for line in lines:
        comparisons += line.count("|") * line.count("`")
        if comparisons > MAX_COMPARISONS:
            raise _too_many_marks(line)
    return lines


def _too_many_marks(text: str) -> Unrenderable:
    words = " ".join(re.findall(r"\w+", text[:500])[:6])
    return Unrenderable(
        _(
            "The passage with the words “%s” holds too many marks, such as brackets. Divide it, or take the "
            "marks out."
        )
        % words
    )


class InlineCost:
    """Adds up what inline markup costs in all passages of a text."""

    def __init__(self) -> None:
        self.looks = self.copies = 0

    def check(self, text: str) -> None:
        if not (marks := len(MARK.findall(text))):
            return
        self.looks += _looks(text)
        self.copies += marks * len(text)
        if self.looks > MAX_LOOKS or self.copies > MAX_COPIES:
            raise _too_many_marks(text)


def _looks(text: str) -> int:
    looks = len(text) * len({len(run) for run in BACKTICKS.findall(text)})
    open_brackets: list[int] = []
    for match in BRACKET.finditer(text):
        if match[0] == "[":
            open_brackets.append(match.start())
        elif match[0] == "]" and open_brackets:
            looks += match.start() - open_brackets.pop()
    looks += sum(len(text) - place for place in open_brackets)
    return looks + sum(len(text) - match.start() for match in PLAIN_TARGET.finditer(text) if match[0] == "](")


def clean_source(markdown: str) -> str:
    """The text in one form of Unicode, with line feeds only and no control characters."""
    text = BREAKS.sub("\n", markdown).replace("\u2029", "\n\n")
    text = ENDLESS.sub("&#65533", UNWANTED.sub("", text))
    check_accents(text)
    return unicodedata.normalize("NFC", text)


def unmask(text: str) -> str:
    """The text as it was typed, without the marks that hid it from the parser."""
    return text.translate(_SHOWN)


class MarkupMask:
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


def indent_lists(lines: list[str]) -> list[str]:
    """The lines with four spaces for each level of a list; code and text outside stay as they are."""
    indenting = ListIndenter()
    return [indenting.line(line) for line in lines]


class ListIndenter:
    """Follows the open items of a list by the columns of their marks, line by line."""

    def __init__(self) -> None:
        self.items: list[int] = []
        self.quotes = 0
        self.is_after_blank = False
        self.is_in_paragraph = False  # text that the parser lets no item follow without a blank line

    def line(self, line: str) -> str:
        quote = QUOTE.match(line)[0]
        if quote.count(">") != self.quotes:
            self.items, self.quotes = [], quote.count(">")
            check_nesting(self.quotes)
        text = line[len(quote) :].lstrip(" ")
        is_item = bool(MARKER.match(text)) and not RULE.fullmatch(text)
        if is_item:
            check_nesting(len(LEVEL.findall(LEVELS.match(text)[0])))
        gap = f"{quote}\n" if is_item and self.is_in_paragraph and (self.items or FIRST.match(text)) else ""
        return f"{gap}{quote}{self._indent(text, len(line) - len(quote) - len(text), is_item)}"

    def _indent(self, text: str, indent: int, is_item: bool) -> str:
        wanted = self._wanted(indent, is_item) if text else 0
        is_own_text = self.is_in_paragraph or wanted > 0 or not self.items
        self.is_in_paragraph = bool(text) and not is_item and is_own_text
        self.is_after_blank = not text
        return " " * max(indent, wanted) + text

    def _wanted(self, indent: int, is_item: bool) -> int:
        """How far a line is to stand in at least."""
        if not is_item and not self.is_after_blank:
            return 0
        while self.items and indent < self.items[-1] + 2:
            self.items.pop()
        wanted = STEP * len(self.items)
        if is_item and (self.items or indent < STEP):
            self.items.append(indent)
            check_nesting(len(self.items))
        return wanted
