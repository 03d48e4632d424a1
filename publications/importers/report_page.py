"""The report of an import as plain values for a page of the desk: the topics, notes and totals of the terminal."""

from .imported_file import NoteKind
from .report import (
    NOTE_KIND_LABELS,
    NOTE_TOPICS,
    OUTCOME_LABELS,
    FileOutcome,
    FileReport,
    ImportReport,
    group_by_text,
)

MAX_LISTED = 40
MAX_EXAMPLES = 5
"""Beyond these the page folds the notes of a topic, and the files of a note."""
IMAGE_TOPICS = ("image-missing", "missing")
"""Topics of pictures that a text shows and the archive does not hold; of manuscripts also of attached files."""


def build_report_page(report: ImportReport) -> dict:
    """Return totals, topics with their notes, and files with theirs, in the current language, for JSON."""
    return {
        "is_dry_run": report.is_dry_run,
        "is_publishing": report.is_publishing,
        "texts": len(report.files),
        "stored": report.count(FileOutcome.NEW) + report.count(FileOutcome.UPDATED),
        "refused": report.count(FileOutcome.REFUSED),
        "held": report.totals()["held"],
        "published": report.totals()["published"],
        "totals": report.labelled_totals(),
        "topics": [topic for key in NOTE_TOPICS if (topic := _build_topic(report, key))],
        "files": [_build_file(file) for file in report.files],
    }


def _build_topic(report: ImportReport, key: str) -> dict | None:
    topic, groups = NOTE_TOPICS[key], group_by_text(report.files, key)
    if not groups:
        return None
    limit = MAX_LISTED if topic.needs_attention else MAX_EXAMPLES
    notes = [_build_note(text, [file.source for file in files]) for text, files in groups.items()]
    return {
        "label": str(topic.label),
        "needs_attention": topic.needs_attention,
        "files": len({file.source for files in groups.values() for file in files}),
        "notes": notes[:limit],
        "more_notes": notes[limit:],
    }


def _build_note(text: str, sources: list[str]) -> dict:
    return {"text": text, "files": sources[:MAX_EXAMPLES], "more_files": sources[MAX_EXAMPLES:]}


def _build_file(file: FileReport) -> dict:
    return {
        "source": file.source,
        "title": file.title,
        "language": file.language,
        "outcome": str(OUTCOME_LABELS[file.outcome]),
        "is_published": file.is_published,
        "was_public": file.was_public,
        "lacks_images": any(file.notes_on(topic) for topic in IMAGE_TOPICS),
        "notes": [
            [str(NOTE_KIND_LABELS[kind]), note.text]
            for kind in NoteKind
            for note in file.notes
            if note.kind is kind
        ],
    }
