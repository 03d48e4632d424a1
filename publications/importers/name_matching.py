"""Which names may be spellings of one person, or of one topic. They are compared here; a person decides.

Names of people are similar if they differ in marks ("Åkerholm", "Akerholm"), order ("Berg, Anna"), initials ("A.
Berg"), middle names, transliteration ("Zelenskyj", "Zelensky"), script ("Зеленський") or a slip, or if one is an
account ("aberg").
Names of topics are similar if they differ in plural, hyphens, marks or a slip, but not in numbers.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from publications.slugs import APOSTROPHES, strip_marks

MIN_RATIO = 0.87  # of two names, from 0 to 1: that of names of twelve letters with one or two slips
MIN_ACCOUNT_LETTERS = 3
BLOCK_LETTERS = 2
"""Names are compared only if they share a word or an account, or their words begin with the same letters."""
MAX_BLOCK_NAMES, NEAREST_NAMES = 150, 40
"""Of a block of more, such as that of a first name, a name is compared with those nearest to it by the alphabet."""
MIN_STEM_LETTERS = 4
MAX_KNOWN_WORDS = 20_000  # whose spelling is kept in memory
LETTER_SLOTS, MAX_EQUAL_LETTERS = 32, 16
SEPARATORS = re.compile(r"[^\w]+|[\d_]+")
WITHOUT_APOSTROPHES = str.maketrans("", "", f"{APOSTROPHES}ʹ`´")
TOPIC_SEPARATORS = re.compile(r"[^\w]+|_+")
DIGITS = re.compile(r"\d+")
TITLES = frozenset({"dr", "prof", "professor", "phd", "mr", "mrs", "ms"})
CYRILLIC = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "jo", "є": "je", "ж": "zh", "з": "z",
    "и": "i", "і": "i", "ї": "ji", "й": "j", "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj",
    "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "ch", "у": "u", "ў": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ч": "ch", "џ": "dzh", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "ju", "я": "ja",
    "ђ": "dj",
})  # fmt: skip
"""Letters of Belarusian, Bulgarian, Russian, Serbian and Ukrainian in Latin ones, before spellings are made one."""
UKRAINIAN = re.compile("[іїєґ]")
TRANSLITERATIONS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        ("shch|sjtj|stj", "s"), ("kh", "h"), ("zh", "z"), ("sch|sh|sj", "s"), ("ch|tj|ts|tz", "c"), ("ph", "f"),
        ("th", "t"), ("ck", "k"), ("w", "v"), ("x", "ks"), ("ou", "u"), ("([aou])e", r"\1"),
        ("[iyj]+", "i"), (r"(.)\1+", r"\1"), ("^ie", "e"),
    )
)  # fmt: skip
"""Spellings of one sound in Swedish, English and German; the sequence counts."""
PLURALS = ("erna", "arna", "orna", "ies", "er", "ar", "or", "es", "s", "y")
UNCATEGORIZED = frozenset({
    "uncategorized", "uncategorised", "okategoriserade", "okategoriserat", "okategoriserad", "ukategoriseret",
    "ukategorisert", "nonclasse", "sincategoria", "senzacategoria", "geencategorie", "nichtkategorisiert",
    "unkategorisiert", "bezkategorii", "luokittelematon", "bezrubriki",
})  # fmt: skip
"""The category that WordPress gives to texts without one, in its languages, by their folded names."""
EMPTY_TOPICS = UNCATEGORIZED | {
    "allmant",
    "general",
    "blog",
    "blogg",
    "misc",
    "miscellaneous",
    "other",
    "ovrigt",
    "untagged",
    "unknown",
}
"""Topics that say nothing of a text, by their folded names: systems give them to texts without one."""


class Letters:
    """The letters of a name: to tell most names apart, it is enough to count their letters.

    Args:
        texts: the name in one or more orders of its words.
    """

    def __init__(self, *texts: str) -> None:
        self.texts, text = texts, texts[0]
        self._pairs = [frozenset(map(str.__add__, each, each[1:])) for each in texts]
        seen: Counter[str] = Counter()
        self._bits = 0  # one for each letter and its number among equal ones
        for letter in text:
            number = min(seen[letter], MAX_EQUAL_LETTERS - 1)
            self._bits |= 1 << (ord(letter) % LETTER_SLOTS * MAX_EQUAL_LETTERS + number)
            seen[letter] += 1

    def are_like(self, other: "Letters") -> bool:
        """Return whether two names differ by a slip or two, in one of the orders."""
        needed = MIN_RATIO * (len(self.texts[0]) + len(other.texts[0])) / 2
        if (self._bits & other._bits).bit_count() < needed:
            return False
        return any(
            self._shares_pairs(other, order, needed)
            and SequenceMatcher(None, *pair, autojunk=False).ratio() >= MIN_RATIO
            for order, pair in enumerate(zip(self.texts, other.texts, strict=True))
        )

    def _shares_pairs(self, other: "Letters", order: int, needed: float) -> bool:
        """Whether so many pairs of neighbouring letters are in both that `needed` letters can be equal in sequence.

        Between two equal parts is at least one letter that is not, so their number is limited, and each has one pair
        less than letters.
        """
        lengths = len(self.texts[order]), len(other.texts[order])
        pairs = self._pairs[order], other._pairs[order]
        repeated = min(length - 1 - len(each) for length, each in zip(lengths, pairs, strict=True))
        parts = sum(lengths) - 2 * needed + 1
        return len(pairs[0] & pairs[1]) >= needed - parts - repeated


@dataclass(frozen=True)
class PersonName:
    """The name of a person as it is compared."""

    name: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words in the order of first and last name, in one spelling of each sound."""
        name = self.name.partition("@")[0] if "@" in self.name and " " not in self.name.strip() else self.name
        last, comma, first = name.partition(",")
        words = SEPARATORS.split(_romanize(f"{first} {last}" if comma else name))
        return tuple(_transliterate(word) for word in words if word and word not in TITLES)

    @cached_property
    def accounts(self) -> frozenset[str]:
        """The names of accounts that a person of this name may have."""
        if len(self.words) < 2:
            return frozenset(word for word in self.words if len(word) >= MIN_ACCOUNT_LETTERS)
        first, last = self.words[0], self.words[-1]
        forms = (first, last, first + last, last + first, first[0] + last, last + first[0], first + last[0])
        return frozenset(form for form in forms if len(form) >= MIN_ACCOUNT_LETTERS)

    @property
    def blocks(self) -> frozenset[str]:
        beginnings = sorted(word[:BLOCK_LETTERS] for word in {*self.words[:1], *self.words[-1:]})
        return self.accounts | set(self.words) | {" ".join(beginnings)}

    @cached_property
    def letters(self) -> Letters:
        return Letters(" ".join(self.words), " ".join(sorted(self.words)))

    @property
    def fullness(self) -> tuple[int, int]:
        """How much of a name it is: full names before initials and accounts."""
        return sum(len(word) > 1 for word in self.words), len(self.name)

    def is_like(self, other: "PersonName") -> bool:
        words, others = self.words, other.words
        if not words or not others:
            return False
        if sorted(words) == sorted(others):
            return True
        if len(words) == 1 or len(others) == 1:
            return len(words) != len(others) and bool(self.accounts & other.accounts)
        if words[-1] == others[-1]:
            return words[0] == others[0] or (
                words[0][0] == others[0][0] and 1 in (len(words[0]), len(others[0]))
            )
        return self.letters.are_like(other.letters)


@dataclass(frozen=True)
class TopicName:
    """The name of a topic as it is compared."""

    name: str

    @cached_property
    def folded(self) -> str:
        return TOPIC_SEPARATORS.sub("", strip_marks(self.name.replace("&", " and ")))

    @cached_property
    def numbers(self) -> list[str]:
        """Its numbers: “COP27” and “COP28” are two topics."""
        return DIGITS.findall(self.folded)

    @cached_property
    def letters(self) -> Letters:
        return Letters(self.folded)

    @cached_property
    def stem(self) -> str:
        endings = (ending for ending in PLURALS if self.folded.endswith(ending))
        stems = (self.folded.removesuffix(ending) for ending in endings)
        return next((stem for stem in stems if len(stem) >= MIN_STEM_LETTERS), self.folded)

    @property
    def blocks(self) -> frozenset[str]:
        return frozenset({self.folded[:BLOCK_LETTERS]})

    @property
    def fullness(self) -> tuple[int, int]:
        return 0, len(self.name)

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing of a text."""
        return self.folded in EMPTY_TOPICS

    @property
    def is_uncategorized(self) -> bool:
        """Whether it is what WordPress calls no category."""
        return self.folded in UNCATEGORIZED

    def is_like(self, other: "TopicName") -> bool:
        if not self.folded or not other.folded or self.numbers != other.numbers:
            return False
        return self.stem == other.stem or self.letters.are_like(other.letters)


Name = PersonName | TopicName


class NameIndex:
    """Names, by the beginnings of their words, with a value of each."""

    def __init__(self, names: Iterable[tuple[Name, object]]) -> None:
        self._entries: dict[str, list[tuple[Name, object]]] = defaultdict(list)
        self._sorted_blocks: set[str] = set()
        for name, value in names:
            for block in name.blocks:
                self._entries[block].append((name, value))

    def find_similar(self, name: Name) -> list[tuple[Name, object]]:
        """Return the names that are like this one, each value once, without the name itself."""
        candidates = [entry for block in sorted(name.blocks) for entry in self._nearest(name, block)]
        similar = {
            value: (other, value)
            for other, value in dict.fromkeys(candidates)
            if other != name and name.is_like(other)
        }
        return list(similar.values())

    def _nearest(self, name: Name, block: str) -> list[tuple[Name, object]]:
        """Return the names of a block, or those next to one if they are many."""
        entries = self._entries.get(block, [])
        if len(entries) <= MAX_BLOCK_NAMES:
            return entries
        if block not in self._sorted_blocks:
            entries.sort(key=_sort_key)
            self._sorted_blocks.add(block)
        place = bisect_left(entries, name.letters.texts[0], key=_sort_key)
        return entries[max(0, place - NEAREST_NAMES // 2) : place + NEAREST_NAMES // 2]


def _sort_key(entry: tuple[Name, object]) -> str:
    return entry[0].letters.texts[0]


def _romanize(name: str) -> str:
    """Return a name in Latin letters without marks and apostrophes, in lower case."""
    text = unicodedata.normalize("NFC", name).casefold().translate(WITHOUT_APOSTROPHES)
    if UKRAINIAN.search(text):
        text = text.replace("г", "h")
    return strip_marks(text.translate(CYRILLIC))


@lru_cache(MAX_KNOWN_WORDS)
def _transliterate(word: str) -> str:
    for pattern, letters in TRANSLITERATIONS:
        word = pattern.sub(letters, word)
    return word
