"""Find a passage in texts and addresses, in any spelling.

Matching ignores case, the form in which letters are stored, invisible characters, and emphasis between words.
"""

import re
from html import unescape
from itertools import accumulate, chain, pairwise, zip_longest
from urllib.parse import unquote

from publications.slugs import strip_marks, strip_marks_both_ways

from .folding import INVISIBLE, INVISIBLE_CHARACTERS, JOINING, fold

MIN_SPECIFIC_LETTERS = 6
"""Number of letters from which a passage is specific, so that any ending may follow it."""
NAME_ENDINGS = "(?:s|es|en|ens|a|u|y|e|om|ov|а|я|у|ю|е|ы|и|і|ом|ем|ой|ов|ові)?"
"""Pattern of the endings of a short name in the languages of the site."""
NO_LETTER_BEFORE = rf"(?<![^\W_])(?<![^\W_][{JOINING}])"
NO_LETTER_AFTER = rf"(?![{JOINING}]*+[^\W_])"
BETWEEN_WORDS = rf"(?:(?<=\n)(?:[ \t]*+>)++|[\s*_\\{INVISIBLE}])+"
"""White space, emphasis and, at the beginning of a line, the marks of a quotation."""
SPACE = rf"(?:(?<=\n)(?:[ \t]*+>)++|[\s{INVISIBLE}])++"
DELIMITERS, ESCAPE = r"[*_\\]{0,6}", r"\\?"
"""The parts of BETWEEN_WORDS: white space with the marks of a quotation, and emphasis or a backslash beside it."""
BETWEEN_LETTERS = f"[{INVISIBLE}]*"
EQUIVALENT_SIGNS = dict.fromkeys("'’‘ʼ", "['’‘ʼ]") | dict.fromkeys("-‐‑", "[-‐‑]")
"""Apostrophes and hyphens that match each other."""
MARKUP_IN_PASSAGE = re.compile(BETWEEN_WORDS)
WORD = re.compile(r"[^\W_]+")
NO_MATCH = "(?!)"


class PassageMatcher:
    """Matches one passage. It must start at the beginning of a word; an ending may follow it ("Petrovs")."""

    def __init__(self, passage: str) -> None:
        self.passage = passage = INVISIBLE_CHARACTERS.sub("", fold(passage)).strip()
        self._words = split_address_words(passage)
        self._address_spellings = list(map(split_address_words, strip_marks_both_ways(passage)))
        joined = _words_pattern(passage.split())
        self.pattern = re.compile(self._in_whole_words(joined), re.IGNORECASE)
        self._similar = re.compile(rf"\w{{0,40}}{joined}\w{{0,40}}", re.IGNORECASE)
        self._set_name_patterns([word for word in passage.split() if word[0].isupper() and len(word) > 2])

    def _in_whole_words(self, joined: str) -> str:
        before = NO_LETTER_BEFORE if self.passage[:1].isalnum() else ""
        if not self.passage[-1:].isalnum() or self._is_specific:
            return before + joined
        return f"{before}{joined}(?=[{JOINING}]*+{NAME_ENDINGS}{NO_LETTER_AFTER})"

    def _set_name_patterns(self, names: list[str]) -> None:
        """Build the patterns of the single names in the passage: its longer words with a capital."""
        self._plain_names = tuple(filter(None, map(_plain_letters, names)))
        spellings = (spelling for name in names for spelling in strip_marks_both_ways(name))
        words = {word for spelling in spellings for word in split_address_words(spelling)}
        short_words = "|".join(word for word in words if 2 < len(word) < MIN_SPECIFIC_LETTERS) or NO_MATCH
        self._short_names = re.compile(f"(?:{short_words}){NAME_ENDINGS}")
        self._long_names = [word for word in words if len(word) >= MIN_SPECIFIC_LETTERS]
        name_patterns = "|".join(_words_pattern([name]) for name in names) or NO_MATCH
        self._names = re.compile(rf"{NO_LETTER_BEFORE}(?:{name_patterns})\w{{0,40}}", re.IGNORECASE)

    @property
    def _is_specific(self) -> bool:
        return len("".join(self._words)) >= MIN_SPECIFIC_LETTERS

    def is_in(self, text: str) -> bool:
        """Whether a text contains the passage."""
        return bool(self.pattern.search(fold(text)))

    def is_in_address(self, address: str) -> bool:
        """Whether an address or a file name contains the passage in any spelling."""
        if self._is_specific:
            joined = "".join(split_address_words(address))
            return any("".join(spelling) in joined for spelling in self._address_spellings)
        words = f" {' '.join(split_address_words(address))} "
        return any(spelling and f" {' '.join(spelling)} " in words for spelling in self._address_spellings)

    def starts_word_in_address(self, address: str) -> bool:
        """Whether an address contains the passage from the beginning of a word: not Ekholm in bjorkekholm.pdf."""
        if not self._is_specific:
            return self.is_in_address(address)
        words = split_address_words(address)
        joined, starts = "".join(words), accumulate(map(len, words), initial=0)
        spellings = tuple(filter(None, map("".join, self._address_spellings)))
        return any(joined.startswith(spellings, start) for start in starts)

    def is_in_text_or_address(self, text: str) -> bool:
        """Whether a text or an address contains the passage."""
        return self.is_in(text) or self.is_in_address(text)

    def has_any_name_in(self, address: str) -> bool:
        """Whether an address, a file name or a word contains one of the names in the passage."""
        words = split_address_words(address)
        return any(map(self._short_names.fullmatch, words)) or any(
            name in "".join(words) for name in self._long_names
        )

    def has_each_word_in(self, text: str) -> bool:
        """Whether a text contains all words of the passage, in any order."""
        words = split_address_words(text)
        return any(
            spelling and all(any(map(_word_form_pattern(part).fullmatch, words)) for part in spelling)
            for spelling in self._address_spellings
        )

    def remaining_words(self, text: str) -> set[str]:
        """Return the words of a redacted text that are similar to the passage or to a name in it."""
        text = fold(text)
        names = {collapse_markup(name) for name in self._names.findall(text) if name[0].isupper()}
        names |= {
            word
            for word in set(WORD.findall(text))
            if (word[0].isupper() and _plain_letters(word).startswith(self._plain_names))
            or self.has_any_name_in(word)
        }
        return {collapse_markup(similar) for similar in self._similar.findall(text)} | names


def split_address_words(address: str) -> list[str]:
    """Return the words in an address in lower case without marks: jorg, holm, html for "/J%C3%B6rg_Holm.html"."""
    decoded = re.sub(f"[{JOINING}]", "", unquote(unescape(address)))
    return re.sub(r"[\W_]+", " ", strip_marks(decoded)).split()


def collapse_markup(passage: str) -> str:
    """Return a passage without emphasis and invisible characters, its words separated by single spaces."""
    return MARKUP_IN_PASSAGE.sub(" ", INVISIBLE_CHARACTERS.sub("", passage)).strip()


def _plain_letters(word: str) -> str:
    return "".join(split_address_words(word))


def _word_form_pattern(word: str) -> re.Pattern[str]:
    """Return a pattern for a word of an address with an ending."""
    return re.compile(word + (r"\w*" if len(word) >= MIN_SPECIFIC_LETTERS else NAME_ENDINGS))


def _words_pattern(words: list[str]) -> str:
    """Return a pattern for these words with equivalent apostrophes and hyphens, and with markup between them."""
    letters = (
        [EQUIVALENT_SIGNS.get(character, re.escape(character)) for character in word] for word in words
    )
    patterns = list(map(BETWEEN_LETTERS.join, letters))
    gaps = [_gap_pattern(word, following) for word, following in pairwise(words)]
    return "".join(chain.from_iterable(zip_longest(patterns, gaps, fillvalue="")))


def _gap_pattern(word: str, following: str) -> str:
    """Return the pattern between two words.

    Beside a word of delimiters alone, as in "5 * 6", it matches in one way only: if each gap could also match the next
    word, the time of a search would grow exponentially with the number of such words.
    """
    has_delimiters_alone = [not word.strip("*_\\") for word in (word, following)]
    if not any(has_delimiters_alone):
        return BETWEEN_WORDS
    is_before, is_after = has_delimiters_alone
    return f"{'' if is_before else DELIMITERS}{SPACE}{ESCAPE if is_after else DELIMITERS}"
