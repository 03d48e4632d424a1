"""Compare a form that is older than a redaction with the redacted draft, so that no passage comes back unseen.

The passage itself is stored nowhere, only how many words it had. What the form holds is compared with the draft of the
time as redaction left it: that many words of the form, where that draft has a mark, are taken for the passage. Where
there are more or fewer, words were typed beside it, and the paragraph counts as changed. Where a mark was empty, or is
not known, any change may hold the passage.
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
"""Characters of the form that are taken for one passage."""
MAX_MARKS = 2
"""Marks side by side that are told apart."""
MIN_PASSAGE = 3
MAX_STEPS = 400_000
STAND_IN = 0x10FF00
"""Marks are compared as characters for private use: each is one word with the letters before and after it."""


@dataclass(frozen=True)
class Fit:
    """A typed text with the marks of the redacted one, and what stood in their places."""

    text: str
    passages: frozenset[str] = frozenset()
    unclear: tuple[tuple[str, frozenset[str]], ...] = ()
    """What was typed where a mark stands and is not the passage alone, with the words of it that may be."""


@dataclass
class Redactions:
    """The marks that redactions left in a publication, and the passages that a form shows to have stood there."""

    marks: Mapping[str, frozenset[int]]
    """Each mark with the numbers of words of its passages; none where the number is not known of each."""
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
        """Whether a passage may have stood in this text of the redacted draft."""
        return not self.are_known or self._has_mark(redacted)

    def holds_passage(self, text: str) -> bool:
        return any(redaction.is_in(text) for redaction in self._known())

    def is_named_by(self, address: str) -> bool:
        """Whether an address was made from a passage."""
        return any(redaction.is_in_text_or_address(address) for redaction in self._known())

    def may_hold_passage(self, texts: Iterable[str]) -> bool:
        """Whether one of these texts has words that may be a passage, as they were typed where a mark stands."""
        parts = {part for gap, parts in self.unclear if not self.holds_passage(gap) for part in parts}
        together = "\0".join(map(_folded, texts)) if parts else ""
        return any(part in together for part in parts)

    def redact(self, typed: str, redacted: str) -> str:
        """Return the typed text with the marks of the redacted one, where the words around them are the same."""
        return self._learn(self._fit(typed, redacted), redacted)

    def redact_paragraphs(self, typed: str, redacted: str) -> str:
        """Redact each typed paragraph like the one of the draft that it was."""
        base, paragraphs = split_paragraphs(redacted), split_paragraphs(typed)
        marked = dict.fromkeys(filter(self._has_mark, base))
        stored, by_word = set(base), self._by_rarest_word(marked)
        for place, paragraph in enumerate(paragraphs):
            if paragraph not in stored:
                paragraphs[place] = self._same(paragraph, by_word)
        side = TextSide(base, join_paragraphs(paragraphs))
        pairs = {text: base[place] for place, text in side.current.items() if base[place] in marked}
        return join_paragraphs([self.redact(text, pairs.get(text, text)) for text in paragraphs])

    def is_hard_to_tell(self, typed: str, redacted: str) -> bool:
        """Whether a typed paragraph may be a redacted one that was moved, divided or written anew."""
        base = split_paragraphs(redacted)
        side = TextSide(base, typed)
        put_in = [text for texts in side.inserted.values() for text in texts]
        if put_in and not self.are_known:
            return True  # a paragraph that was the passage alone is gone
        changed = {place for place, text in side.current.items() if text != base[place]}
        if self.may_hold_passage(
            [*put_in, *(side.current[place] for place in changed if not self.may_touch(base[place]))]
        ):
            return True
        if put_in and any(
            place not in side.current and self.may_touch(text) for place, text in enumerate(base)
        ):
            return True
        touched = [self._words_of(text) for text in base if self.may_touch(text)]
        return any(_is_part(words, others) for words in map(self._words_of, put_in) for others in touched)

    def _known(self) -> Iterator[markup.Redaction]:
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
        """Whether a typed text has all that stands beside the marks of the redacted one, in the same order."""
        keys = iter(self._keys_of(typed))
        return all(key in keys for key in self._keys_of(redacted) if not self._any_mark.search(key))

    def _words_of(self, text: str) -> frozenset[str]:
        """The words of a text that a passage has no part in."""
        words = (token.key.strip() for token in self._tokens_of(text) if token.is_word)
        return frozenset(word for word in words if not self._any_mark.search(word))

    def _by_rarest_word(self, marked: Iterable[str]) -> dict[str, list[str]]:
        """Redacted paragraphs by a word of each that the fewest of them have."""
        words = {text: self._words_of(text) for text in marked}
        counts = Counter(word for each in words.values() for word in each)
        found = defaultdict(list)
        for text, each in words.items():
            if each:
                found[min(each, key=lambda word: (counts[word], word))].append(text)
        return found

    def _same(self, paragraph: str, by_word: Mapping[str, list[str]]) -> str:
        """The redacted paragraph that a typed one is without its passage, else the typed one."""
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
        """The passages that stored marks stand for in a typed one; none where words beside them differ."""
        literals = self._any_mark.split(_on_one_line(stored))
        marks, gap = literals[1::2], _on_one_line(gap)
        if len(marks) > MAX_MARKS or len(gap) > MAX_PASSAGE:
            return set()
        pattern = "(.+)".join(map(re.escape, literals[::2]))
        passages = found.groups() if (found := re.fullmatch(pattern, gap)) else ()
        return set(passages) if passages and all(map(self._is_passage, passages, marks)) else set()

    def _is_passage(self, text: str, sign: str) -> bool:
        """Whether a text has as many words as the passage of this mark, and no sign around them."""
        are_words = [token.is_word for token in self._tokens_of(text)]
        return are_words[0] and are_words[-1] and sum(are_words) in self.marks[self._marks_of[sign]]

    def _parts_of(self, gap: str, stored: str) -> frozenset[str]:
        """As many words of what was typed as a passage has, at each place, with and without the letters at a mark."""
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
    """The marks of all redactions of a publication, as they are spelled in plain text and in Markdown."""
    details = [line.detail for line in publication.audit_entries.filter(action=ActionType.REDACT)]
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
