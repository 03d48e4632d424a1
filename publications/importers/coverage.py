"""Compare the words of a source with those of its page, to report every word that is lost."""

import html
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator

from .imported_file import TextCoverage

IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # each is a word
WORD = re.compile(rf"[^\W_{IDEOGRAPHS}]+|[{IDEOGRAPHS}]")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
MARK_WITHIN_WORD = re.compile(r"[*`\[\\\u00ad\u200b-\u200d\ufeff]")


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without tags and marks within words."""
    without_tags = TAG.sub("", html.unescape(text))
    return WORD.findall(MARK_WITHIN_WORD.sub("", without_tags).casefold())


def compare_plain_text(source: str, page: str) -> TextCoverage:
    """Return the number of words of a plain text, and those that its page does not contain."""
    return compare_words(split_words(source), page)


def compare_words(words: list[str], page: str, *, neighbours: Iterable[str] = ()) -> TextCoverage:
    """Return the number of words, and those that a page does not contain as often as they are given.

    Args:
        words: the words of the source, in lower case.
        page: the text of the page.
        neighbours: further words that may be joined with them in the page; read only if words are missing.
    """
    remaining = Counter(split_words(page))
    missing: list[str] = []
    for word in words:
        if remaining[word] > 0:
            remaining[word] -= 1
        else:
            missing.append(word)
    if not missing:
        return TextCoverage(len(words))
    unmatched = Counter({word: count for word, count in remaining.items() if count > 0})
    return TextCoverage(len(words), tuple(_unmatched_words(missing, unmatched, {*words, *neighbours})))


def _unmatched_words(
    missing: list[str], unmatched: Counter[str], known_words: Container[str]
) -> Iterator[str]:
    """Yield the missing words, except those joined with another word in the page, such as `endThis`."""
    for word in missing:
        joined = next(
            (
                candidate
                for candidate in unmatched
                if unmatched[candidate] and _is_joined(candidate, word, known_words)
            ),
            "",
        )
        if joined:
            unmatched[joined] -= 1
            unmatched[_remaining_part(joined, word)] += 1
        else:
            yield word


def _is_joined(joined: str, word: str, known_words: Container[str]) -> bool:
    return joined == word or _remaining_part(joined, word) in known_words


def _remaining_part(joined: str, word: str) -> str:
    """Return the rest of a joined word without `word` at its end or beginning; "" if it is at neither."""
    if joined.endswith(word):
        return joined.removesuffix(word)
    return joined.removeprefix(word) if joined.startswith(word) else ""
