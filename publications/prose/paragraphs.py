"""Paragraph ids: short, made from the words at first, and then carried along as the words change."""

import re
from base64 import b32encode
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from hashlib import blake2b

from .anchors import Anchors
from .parts import Paragraph
from .plaintext import words_of
from .tree import Node

ANCHOR = re.compile(r"p-[a-z2-7]{6}(-[0-9]+)?")
LIKENESS = 0.5
WIDEST_GAP = 20
MOST_COMPARISONS = 4_000
LONGEST = 200  # words of a paragraph that are compared


def name_paragraphs(tree: Node, carried: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """Give every paragraph of the body its id: that of the paragraph it was in the edition before, or a new one."""
    before = list({paragraph.anchor: paragraph for paragraph in carried if ANCHOR.fullmatch(paragraph.anchor)}.values())
    nodes = [node for node in _paragraphs(tree) if words_of(node)]
    texts = [words_of(node) for node in nodes]
    kept = carry(texts, [paragraph.text for paragraph in before])
    anchors = Anchors(paragraph.anchor for paragraph in before)
    named = []
    for place, (node, text) in enumerate(zip(nodes, texts, strict=True)):
        anchor = before[kept[place]].anchor if place in kept else anchors.give(_new(text))
        node.attributes = {"id": anchor} | node.attributes
        named.append(Paragraph(anchor, text))
    return tuple(named)


def _paragraphs(node: Node) -> Iterator[Node]:
    for child in node.children:
        if isinstance(child, Node) and child.tag == "p":
            yield child
        elif isinstance(child, Node) and child.tag == "blockquote":
            yield from _paragraphs(child)


def _new(text: str) -> str:
    digest = blake2b(text.encode(), digest_size=5).digest()
    return f"p-{b32encode(digest).decode().lower()[:6]}"


def carry(texts: Sequence[str], before: Sequence[str]) -> dict[int, int]:
    """Which paragraph was which: the same words wherever they stand, else the most like within its gap."""
    kept = _same(texts, before)
    comparisons = 0
    for new, old in list(_gaps(kept, len(texts), len(before))):
        comparisons += len(new) * len(old)
        if comparisons > MOST_COMPARISONS:
            break
        kept |= _most_alike(new, old, texts, before)
    return kept


def _same(texts: Sequence[str], before: Sequence[str]) -> dict[int, int]:
    places: dict[str, deque[int]] = defaultdict(deque)
    for place, text in enumerate(before):
        places[text].append(place)
    return {place: places[text].popleft() for place, text in enumerate(texts) if places.get(text)}


def _gaps(kept: dict[int, int], new_length: int, old_length: int) -> Iterator[tuple[list[int], list[int]]]:
    """Runs of new paragraphs with the old ones that stood in the same place."""
    used = set(kept.values())
    last_new = last_old = -1
    for new, old in [*_in_order(kept), (new_length, old_length)]:
        fresh = [place for place in range(last_new + 1, new) if place not in kept]
        left = [place for place in range(last_old + 1, old) if place not in used]
        if fresh and left:
            yield fresh[:WIDEST_GAP], left[:WIDEST_GAP]
        last_new, last_old = new, old


def _in_order(kept: dict[int, int]) -> list[tuple[int, int]]:
    """The longest series of pairs that kept their order: what moved does not tell where a gap is."""
    ends: list[int] = []
    series: list[tuple[int, int, int]] = []  # new place, old place, index of the pair before
    tops: list[int] = []
    for new, old in sorted(kept.items()):
        length = bisect_left(ends, old)
        series.append((new, old, tops[length - 1] if length else -1))
        ends[length : length + 1] = [old]
        tops[length : length + 1] = [len(series) - 1]
    chain: list[tuple[int, int]] = []
    place = tops[-1] if tops else -1
    while place >= 0:
        new, old, place = series[place]
        chain.append((new, old))
    return chain[::-1]


def _most_alike(new: list[int], old: list[int], texts: Sequence[str], before: Sequence[str]) -> dict[int, int]:
    likeness = [(_likeness(texts[one], before[other]), -one, -other) for one in new for other in old]
    kept: dict[int, int] = {}
    for degree, one, other in sorted(likeness, reverse=True):
        if degree >= LIKENESS and -one not in kept and -other not in kept.values():
            kept[-one] = -other
    return kept


def _likeness(text: str, other: str) -> float:
    """How much of the words two paragraphs share in the same order, from 0 to 1."""
    words, others = text.split()[:LONGEST], other.split()[:LONGEST]
    shared = (Counter(words) & Counter(others)).total()
    if 2 * shared < LIKENESS * (len(words) + len(others)):
        return 0.0
    return SequenceMatcher(None, words, others, autojunk=False).ratio()
