"""Frozen for migration 0048: what it needs of `publications.markup.source`."""

import re
import unicodedata
from itertools import accumulate

from django.utils.translation import gettext as _

from .html_tree import HTML

MAX_CHARACTERS = 400_000
MAX_BLOCKS = 10_000
MAX_TAGS = 20_000
MAX_CELLS = 50_000
MAX_COMBINING_MARKS = 60
MAX_NESTING = 20
MAX_ABBREVIATIONS = 300
MAX_GROWTH = 2_000_000  # characters that abbreviations and reference links add
MAX_COPIES = 1_000_000_000  # characters copied while the marks of a passage are replaced one by one
MAX_COMPARISONS = 50_000_000  # of pipes with the backticks in a line
MAX_LOOKAHEAD = 5_000_000  # characters searched for the end of a link, image or code
MAX_PASSES = 50_000_000  # characters of blocks, times the rules and definitions in them
INLINE_MARK = re.compile(r"[\\`*_\[<]|&(?=[#a-zA-Z0-9]++;)|  \n")
BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)
PLAIN_TARGET = re.compile(r"""\]\((?:[^()\n"'<>]*+(?:"[^"\n]*+"|'[^'\n]*+')?+\s*+\)|<[^<>\n]*+>\))?""")
BACKTICKS = re.compile("`+")
BLOCK = re.compile(r"^[> ]*+(?:$|#)", re.MULTILINE)
# A rule, an underlined heading, or a run of definitions of one kind. The first lookahead dismisses most lines at once.
RULE_OR_DEFINITION = re.compile(
    r"^(?=[ >]*+[-=_*\[])"
    r"(?:[ >]*+(?:[-=]+ *$|[-_*][-_* ]*$)"
    r"|(?:^[ >]*+\[\^[^\]\n]*+\]:.*\n?)+"
    r"|(?:^[ >]*+\[(?!\^)[^\]\n]*+\]:.*\n?)+)",
    re.MULTILINE,
)
ABBREVIATION = re.compile(r"^[ >]*\*\[", re.MULTILINE)
PROTECTED_PUNCTUATION = {'"': "\ufdd0", "'": "\ufdd1", "-": "\ufdd2", ".": "\ufdd3"}
"""Escaped characters, which typography leaves alone."""
LESS_THAN = "\ufdd4"
MASKED = re.compile("\ufdd5([0-9]+)\ufdd6")
LINE_BREAKS = re.compile("\r\n?|\x0b|\x0c|\x85|\u2028")
CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
LONG_REFERENCE = re.compile("&#[0-9]{8,}")  # not a character; int() refuses thousands of digits
TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*+)(?=[\s/>])((?:\s++|"[^"]*+"|'[^']*+'|[^\s"'<>]++)*+)>""")
AUTOLINK = r"<[a-zA-Z][a-zA-Z0-9+.-]*+:[^\s<>]*+>|<[^\s<>@!]++@[^\s<>@]++>"
MARKUP_BEFORE_COMMENT_END = re.compile(
    rf"(?P<comment><!--.*?-->|<[!?][^<>]*+>)|(?P<link>{AUTOLINK})|{TAG.pattern}|<", re.DOTALL
)
MARKUP_AFTER_COMMENTS = re.compile(rf"(?P<comment><[!?][^<>]*+>)|(?P<link>{AUTOLINK})|{TAG.pattern}|<")
_UNMASKED = str.maketrans({mark: char for char, mark in PROTECTED_PUNCTUATION.items()} | {LESS_THAN: "<"})
QUOTE_PREFIX = re.compile(r"(?: {0,3}> ?)*+")
LIST_MARKER = re.compile(r"(?:[*+-]|[0-9]{1,9}\.) +(?=\S)")
FIRST_MARKER = re.compile(r"[*+-]|1\.")  # another number is more likely a year or a count
LEVEL_MARKER = re.compile(r">|[*+-](?= )|[0-9]+\.(?= )")
LEVEL_MARKERS = re.compile(rf"(?: *+(?:{LEVEL_MARKER.pattern}))*+")
RULE = re.compile(r"\*[ *]*|-[ -]*|_[ _]*")
LIST_INDENT = 4


class Unrenderable(ValueError):
    """A text that cannot be rendered. The message names the reason and the remedy for the editor."""


def check_size(markdown: str) -> None:
    if len(markdown) > MAX_CHARACTERS:
        raise Unrenderable(
            _("The text has %(there)s characters, more than %(most)s. Divide it into parts.")
            % {"there": f"{len(markdown):,}", "most": f"{MAX_CHARACTERS:,}"}
        )


def check_combining_marks(text: str) -> None:
    """Refuse long runs of combining marks: normalizing them takes quadratic time in some versions of Python."""
    if text.isascii():
        return
    runs = accumulate(map(unicodedata.combining, text), lambda run, mark: run + 1 if mark else 0, initial=0)
    if max(runs) > MAX_COMBINING_MARKS:
        raise Unrenderable(_("A letter carries more than %d accents. Remove them.") % MAX_COMBINING_MARKS)


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
    """Refuse texts that long definitions make many times longer."""
    if added > MAX_GROWTH:
        raise Unrenderable(_("Long definitions of links or abbreviations are used too often. Shorten them."))


def check_blocks(lines: list[str]) -> list[str]:
    """Refuse blocks that the parser would scan too often; return the lines unchanged."""
    text = "\n".join(lines)
    if len(BLOCK.findall(text)) > MAX_BLOCKS:
        raise Unrenderable(
            _("The text has more than %s paragraphs and headings. Divide it.") % f"{MAX_BLOCKS:,}"
        )
    if len(ABBREVIATION.findall(text)) > MAX_ABBREVIATIONS:
        raise Unrenderable(
            _("The text explains more than %d abbreviations. Take some out.") % MAX_ABBREVIATIONS
        )
    passes = sum(_count_passes(block) for block in text.split("\n\n"))
    if passes > MAX_PASSES:
        raise Unrenderable(
            _("Too many rules or definitions follow each other. Put blank lines between them.")
        )
    return lines


def _count_passes(block: str) -> int:
    return len(block) * len(RULE_OR_DEFINITION.findall(block))


def check_pipes(lines: list[str]) -> list[str]:
    """Refuse lines with too many pipes and backticks, which the parser compares in pairs; return the lines."""
    comparisons = 0
    for line in lines:
        comparisons += line.count("|") * line.count("`")
        if comparisons > MAX_COMPARISONS:
            raise _markup_limit_error(line)
    return lines


def _markup_limit_error(text: str) -> Unrenderable:
    words = " ".join(re.findall(r"\w+", text[:500])[:6])
    return Unrenderable(
        _(
            "The passage with the words “%s” holds too many marks, such as brackets. Divide it, or take the "
            "marks out."
        )
        % words
    )


class InlineCost:
    """Adds up the cost of inline markup in all passages of a text."""

    def __init__(self) -> None:
        self.lookahead = self.copies = 0

    def check(self, text: str) -> None:
        if not (marks := len(INLINE_MARK.findall(text))):
            return
        self.lookahead += _count_lookahead(text)
        self.copies += marks * len(text)
        if self.lookahead > MAX_LOOKAHEAD or self.copies > MAX_COPIES:
            raise _markup_limit_error(text)


def _count_lookahead(text: str) -> int:
    lookahead = len(text) * len({len(run) for run in BACKTICKS.findall(text)})
    open_brackets: list[int] = []
    for match in BRACKET.finditer(text):
        if match[0] == "[":
            open_brackets.append(match.start())
        elif match[0] == "]" and open_brackets:
            lookahead += match.start() - open_brackets.pop()
    lookahead += sum(len(text) - index for index in open_brackets)
    return lookahead + sum(
        len(text) - match.start() for match in PLAIN_TARGET.finditer(text) if match[0] == "]("
    )


def clean_source(markdown: str) -> str:
    """Return the text in NFC, with `\\n` as its only line break and without control characters."""
    text = LINE_BREAKS.sub("\n", markdown).replace("\u2029", "\n\n")
    text = LONG_REFERENCE.sub("&#65533", CONTROL_CHARACTERS.sub("", text))
    check_combining_marks(text)
    return unicodedata.normalize("NFC", text)


def unmask(text: str) -> str:
    """Return the text with masked characters restored."""
    return text if text.isascii() else text.translate(_UNMASKED)


class MarkupMask:
    """Masks text that is not markup: comments, which are stored, and every `<` that starts no known tag."""

    def __init__(self) -> None:
        self.comments: list[str] = []
        self.tags = 0

    def mask(self, text: str) -> str:
        """Return the text with known HTML tags and automatic links as its only `<`."""
        # No comment ends after the last "-->", so none is searched there.
        end = text.rfind("-->") + 3 if "-->" in text else 0
        masked = MARKUP_BEFORE_COMMENT_END.sub(self._replace, text[:end]) + MARKUP_AFTER_COMMENTS.sub(
            self._replace, text[end:]
        )
        check_tags(self.tags)
        return masked

    def mask_lines(self, lines: list[str]) -> list[str]:
        return self.mask("\n".join(lines)).split("\n")

    def original_comment(self, match: re.Match[str]) -> str:
        """Return the comment for a mark, for code, which shows its markup."""
        index = int(match[1])
        return self.comments[index] if index < len(self.comments) else ""

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
    """Return the lines with four spaces for each level of a list; code and text outside of lists stay."""
    indenter = ListIndenter()
    return [indenter.indent_line(line) for line in lines]


class ListIndenter:
    """Tracks the open items of a list, line by line, by the columns of their markers."""

    def __init__(self) -> None:
        self.items: list[int] = []
        self.quotes = 0
        self.is_after_blank = False
        self.is_in_paragraph = False  # after which the parser expects a blank line before an item

    def indent_line(self, line: str) -> str:
        quote = QUOTE_PREFIX.match(line)[0]
        if quote.count(">") != self.quotes:
            self.items, self.quotes = [], quote.count(">")
            check_nesting(self.quotes)
        text = line[len(quote) :].lstrip(" ")
        is_item = bool(LIST_MARKER.match(text)) and not RULE.fullmatch(text)
        if is_item:
            check_nesting(len(LEVEL_MARKER.findall(LEVEL_MARKERS.match(text)[0])))
        gap = (
            f"{quote}\n"
            if is_item and self.is_in_paragraph and (self.items or FIRST_MARKER.match(text))
            else ""
        )
        return f"{gap}{quote}{self._indent(text, len(line) - len(quote) - len(text), is_item)}"

    def _indent(self, text: str, indent: int, is_item: bool) -> str:
        minimum = self._minimum_indent(indent, is_item) if text else 0
        is_own_text = self.is_in_paragraph or minimum > 0 or not self.items
        self.is_in_paragraph = bool(text) and not is_item and is_own_text
        self.is_after_blank = not text
        return " " * max(indent, minimum) + text

    def _minimum_indent(self, indent: int, is_item: bool) -> int:
        """Return the minimum indentation of a line."""
        if not is_item and not self.is_after_blank:
            return 0
        while self.items and indent < self.items[-1] + 2:
            self.items.pop()
        minimum = LIST_INDENT * len(self.items)
        if is_item and (self.items or indent < LIST_INDENT):
            self.items.append(indent)
            check_nesting(len(self.items))
        return minimum
