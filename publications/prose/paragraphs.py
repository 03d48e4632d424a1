"""Paragraph ids: short, made from the words at first, and then carried along as the words change."""

import re
from base64 import b32encode
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from publications.html_tree import Element

from .anchors import Anchors
from .carrying import carry
from .parts import Paragraph
from .plaintext import words_of

ANCHOR = re.compile(r"p-[a-z2-7]{6}(-[0-9]+)?")


def name_paragraphs(tree: Element, carried: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """Give every paragraph of the body its id: the one it had in the edition before, or a new one."""
    before = list({old.anchor: old for old in carried if ANCHOR.fullmatch(old.anchor)}.values())
    found = [(element, text) for element in _paragraphs(tree) if (text := words_of(element))]
    kept = carry([text for _node, text in found], [old.text for old in before])
    anchors = Anchors(old.anchor for old in before)
    named = []
    for place, (element, text) in enumerate(found):
        anchor = before[kept[place]].anchor if place in kept else anchors.give(_new(text))
        element.attributes = {"id": anchor} | element.attributes
        named.append(Paragraph(anchor, text))
    return tuple(named)


def _paragraphs(element: Element) -> Iterator[Element]:
    """Paragraphs of the text itself and of its quotations."""
    for child in element.children:
        if isinstance(child, Element) and child.tag == "p":
            yield child
        elif isinstance(child, Element) and child.tag == "blockquote":
            yield from _paragraphs(child)


def _new(text: str) -> str:
    digest = blake2b(text.encode(), digest_size=5).digest()
    return f"p-{b32encode(digest).decode().lower()[:6]}"
