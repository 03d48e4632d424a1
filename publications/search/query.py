"""Queries: what a reader typed, parsed. Any input is a valid query: words, "phrases" and -exclusions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from publications.publication_fields import MAX_LENGTHS

from .terms import WORD, is_stop_word

MAX_QUERY_CHARACTERS = MAX_LENGTHS["title"]
MAX_QUERY_WORDS = 24

_CHUNK = re.compile(
    r"""(?P<minus>(?<!\S)[-−](?=[^\s-]))?(?:["“”„«](?P<quoted>[^"“”»]*)["“”»]?|(?P<plain>[^\s"“”„«]+))"""
)
_COMPOUND = re.compile(r"[^\s,;:!?/|\\()\[\]{}<>+=*&#@–—…]+")
"""Words between these characters belong together, as in COVID-19."""


@dataclass(frozen=True)
class QueryPart:
    """Words that must be consecutive: one word, or a phrase."""

    words: tuple[str, ...]
    is_quoted: bool = False

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1

    @property
    def is_stop_word(self) -> bool:
        """Whether it is left out of a query that has other words."""
        return not self.is_quoted and not self.is_phrase and is_stop_word(self.words[0])


@dataclass(frozen=True)
class ParsedQuery:
    """A query whose `parts` must all match and whose `excluded` parts must not."""

    text: str
    parts: tuple[QueryPart, ...] = ()
    excluded: tuple[QueryPart, ...] = ()
    is_truncated: bool = False

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def unfinished_word(self) -> str:
        """The last word, which the reader may still be typing, unless something follows it."""
        last = self.parts[-1] if self.parts else None
        is_open = last and not last.is_quoted and self.text.endswith(last.words[-1])
        return last.words[-1] if is_open else ""


def parse_query(text: str) -> ParsedQuery:
    """Parse what a reader typed. Any text is valid; at most MAX_QUERY_WORDS words of it are used."""
    stripped = " ".join(text.replace("\0", " ").split())
    searched = _cut_at_word(stripped)
    included: list[QueryPart] = []
    excluded: list[QueryPart] = []
    for chunk in _CHUNK.finditer(searched):
        (excluded if chunk["minus"] else included).extend(_split_chunk(chunk))
    included = [part for part in included if not part.is_stop_word] or included
    parts = _limit_words(included, MAX_QUERY_WORDS)
    without = _limit_words(excluded, MAX_QUERY_WORDS - _count_words(parts))
    is_truncated = searched != stripped or (
        _count_words(parts) + _count_words(without) < _count_words(included) + _count_words(excluded)
    )
    return ParsedQuery(searched, parts, without, is_truncated)


def truncate_query(text: str) -> str:
    """Return the start of a text that one search uses: MAX_QUERY_WORDS words in MAX_QUERY_CHARACTERS characters."""
    return " ".join(_cut_at_word(" ".join(text.split())).split(" ")[:MAX_QUERY_WORDS])


def _cut_at_word(text: str) -> str:
    if len(text) <= MAX_QUERY_CHARACTERS:
        return text
    return text[: MAX_QUERY_CHARACTERS + 1].rpartition(" ")[0] or text[:MAX_QUERY_CHARACTERS]


def _split_chunk(chunk: re.Match[str]) -> list[QueryPart]:
    if chunk["quoted"] is not None:
        words = WORD.findall(chunk["quoted"])
        return [QueryPart(tuple(words), is_quoted=True)] if words else []
    compounds = (WORD.findall(compound) for compound in _COMPOUND.findall(chunk["plain"]))
    return [QueryPart(tuple(words)) for words in compounds if words]


def _count_words(parts: Iterable[QueryPart]) -> int:
    return sum(len(part.words) for part in parts)


def _limit_words(parts: Iterable[QueryPart], limit: int) -> tuple[QueryPart, ...]:
    limited = []
    for part in parts:
        if limit <= 0:
            break
        limited.append(QueryPart(part.words[:limit], part.is_quoted))
        limit -= len(part.words)
    return tuple(limited)
