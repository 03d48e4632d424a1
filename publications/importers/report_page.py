"""The report of an import as plain values for a page of the desk: the topics, notes and totals of the terminal.

A report is stored with the names of topics, outcomes and totals and with the msgids of notes, which are translated into
the language of the page. Sentences of other packages are in the language of who requested it.
"""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from publications.stored_messages import show_message, store_message

from .duplicates import name_import_of
from .field_changes import label_changes, load_kinds
from .held_notes import HELD_NOTES
from .imported_file import NoteKind
from .mapping import list_rows
from .report import (
    NOTE_KIND_LABELS,
    NOTE_TOPICS,
    OUTCOME_LABELS,
    FileOutcome,
    FileReport,
    ImportReport,
    group_by_text,
    label_totals,
)
from .sources import describe_system

MAX_LISTED = 40
MAX_EXAMPLES = 5
"""Beyond these the page folds the notes of a topic, and the files of a note."""


def build_report_page(report: ImportReport) -> dict:
    """Return totals, topics with their notes, and files with theirs, for JSON."""
    return {
        "is_dry_run": report.is_dry_run,
        "is_publishing": report.is_publishing,
        "system": report.system,
        "texts": len(report.files),
        "stored": report.count(FileOutcome.NEW) + report.count(FileOutcome.UPDATED),
        "new_addresses": len(report.new_redirects),
        "added_addresses": report.added_addresses,
        "refused": report.count(FileOutcome.REFUSED),
        "held": report.totals()["held"],
        "published": report.totals()["published"],
        "names": report.names.as_dict(),
        "decided": report.decided,
        "mapping": list_rows(report.mapping),
        "samples": report.samples,
        "new_authors": report.new_authors,
        "new_tags": report.new_tags,
        "author_list": str(report.author_list or ""),
        "author_list_problem": store_message(report.author_list_problem),
        "source_notes": [
            {"text": store_message(note.text), "items": list(note.items), "topic": note.topic}
            for note in report.source_notes
        ],
        "lost_texts": report.lost_texts,
        "shown_again": sum(file.is_published and file.was_withdrawn for file in report.files),
        **_describe_duplicates(report),
        "figures": report.totals(),
        "topics": [topic for key in NOTE_TOPICS if (topic := _build_topic(report, key))],
        "files": [_build_file(file) for file in report.files],
    }


def restrict_report(report: Mapping[str, Any], uids: Container[str]) -> dict:
    """Return the files of a stored report, and the notes on them, that are about texts with these uids."""
    files = [file for file in report.get("files", ()) if file.get("uid") in uids]
    sources = {file["source"] for file in files}
    topics = [
        topic | {key: _restrict_notes(topic[key], sources) for key in ("notes", "more_notes")}
        for topic in report.get("topics", ())
    ]
    held = [note for note in report.get(HELD_NOTES, ()) if note[1] in sources]
    return {"files": files, "topics": topics, HELD_NOTES: held}


def _restrict_notes(notes: Iterable[dict], sources: Container[str]) -> list[dict]:
    restricted = (
        note | {key: [name for name in note[key] if name in sources] for key in ("files", "more_files")}
        for note in notes
    )
    return [note for note in restricted if note["files"] or note["more_files"]]


def _describe_duplicates(report: ImportReport) -> dict:
    """Return how many texts of an archive are here already, and from which import, if most of them are."""
    count = len(report.duplicates)
    if 2 * count <= len(report.files):
        return {}
    publications = set().union(*report.duplicates.values())
    return {"duplicates": count, "duplicates_import": name_import_of(publications)}


def _build_topic(report: ImportReport, key: str) -> dict | None:
    topic, groups = NOTE_TOPICS[key], group_by_text(report.files, key)
    if not groups:
        return None
    limit = MAX_LISTED if topic.needs_attention else MAX_EXAMPLES
    notes = [_build_note(text, [file.source for file in files]) for text, files in groups.items()]
    return {
        "key": key,
        "needs_attention": topic.needs_attention,
        "files": len({file.source for files in groups.values() for file in files}),
        "notes": notes[:limit],
        "more_notes": notes[limit:],
    }


def _build_note(text: str, sources: list[str]) -> dict:
    return {
        "text": store_message(text),
        "files": sources[:MAX_EXAMPLES],
        "more_files": sources[MAX_EXAMPLES:],
    }


def _build_file(file: FileReport) -> dict:
    return {
        "source": file.source,
        "uid": file.uid,
        "title": file.title,
        "language": file.language,
        "outcome": file.outcome.value,
        "is_published": file.is_published,
        "was_public": file.was_public,
        "changes": file.changes,
        "reader_changes": file.reader_changes,
        "notes": [
            [kind.value, store_message(note.text)]
            for kind in NoteKind
            for note in file.notes
            if note.kind is kind
        ],
    }


def label_report(report: dict) -> dict:
    """Return a stored report in the current language; one of an older release has its own labels.

    A name that this release does not know is shown as it is.
    """
    if "figures" not in report:
        return report
    return report | {
        "source": describe_system(report["system"]) if report.get("system") else "",
        "totals": label_totals(report["figures"], is_dry_run=report["is_dry_run"]),
        "topics": [_label_topic(topic) for topic in report["topics"]],
        "files": _label_files(report["files"]),
        "source_notes": show_source_notes(report),
        "author_list_problem": show_message(report.get("author_list_problem", "")),
    }


def show_source_notes(report: dict) -> list[dict]:
    """Return the notes on the source of a stored report as a whole, in the current language."""
    return [_show_note(note) for note in report.get("source_notes", ())]


def count_became_public(report: dict) -> int:
    """Return how many texts a run has published that readers did not see before it."""
    return sum(file["is_published"] and not file.get("was_public") for file in report.get("files", ()))


def count_updated_live(report: dict) -> int:
    """Return how many texts that readers see have another draft by a run, or would have by a check."""
    files = report.get("files", ())
    return sum(file["outcome"] == FileOutcome.UPDATED.value and file["was_public"] for file in files)


def has_untranslated_notes(report: dict) -> bool:
    """Return whether a stored report has notes that are in the language of who requested it."""
    notes = [
        (topic.get("key"), note["text"])
        for topic in report.get("topics", ())
        for note in (*topic["notes"], *topic.get("more_notes", ()))
    ]
    return any(_is_untranslated(text) or (key == "held" and text.get("values")) for key, text in notes)


def _is_untranslated(stored: Any) -> bool:
    """Return whether a stored message is a plain text, or has such a part or reason (“why”) other than a name."""
    if not isinstance(stored, dict):
        return isinstance(stored, str)
    values = stored.get("values") or []
    items = values.values() if isinstance(values, dict) else values
    texts = [item for item in items if isinstance(item, dict)]
    texts += [part for part in stored.get("parts", ()) if not str(part).endswith(":")]
    texts += [values["why"]] if "why" in values and isinstance(values, dict) else []
    return any(map(_is_untranslated, texts))


def _label_topic(topic: dict) -> dict:
    key = topic["key"]
    label = str(NOTE_TOPICS[key].label) if key in NOTE_TOPICS else key
    notes = {name: [_show_note(note) for note in topic[name]] for name in ("notes", "more_notes")}
    return topic | {"label": label} | notes


def _show_note(note: dict) -> dict:
    return note | {"text": show_message(note["text"])}


def _label_files(files: list[dict]) -> list[dict]:
    kinds = load_kinds() if any(file.get("changes") for file in files) else {}
    return [_label_file(file) | {"changes": label_changes(file.get("changes", ()), kinds)} for file in files]


def _label_file(file: dict) -> dict:
    notes = [[str(NOTE_KIND_LABELS.get(kind, kind)), show_message(text)] for kind, text in file["notes"]]
    return file | {"outcome": str(OUTCOME_LABELS.get(file["outcome"], file["outcome"])), "notes": notes}
