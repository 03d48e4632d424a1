"""Words of a source against words of the text that came of it: what is lost is named, never passed over."""

import html
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator

from .arrival import Share
from .liquid import END_RAW, RAW
from .spans import replace_spans
from .tag_arguments import words_in_tag

IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # a word each: nothing parts them
WORD = re.compile(rf"[{IDEOGRAPHS}]|[^\W_{IDEOGRAPHS}]+")
SPANS = tuple(
    (re.compile(opening, re.IGNORECASE), re.compile(closing, re.IGNORECASE))
    for opening, closing in (
        ("<!--", "-->"),
        (r"<script\b", r"</script\s*>"),
        (r"<style\b", r"</style\s*>"),
        (r"\{%", r"%\}"),
        (r"\{\{", r"\}\}"),
    )
)
NO_WORDS = re.compile(
    r"</?(?!(?:a|b|i|em|strong|span|u|s|sub|sup|code|small|mark)\b)[a-zA-Z][^<>]*>"  # tags that part words
    r"|\]\(\s*+[^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\s*+\)"  # where links lead
    r"|^ {0,3}\[(?!\^)[^\]\n]+\]:[^\n]*$"  # definitions of links
    r"|\[\^[^\[\]\n]++\]:?"  # notes
    r"|\]\[(?:[^\[\]\n]++|\n(?!\n))*+\]"
    r"|^[ \t>]*\d{1,9}[.)][ \t]"  # numbers of a list
    r"|^[ \t]*(?:[*+-]|1\.)[ \t].*\n\{:[ ]*toc[^}\n]*\}[ \t]*$"  # tables of contents
    r"|^[ \t]*(?:`{3,}|~{3,})[^\n`]*$"
    r"|\{:[^{}\n]*\}|\{[.#][^{}\n]*\}",
    re.MULTILINE,
)
WITHIN_WORDS = re.compile(r"</?[a-zA-Z][^<>]*>|[*`\[\\\u00ad\u200b-\u200d\ufeff]")
BRACES = str.maketrans("{}%", "   ")


def compare(source: str, text: str) -> Share:
    """Which words of a source, as often as they stand there, are not in the text."""
    return _share(words_of_source(source), text, beside=WORD.findall(html.unescape(source).casefold()))


def compare_plain(source: str, text: str) -> Share:
    """The same for a source without markup."""
    return _share(_words(source), text)


def _share(wanted: list[str], text: str, beside: Iterable[str] = ()) -> Share:
    """Return the share of the wanted words in a text; `beside` are words that they may be joined with there."""
    there = Counter(_words(text))
    missing: list[str] = []
    for word in wanted:
        if there[word] > 0:
            there[word] -= 1
        else:
            missing.append(word)
    joined = Counter({word: count for word, count in there.items() if count > 0})
    return Share(len(wanted), tuple(_without_joined(missing, joined, {*wanted, *beside})))


def _without_joined(missing: list[str], joined: Counter[str], known: Container[str]) -> Iterator[str]:
    """The missing words but for those that are joined with another, as where a link meets an emphasis: `endThis`."""
    for word in missing:
        whole = next((each for each in joined if joined[each] and _is_joined(each, word, known)), "")
        if whole:
            joined[whole] -= 1
            joined[_other_part(whole, word)] += 1
        else:
            yield word


def _is_joined(whole: str, word: str, known: Container[str]) -> bool:
    return whole == word or _other_part(whole, word) in known


def _other_part(whole: str, word: str) -> str:
    """What is left of a word without another at its end or beginning."""
    if whole.endswith(word):
        return whole.removesuffix(word)
    return whole.removeprefix(word) if whole.startswith(word) else ""


def words_of_source(source: str) -> list[str]:
    """The words that readers of the source would have seen, without markup and addresses."""
    source = replace_spans(source, RAW, END_RAW, lambda _opened, within, _whole: within.translate(BRACES))
    for opening, closing in SPANS:
        source = replace_spans(source, opening, closing, lambda _opened, _within, whole: _said(whole))
    return _words(NO_WORDS.sub(lambda found: "" if found[0].startswith("](") else " ", source))


def _said(span: str) -> str:
    """What readers see of a comment, a script or a tag: of a tag the words that it was given."""
    return f" {words_in_tag(span)} " if span.startswith(("{%", "{{<", "{{%")) else " "


def _words(text: str) -> list[str]:
    return WORD.findall(WITHIN_WORDS.sub("", html.unescape(text)).casefold())
