"""The notes of earlier runs that still hold, as a run has not stored the texts that they are about.

A file or a setting may have changed, so that the notes of a new run are about a text that is not on the site: an editor
has changed the draft, which stays, or the run only checks.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from publications.stored_messages import Stored

from .batches import STORED
from .hidden_links import HIDDEN_LINK
from .imported_file import STILL_PUBLIC
from .left_ticks import build_mark
from .report import FileOutcome

HELD_NOTES = "held_notes"
"""The part of a stored report with the notes of earlier runs: of each its topic, the place of its text, its text."""
TOPICS_OF_RUNS = frozenset({"held", "kept", "refused", "restored", HIDDEN_LINK, STILL_PUBLIC})
"""Topics of notes on what a run has done or found here: another says it anew."""
type HeldNote = tuple[str, str, Stored]


def list_notes(report: Mapping[str, Any]) -> Iterator[HeldNote]:
    """Yield the topic, the place of the text and the stored message of each note of a stored report."""
    for topic in report.get("topics", ()):
        for note in (*topic["notes"], *topic["more_notes"]):
            for source in (*note["files"], *note["more_files"]):
                yield topic["key"], source, note["text"]


def list_held_notes(report: Mapping[str, Any]) -> Iterator[HeldNote]:
    """Yield the notes of earlier runs in a stored report, as `list_notes` those of its own run."""
    yield from map(tuple, report.get(HELD_NOTES, ()))


def add_held_notes(report: dict, earlier: Mapping[str, Any]) -> dict:
    """Return the stored report of a run with the notes of the run before that still hold.

    Args:
        earlier: the stored report of the run before, empty without one.
    """
    is_open = {
        file["source"]
        for file in report["files"]
        if file["outcome"] == FileOutcome.KEPT or (report["is_dry_run"] and file["outcome"] in STORED)
    }
    if not is_open:
        return report
    own = {build_mark(*note) for note in list_notes(report) if note[1] in is_open}
    held = {build_mark(*note): list(note) for note in _list_valid(earlier) if note[1] in is_open}
    return report | {HELD_NOTES: [note for mark, note in held.items() if mark not in own]}


def _list_valid(report: Mapping[str, Any]) -> Iterator[HeldNote]:
    """Yield the notes of a stored report, and of earlier ones in it, that are about texts on the site."""
    outcomes = {file["source"]: file["outcome"] for file in report.get("files", ())}
    is_dry_run = report.get("is_dry_run", False)
    yield from list_held_notes(report)
    for note in list_notes(report):
        outcome = outcomes.get(note[1])
        is_valid = outcome == FileOutcome.UNCHANGED or (outcome in STORED and not is_dry_run)
        if is_valid and note[0] not in TOPICS_OF_RUNS:
            yield note
