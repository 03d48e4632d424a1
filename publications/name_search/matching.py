"""Match names in any text: prose, Markdown, HTML, JSON, addresses, file names, and bytes of unknown formats."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote

from publications.markup import PassageMatcher
from publications.slugs import decode_repeatedly

ADDRESS = re.compile(r"[^\s\"'<>()\[\]]*[-_/%+.][^\s\"'<>()\[\]]*")
"""What may be an address, a slug or a file name in a text."""
MAX_ADDRESS_CHARACTERS = 2000
BASE64 = re.compile(r"[A-Za-z0-9+/=]{76,}")
"""Encoded bytes within a text, as in a `data:` address or a mail: a short name stands in them by chance."""
MIN_BYTES = 6
"""The letters of a name in bytes have at least so many: fewer stand in compressed bytes by chance."""
FIRST_IDEOGRAPH = "\u2e80"
"""Above are Chinese, Japanese and Korean signs, which most pairs of random bytes are in UTF-16."""
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
GAPS = (" ", "\t", "\n", "\r", "\u00a0", "\0", "*", "_", "-", "+")
"""What may stand between the words of a name in bytes."""
JSON_START = ("{", "[", '"')


@dataclass(frozen=True)
class Occurrence:
    """A place where a name stands.

    Attributes:
        place: a column with the key of its row, or a file with the part of it.
        name: the name that stands there, as it was searched for.
    """

    place: str
    name: str

    def __str__(self) -> str:
        return f"{self.place}: {self.name}"


class NameMatcher:
    """Matches several names, such as the spellings of one person's, in texts of any format.

    Args:
        names: each is matched as redaction matches a passage: in any case and composition, inflected, and in
            addresses, where hyphens and missing marks count as the name.

    Attributes:
        is_exact: whether only what certainly is the name is found, because it is deleted; else what may be one too.
    """

    is_exact = False

    def __init__(self, names: Sequence[str]) -> None:
        self.names = [name for name in dict.fromkeys(name.strip() for name in names) if name]
        self._matchers = {name: PassageMatcher(name) for name in self.names}
        self._bytes_patterns = {name: _compile_bytes_pattern(name) for name in self.names}

    def find(self, text: str) -> list[str]:
        """Return the names that stand in a text, in the order in which they were given."""
        return list(dict.fromkeys(name for reading in _readings(text) for name in self._find_in(reading)))

    def find_in_bytes(self, content: bytes) -> list[str]:
        """Return the names that stand in bytes of an unknown format, in UTF-8, UTF-16 or Latin-1."""
        return [name for name, pattern in self._bytes_patterns.items() if pattern.search(content)]

    def _find_in(self, text: str) -> Iterator[str]:
        yield from self._find_words(text)
        for address in ADDRESS.findall(text):
            for name, matcher in self._matchers.items():
                if len(address) <= MAX_ADDRESS_CHARACTERS and self._is_in_address(matcher, address):
                    yield name

    def _is_in_address(self, matcher: PassageMatcher, address: str) -> bool:
        return matcher.is_in_address(address)

    def _find_words(self, text: str) -> Iterator[str]:
        return (name for name, matcher in self._matchers.items() if matcher.is_in(text))


class ExactNameMatcher(NameMatcher):
    """Matches names where they are whole words with their endings, as redaction does in texts: not in “Stockholm”.

    What it finds is deleted; what it misses is listed by the search after that.
    """

    is_exact = True

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        self._encoded_patterns = {name: list(_compile_encoded_patterns(name)) for name in self.names}

    def find(self, text: str) -> list[str]:
        return super().find(BASE64.sub(" ", text))

    def find_in_bytes(self, content: bytes) -> list[str]:
        """Return the names of at least `MIN_BYTES` that stand in bytes between other bytes than letters."""
        return [
            name
            for name, patterns in self._encoded_patterns.items()
            if any(
                _is_between_words(match, encoding)
                for encoding, pattern in patterns
                for match in pattern.finditer(content)
            )
        ]

    def _is_in_address(self, matcher: PassageMatcher, address: str) -> bool:
        return matcher.starts_word_in_address(address)


def _compile_encoded_patterns(name: str) -> Iterator[tuple[str, re.Pattern[bytes]]]:
    """Yield each encoding with the pattern of a name in it, but for a name that is too short there."""
    for form in sorted({unicodedata.normalize(form, name) for form in ("NFC", "NFD")}):
        letters = "".join(filter(str.isalpha, form))
        for encoding in ENCODINGS:
            if encoding == "latin-1" and form.isascii():
                continue  # the same bytes as in UTF-8
            if (spelled := _spell_in(encoding, form.split())) and len(letters.encode(encoding)) >= MIN_BYTES:
                yield encoding, re.compile(spelled)


def _is_between_words(match: re.Match[bytes], encoding: str) -> bool:
    content, (start, end) = match.string, match.span()
    width = 2 if encoding.startswith("utf-16") else 4
    before = content[max(0, start - width) : start].decode(encoding, "replace")[-1:]
    after = content[end : end + width].decode(encoding, "replace")[:1]
    return not any(sign.isalpha() and sign < FIRST_IDEOGRAPH for sign in (before, after))


def _compile_bytes_pattern(name: str) -> re.Pattern[bytes]:
    """Return a pattern for a name in bytes: a search that decodes megabytes of pictures would take minutes."""
    forms = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
    patterns = (_spell_in(encoding, form.split()) for form in sorted(forms) for encoding in ENCODINGS)
    return re.compile(b"|".join(filter(None, patterns)))


def _spell_in(encoding: str, words: list[str]) -> bytes:
    """Return the pattern of words in an encoding, or b"" where it lacks a letter of them."""
    try:
        spelled = [b"".join(_spell_letter(letter, encoding) for letter in word) for word in words]
    except UnicodeEncodeError:
        return b""
    gap = b"(?:" + b"|".join(re.escape(sign.encode(encoding)) for sign in GAPS) + b"){1,8}"
    return gap.join(spelled)


def _spell_letter(letter: str, encoding: str) -> bytes:
    """Return the alternatives of a letter: both cases, and its escapes in JSON, HTML and addresses."""
    cases = {letter.lower(), letter.upper()}
    spellings = {case.encode(encoding) for case in cases}
    if encoding == "utf-8" and not letter.isascii():
        for case in cases:
            escapes = (json.dumps(case)[1:-1], quote(case), *(f"&#{ord(sign)};" for sign in case))
            spellings |= {
                escape.encode() for text in escapes for escape in (text, text.lower(), text.upper())
            }
    return b"(?:" + b"|".join(map(re.escape, sorted(spellings))) + b")"


def _readings(text: str) -> Iterator[str]:
    """Yield a text as it is, with references and percent-encoding decoded, and the strings in it if it is JSON."""
    yield text
    decoded = unescape(text)
    yield from (reading for reading in decode_repeatedly(decoded) if reading != text)
    if "\\" in text and text.startswith(JSON_START):
        try:
            yield from _strings_in(json.loads(text))
        except (ValueError, RecursionError):
            return


def _strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings_in(item)
