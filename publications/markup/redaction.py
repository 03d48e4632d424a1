"""Take a passage out of Markdown. What is left is the same text without it: no construct breaks where it stood.

A mark takes the place of the passage in words. A link, picture or address that names it leads nowhere any more: its
words stay. Labels, which readers never see, get others.
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
"""Letters of a passage that no longer word holds by chance: any ending may follow."""
ENDINGS = "(?:s|es|en|ens|a|u|y|e|om|ov|а|я|у|ю|е|ы|и|і|ом|ем|ой|ов|ові)?"
"""Endings of a short name in the languages of the site."""
NO_LETTER_BEFORE = rf"(?<![^\W_])(?<![^\W_][{JOINING}])"
NO_LETTER_AFTER = rf"(?![{JOINING}]*+[^\W_])"
BEFORE, AFTER = 200, 2
"""Characters around a passage that say how the mark is written there."""
BETWEEN_WORDS = rf"[\s*_\\{INVISIBLE}]+"
BETWEEN_LETTERS = f"[{INVISIBLE}]*"
SPELLINGS = dict.fromkeys("'’‘ʼ", "['’‘ʼ]") | dict.fromkeys("-‐‑", "[-‐‑]")
"""Apostrophes and hyphens that are read alike."""
MARKUP_IN_PASSAGE = re.compile(BETWEEN_WORDS)
WORD = re.compile(r"[^\W_]+")
REST_OF_WORD = re.compile(r"\w{0,40}")
SIGNS = r"(?:(?<!\\)[*_]{1,3})?"
SIGN_IN_PASSAGE = re.compile(r"(?<=\s)[*_]{1,3}(?=\S)|[*_]{1,3}(?=\s)")
BRACKETED = re.compile(r"\[[\w ]+\]")
BEFORE_LINK = re.compile(r"\(|\s?\[")
AT_BEGINNING = re.compile(r"(?:\A|\n)[\s>*+.)0-9-]*(?:\[\^[^\]\n]*\]:\s*)?\Z")
ADDRESSES = {"href", "src", "cite", "id", "name"}
MARKED_ID = re.compile(r"(?<![ \t])[ \t]*+\{:?[ \t]*+#([^\s{}]++)[^{}\n]*+\}")
ATTRIBUTE = re.compile(r"""(?<!\s)\s++([a-zA-Z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+)""")
BRACKET = re.compile(r"([\[\]])")
FULL_REFERENCE = re.compile(r"\]\s?\[([^\[\]]*+)\]")
COLLAPSED_REFERENCE = re.compile(r"\[([^\[\]]++)\]\s?\[\]")
SHORT_REFERENCE = re.compile(r"(?<![\]!*])\[([^\[\]]++)\](?!\s?\[|[(:])")
LABEL = r"(?:(?!\[\^)[^\]\n])++"
"""The label of a note. It ends where another begins, so that many without an end are read once."""
NOTE_LABEL = re.compile(rf"\[\^({LABEL})\]")
GAP = r"(?>(?:[^\S\n]|\n(?!\s*\n))+)"
"""White space within a paragraph, read once however long it is."""
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
HELD = ("auto", "label", "definition", "address")
"""Where the letters of a passage that is not meant are left alone: an address of other words, a picture's key."""


class Redaction:
    """A passage as a reader would know it, and the mark that is to stand in its place; it may be empty.

    Capitals and small letters are alike, and so are letters that are stored in other ways or with invisible characters
    between them. The passage begins a word; an ending may follow it ("Petrovs"). What was taken out is noted: the forms
    in which the passage stood, the links and the other addresses that named it, the files that held it.
    """

    def __init__(self, passage: str, mark: str) -> None:
        self.passage = passage = INVISIBLE_CHARACTERS.sub("", fold(passage)).strip()
        self.mark, self._words = mark, words_of_address(passage)
        self._spellings = list(map(words_of_address, strip_marks_both_ways(passage)))
        together = _pattern_of(passage.split())
        whole = self._in_whole_words(passage, together)
        self._passage = re.compile(whole, re.IGNORECASE)
        self._with_signs = re.compile(f"(?P<left>{SIGNS})(?P<words>{whole})(?P<right>{SIGNS})", re.IGNORECASE)
        self._alike = re.compile(rf"\w{{0,40}}{together}\w{{0,40}}", re.IGNORECASE)
        names = [word for word in passage.split() if word[0].isupper() and len(word) > 2]
        self._plain_names = tuple(filter(None, map(_without_marks, names)))
        words = {
            word for name in names for each in strip_marks_both_ways(name) for word in words_of_address(each)
        }
        self._short_names = re.compile(
            f"(?:{'|'.join(word for word in words if 2 < len(word) < SPECIFIC) or '(?!)'}){ENDINGS}"
        )
        self._long_names = [word for word in words if len(word) >= SPECIFIC]
        self._parts = re.compile(
            rf"{NO_LETTER_BEFORE}(?:{'|'.join(_pattern_of([name]) for name in names) or '(?!)'})\w{{0,40}}",
            re.IGNORECASE,
        )
        self.forms: set[str] = set()
        self.links: set[str] = set()
        self.addresses: set[str] = set()
        self.files: set[str] = set()

    def _in_whole_words(self, passage: str, together: str) -> str:
        before = NO_LETTER_BEFORE if passage[:1].isalnum() else ""
        if not passage[-1:].isalnum():
            return before + together
        if len("".join(self._words)) >= SPECIFIC:
            return before + together
        return f"{before}{together}(?=[{JOINING}]*+{ENDINGS}{NO_LETTER_AFTER})"

    def is_in(self, text: str) -> bool:
        return bool(self._passage.search(fold(text)))

    def is_named_by(self, address: str) -> bool:
        """Whether an address or the name of a file tells the passage, however it is spelled there."""
        if len("".join(self._words)) >= SPECIFIC:
            together = "".join(words_of_address(address))
            return any("".join(name) in together for name in self._spellings)
        words = f" {' '.join(words_of_address(address))} "
        return any(name and f" {' '.join(name)} " in words for name in self._spellings)

    def is_in_text_or_address(self, text: str) -> bool:
        """Whether a text or an address tells the passage."""
        return self.is_in(text) or self.is_named_by(text)

    def is_named_in_part_by(self, address: str) -> bool:
        """Whether an address, the name of a file or a word tells a name in the passage."""
        words = words_of_address(address)
        return any(map(self._short_names.fullmatch, words)) or any(
            name in "".join(words) for name in self._long_names
        )

    def has_each_word_in(self, text: str) -> bool:
        """Whether a text has the words of the passage, in any order."""
        words = words_of_address(text)
        return any(
            name and all(any(map(_pattern_of_form(part).fullmatch, words)) for part in name)
            for name in self._spellings
        )

    def words_left(self, text: str) -> set[str]:
        """The words of a redacted text that are like the passage, or like a name in it, and were not meant."""
        text = fold(text)
        names = {_on_one_line(found) for found in self._parts.findall(text) if found[0].isupper()}
        names |= {
            word
            for word in set(WORD.findall(text))
            if (word[0].isupper() and _without_marks(word).startswith(self._plain_names))
            or self.is_named_in_part_by(word)
        }
        return {_on_one_line(found) for found in self._alike.findall(text)} | names

    def redact_text(self, text: str) -> str:
        """Plain text with the mark for the passage."""
        return FoldedText(text).replace(
            self._passage, lambda match: self._note_form(match, match.span()) or self.mark
        )

    def _note_form(self, match: re.Match[str], span: tuple[int, int]) -> None:
        start, end = span
        rest = REST_OF_WORD.match(match.string, end)[0].rstrip("_")
        self.forms.add(_on_one_line(match.string[start:end] + rest))

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
        names = {label: next(free) for label in labels if self.is_in_text_or_address(label)}
        return NOTE_LABEL.sub(lambda match: f"[^{names.get(match[1], match[1])}]", source)

    def _write_out(self, source: str) -> str:
        """Links by reference as links with their address, where the reference tells the passage."""
        targets: dict[str, str] = {}

        def taken(match: re.Match[str]) -> str:
            label, address, title = match[1], match[2].strip("<>"), match[5] or match[6] or ""
            if label.startswith("^") or not any(map(self.is_in_text_or_address, (label, address, title))):
                return match[0]
            targets.setdefault(_label(label), _link_to(address, title))
            return ""

        source = _with_links(REFERENCE.sub(taken, source), targets)
        return ABBREVIATION.sub(
            lambda match: "" if self.is_in_text_or_address(match["abbr"]) else match[0], source
        )

    def _redact_addresses(self, source: str) -> str:
        output, place = Output(), 0
        for match in TOKEN.finditer(source):
            output.add(source[place : match.start()])
            place = match.end()
            self._write_token(output, match)
        output.add(source[place:])
        return str(output)

    def _write_token(self, output: "Output", match: re.Match[str]) -> None:
        """Add a token without an address that names the passage."""
        kind, address = match.lastgroup, match["address"]
        if address is not None and self._is_named(address):
            self.links.add(address.strip().strip("<>"))
            output.end_without_link()
        elif kind in ("auto", "bare") and self.is_named_by(match[0]):
            self.links.add(match[0].strip("<>"))
            output.add(self._spelled(output.last(BEFORE), match.string[match.end() : match.end() + AFTER]))
        else:
            output.add(self._redact_tag(match[0]) if match["tag"] else match[0])

    def _redact_tag(self, tag: str) -> str:
        def kept(match: re.Match[str]) -> str:
            if match[1].lower() not in ADDRESSES or not self.is_named_by(match[2]):
                return match[0]
            self.links.add(match[2].strip("\"'"))
            return ""

        return ATTRIBUTE.sub(kept, tag)

    def _redact_words(self, source: str) -> str:
        spans = list(_spans(source))
        starts = [start for start, _end, _kind in spans]
        folded = FoldedText(source)

        def replaced(match: re.Match[str]) -> str | None:
            place, _ = folded.find_span(*match.span("words"))
            start, end, kind = spans[bisect_right(starts, place) - 1] if starts else (0, 0, "")
            if not start <= place < end:
                return self._in_words(match)
            if kind in HELD:
                return None
            self._note_form(match, match.span("words"))
            form = _in_quotes(self.mark) if kind in ("tag", "title") else self.mark
            return match["left"] + form + match["right"]

        return folded.replace(self._with_signs, replaced)

    def _in_words(self, match: re.Match[str]) -> str:
        """The mark, with as many signs of emphasis around it as keep those before and behind in pairs."""
        self._note_form(match, match.span("words"))
        left, right = _paired(match["left"], SIGN_IN_PASSAGE.findall(match["words"]), match["right"])
        if not self.mark and left == right:
            return ""
        start, end = match.start(), match.end("words")
        before = match.string[max(0, start - BEFORE) : start] + left
        return left + self._spelled(before, match.string[end : end + AFTER]) + right

    def _spelled(self, before: str, after: str) -> str:
        """The mark in which no sign means anything but itself, between these texts."""
        is_first = bool(AT_BEGINNING.search(before[-BEFORE:]))
        is_definition = is_first and after.startswith(":")
        if BRACKETED.fullmatch(self.mark) and not is_definition and not BEFORE_LINK.match(after):
            return self.mark
        mark = escape_markdown(self.mark).replace("|", r"\|")
        return escape_block_start(mark) if is_first else mark

    def _is_named(self, address: str) -> bool:
        return not address.strip().startswith("image:") and self.is_named_by(address)


def words_of_address(address: str) -> list[str]:
    """The words in an address, in small letters without marks: "/J%C3%B6rg_Holm.html" tells of jorg, holm, html."""
    seen = re.sub(f"[{JOINING}]", "", unquote(unescape(address)))
    return re.sub(r"[\W_]+", " ", strip_marks(seen)).split()


def _without_marks(word: str) -> str:
    return "".join(words_of_address(word))


def addresses_of(tree: Element) -> Iterator[str]:
    """Where links of a page lead, and the ids in it as links to them."""
    for element in tree.walk():
        if "href" in element.attributes:
            yield element.attributes["href"]
        if "id" in element.attributes:
            yield f"#{element.attributes['id']}"


def values_of(tree: Element) -> Iterator[tuple[str, str]]:
    """What the attributes of a page say to readers, by their names: where links lead, and words."""
    for element in tree.walk():
        for name in ("href", "title", "alt"):
            if element.tag not in VERBATIM and name in element.attributes:
                yield name, element.attributes[name]


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


def _with_links(source: str, targets: Mapping[str, str]) -> str:
    """The text with the target of its label at every link that has one, whichever way it is written."""

    def linked(match: re.Match[str], before: str) -> str:
        target = targets.get(_label(match[1]))
        return match[0] if target is None else before + target

    if not targets:
        return source
    source = FULL_REFERENCE.sub(lambda match: linked(match, "]"), source)
    source = COLLAPSED_REFERENCE.sub(lambda match: linked(match, f"[{match[1]}]"), source)
    return SHORT_REFERENCE.sub(lambda match: linked(match, f"[{match[1]}]"), source)


def _label(label: str) -> str:
    """A label as references compare it."""
    return " ".join(label.split()).casefold()


class Output:
    """A text while it is written, from which the brackets of a link can be taken without reading it again."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[int] = []

    def __str__(self) -> str:
        return "".join(self._parts)

    def add(self, text: str) -> None:
        for part in filter(None, BRACKET.split(text)):
            if part in ("[", "]") and not self.last(1).endswith("\\"):
                self._count(part)
            self._parts.append(part)

    def _count(self, bracket: str) -> None:
        if bracket == "[":
            self._open.append(len(self._parts))
        elif self._open:
            self._open.pop()

    def last(self, length: int) -> str:
        """The end of the text, of this length or a little more."""
        parts, count = [], 0
        for part in reversed(self._parts):
            if count >= length:
                break
            parts.append(part)
            count += len(part)
        return "".join(reversed(parts))

    def end_without_link(self) -> None:
        """End a link here that leads nowhere: its words stay, without the brackets around them."""
        if not self._open:
            self.add("]()")
            return
        place = self._open.pop()
        self._parts[place] = ""
        if place:
            self._parts[place - 1] = self._parts[place - 1].removesuffix("!")
        while self._parts and not self._parts[-1]:
            self._parts.pop()


def _pattern_of_form(word: str) -> re.Pattern[str]:
    """What finds a word of an address with an ending."""
    return re.compile(word + (r"\w*" if len(word) >= SPECIFIC else ENDINGS))


def _pattern_of(words: list[str]) -> str:
    """What finds these words with any apostrophes and hyphens, and markup between them."""
    letters = ([SPELLINGS.get(sign, re.escape(sign)) for sign in word] for word in words)
    return BETWEEN_WORDS.join(map(BETWEEN_LETTERS.join, letters))


def _on_one_line(passage: str) -> str:
    return MARKUP_IN_PASSAGE.sub(" ", INVISIBLE_CHARACTERS.sub("", passage)).strip()


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
