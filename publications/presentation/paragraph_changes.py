"""What has become of each paragraph of a superseded edition in the live one, as notes below the paragraphs.

A paragraph keeps its id from edition to edition while it changes, so that two of one id are versions of one. Texts,
links and pictures are compared as on the page of changes, to which a note leads.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from publications.diff import DiffBlock, blocks_of_html
from publications.models import Edition

from .links import changes_url


class ParagraphChange(StrEnum):
    """What has become of a paragraph."""

    KEPT = "kept"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class ParagraphNotes:
    """The notes by the ids of paragraphs, and all of them in one line; both are empty for a text without paragraphs."""

    notes: Mapping[str, SafeString]
    summary: str = ""


def build_paragraph_notes(edition: Edition, live: Edition) -> ParagraphNotes:
    """Return the notes on a superseded edition.

    Of a retracted publication there are none: what stands in its text does not count any more.
    """
    changes = {} if live.is_retracted else paragraph_changes(edition, live)
    if not changes:
        return ParagraphNotes({})
    url = f"{changes_url(live, live.number)}?from={edition.number}"
    notes = {anchor: _render_note(change, f"{url}#{anchor}", edition) for anchor, change in changes.items()}
    return ParagraphNotes(notes, _summarize(changes))


def paragraph_changes(edition: Edition, live: Edition) -> dict[str, ParagraphChange]:
    """Return what has become of each paragraph of an edition, by its id."""
    before, after = (_paragraphs_by_anchor(each) for each in (edition, live))
    standing = {block.key for block in after.values()}
    return {anchor: _find_change(block, after.get(anchor), standing) for anchor, block in before.items()}


def _find_change(
    block: DiffBlock, later: DiffBlock | None, standing: set[tuple[str, ...]]
) -> ParagraphChange:
    if block.key in standing:  # also under another id
        return ParagraphChange.KEPT
    return ParagraphChange.CHANGED if later else ParagraphChange.REMOVED


def _paragraphs_by_anchor(edition: Edition) -> dict[str, DiffBlock]:
    return {block.anchor: block for block in blocks_of_html(edition.html) if block.anchor}


def _render_note(change: ParagraphChange, url: str, edition: Edition) -> SafeString:
    language = get_language() or ""
    return render_to_string(
        "partials/paragraph_note.html",
        {"change": change.value, "url": url, "language": "" if edition.language == language else language},
    )


def _summarize(changes: Mapping[str, ParagraphChange]) -> str:
    counts = Counter(changes.values())
    return gettext(
        "Paragraphs that stand as they were: %(kept)d. Changed since: %(changed)d. No longer there: %(removed)d."
    ) % {change.value: counts[change] for change in ParagraphChange}
