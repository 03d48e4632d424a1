"""What has become of the text of a superseded edition in the live one, as notes beside its passages and in one line.

A paragraph keeps its id from edition to edition while it changes, so that two of one id are versions of one. Of other
passages (headings, list items, table rows, pictures, footnotes) only whether they stand is known. Texts, links and
pictures are compared as on the page of changes, to which a note leads.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext, ngettext

from publications.diff import DiffBlock, blocks_by_element
from publications.html_tree import Element, parse, serialize
from publications.models import Edition

from .comparison import COMPARED_COLUMNS
from .links import changes_url

BlockKey = tuple[str, ...]
COUNT_LABELS: Mapping[str, Callable[[int], str]] = {
    "heading": lambda n: ngettext("%d heading", "%d headings", n),
    "item": lambda n: ngettext("%d list item", "%d list items", n),
    "row": lambda n: ngettext("%d table row", "%d table rows", n),
    "picture": lambda n: ngettext("%d picture", "%d pictures", n),
    "caption": lambda n: ngettext("%d caption", "%d captions", n),
    "note": lambda n: ngettext("%d footnote", "%d footnotes", n),
    "": lambda n: ngettext("%d other passage", "%d other passages", n),
}
"""The labels of passages that are no paragraphs, by the kind of their blocks; "" of those that are not named."""


class ParagraphChange(StrEnum):
    """What has become of a paragraph: NOTES_CHANGED if it stands and a footnote of it does not."""

    KEPT = "kept"
    CHANGED = "changed"
    REMOVED = "removed"
    NOTES_CHANGED = "notes"


OTHER_CHANGED = "other"
"""In place of a `ParagraphChange`: an element that is no paragraph has a passage that does not stand."""


@dataclass(frozen=True)
class EditionNotes:
    """The stored HTML of an edition with its notes, and all of them in one line; both are "" without any."""

    html: str = ""
    summary: str = ""


class EditionText:
    """The text of an edition as blocks. `root` is its tree, `elements` are the parts of it with their blocks."""

    def __init__(self, html: str) -> None:
        self.root = parse(html)
        self.elements = blocks_by_element(self.root)
        self._notes = {
            element.get("id").removeprefix("fn-"): blocks
            for element, blocks in self.elements
            if element.get("id").startswith("fn-")
        }

    @cached_property
    def paragraphs(self) -> dict[str, DiffBlock]:
        """The paragraphs by their ids."""
        return {block.anchor: block for block in self._blocks() if block.is_paragraph}

    @cached_property
    def others(self) -> list[DiffBlock]:
        """The blocks that are no paragraphs."""
        return [block for block in self._blocks() if not block.is_paragraph]

    def _blocks(self) -> Iterator[DiffBlock]:
        return (block for _element, blocks in self.elements for block in blocks)

    def notes_of(self, block: DiffBlock) -> list[DiffBlock]:
        """Return the blocks of the footnotes that a block refers to, and of those that these refer to."""
        numbers = _references_in([block])
        for number in numbers:
            numbers += [
                other for other in _references_in(self._notes.get(number, ())) if other not in numbers
            ]
        return [block for number in numbers for block in self._notes.get(number, ())]

    def full_key(self, block: DiffBlock) -> tuple[BlockKey, ...]:
        """Return the value by which blocks with their footnotes are equal."""
        return (block.key, *(note.key for note in self.notes_of(block)))


def _references_in(blocks: Iterable[DiffBlock]) -> list[str]:
    """Return the numbers of the footnotes that blocks refer to, each once."""
    tokens = (token for block in blocks for token in block.tokens if token.role == "note")
    return list(dict.fromkeys(token.text for token in tokens))


def build_edition_notes(edition: Edition, live: Edition) -> EditionNotes:
    """Return the notes on a superseded edition.

    Of a retracted publication there are none: what stands in its text does not count any more.
    """
    if live.is_retracted:
        return EditionNotes()
    before, after = EditionText(edition.html), EditionText(live.html)
    changes = _compare_paragraphs(before, after)
    url = f"{changes_url(live, live.number)}?from={edition.number}"
    notes: dict[Element, list[Element | str]] = {}
    standing = {block.key for block in after.others}
    for element, blocks in before.elements:
        for paragraph in element.find_all("p"):
            if change := changes.get(paragraph.get("id")):
                notes[paragraph] = _build_note(change, f"{url}#{paragraph.get('id')}", edition)
        changed = next((block for block in blocks if not (block.is_paragraph or block.key in standing)), None)
        if changed:
            notes[element] = _build_note(OTHER_CHANGED, f"{url}#{changed.anchor}", edition)
    _insert_notes(before.root, notes)
    summary = " ".join(
        [*_count_paragraphs(before, after, changes), *_name_others(edition, live, before, after)]
    )
    return EditionNotes("".join(map(serialize, before.root.children)), summary)


def paragraph_changes(edition: Edition, live: Edition) -> dict[str, ParagraphChange]:
    """Return what has become of each paragraph of an edition, by its id."""
    return _compare_paragraphs(EditionText(edition.html), EditionText(live.html))


def _compare_paragraphs(before: EditionText, after: EditionText) -> dict[str, ParagraphChange]:
    standing = {block.key for block in after.paragraphs.values()}  # also under another id
    standing_with_notes = {after.full_key(block) for block in after.paragraphs.values()}

    def find_change(anchor: str, block: DiffBlock) -> ParagraphChange:
        if before.full_key(block) in standing_with_notes:
            return ParagraphChange.KEPT
        if block.key in standing:
            return ParagraphChange.NOTES_CHANGED
        return ParagraphChange.CHANGED if anchor in after.paragraphs else ParagraphChange.REMOVED

    return {anchor: find_change(anchor, block) for anchor, block in before.paragraphs.items()}


def _build_note(change: str, url: str, edition: Edition) -> list[Element | str]:
    language = get_language() or ""
    context = {"change": change, "url": url, "language": "" if edition.language == language else language}
    return parse(render_to_string("partials/paragraph_note.html", context)).children


def _insert_notes(parent: Element, notes: Mapping[Element, list[Element | str]]) -> None:
    """Insert notes after their elements; that on a footnote at its end."""
    children: list[Element | str] = []
    for child in parent.children:
        children.append(child)
        if isinstance(child, Element):
            _insert_notes(child, notes)
            (child.children if child.tag == "li" else children).extend(notes.get(child, ()))
    parent.children = children


def _count_paragraphs(
    before: EditionText, after: EditionText, changes: Mapping[str, ParagraphChange]
) -> Iterator[str]:
    if not changes:
        return
    counts = Counter(changes.values())
    keys = {block.key for block in before.paragraphs.values()}
    added = [
        anchor
        for anchor, block in after.paragraphs.items()
        if anchor not in changes and block.key not in keys
    ]
    text = gettext(
        "Paragraphs that stand as they were: %(kept)d. Changed since: %(changed)d. No longer there: %(removed)d. "
        "New: %(added)d."
    )
    yield text % {
        "kept": counts[ParagraphChange.KEPT],
        "changed": counts[ParagraphChange.CHANGED] + counts[ParagraphChange.NOTES_CHANGED],
        "removed": counts[ParagraphChange.REMOVED],
        "added": len(added),
    }


def _name_others(edition: Edition, live: Edition, before: EditionText, after: EditionText) -> Iterator[str]:
    """Yield a sentence that names what else differs: "Other changes: summary, 1 table row.\""""
    names = [
        str(Edition._meta.get_field(column.name).verbose_name)
        for column in COMPARED_COLUMNS
        if getattr(edition, column.name) != getattr(live, column.name)
    ]
    counts = _count_others(before.others, after.others)
    names += [label(counts[kind]) % counts[kind] for kind, label in COUNT_LABELS.items() if counts[kind]]
    if names:
        yield gettext("Other changes: %(parts)s.") % {"parts": ", ".join(names)}


def _count_others(before: Iterable[DiffBlock], after: Iterable[DiffBlock]) -> Counter[str]:
    """Return how many blocks are changed, removed or new, by kind."""
    old, new = (Counter(block.key for block in blocks) for blocks in (before, after))
    removed, added = (
        Counter(key[0] if key[0] in COUNT_LABELS else "" for key in difference.elements())
        for difference in (old - new, new - old)
    )
    return removed | added  # of a changed block there are both
