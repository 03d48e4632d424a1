"""What is refused, so that every text that is taken is rendered within seconds.

Python-Markdown looks ahead from every bracket, backtick and line mark, some of it to the end of
the passage, so that a run of them costs the square of its length. Each check here counts
such looks before they are made. The limits stand far above what a text for readers holds: a report of
21,500 words with 92 notes and 56 tables spends a hundredth of them.
"""

import re
import unicodedata
from itertools import accumulate

from django.utils.translation import gettext as _

from .parts import MAX_CHARACTERS, Unrenderable

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


class Passages:
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
