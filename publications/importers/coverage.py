"""How many words of a source its page has: what is lost is named, never passed over."""

import html
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator

from .report import WordCoverage

IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # a word each: nothing parts them
WORD = re.compile(rf"[{IDEOGRAPHS}]|[^\W_{IDEOGRAPHS}]+")
WITHIN_WORDS = re.compile(r"</?[a-zA-Z][^<>]*>|[*`\[\\\u00ad\u200b-\u200d\ufeff]")


def split_words(text: str) -> list[str]:
    """The words of a text in lower case, without tags and marks that stand within them."""
    return WORD.findall(WITHIN_WORDS.sub("", html.unescape(text)).casefold())


def compare_plain_text(source: str, page: str) -> WordCoverage:
    """Return which words of a source without markup are not in a page."""
    return compare_words(split_words(source), page)


def compare_words(words: list[str], page: str, *, neighbours: Iterable[str] = ()) -> WordCoverage:
    """Return which of the words, as often as they are given, are not in a page.

    Args:
        neighbours: words that may be joined with them there, besides themselves.
    """
    remaining = Counter(split_words(page))
    missing: list[str] = []
    for word in words:
        if remaining[word] > 0:
            remaining[word] -= 1
        else:
            missing.append(word)
    unmatched = Counter({word: count for word, count in remaining.items() if count > 0})
    return WordCoverage(len(words), tuple(_without_joined(missing, unmatched, {*words, *neighbours})))


def _without_joined(missing: list[str], unmatched: Counter[str], known: Container[str]) -> Iterator[str]:
    """The missing words but for those joined with another, as where a link meets an emphasis: `endThis`."""
    for word in missing:
        whole = next(
            (other for other in unmatched if unmatched[other] and _is_joined(other, word, known)), ""
        )
        if whole:
            unmatched[whole] -= 1
            unmatched[_other_part(whole, word)] += 1
        else:
            yield word


def _is_joined(whole: str, word: str, known: Container[str]) -> bool:
    return whole == word or _other_part(whole, word) in known


def _other_part(whole: str, word: str) -> str:
    """What is left of a word without another at its end or beginning."""
    if whole.endswith(word):
        return whole.removesuffix(word)
    return whole.removeprefix(word) if whole.startswith(word) else ""
