"""Compare a form that is older than a redaction with the redacted draft, so that no passage comes back unseen.

The passage itself is stored nowhere. What the form holds is compared with the draft of the time as redaction left it:
words of the form that stand where that draft has a mark are taken for the passage. Where a mark was empty, or is not
known, any change may hold it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from publications import prose
from publications.difference import Block, Budget, Side, joined, match, paragraphs_of, tokens_of
from publications.models import DeedKind, Publication

MAX_PASSAGE = 100
"""Characters of the form that are taken for one passage: more than these may hold words that were added beside it."""
MIN_PASSAGE = 3
STEPS = 400_000


@dataclass
class Redactions:
    """The marks that redactions left in a publication, and the passages that a form shows to have stood there."""

    marks: tuple[str, ...]
    are_known: bool
    passages: set[str] = field(default_factory=set)
    budget: Budget = field(default_factory=lambda: Budget(STEPS))

    def may_touch(self, redacted: str) -> bool:
        """Whether a passage may have stood in this text of the redacted draft."""
        return not self.are_known or any(mark in redacted for mark in self.marks)

    def holds_passage(self, text: str) -> bool:
        return any(prose.Redaction(passage, "").is_in(text) for passage in self.passages)

    def redact(self, typed: str, redacted: str) -> str:
        """Return the typed text with the marks of the redacted one, where the words around them are the same."""
        before, after = _tokens(redacted, self.marks), tokens_of(typed)
        pairs = match([key for key, _text in before], [token.key.strip() for token in after], self.budget)
        if not any(after[other].is_word for _one, other in pairs):
            return typed
        parts, passages = [], set()
        start = other_start = 0
        for one, other in [*pairs, (len(before), len(after))]:
            gap = "".join(token.text for token in after[other_start:other])
            stored = before[start:one]
            if any(key is None for key, _text in stored):
                if len(gap) > MAX_PASSAGE:
                    return typed
                passages.add(gap.strip())
                gap = "".join(text for _key, text in stored)
            parts.append(gap)
            if one < len(before):
                parts.append(before[one][1])
            start, other_start = one + 1, other + 1
        clean = "".join(parts)
        if clean == redacted:
            self.passages |= {text for text in passages - {*self.marks} if len(text) >= MIN_PASSAGE}
        return clean

    def redact_paragraphs(self, typed: str, redacted: str) -> str:
        """Redact each typed paragraph like the one of the draft that it was."""
        base, paragraphs = paragraphs_of(redacted), paragraphs_of(typed)
        marked = [text for text in base if any(mark in text for mark in self.marks)]
        stored = set(base)
        for place, paragraph in enumerate(paragraphs):
            if paragraph not in stored:
                same = (text for text in marked if self.redact(paragraph, text) == text)
                paragraphs[place] = next(same, paragraph)
        side = Side(base, joined(paragraphs))
        pairs = {text: base[place] for place, text in side.now.items() if base[place] in marked}
        return joined([self.redact(text, pairs[text]) if text in pairs else text for text in paragraphs])

    def is_hard_to_tell(self, typed: str, redacted: str) -> bool:
        """Whether a typed paragraph may be a redacted one that was moved, divided or written anew."""
        base = paragraphs_of(redacted)
        side = Side(base, typed)
        put_in = [text for texts in side.put_in.values() for text in texts]
        if put_in and not self.are_known:
            return True  # a paragraph that was the passage alone is gone
        touched = [text for text in base if self.may_touch(text)]
        gone = any(place not in side.now and self.may_touch(text) for place, text in enumerate(base))
        return bool(put_in) and (gone or any(_is_part(text, other) for text in put_in for other in touched))


def _tokens(redacted: str, marks: tuple[str, ...]) -> list[tuple[str | None, str]]:
    """The words of a redacted text with their keys; a mark has none."""
    return list(_divided(redacted, sorted(marks, key=len, reverse=True)))


def _divided(text: str, marks: list[str]) -> Iterator[tuple[str | None, str]]:
    if not marks:
        yield from ((token.key.strip(), token.text) for token in tokens_of(text))
        return
    first, *rest = marks
    for number, part in enumerate(text.split(first)):
        if number:
            yield None, first
        yield from _divided(part, rest)


def _is_part(text: str, other: str) -> bool:
    words, others = (Block("paragraph", tokens_of(each)).words for each in (text, other))
    return len(words & others) * 2 >= len(words)


def redactions_of(piece: Publication) -> Redactions:
    """The marks of all redactions of a publication, as they are spelled in plain text and in Markdown."""
    marks = [line.detail.get("mark", "") for line in piece.audit.filter(deed=DeedKind.REDACT)]
    spellings = {spelling for mark in marks if mark for spelling in (mark, prose.spelled(mark))}
    return Redactions(tuple(spellings), are_known=bool(marks) and all(marks))
