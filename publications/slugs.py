"""Slugs from text in any alphabet, and the normal form of former paths and queries."""

import codecs
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from itertools import chain, count, groupby
from unicodedata import normalize
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlencode, urlsplit

MAX_SLUG_CHARACTERS = 100
APOSTROPHES = "'’‘ʼ"
DROPPED_CATEGORIES = ("Mn", "Mc", "Me", "Cf")

SCRIPTS_WITH_VOWEL_MARKS = (range(0x0780, 0x1AB0), range(0xA800, 0xAC00))
"""Scripts that write vowels as marks (Indic, Thai, Khmer …): without them a word is another word."""


def _character_ranges(characters: Iterable[str]) -> str:
    """Return the inside of a character class of a regular expression."""
    runs = groupby(enumerate(sorted(characters)), key=lambda pair: ord(pair[1]) - pair[0])
    ranges = [[character for _index, character in run] for _offset, run in runs]
    return "".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in ranges)


MARKS = frozenset(
    character
    for character in map(chr, chain(*SCRIPTS_WITH_VOWEL_MARKS))
    if unicodedata.category(character) in ("Mn", "Mc")
)
_MARK = f"[{_character_ranges(MARKS)}]"
_CAPITALS = "A-ZÀ-ÞΑ-ΫЀ-ЯԱ-Ֆ"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|{_MARK})*")

SLUG = rf"(?=[^\W_])(?:[^\W_{_CAPITALS}]|{_MARK}|-(?=[^\W_])){{1,{MAX_SLUG_CHARACTERS}}}"
"""The pattern of slugs: lower-case letters of any alphabet and digits, words joined by single hyphens; never a dot.

It is short because Django matches every reversed URL against it: it also accepts rarer capitals (Ő) and letters that
are not composed (NFC), which `slugify` never returns.
"""

MAX_REDIRECT_PATH = MAX_REDIRECT_QUERY = 500  # characters
MAX_ENCODINGS = 5
"""How often an address may be percent-encoded that is searched for a name."""
ESCAPED_BYTES = re.compile(r"(?:%[89A-F][0-9A-F])+")
PAGE_FILE = re.compile(r"(?:(?:^|/)index)?\.html?\Z")

WITHOUT_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def slugify(text: str) -> str:
    """Return a slug of at most `MAX_SLUG_CHARACTERS`, cut at a hyphen, or "" for a text without letters and digits.

    Letters keep their alphabet (å, Ж, ا) and the marks that spell a word (हिन्दी), but not stress marks.
    """
    slug = "-".join(_WORD.findall(_fold(text)))
    if len(slug) <= MAX_SLUG_CHARACTERS:
        return slug
    return slug[: MAX_SLUG_CHARACTERS + 1].rpartition("-")[0] or slug[:MAX_SLUG_CHARACTERS]


def slug_stem(slug: str) -> str:
    """Return a slug cut to leave room for a hyphen and a number of up to five digits, or the code of a language."""
    return slug[: MAX_SLUG_CHARACTERS - 6].rstrip("-")


def numbered_slug(slug: str, taken: Container[str], first: int = 2) -> str:
    """Return a slug with the lowest number from `first` that makes it one that is not taken: "grain-2"."""
    stem = slug_stem(slug)
    return next(numbered for number in count(first) if (numbered := f"{stem}-{number}") not in taken)


def _fold(text: str) -> str:
    """Return the text in lower case and composed (NFC), without dropped characters."""
    lowered = unicodedata.normalize("NFC", text).lower()
    return unicodedata.normalize(
        "NFC", "".join(character for character in lowered if not _is_dropped(character))
    )


def _is_dropped(character: str) -> bool:
    """Return whether it is a stress mark, vowel point, apostrophe or soft hyphen, none of which ends a word."""
    if character in APOSTROPHES:
        return True
    return unicodedata.category(character) in DROPPED_CATEGORIES and character not in MARKS


def fold_name(name: str) -> str:
    """Return a name in lower case with single spaces: equal for two spellings of one name in a source of an import."""
    return " ".join(name.split()).casefold()


def strip_marks(text: str) -> str:
    """Return the text in lower case without diacritics: "Răchitaru" as "rachitaru"."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(WITHOUT_STROKES))
    return "".join(character for character in parts if not unicodedata.combining(character))


def strip_marks_both_ways(text: str) -> tuple[str, str]:
    """Return both common spellings without diacritics: "Jörg" as "jorg" and "joerg"."""
    two_letters = unicodedata.normalize("NFC", text.casefold()).translate(TWO_LETTERS)
    return strip_marks(text), strip_marks(two_letters)


def _decode_as_western(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are no UTF-8 as Windows-1252, in which older systems wrote addresses: "%F6" is "ö" too."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    invalid = error.object[error.start : error.end]
    return invalid.decode("cp1252", "replace"), error.end


WESTERN = "publications.western"
"""The name of this way to handle errors of a decoder."""
codecs.register_error(WESTERN, _decode_as_western)


def decode_wsgi(text: str) -> str:
    """Return a path or query of a request, whose bytes WSGI passes as Latin-1 (PEP 3333)."""
    return text.encode("latin-1", "replace").decode("utf-8", WESTERN)


def decode_escaped_bytes(path: str) -> str:
    """Return a decoded path without the escapes of bytes that are no UTF-8: "/f%F6r" as "/för"."""
    return ESCAPED_BYTES.sub(lambda match: unquote(match[0], errors=WESTERN), path)


def decode_repeatedly(address: str) -> Iterator[str]:
    """Yield an address, then what it is decoded, as often as it was encoded: to search it for a name."""
    yield address
    for _encoding in range(MAX_ENCODINGS):
        decoded = unquote_plus(address, errors=WESTERN)
        if decoded == address:
            return
        yield (address := decoded)


def decode_fully(address: str) -> str:
    """Return an address decoded as often as it was encoded, up to `MAX_ENCODINGS` times: to search it for a name."""
    return list(decode_repeatedly(address))[-1]


def normalize_redirect_path(address: str) -> str:
    """Return the normal form of a former URL or path, in which redirects are stored and looked up.

    It is decoded and in lower case, without host, query, `index.html`, `.html` and closing slash, as servers of static
    sites treat these as the same page. The root is "/"; an invalid or too long address is "".
    """
    try:
        path = unquote(urlsplit(address).path, errors=WESTERN)
    except ValueError:
        return ""
    plain = "/" + PAGE_FILE.sub("", normalize("NFC", path.lower()).strip("/")).strip("/")
    return plain if len(plain) <= MAX_REDIRECT_PATH and "\0" not in plain else ""


def normalize_request_path(path: str) -> str:
    """Return the same of the path of a request, which is decoded: it may hold "?" and "#" itself."""
    return normalize_redirect_path("/" + quote(path.lstrip("/"), errors="replace"))


def normalize_redirect_query(query: str) -> str:
    """Return the normal form of a query: its parameters by name; of those with one name the last counts.

    One that is too long is "".
    """
    normalized = urlencode(sorted(read_parameters(query).items()))
    return normalized if len(normalized) <= MAX_REDIRECT_QUERY and "%00" not in normalized else ""


def read_parameters(query: str) -> dict[str, str]:
    """Return the parameters of a query. One without a value has ""."""
    return dict(parse_qsl(query, keep_blank_values=True, errors=WESTERN))
