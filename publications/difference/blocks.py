"""Blocks: what a text is compared by before its words are. Paragraphs of a plain text, parts of a page."""

import re
from dataclasses import dataclass
from functools import cached_property

from .words import Token, tokens_of

GAP = "\n\n"
_BREAK = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, item or row (`kind`) as its words; blocks of two kinds are never the same."""

    kind: str
    tokens: tuple[Token, ...]

    @cached_property
    def key(self) -> tuple[str, ...]:
        """What makes it the same as another block."""
        return (self.kind, *(token.key for token in self.tokens))

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words without their order: how alike two blocks are is judged by these."""
        return frozenset(token.key.strip() for token in self.tokens if token.is_word)

    @property
    def text(self) -> str:
        return "".join(token.text for token in self.tokens)


def paragraphs_of(text: str) -> list[str]:
    """A text as its paragraphs, each with the empty lines before it; the first has one put before it.

    Joined, and without the first empty line, they are the text again, to the character.
    """
    whole = f"{GAP}{text}"
    starts = [match.start() for match in _BREAK.finditer(whole) if match.end() < len(whole)]
    if not starts:
        return [whole] if text else []
    ends = [*starts[1:], len(whole)]
    return [whole[start:end] for start, end in zip(starts, ends, strict=True)]


def joined(paragraphs: list[str]) -> str:
    """The text whose paragraphs these are."""
    return "".join(paragraphs).removeprefix(GAP)


def blocks_of_text(text: str) -> list[Block]:
    """The paragraphs of a plain text or of Markdown."""
    return [Block("paragraph", tokens_of(paragraph)) for paragraph in paragraphs_of(text)]
