"""Remove a passage from Markdown without breaking the constructs around it.

A mark replaces the passage in text. A link, image or address that names the passage is removed; its text stays. Labels
of notes, which readers never see, are replaced.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from html import escape, unescape
from urllib.parse import unquote

from publications.html_tree import VERBATIM, Element
from publications.slugs import strip_marks, strip_marks_both_ways

from .dialect import ABBREVIATION, REFERENCE
from .folding import INVISIBLE, INVISIBLE_CHARACTERS, JOINING, FoldedText, fold
from .source import AUTOLINK, TAG
from .to_markdown import escape_block_start, escape_markdown

SPECIFIC = 6
"""Number of letters from which a passage is specific, so that any ending may follow it."""
ENDINGS = "(?:s|es|en|ens|a|u|y|e|om|ov|а|я|у|ю|е|ы|и|і|ом|ем|ой|ов|ові)?"
"""Endings of a short name in the languages of the site."""
NO_LETTER_BEFORE = rf"(?<![^\W_])(?<![^\W_][{JOINING}])"
NO_LETTER_AFTER = rf"(?![{JOINING}]*+[^\W_])"
BEFORE, AFTER = 200, 2
"""Characters before and after a passage that decide how the mark is escaped."""
BETWEEN_WORDS = rf"[\s*_\\{INVISIBLE}]+"
BETWEEN_LETTERS = f"[{INVISIBLE}]*"
EQUIVALENT_SIGNS = dict.fromkeys("'’‘ʼ", "['’‘ʼ]") | dict.fromkeys("-‐‑", "[-‐‑]")
"""Apostrophes and hyphens that match each other."""
MARKUP_IN_PASSAGE = re.compile(BETWEEN_WORDS)
WORD = re.compile(r"[^\W_]+")
REST_OF_WORD = re.compile(r"\w{0,40}")
EMPHASIS = r"(?:(?<!\\)[*_]{1,3})?"
EMPHASIS_IN_PASSAGE = re.compile(r"(?<=\s)[*_]{1,3}(?=\S)|[*_]{1,3}(?=\s)")
BRACKETED = re.compile(r"\[[\w ]+\]")
BEFORE_LINK = re.compile(r"\(|\s?\[")
BLOCK_START = re.compile(r"(?:\A|\n)[\s>*+.)0-9-]*(?:\[\^[^\]\n]*\]:\s*)?\Z")
ADDRESSES = {"href", "src", "cite", "id", "name"}
MARKED_ID = re.compile(r"(?<![ \t])[ \t]*+\{:?[ \t]*+#([^\s{}]++)[^{}\n]*+\}")
ATTRIBUTE = re.compile(r"""(?<!\s)\s++([a-zA-Z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+)""")
BRACKET = re.compile(r"([\[\]])")
FULL_REFERENCE = re.compile(r"\]\s?\[([^\[\]]*+)\]")
COLLAPSED_REFERENCE = re.compile(r"\[([^\[\]]++)\]\s?\[\]")
SHORT_REFERENCE = re.compile(r"(?<![\]!*])\[([^\[\]]++)\](?!\s?\[|[(:])")
LABEL = r"(?:(?!\[\^)[^\]\n])++"
"""The label of a note. It ends where another begins, so that unclosed labels take linear time."""
NOTE_LABEL = re.compile(rf"\[\^({LABEL})\]")
GAP = r"(?>(?:[^\S\n]|\n(?!\s*\n))+)"
"""White space within a paragraph, matched without backtracking."""
TOKEN = re.compile(
    rf"""
      (?P<code>(?<![`\\])(?P<fence>`+)(?!`)(?:[^\n]|\n(?!\s*\n))+?(?<!`)(?P=fence)(?!`))
    | (?P<comment><!--(?:(?!<!--|-->).)*+-->)
    | (?P<auto>{AUTOLINK})
    | (?P<tag>{TAG.pattern.replace("(/?)", "/?", 1)})
    | (?P<meaning>^\*\[[^\]\n]*\]\ ?:[^\n]*)
    | (?P<label>\[\^{LABEL}\])
    | (?P<definition>^\ {{0,3}}\[[^\[\]^\n][^\[\]\n]*\]:\ *\S+)
    | \]\((?P<address>\s*+(?:<[^<>\n]*>|(?:(?:{GAP})?(?:[^()\s\\]|\\.|\([^()\n]*\)))*?))
         (?P<title>\s++(?:"[^"]*"|'[^']*'))?\s*+\)
    | (?P<bare>\b(?:https?://|www\.)[^\s<>\[\]"`|]*[^\s<>\[\]"`|.,;:!?)*_]|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
KEPT_TOKENS = ("auto", "label", "definition", "address")
"""Tokens in which the letters of the passage are kept: addresses that do not name it, keys of images."""


class Redaction:
    """A passage to remove, and the mark that replaces it, which may be empty.

    Matching ignores case, the form in which letters are stored, and invisible characters. The passage must start at the
    beginning of a word; an ending may follow it ("Petrovs"). The sets record what was removed: the matched `forms`, the
    `links` and other `addresses` that named the passage, and the `files` that contained it.
    """

    def __init__(self, passage: str, mark: str) -> None:
        self.passage = passage = INVISIBLE_CHARACTERS.sub("", fold(passage)).strip()
        self.mark, self._words = mark, words_of_address(passage)
        self._spellings = list(map(words_of_address, strip_marks_both_ways(passage)))
        joined = _words_pattern(passage.split())
        pattern = self._in_whole_words(passage, joined)
        self._passage = re.compile(pattern, re.IGNORECASE)
        self._with_emphasis = re.compile(
            f"(?P<left>{EMPHASIS})(?P<words>{pattern})(?P<right>{EMPHASIS})", re.IGNORECASE
        )
        self._similar = re.compile(rf"\w{{0,40}}{joined}\w{{0,40}}", re.IGNORECASE)
        names = [word for word in passage.split() if word[0].isupper() and len(word) > 2]
        self._plain_names = tuple(filter(None, map(_plain_letters, names)))
        spellings = (spelling for name in names for spelling in strip_marks_both_ways(name))
        words = {word for spelling in spellings for word in words_of_address(spelling)}
        self._short_names = re.compile(
            f"(?:{'|'.join(word for word in words if 2 < len(word) < SPECIFIC) or '(?!)'}){ENDINGS}"
        )
        self._long_names = [word for word in words if len(word) >= SPECIFIC]
        self._parts = re.compile(
            rf"{NO_LETTER_BEFORE}(?:{'|'.join(_words_pattern([name]) for name in names) or '(?!)'})\w{{0,40}}",
            re.IGNORECASE,
        )
        self.forms: set[str] = set()
        self.links: set[str] = set()
        self.addresses: set[str] = set()
        self.files: set[str] = set()

    def _in_whole_words(self, passage: str, joined: str) -> str:
        before = NO_LETTER_BEFORE if passage[:1].isalnum() else ""
        if not passage[-1:].isalnum():
            return before + joined
        if len("".join(self._words)) >= SPECIFIC:
            return before + joined
        return f"{before}{joined}(?=[{JOINING}]*+{ENDINGS}{NO_LETTER_AFTER})"

    def is_in(self, text: str) -> bool:
        """Whether a text contains the passage."""
        return bool(self._passage.search(fold(text)))

    def is_named_by(self, address: str) -> bool:
        """Whether an address or a file name contains the passage in any spelling."""
        if len("".join(self._words)) >= SPECIFIC:
            joined = "".join(words_of_address(address))
            return any("".join(name) in joined for name in self._spellings)
        words = f" {' '.join(words_of_address(address))} "
        return any(name and f" {' '.join(name)} " in words for name in self._spellings)

    def is_in_text_or_address(self, text: str) -> bool:
        """Whether a text or an address contains the passage."""
        return self.is_in(text) or self.is_named_by(text)

    def contains_part_of_name(self, address: str) -> bool:
        """Whether an address, a file name or a word contains a name from the passage."""
        words = words_of_address(address)
        return any(map(self._short_names.fullmatch, words)) or any(
            name in "".join(words) for name in self._long_names
        )

    def has_each_word_in(self, text: str) -> bool:
        """Whether a text contains all words of the passage, in any order."""
        words = words_of_address(text)
        return any(
            name and all(any(map(_word_form_pattern(part).fullmatch, words)) for part in name)
            for name in self._spellings
        )

    def remaining_words(self, text: str) -> set[str]:
        """Return the words of a redacted text that are similar to the passage or to a name in it."""
        text = fold(text)
        names = {
            _collapse_markup(text_form) for text_form in self._parts.findall(text) if text_form[0].isupper()
        }
        names |= {
            word
            for word in set(WORD.findall(text))
            if (word[0].isupper() and _plain_letters(word).startswith(self._plain_names))
            or self.contains_part_of_name(word)
        }
        return {_collapse_markup(text_form) for text_form in self._similar.findall(text)} | names

    def redact_text(self, text: str) -> str:
        """Return plain text with the passage replaced by the mark."""
        return FoldedText(text).replace(
            self._passage, lambda match: self._record_form(match, match.span()) or self.mark
        )

    def _record_form(self, match: re.Match[str], span: tuple[int, int]) -> None:
        start, end = span
        rest = REST_OF_WORD.match(match.string, end)[0].rstrip("_")
        self.forms.add(_collapse_markup(match.string[start:end] + rest))

    def redact_markdown(self, source: str) -> str:
        """Return Markdown with the passage replaced by the mark, without addresses and labels that name it."""
        source = self._inline_references(self._rename_labels(self._drop_ids(source)))
        return self._redact_words(self._redact_addresses(source))

    def _drop_ids(self, source: str) -> str:
        """Return the text without ids of headings and paragraphs (`{#grain}`) that name the passage."""
        return MARKED_ID.sub(lambda match: "" if self.is_named_by(match[1]) else match[0], source)

    def _rename_labels(self, source: str) -> str:
        """Replace labels of notes that name the passage by unused numbers."""
        labels = dict.fromkeys(NOTE_LABEL.findall(source))
        free = (str(number) for number in range(1, len(labels) + 2) if str(number) not in labels)
        names = {label: next(free) for label in labels if self.is_in_text_or_address(label)}
        return NOTE_LABEL.sub(lambda match: f"[^{names.get(match[1], match[1])}]", source)

    def _inline_references(self, source: str) -> str:
        """Turn reference links whose definition names the passage into inline links."""
        targets: dict[str, str] = {}

        def collect_target(match: re.Match[str]) -> str:
            label, address, title = match[1], match[2].strip("<>"), match[5] or match[6] or ""
            if label.startswith("^") or not any(map(self.is_in_text_or_address, (label, address, title))):
                return match[0]
            targets.setdefault(_normalize_label(label), _build_target(address, title))
            return ""

        source = _resolve_references(REFERENCE.sub(collect_target, source), targets)
        return ABBREVIATION.sub(
            lambda match: "" if self.is_in_text_or_address(match["abbr"]) else match[0], source
        )

    def _redact_addresses(self, source: str) -> str:
        output, position = MarkdownOutput(), 0
        for match in TOKEN.finditer(source):
            output.add(source[position : match.start()])
            position = match.end()
            self._write_token(output, match)
        output.add(source[position:])
        return str(output)

    def _write_token(self, output: "MarkdownOutput", match: re.Match[str]) -> None:
        """Add a token, without its address if that names the passage."""
        kind, address = match.lastgroup, match["address"]
        if address is not None and self._address_names_passage(address):
            self.links.add(address.strip().strip("<>"))
            output.end_without_link()
        elif kind in ("auto", "bare") and self.is_named_by(match[0]):
            self.links.add(match[0].strip("<>"))
            output.add(
                self._escape_mark(output.last(BEFORE), match.string[match.end() : match.end() + AFTER])
            )
        else:
            output.add(self._redact_tag(match[0]) if match["tag"] else match[0])

    def _redact_tag(self, tag: str) -> str:
        def drop_naming(match: re.Match[str]) -> str:
            if match[1].lower() not in ADDRESSES or not self.is_named_by(match[2]):
                return match[0]
            self.links.add(match[2].strip("\"'"))
            return ""

        return ATTRIBUTE.sub(drop_naming, tag)

    def _redact_words(self, source: str) -> str:
        spans = list(_token_spans(source))
        starts = [start for start, _end, _kind in spans]
        folded = FoldedText(source)

        def replace_match(match: re.Match[str]) -> str | None:
            position, _ = folded.find_span(*match.span("words"))
            start, end, kind = spans[bisect_right(starts, position) - 1] if starts else (0, 0, "")
            if not start <= position < end:
                return self._mark_in_text(match)
            if kind in KEPT_TOKENS:
                return None
            self._record_form(match, match.span("words"))
            form = _escape_attribute(self.mark) if kind in ("tag", "title") else self.mark
            return match["left"] + form + match["right"]

        return folded.replace(self._with_emphasis, replace_match)

    def _mark_in_text(self, match: re.Match[str]) -> str:
        """Return the mark with the emphasis characters that keep those before and after it balanced."""
        self._record_form(match, match.span("words"))
        left, right = _balance_emphasis(
            match["left"], EMPHASIS_IN_PASSAGE.findall(match["words"]), match["right"]
        )
        if not self.mark and left == right:
            return ""
        start, end = match.start(), match.end("words")
        before = match.string[max(0, start - BEFORE) : start] + left
        return left + self._escape_mark(before, match.string[end : end + AFTER]) + right

    def _escape_mark(self, before: str, after: str) -> str:
        """Return the mark, escaped for its position between these texts."""
        is_first = bool(BLOCK_START.search(before[-BEFORE:]))
        is_definition = is_first and after.startswith(":")
        if BRACKETED.fullmatch(self.mark) and not is_definition and not BEFORE_LINK.match(after):
            return self.mark
        mark = escape_markdown(self.mark).replace("|", r"\|")
        return escape_block_start(mark) if is_first else mark

    def _address_names_passage(self, address: str) -> bool:
        return not address.strip().startswith("image:") and self.is_named_by(address)


def words_of_address(address: str) -> list[str]:
    """Return the words in an address in lower case without marks: jorg, holm, html for "/J%C3%B6rg_Holm.html"."""
    decoded = re.sub(f"[{JOINING}]", "", unquote(unescape(address)))
    return re.sub(r"[\W_]+", " ", strip_marks(decoded)).split()


def _plain_letters(word: str) -> str:
    return "".join(words_of_address(word))


def addresses_of(root: Element) -> Iterator[str]:
    """Yield the link targets in a page, and the ids in it as fragments."""
    for element in root.walk():
        if "href" in element.attributes:
            yield element.attributes["href"]
        if "id" in element.attributes:
            yield f"#{element.attributes['id']}"


def values_of(root: Element) -> Iterator[tuple[str, str]]:
    """Yield name and value of the attributes of a page that readers perceive: link targets and texts."""
    for element in root.walk():
        for name in ("href", "title", "alt"):
            if element.tag not in VERBATIM and name in element.attributes:
                yield name, element.attributes[name]


def _token_spans(source: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and kind of each token that is not plain text, in order."""
    for match in TOKEN.finditer(source):
        if match["address"] is None:
            kind = next(name for name in TOKEN_KINDS if match[name])
            if kind != "bare":
                yield (*match.span(), kind)
            continue
        yield (*match.span("address"), "address")
        if match["title"]:
            yield (*match.span("title"), "title")


TOKEN_KINDS = ("code", "comment", "auto", "tag", "meaning", "label", "definition", "bare")


def _escape_attribute(mark: str) -> str:
    """Return the mark for use in an attribute or a title."""
    return escape(mark).replace("(", "&#40;").replace(")", "&#41;")


def _build_target(address: str, title: str) -> str:
    target = f"<{address}>" if re.search(r"[()\s]", address) else address
    return f'({target} "{title.replace(chr(34), "&quot;")}")' if title else f"({target})"


def _resolve_references(source: str, targets: Mapping[str, str]) -> str:
    """Return the text with the targets of these labels inserted at their links, in any reference syntax."""

    def insert_target(match: re.Match[str], before: str) -> str:
        target = targets.get(_normalize_label(match[1]))
        return match[0] if target is None else before + target

    if not targets:
        return source
    source = FULL_REFERENCE.sub(lambda match: insert_target(match, "]"), source)
    source = COLLAPSED_REFERENCE.sub(lambda match: insert_target(match, f"[{match[1]}]"), source)
    return SHORT_REFERENCE.sub(lambda match: insert_target(match, f"[{match[1]}]"), source)


def _normalize_label(label: str) -> str:
    """Return a label in the form in which references are compared."""
    return " ".join(label.split()).casefold()


class MarkdownOutput:
    """Markdown being written, in which the brackets of the current link can still be removed."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[int] = []

    def __str__(self) -> str:
        return "".join(self._parts)

    def add(self, text: str) -> None:
        for part in filter(None, BRACKET.split(text)):
            if part in ("[", "]") and not self.last(1).endswith("\\"):
                self._track_bracket(part)
            self._parts.append(part)

    def _track_bracket(self, bracket: str) -> None:
        if bracket == "[":
            self._open.append(len(self._parts))
        elif self._open:
            self._open.pop()

    def last(self, length: int) -> str:
        """Return the end of the text, at least this long if there is as much."""
        parts, count = [], 0
        for part in reversed(self._parts):
            if count >= length:
                break
            parts.append(part)
            count += len(part)
        return "".join(reversed(parts))

    def end_without_link(self) -> None:
        """End a link without its target: its text stays, without the brackets."""
        if not self._open:
            self.add("]()")
            return
        position = self._open.pop()
        self._parts[position] = ""
        if position:
            self._parts[position - 1] = self._parts[position - 1].removesuffix("!")
        while self._parts and not self._parts[-1]:
            self._parts.pop()


def _word_form_pattern(word: str) -> re.Pattern[str]:
    """Return a pattern for a word of an address with an ending."""
    return re.compile(word + (r"\w*" if len(word) >= SPECIFIC else ENDINGS))


def _words_pattern(words: list[str]) -> str:
    """Return a pattern for these words with equivalent apostrophes and hyphens, and with markup between them."""
    letters = (
        [EQUIVALENT_SIGNS.get(character, re.escape(character)) for character in word] for word in words
    )
    return BETWEEN_WORDS.join(map(BETWEEN_LETTERS.join, letters))


def _collapse_markup(passage: str) -> str:
    return MARKUP_IN_PASSAGE.sub(" ", INVISIBLE_CHARACTERS.sub("", passage)).strip()


def _balance_emphasis(left: str, signs: list[str], right: str) -> tuple[str, str]:
    """Return the emphasis characters on both sides of a passage that contained some itself."""
    if not signs:
        return left, right
    first, last = signs[0], signs[-1]
    if len(signs) == 1:
        if left.endswith(first):
            return left.removesuffix(first), right
        if right.startswith(first):
            return left, right.removeprefix(first)
        return f"{left}{first}", right
    left = left.removesuffix(first) if left.endswith(first) else f"{left}{first}"
    right = right.removeprefix(last) if right.startswith(last) else f"{last}{right}"
    return left, right
