"""Find redacted passages in a form that was opened before the redaction, so that they are not stored again.

The passage itself is not stored, only the mark that replaced it and its number of words. Values of the form are
compared with the redacted draft that it was opened from: that many words in the place of a mark are taken for the
passage. If there are more or fewer, text was typed beside it, and the paragraph counts as changed. If a mark was empty
or is unknown, any change may contain the passage.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from publications import markup
from publications.diff import Budget, TextSide, join_paragraphs, match, split_paragraphs, tokens_of
from publications.models import ActionType, Publication

MAX_PASSAGE_CHARACTERS = 100
"""The longest passage that is recognised, in characters."""
MAX_ADJACENT_MARKS = 2
"""Adjacent marks that are distinguished."""
MIN_PASSAGE_CHARACTERS = 3
MAX_STEPS = 400_000
FIRST_PLACEHOLDER = 0x10FF00
"""Marks are replaced by private-use characters for the comparison: each forms one word with adjacent letters."""


@dataclass(frozen=True)
class MarkedText:
    """A form value with the marks of the redacted text, and the passages that were in their places."""

    text: str
    passages: frozenset[str] = frozenset()
    ambiguous: tuple[tuple[str, frozenset[str]], ...] = ()
    """Texts in the place of a mark that contain more than the passage, with the parts that may be the passage."""


@dataclass
class RedactedPassages:
    """The marks of all redactions of a publication, and the passages that are found in a form.

    Attributes:
        marks: each mark with the numbers of words of its passages; empty if one is unknown.
        are_all_known: whether each redaction left a mark.
        passages: passages that were found in the form.
        ambiguous: texts of the form that contain more than a passage, with the parts that may be the passage.
    """

    marks: Mapping[str, frozenset[int]]
    are_all_known: bool
    passages: set[str] = field(default_factory=set)
    ambiguous: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    budget: Budget = field(default_factory=lambda: Budget(MAX_STEPS))

    def __post_init__(self) -> None:
        longest_first = sorted(self.marks, key=len, reverse=True)
        self._placeholders = {
            mark: chr(FIRST_PLACEHOLDER + number) for number, mark in enumerate(longest_first)
        }
        self._mark_by_placeholder = {placeholder: mark for mark, placeholder in self._placeholders.items()}
        self._placeholder_pattern = re.compile(
            f"([{''.join(self._mark_by_placeholder)}])" if self._mark_by_placeholder else "((?!))"
        )
        self._tokens: dict[str, tuple] = {}
        self._keys: dict[str, list[str]] = {}
        self._redactions: dict[str, markup.Redaction] = {}

    def may_be_redacted(self, redacted: str) -> bool:
        """Return whether this text of the redacted draft may have contained a passage."""
        return not self.are_all_known or self._has_mark(redacted)

    def contains_passage(self, text: str) -> bool:
        return any(redaction.is_in(text) for redaction in self._known_redactions())

    def is_in_address(self, address: str) -> bool:
        """Return whether an address was made from a passage."""
        return any(redaction.is_in_text_or_address(address) for redaction in self._known_redactions())

    def may_contain_passage(self, texts: Iterable[str]) -> bool:
        """Return whether one of these texts contains a part of the form that may be a passage."""
        parts = {part for gap, parts in self.ambiguous if not self.contains_passage(gap) for part in parts}
        text = "\0".join(map(_fold, texts)) if parts else ""
        return any(part in text for part in parts)

    def redact(self, submitted: str, redacted: str) -> str:
        """Return the form value with the marks of the redacted text, where the words around them are the same."""
        return self._record(self._restore_marks(submitted, redacted), redacted)

    def redact_paragraphs(self, submitted: str, redacted: str) -> str:
        """Redact each paragraph of a form value like the paragraph of the draft that it came from."""
        base, paragraphs = split_paragraphs(redacted), split_paragraphs(submitted)
        marked = dict.fromkeys(filter(self._has_mark, base))
        stored, by_word = set(base), self._index_by_rarest_word(marked)
        for index, paragraph in enumerate(paragraphs):
            if paragraph not in stored:
                paragraphs[index] = self._match_paragraph(paragraph, by_word)
        side = TextSide(base, join_paragraphs(paragraphs))
        pairs = {text: base[index] for index, text in side.current.items() if base[index] in marked}
        return join_paragraphs([self.redact(text, pairs.get(text, text)) for text in paragraphs])

    def is_ambiguous(self, submitted: str, redacted: str) -> bool:
        """Return whether a paragraph of the form may be a redacted one that was moved, divided or rewritten."""
        base = split_paragraphs(redacted)
        side = TextSide(base, submitted)
        inserted = [text for texts in side.inserted.values() for text in texts]
        if inserted and not self.are_all_known:
            return True  # redaction removes a paragraph that has only the passage
        changed = {index for index, text in side.current.items() if text != base[index]}
        if self.may_contain_passage(
            [*inserted, *(side.current[index] for index in changed if not self.may_be_redacted(base[index]))]
        ):
            return True
        if inserted and any(
            index not in side.current and self.may_be_redacted(text) for index, text in enumerate(base)
        ):
            return True
        inserted_words = [self._get_words(text) for text in inserted]
        redacted_words = [self._get_words(text) for text in base if self.may_be_redacted(text)]
        return any(_has_half_of(words, others) for words in inserted_words for others in redacted_words)

    def _known_redactions(self) -> Iterator[markup.Redaction]:
        for passage in self.passages:
            if passage not in self._redactions:
                self._redactions[passage] = markup.Redaction(passage, "")
            yield self._redactions[passage]

    def _has_mark(self, text: str) -> bool:
        return any(mark in text for mark in self.marks)

    def _encode_marks(self, text: str) -> str:
        for mark, placeholder in self._placeholders.items():
            text = text.replace(mark, placeholder)
        return text

    def _decode_marks(self, text: str) -> str:
        return self._placeholder_pattern.sub(
            lambda placeholder: self._mark_by_placeholder[placeholder[1]], text
        )

    def _get_tokens(self, text: str) -> tuple:
        if text not in self._tokens:
            self._tokens[text] = tokens_of(self._encode_marks(text))
        return self._tokens[text]

    def _get_keys(self, text: str) -> list[str]:
        if text not in self._keys:
            self._keys[text] = [token.key.strip() for token in self._get_tokens(text)]
        return self._keys[text]

    def _contains_words(self, submitted: str, redacted: str) -> bool:
        """Return whether a form value has all words of the redacted text except its marks, in the same order."""
        keys = iter(self._get_keys(submitted))
        return all(
            key in keys for key in self._get_keys(redacted) if not self._placeholder_pattern.search(key)
        )

    def _get_words(self, text: str) -> frozenset[str]:
        """Return the words of a text that contain no mark."""
        words = (token.key.strip() for token in self._get_tokens(text) if token.is_word)
        return frozenset(word for word in words if not self._placeholder_pattern.search(word))

    def _index_by_rarest_word(self, marked: Iterable[str]) -> dict[str, list[str]]:
        """Return the redacted paragraphs by their rarest word."""
        words = {text: self._get_words(text) for text in marked}
        counts = Counter(word for words_of_text in words.values() for word in words_of_text)
        by_word = defaultdict(list)
        for text, words_of_text in words.items():
            if words_of_text:
                by_word[min(words_of_text, key=lambda word: (counts[word], word))].append(text)
        return by_word

    def _match_paragraph(self, paragraph: str, by_word: Mapping[str, list[str]]) -> str:
        """Return the redacted paragraph that a paragraph equals without its passage, else the paragraph."""
        for word in sorted(self._get_words(paragraph)):
            for text in by_word.get(word, ()):
                if (
                    self._contains_words(paragraph, text)
                    and (marked_text := self._restore_marks(paragraph, text)).text == text
                ):
                    return self._record(marked_text, text)
        return paragraph

    def _record(self, marked_text: MarkedText, redacted: str) -> str:
        if marked_text.text == redacted:
            self.passages |= {text for text in marked_text.passages if len(text) >= MIN_PASSAGE_CHARACTERS}
        else:
            self.ambiguous += [
                *marked_text.ambiguous,
                *((text, frozenset({_fold(text)})) for text in marked_text.passages),
            ]
        return marked_text.text

    def _restore_marks(self, submitted: str, redacted: str) -> MarkedText:
        if submitted == redacted or not self._has_mark(redacted):
            return MarkedText(submitted)
        before, after = self._get_tokens(redacted), self._get_tokens(submitted)
        pairs = match(self._get_keys(redacted), self._get_keys(submitted), self.budget)
        parts, passages, ambiguous = [], set(), []
        for (start, other_start), (index, other_index) in pairwise(
            [(-1, -1), *pairs, (len(before), len(after))]
        ):
            stored, gap = _text(before[start + 1 : index]), _text(after[other_start + 1 : other_index])
            if self._placeholder_pattern.search(stored):
                gap_passages = self._find_passages(gap, stored)
                passages |= gap_passages
                ambiguous += [] if gap_passages else [(gap, self._candidates_in(gap, stored))]
                gap = stored
            parts += [gap, _text(before[index : index + 1])]
        is_certain = not ambiguous and any(after[other_index].is_word for _one, other_index in pairs)
        return MarkedText(
            self._decode_marks("".join(parts)) if is_certain else submitted,
            frozenset(passages),
            tuple(ambiguous),
        )

    def _find_passages(self, gap: str, stored: str) -> set[str]:
        """Return the passages in the places of stored marks; none if other words differ."""
        literals = self._placeholder_pattern.split(_on_one_line(stored))
        marks, gap = literals[1::2], _on_one_line(gap)
        if len(marks) > MAX_ADJACENT_MARKS or len(gap) > MAX_PASSAGE_CHARACTERS:
            return set()
        pattern = "(.+)".join(map(re.escape, literals[::2]))
        passages = match_of_gap.groups() if (match_of_gap := re.fullmatch(pattern, gap)) else ()
        return set(passages) if passages and all(map(self._may_be_passage, passages, marks)) else set()

    def _may_be_passage(self, text: str, placeholder: str) -> bool:
        """Return whether a text has as many words as a passage of this mark, and starts and ends with one."""
        are_words = [token.is_word for token in self._get_tokens(text)]
        word_counts = self.marks[self._mark_by_placeholder[placeholder]]
        return are_words[0] and are_words[-1] and sum(are_words) in word_counts

    def _candidates_in(self, gap: str, stored: str) -> frozenset[str]:
        """Return all parts of a text with as many words as a passage, with and without the letters at a mark."""
        tokens = self._get_tokens(gap)
        indexes = [index for index, token in enumerate(tokens) if token.is_word]
        placeholders = self._placeholder_pattern.findall(stored)
        marks = [self._mark_by_placeholder[placeholder] for placeholder in placeholders]
        size = min((number for mark in marks for number in self.marks[mark]), default=1)
        ends = zip(indexes, indexes[size - 1 :], strict=False)
        parts = {_on_one_line(_text(tokens[start : end + 1])) for start, end in ends}
        literals = self._placeholder_pattern.split(stored)[::2]
        for left, right in pairwise(literals):
            before, after = re.search(r"\S*\Z", left)[0], re.match(r"\S*", right)[0]
            parts |= {part.removeprefix(before).removesuffix(after) for part in parts}
        return frozenset(_fold(part) for part in parts if len(part) >= MIN_PASSAGE_CHARACTERS)


def _text(tokens: Iterable) -> str:
    return "".join(token.text for token in tokens)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _fold(text: str) -> str:
    return _on_one_line(markup.fold(text)).casefold()


def _has_half_of(words: frozenset[str], others: frozenset[str]) -> bool:
    """Return whether at least half of the words are among the others."""
    return len(words & others) * 2 >= len(words)


def load_redacted_passages(publication: Publication) -> RedactedPassages:
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
    return RedactedPassages(marks, are_all_known=bool(numbers) and all(numbers))
