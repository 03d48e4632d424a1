"""Take a passage out of Markdown. What is left is the same text without it: no construct breaks where it stood.

A mark takes the place of the passage in words. A link, picture or address that names it leads nowhere any more: its
words stay. Labels, which readers never see, get others.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import unquote

from .dialect import ABBREVIATION, REFERENCE
from .source import AUTOLINK, TAG
from .spelling import as_first_words, spelled
from .tree import Node
from .vocabulary import VERBATIM

SPECIFIC = 6
"""Letters of a passage that no longer word of an address holds by chance."""
BETWEEN_WORDS = r"(?:\s|[*_\\])+"
SIGNS = r"(?:(?<!\\)[*_]{1,3})?"
SIGN_IN_PASSAGE = re.compile(r"(?<=\s)[*_]{1,3}(?=\S)|[*_]{1,3}(?=\s)")
BRACKETED = re.compile(r"\[[\w ]+\]")
BEFORE_LINK = re.compile(r"\(|\s?\[")
AT_BEGINNING = re.compile(r"(?:\A|\n)[\s>*+.)0-9-]*(?:\[\^[^\]\n]*\]:\s*)?\Z")
ADDRESSES = {"href", "src", "cite", "id", "name"}
MARKED_ID = re.compile(r"[ \t]*\{:?[ \t]*#([^\s{}]+)[^{}\n]*\}")
ATTRIBUTE = re.compile(r"""\s+([a-zA-Z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+)""")
NOTE_LABEL = re.compile(r"\[\^([^\]\n]+)\]")
TOKEN = re.compile(
    rf"""
      (?P<code>(?<![`\\])(?P<fence>`+)(?!`)(?:[^\n]|\n(?!\s*\n))+?(?<!`)(?P=fence)(?!`))
    | (?P<comment><!--.*?-->)
    | (?P<auto>{AUTOLINK})
    | (?P<tag>{TAG.pattern.replace("(/?)", "/?", 1)})
    | (?P<meaning>^\*\[[^\]\n]*\]\ ?:[^\n]*)
    | (?P<label>\[\^[^\]\n]+\])
    | (?P<definition>^\ {{0,3}}\[[^\[\]^\n][^\[\]\n]*\]:\ *\S+)
    | \]\((?P<address>\s*(?:<[^<>\n]*>|(?:[^()\n\\]|\n(?!\s*\n)|\\.|\([^()\n]*\))*?))
         (?P<title>\s+(?:"[^"]*"|'[^']*'))?\s*\)
    | (?P<bare>\b(?:https?://|www\.)[^\s<>\[\]"`|]*[^\s<>\[\]"`|.,;:!?)*_]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
HELD = ("auto", "label", "definition", "address")
"""Where the letters of a passage that is not meant are left alone: an address of other words, a picture's key."""


class Redaction:
    """A passage as a reader would know it, and the mark that is to stand in its place; it may be empty."""

    def __init__(self, passage: str, mark: str) -> None:
        words = (re.sub(r"['’‘]", "['’‘]", re.escape(word)) for word in passage.split())
        together = BETWEEN_WORDS.join(words)
        self.mark, self._words = mark, words_of_address(passage)
        self._passage = re.compile(together)
        self._with_signs = re.compile(f"(?P<left>{SIGNS})(?P<words>{together})(?P<right>{SIGNS})")

    def is_in(self, text: str) -> bool:
        return bool(self._passage.search(text))

    def is_named_by(self, address: str) -> bool:
        """Whether an address or the name of a file tells the passage, however it is spelled there."""
        name, words = "".join(self._words), words_of_address(address)
        if len(name) >= SPECIFIC:
            return name in "".join(words)
        return bool(name) and f" {' '.join(self._words)} " in f" {' '.join(words)} "

    def redact_text(self, text: str) -> str:
        """Plain text with the mark for the passage."""
        return self._passage.sub(lambda _match: self.mark, text)

    def redact_markdown(self, source: str) -> str:
        """Markdown with the mark for the passage, and without addresses and labels that name it."""
        source = self._write_out(self._rename_labels(self._drop_ids(source)))
        return self._redact_words(self._redact_addresses(source))

    def _drop_ids(self, source: str) -> str:
        """The text without ids of headings and paragraphs (`{#grain}`) that name the passage."""
        return MARKED_ID.sub(lambda match: "" if self.is_named_by(match[1]) else match[0], source)

    def _rename_labels(self, source: str) -> str:
        """Give notes whose label names the passage a number that no other has."""
        labels = dict.fromkeys(NOTE_LABEL.findall(source))
        free = (str(number) for number in range(1, len(labels) + 2) if str(number) not in labels)
        names = {label: next(free) for label in labels if self._tells(label)}
        return NOTE_LABEL.sub(lambda match: f"[^{names.get(match[1], match[1])}]", source)

    def _write_out(self, source: str) -> str:
        """Links by reference as links with their address, where the reference tells the passage."""
        for match in list(REFERENCE.finditer(source)):
            label, address, title = match[1], match[2].strip("<>"), match[5] or match[6] or ""
            if not label.startswith("^") and any(map(self._tells, (label, address, title))):
                source = _with_link(source.replace(match[0], "", 1), label, _link_to(address, title))
        return ABBREVIATION.sub(lambda match: "" if self._tells(match["abbr"]) else match[0], source)

    def _redact_addresses(self, source: str) -> str:
        written, place = "", 0
        for match in TOKEN.finditer(source):
            written, place = written + source[place : match.start()], match.end()
            written = self._written(written, match)
        return written + source[place:]

    def _written(self, before: str, match: re.Match[str]) -> str:
        """What stands before a token, and the token without an address that names the passage."""
        kind = match.lastgroup
        if match["address"] is not None:
            return _without_link(before) if self._is_named(match["address"]) else before + match[0]
        if kind in ("auto", "bare") and self.is_named_by(match[0]):
            return before + self._spelled(before, match.string[match.end() :])
        return before + (self._redact_tag(match[0]) if match["tag"] else match[0])

    def _redact_tag(self, tag: str) -> str:
        def kept(match: re.Match[str]) -> str:
            is_named = match[1].lower() in ADDRESSES and self.is_named_by(match[2])
            return "" if is_named else match[0]

        return ATTRIBUTE.sub(kept, tag)

    def _redact_words(self, source: str) -> str:
        spans = list(_spans(source))
        starts = [start for start, _end, _kind in spans]

        def replaced(match: re.Match[str]) -> str:
            start, end, kind = spans[bisect_right(starts, match.start("words")) - 1] if starts else (0, 0, "")
            if not start <= match.start("words") < end:
                return self._in_words(match)
            form = match[0] if kind in HELD else self.mark
            form = _in_quotes(self.mark) if kind in ("tag", "title") else form
            return form if kind in HELD else match["left"] + form + match["right"]

        return self._with_signs.sub(replaced, source)

    def _in_words(self, match: re.Match[str]) -> str:
        """The mark, with as many signs of emphasis around it as keep those before and behind in pairs."""
        left, right = _paired(match["left"], SIGN_IN_PASSAGE.findall(match["words"]), match["right"])
        if not self.mark and left == right:
            return ""
        before = match.string[: match.start()] + left
        return left + self._spelled(before, match.string[match.end("words") :]) + right

    def _spelled(self, before: str, after: str) -> str:
        """The mark in which no sign means anything but itself, between these texts."""
        is_first = bool(AT_BEGINNING.search(before[-200:]))
        is_definition = is_first and after.startswith(":")
        if BRACKETED.fullmatch(self.mark) and not is_definition and not BEFORE_LINK.match(after):
            return self.mark
        mark = spelled(self.mark).replace("|", r"\|")
        return as_first_words(mark) if is_first else mark

    def _tells(self, text: str) -> bool:
        return self.is_in(text) or self.is_named_by(text)

    def _is_named(self, address: str) -> bool:
        return not address.strip().startswith("image:") and self.is_named_by(address)


def words_of_address(address: str) -> list[str]:
    """The words in an address, in small letters without marks: "/J%C3%B6rg_Holm.html" tells of jorg, holm, html."""
    letters = unicodedata.normalize("NFKD", unquote(unescape(address)).casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", plain).split()


def values_of(tree: Node) -> Iterator[tuple[str, str]]:
    """What the attributes of a page say to readers, by their names: where links lead, and words."""
    for node in tree:
        for name in ("href", "title", "alt"):
            if node.tag not in VERBATIM and name in node.attributes:
                yield name, node.attributes[name]


def _spans(source: str) -> Iterator[tuple[int, int, str]]:
    """Where words of the text are not plain words, in order: what of it and up to where."""
    for match in TOKEN.finditer(source):
        if match["address"] is None:
            kind = next(name for name in KINDS if match[name])
            if kind != "bare":
                yield (*match.span(), kind)
            continue
        yield (*match.span("address"), "address")
        if match["title"]:
            yield (*match.span("title"), "title")


KINDS = ("code", "comment", "auto", "tag", "meaning", "label", "definition", "bare")


def _in_quotes(mark: str) -> str:
    """The mark as a value that no quote or bracket ends too early."""
    return escape(mark).replace("(", "&#40;").replace(")", "&#41;")


def _link_to(address: str, title: str) -> str:
    target = f"<{address}>" if re.search(r"[()\s]", address) else address
    return f'({target} "{title.replace(chr(34), "&quot;")}")' if title else f"({target})"


def _with_link(source: str, label: str, target: str) -> str:
    """The text with this target at every link that has the label, whichever way it is written."""
    name = r"\s+".join(map(re.escape, label.split()))
    forms = {
        rf"\]\s?\[\s*{name}\s*\]": lambda _match: f"]{target}",
        rf"\[({name})\]\s?\[\]": lambda match: f"[{match[1]}]{target}",
        rf"(?<![\]!*])\[({name})\](?!\s?\[|[(:])": lambda match: f"[{match[1]}]{target}",
    }
    for pattern, replaced in forms.items():
        source = re.sub(pattern, replaced, source, flags=re.IGNORECASE)
    return source


def _without_link(before: str) -> str:
    """The words of a link that ends here, without the brackets around them."""
    depth = 1
    for place in range(len(before) - 1, -1, -1):
        if before[place] in "[]" and not before[:place].endswith("\\"):
            depth += 1 if before[place] == "]" else -1
        if not depth:
            return before[:place].removesuffix("!") + before[place + 1 :]
    return f"{before}]()"


def _paired(left: str, inside: list[str], right: str) -> tuple[str, str]:
    """The signs of emphasis on both sides of a passage that held some itself."""
    if not inside:
        return left, right
    first, last = inside[0], inside[-1]
    if len(inside) == 1:
        if left.endswith(first):
            return left.removesuffix(first), right
        if right.startswith(first):
            return left, right.removeprefix(first)
        return f"{left}{first}", right
    left = left.removesuffix(first) if left.endswith(first) else f"{left}{first}"
    right = right.removeprefix(last) if right.startswith(last) else f"{last}{right}"
    return left, right
