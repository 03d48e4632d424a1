"""Words of a source against words of the text that came of it: what is lost is named, never passed over."""

import html
import re
from collections import Counter

from .arrival import Share
from .liquid import END_RAW, RAW
from .spans import replace_spans

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
    r"|\]\[[^\[\]\n]*+\]"
    r"|^[ \t>]*\d{1,9}[.)][ \t]"  # numbers of a list
    r"|^[ \t]*(?:`{3,}|~{3,})[^\n`]*$"
    r"|\{:[^{}\n]*\}|\{[.#][^{}\n]*\}",
    re.MULTILINE,
)
WITHIN_WORDS = re.compile(r"</?[a-zA-Z][^<>]*>|[*`\[\\\u00ad\u200b-\u200d\ufeff]")
BRACES = str.maketrans("{}%", "   ")


def compare(source: str, text: str) -> Share:
    """Which words of a source, as often as they stand there, are not in the text."""
    return _share(words_of_source(source), text)


def compare_plain(source: str, text: str) -> Share:
    """The same for a source without markup."""
    return _share(_words(source), text)


def _share(wanted: list[str], text: str) -> Share:
    there = Counter(_words(text))
    missing: list[str] = []
    for word in wanted:
        if there[word] > 0:
            there[word] -= 1
        else:
            missing.append(word)
    return Share(len(wanted), tuple(missing))


def words_of_source(source: str) -> list[str]:
    """The words that readers of the source would have seen, without markup and addresses."""
    source = replace_spans(source, RAW, END_RAW, lambda _opened, within, _whole: within.translate(BRACES))
    for opening, closing in SPANS:
        source = replace_spans(source, opening, closing, lambda _opened, _within, _whole: " ")
    return _words(NO_WORDS.sub(lambda found: "" if found[0].startswith("](") else " ", source))


def _words(text: str) -> list[str]:
    return WORD.findall(WITHIN_WORDS.sub("", html.unescape(text)).casefold())
