"""Compare a form that was opened before a redaction with the redacted draft, so that no passage is stored again.

The passage itself is not stored, only its number of words. Values of the form are compared with the redacted draft that
it was opened from: that many words in the place of a mark are taken for the passage. If there are more or fewer, text
was typed beside it, and the paragraph counts as changed. If a mark was empty or is unknown, any change may contain the
passage.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from publications import markup
from publications.diff import Budget, TextSide, join_paragraphs, match, split_paragraphs, tokens_of
from publications.models import ActionType, Publication

MAX_PASSAGE = 100
"""The longest passage that is recognised, in characters."""
MAX_MARKS = 2
"""Adjacent marks that are distinguished."""
MIN_PASSAGE = 3
MAX_STEPS = 400_000
STAND_IN = 0x10FF00
"""Marks are compared as characters for private use: each is one word with the letters before and after it."""


@dataclass(frozen=True)
class Fit:
    """A form value with the marks of the redacted text, and the passages that were in their places."""

    text: str
    passages: frozenset[str] = frozenset()
    unclear: tuple[tuple[str, frozenset[str]], ...] = ()
    """Texts in the place of a mark that contain more than the passage, with the parts that may be the passage."""


@dataclass
class Redactions:
    """The marks of redactions in a publication, and the passages that a form reveals."""

    marks: Mapping[str, frozenset[int]]
    """Each mark with the numbers of words of its passages; empty if one is unknown."""
    are_known: bool
    passages: set[str] = field(default_factory=set)
    unclear: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    budget: Budget = field(default_factory=lambda: Budget(MAX_STEPS))

    def __post_init__(self) -> None:
        longest_first = sorted(self.marks, key=len, reverse=True)
        self._stand_ins = {mark: chr(STAND_IN + number) for number, mark in enumerate(longest_first)}
        self._marks_of = {sign: mark for mark, sign in self._stand_ins.items()}
        self._any_mark = re.compile(f"([{''.join(self._marks_of)}])" if self._marks_of else "((?!))")
        self._tokens: dict[str, tuple] = {}
        self._keys: dict[str, list[str]] = {}
        self._redactions: dict[str, markup.Redaction] = {}

    def may_touch(self, redacted: str) -> bool:
        """Return whether this text of the redacted draft may have contained a passage."""
        return not self.are_known or self._has_mark(redacted)

    def holds_passage(self, text: str) -> bool:
        return any(redaction.is_in(text) for redaction in self._known_redactions())

    def is_named_by(self, address: str) -> bool:
        """Return whether an address was made from a passage."""
        return any(redaction.is_in_text_or_address(address) for redaction in self._known_redactions())

    def may_hold_passage(self, texts: Iterable[str]) -> bool:
        """Return whether one of these texts contains a part of the form that may be a passage."""
        parts = {part for gap, parts in self.unclear if not self.holds_passage(gap) for part in parts}
        together = "\0".join(map(_folded, texts)) if parts else ""
        return any(part in together for part in parts)

    def redact(self, typed: str, redacted: str) -> str:
        """Return the form value with the marks of the redacted text, where the words around them are the same."""
        return self._learn(self._fit(typed, redacted), redacted)

    def redact_paragraphs(self, typed: str, redacted: str) -> str:
        """Redact each paragraph of a form value like the paragraph of the draft that it came from."""
        base, paragraphs = split_paragraphs(redacted), split_paragraphs(typed)
        marked = dict.fromkeys(filter(self._has_mark, base))
        stored, by_word = set(base), self._by_rarest_word(marked)
        for place, paragraph in enumerate(paragraphs):
            if paragraph not in stored:
                paragraphs[place] = self._match_paragraph(paragraph, by_word)
        side = TextSide(base, join_paragraphs(paragraphs))
        pairs = {text: base[place] for place, text in side.current.items() if base[place] in marked}
        return join_paragraphs([self.redact(text, pairs.get(text, text)) for text in paragraphs])

    def is_hard_to_tell(self, typed: str, redacted: str) -> bool:
        """Return whether a paragraph may be a redacted one that was moved, divided or rewritten."""
        base = split_paragraphs(redacted)
        side = TextSide(base, typed)
        inserted = [text for texts in side.inserted.values() for text in texts]
        if inserted and not self.are_known:
            return True  # a paragraph that was the passage alone is gone
        changed = {place for place, text in side.current.items() if text != base[place]}
        if self.may_hold_passage(
            [*inserted, *(side.current[place] for place in changed if not self.may_touch(base[place]))]
        ):
            return True
        if inserted and any(
            place not in side.current and self.may_touch(text) for place, text in enumerate(base)
        ):
            return True
        touched = [self._words_of(text) for text in base if self.may_touch(text)]
        return any(_is_part(words, others) for words in map(self._words_of, inserted) for others in touched)

    def _known_redactions(self) -> Iterator[markup.Redaction]:
        for passage in self.passages:
            if passage not in self._redactions:
                self._redactions[passage] = markup.Redaction(passage, "")
            yield self._redactions[passage]

    def _has_mark(self, text: str) -> bool:
        return any(mark in text for mark in self.marks)

    def _hide(self, text: str) -> str:
        for mark, sign in self._stand_ins.items():
            text = text.replace(mark, sign)
        return text

    def _show(self, text: str) -> str:
        return self._any_mark.sub(lambda sign: self._marks_of[sign[1]], text)

    def _tokens_of(self, text: str) -> tuple:
        if text not in self._tokens:
            self._tokens[text] = tokens_of(self._hide(text))
        return self._tokens[text]

    def _keys_of(self, text: str) -> list[str]:
        if text not in self._keys:
            self._keys[text] = [token.key.strip() for token in self._tokens_of(text)]
        return self._keys[text]

    def _has_words_of(self, typed: str, redacted: str) -> bool:
        """Return whether a form value has all words beside the marks of the redacted text, in the same order."""
        keys = iter(self._keys_of(typed))
        return all(key in keys for key in self._keys_of(redacted) if not self._any_mark.search(key))

    def _words_of(self, text: str) -> frozenset[str]:
        """Return the words of a text that contain no mark."""
        words = (token.key.strip() for token in self._tokens_of(text) if token.is_word)
        return frozenset(word for word in words if not self._any_mark.search(word))

    def _by_rarest_word(self, marked: Iterable[str]) -> dict[str, list[str]]:
        """Return the redacted paragraphs by their rarest word."""
        words = {text: self._words_of(text) for text in marked}
        counts = Counter(word for words_of_text in words.values() for word in words_of_text)
        by_word = defaultdict(list)
        for text, words_of_text in words.items():
            if words_of_text:
                by_word[min(words_of_text, key=lambda word: (counts[word], word))].append(text)
        return by_word

    def _match_paragraph(self, paragraph: str, by_word: Mapping[str, list[str]]) -> str:
        """Return the redacted paragraph that a paragraph equals without its passage, else the paragraph."""
        for word in sorted(self._words_of(paragraph)):
            for text in by_word.get(word, ()):
                if self._has_words_of(paragraph, text) and (fit := self._fit(paragraph, text)).text == text:
                    return self._learn(fit, text)
        return paragraph

    def _learn(self, fit: Fit, redacted: str) -> str:
        if fit.text == redacted:
            self.passages |= {text for text in fit.passages if len(text) >= MIN_PASSAGE}
        else:
            self.unclear += [*fit.unclear, *((text, frozenset({_folded(text)})) for text in fit.passages)]
        return fit.text

    def _fit(self, typed: str, redacted: str) -> Fit:
        if typed == redacted or not self._has_mark(redacted):
            return Fit(typed)
        before, after = self._tokens_of(redacted), self._tokens_of(typed)
        pairs = match(self._keys_of(redacted), self._keys_of(typed), self.budget)
        parts, passages, unclear = [], set(), []
        for (start, other_start), (one, other) in pairwise([(-1, -1), *pairs, (len(before), len(after))]):
            stored, gap = _text(before[start + 1 : one]), _text(after[other_start + 1 : other])
            if self._any_mark.search(stored):
                found = self._passages_in(gap, stored)
                passages |= found
                unclear += [] if found else [(gap, self._parts_of(gap, stored))]
                gap = stored
            parts += [gap, _text(before[one : one + 1])]
        is_clear = not unclear and any(after[other].is_word for _one, other in pairs)
        return Fit(self._show("".join(parts)) if is_clear else typed, frozenset(passages), tuple(unclear))

    def _passages_in(self, gap: str, stored: str) -> set[str]:
        """Return the passages in the places of stored marks; none where words beside them differ."""
        literals = self._any_mark.split(_on_one_line(stored))
        marks, gap = literals[1::2], _on_one_line(gap)
        if len(marks) > MAX_MARKS or len(gap) > MAX_PASSAGE:
            return set()
        pattern = "(.+)".join(map(re.escape, literals[::2]))
        passages = found.groups() if (found := re.fullmatch(pattern, gap)) else ()
        return set(passages) if passages and all(map(self._is_passage, passages, marks)) else set()

    def _is_passage(self, text: str, sign: str) -> bool:
        """Return whether a text has as many words as a passage of this mark, and starts and ends with one."""
        are_words = [token.is_word for token in self._tokens_of(text)]
        return are_words[0] and are_words[-1] and sum(are_words) in self.marks[self._marks_of[sign]]

    def _parts_of(self, gap: str, stored: str) -> frozenset[str]:
        """Return all parts of a text with as many words as a passage, with and without the letters at a mark."""
        tokens = self._tokens_of(gap)
        places = [place for place, token in enumerate(tokens) if token.is_word]
        signs = self._any_mark.findall(stored)
        size = min((number for sign in signs for number in self.marks[self._marks_of[sign]]), default=1)
        ends = zip(places, places[size - 1 :], strict=False)
        parts = {_on_one_line(_text(tokens[start : end + 1])) for start, end in ends}
        literals = self._any_mark.split(stored)[::2]
        for left, right in pairwise(literals):
            before, after = re.search(r"\S*\Z", left)[0], re.match(r"\S*", right)[0]
            parts |= {part.removeprefix(before).removesuffix(after) for part in parts}
        return frozenset(_folded(part) for part in parts if len(part) >= MIN_PASSAGE)


def _text(tokens: Iterable) -> str:
    return "".join(token.text for token in tokens)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _folded(text: str) -> str:
    return _on_one_line(markup.fold(text)).casefold()


def _is_part(words: frozenset[str], others: frozenset[str]) -> bool:
    return len(words & others) * 2 >= len(words)


def redactions_of(publication: Publication) -> Redactions:
    """Return the marks of all redactions of a publication, as spelled in plain text and in Markdown."""
    details = [entry.detail for entry in publication.audit_entries.filter(action=ActionType.REDACT)]
    numbers: dict[str, set[int]] = defaultdict(set)
    for detail in details:
        numbers[detail.get("mark", "")].add(detail.get("words", 0))
    marks = {
        spelling: frozenset(words) if all(words) else frozenset()
        for mark, words in numbers.items()
        if mark
        for spelling in (mark, markup.escape_markdown(mark))
    }
    return Redactions(marks, are_known=bool(numbers) and all(numbers))
