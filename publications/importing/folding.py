"""The lines of many files folded by topic: how many there are in how many files, and the first of them.

What somebody has to look at (a file refused, a piece held back, words lost) is told whole, up to a page of it.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .account import OUTCOMES, TOPICS, Entry, Outcome, by_text

NAMES = {"refused": OUTCOMES[Outcome.REFUSED], "kept": OUTCOMES[Outcome.KEPT], **TOPICS}
TO_BE_SEEN = (
    "refused", "kept", "held", "still-public", "render", "words", "missing", "redirect", "address", "author",
    "link-gone", "yaml", "manuscript", "encoding", "characters",
)  # fmt: skip
OF_FEW_REASONS = ("refused", "kept", "held", "still-public")
EXAMPLES, A_PAGE = 3, 40
MOST_LINES = 2  # of an example


def by_topic(entries: Sequence[Entry], width: int) -> Iterator[str]:
    """Each topic with its figures and examples, in the order of `NAMES`."""
    found: dict[str, list[tuple[str, str]]] = {topic: [] for topic in NAMES}
    for entry in entries:
        for line in entry.lines:
            found.setdefault(line.topic, []).append((entry.source, line.text))
    for topic, lines in found.items():
        if lines and topic in OF_FEW_REASONS:
            yield from _by_reason(str(NAMES[topic]), by_text(entries, topic), width)
        elif lines:
            yield from _topic(
                str(NAMES.get(topic, topic)), lines, A_PAGE if topic in TO_BE_SEEN else EXAMPLES, width
            )


def _by_reason(name: str, reasons: Mapping[str, Sequence[Entry]], width: int) -> Iterator[str]:
    """A topic whose lines are the same few sentences: each sentence once, with the files that it is of."""
    files = len({entry.source for entries in reasons.values() for entry in entries})
    yield from wrapped(f"{name}: {files}", width)
    for reason, entries in islice(reasons.items(), A_PAGE):
        yield from wrapped(f"{len(entries)}: {reason}", width, indent=2)
        for entry in entries[:EXAMPLES]:
            yield from wrapped(entry.source, width, indent=6, most=MOST_LINES)
        if len(entries) > EXAMPLES:
            yield from wrapped(_("… and %d more") % (len(entries) - EXAMPLES), width, indent=6)
    if len(reasons) > A_PAGE:
        yield from wrapped(_("… and %d more") % (len(reasons) - A_PAGE), width, indent=2)


def _topic(name: str, lines: list[tuple[str, str]], most: int, width: int) -> Iterator[str]:
    files = len({source for source, _text in lines})
    where = ngettext("in %d file", "in %d files", files) % files
    yield from wrapped(f"{name}: {len(lines)}, {where}", width)
    for source, text in lines[:most]:
        yield from wrapped(f"{source}: {text}", width, indent=4, most=MOST_LINES)
    if len(lines) > most:
        yield from wrapped(_("… and %d more") % (len(lines) - most), width, indent=4)


def wrapped(text: str, width: int, *, indent: int = 0, most: int | None = None) -> list[str]:
    """A text as lines of that width. Addresses are not divided at their hyphens."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_on_hyphens=False,
        max_lines=most,
        placeholder=" …",
    )
