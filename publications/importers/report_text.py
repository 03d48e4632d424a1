"""Render the report of an import as text for a terminal and as JSON, and show its progress.

The first lines are the next step, the last the totals. Short imports are reported by file, others by topic with a few
examples each; topics that need attention (files refused or held back, lost words) list up to MAX_LISTED notes.
"""

import json
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications.models import Kind

from .field_changes import label_changes, load_kinds, summarize_updates
from .file_outcome import OUTCOME_LABELS
from .imported_file import ImportNote, NoteKind, SourceRemark
from .next_step import describe_next_step
from .note_topics import NOTE_TOPICS
from .report import NOTE_KIND_LABELS, FileReport, ImportReport, group_by_text

MIN_COLUMNS, MAX_COLUMNS = 40, 160
TOTALS, BY_TOPIC, BY_FILE = 0, 1, 2  # levels of detail: the verbosity of the command
SHORT_IMPORT_FILES = 20
MAX_EXAMPLES, MAX_LISTED = 3, 40
MAX_EXAMPLE_LINES = 2
PLACEHOLDER = " …"
BAR_WIDTH = 24
PROGRESS_SECONDS = 5.0  # between plain lines


def render_report(report: ImportReport, *, width: int = 0, detail: int = BY_TOPIC) -> Iterator[str]:
    """Yield the lines of a report.

    Args:
        width: in columns; 0 means the width of the terminal.
        detail: TOTALS, BY_TOPIC (by file if there are few files) or BY_FILE.
    """
    width = min(max(width or shutil.get_terminal_size().columns, MIN_COLUMNS), MAX_COLUMNS)
    is_short = len(report.files) <= SHORT_IMPORT_FILES
    yield from (*wrap_line(describe_next_step(report), width), "")
    yield from _render_updates(report, width)
    if report.author_list:
        message = report.author_list_problem or _("Authors are read from %s.") % report.author_list
        yield from (*wrap_line(message, width), "")
    yield from _render_source_notes(report.source_notes, width, MAX_LISTED if detail <= BY_TOPIC else 0)
    if detail > BY_TOPIC or (detail == BY_TOPIC and is_short):
        kinds = load_kinds() if any(file.changes for file in report.files) else {}
        for file in report.files:
            notes = [*file.notes, *file.unused_notes] if detail > BY_TOPIC else file.notes
            yield from _render_file(file, notes, width, kinds)
    elif detail == BY_TOPIC:
        yield from render_topics(report.files, width)
    yield ""
    yield from _render_totals(report, width)
    if detail == BY_TOPIC and not is_short:
        yield ""
        yield from wrap_line(
            _("Every line, file by file: -v 2 on screen, --report FILE.json for machines."), width
        )


def _render_updates(report: ImportReport, width: int) -> Iterator[str]:
    """Yield what changes in texts that are here, if any does."""
    files = [
        {
            "outcome": file.outcome.value,
            "is_published": file.is_published,
            "was_public": file.was_public,
            "changes": file.changes,
        }
        for file in report.files
    ]
    sentences = summarize_updates({"is_dry_run": report.is_dry_run, "files": files})
    for sentence in sentences:
        yield from wrap_line(sentence, width)
    if sentences:
        yield ""


def _render_source_notes(notes: Sequence[SourceRemark], width: int, limit: int) -> Iterator[str]:
    """Yield what is said of the source as a whole, each statement with its list, of which 0 means no limit."""
    for note in notes:
        yield from wrap_line(note.text, width)
        for item in note.items[: limit or None]:
            yield from wrap_line(item, width, indent=4)
        yield from _render_remaining_count(len(note.items) - limit if limit else 0, width, indent=4)
    if notes:
        yield ""


def _render_totals(report: ImportReport, width: int) -> Iterator[str]:
    rows = report.labelled_totals()
    figure_width = max((len(figure) for _label, figure in rows), default=0)
    for label, figure in rows:
        yield f"{figure:>{figure_width}}  {textwrap.shorten(label, width - figure_width - 2, placeholder='…')}"


def _render_file(
    file: FileReport, notes: Sequence[ImportNote], width: int, kinds: Mapping[str, Kind]
) -> Iterator[str]:
    outcome = str(OUTCOME_LABELS[file.outcome]) + (_(", public") if file.is_published else "")
    columns = width - len(outcome) - 2
    if columns >= 16:
        yield f"{_shorten_path(file.source, columns):<{columns}}  {outcome}"
    else:
        yield from (_shorten_path(file.source, width), f"  {outcome}")
    if file.changes:
        changes = ", ".join(label_changes(file.changes, kinds))
        yield from wrap_line(_("Changes: %s") % changes, width, indent=4)
    for kind in NoteKind:
        for note in (note for note in notes if note.kind is kind):
            yield from wrap_line(f"{NOTE_KIND_LABELS[kind]}: {note.text}", width, indent=4)


def _shorten_path(source: str, columns: int) -> str:
    """Return the path, truncated at its beginning."""
    return source if len(source) <= columns else f"…{source[1 - columns :]}"


def render_topics(files: Sequence[FileReport], width: int) -> Iterator[str]:
    """Yield each topic with its counts and examples, in the order of NOTE_TOPICS."""
    notes: dict[str, list[tuple[str, str]]] = {key: [] for key in NOTE_TOPICS}
    for file in files:
        for note in file.notes:
            notes[note.topic].append((file.source, note.text))
    for key, examples in notes.items():
        topic = NOTE_TOPICS[key]
        if examples and topic.is_grouped:
            yield from _render_groups(str(topic.label), group_by_text(files, key), width)
        elif examples:
            limit = MAX_LISTED if topic.needs_attention else MAX_EXAMPLES
            yield from _render_topic(str(topic.label), examples, limit, width)


def _render_groups(label: str, groups: Mapping[str, Sequence[FileReport]], width: int) -> Iterator[str]:
    """Yield a grouped topic: each text of a note once, with its files."""
    count = len({file.source for files in groups.values() for file in files})
    yield from wrap_line(f"{label}: {count}", width)
    for text, files in islice(groups.items(), MAX_LISTED):
        yield from wrap_line(f"{len(files)}: {text}", width, indent=2)
        for file in files[:MAX_EXAMPLES]:
            yield from wrap_line(file.source, width, indent=6, max_lines=MAX_EXAMPLE_LINES)
        yield from _render_remaining_count(len(files) - MAX_EXAMPLES, width, indent=6)
    yield from _render_remaining_count(len(groups) - MAX_LISTED, width, indent=2)


def _render_topic(label: str, examples: list[tuple[str, str]], limit: int, width: int) -> Iterator[str]:
    count = len({source for source, _text in examples})
    in_files = ngettext("in %d file", "in %d files", count) % count
    yield from wrap_line(f"{label}: {len(examples)}, {in_files}", width)
    for source, text in examples[:limit]:
        yield from wrap_line(f"{source}: {text}", width, indent=4, max_lines=MAX_EXAMPLE_LINES)
    yield from _render_remaining_count(len(examples) - limit, width, indent=4)


def _render_remaining_count(count: int, width: int, *, indent: int) -> Iterator[str]:
    if count > 0:
        yield from wrap_line(_("… and %d more") % count, width, indent=indent)


def wrap_line(text: str, width: int, *, indent: int = 0, max_lines: int | None = None) -> list[str]:
    """Return a text as lines of this width. A longer address is a line of its own, whole, so that it can be copied.

    Args:
        max_lines: after which the text ends in "…"; None means no limit.
    """
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_on_hyphens=False,
        break_long_words=False,
    )
    if max_lines and len(lines) > max_lines:
        return [*lines[: max_lines - 1], _truncate_line(lines[max_lines - 1], width)]
    return lines


def _truncate_line(line: str, width: int) -> str:
    """Return a line that ends in "…", without the words that do not fit beside it; the first stays."""
    indent, words = line[: len(line) - len(line.lstrip())], line.split()
    while len(words) > 1 and len(indent) + len(" ".join(words)) + len(PLACEHOLDER) > width:
        words.pop()
    return f"{indent}{' '.join(words)}{PLACEHOLDER}"


def write_json_report(report: ImportReport, path: Path) -> None:
    """Write the complete report as JSON."""
    values = {"next": describe_next_step(report), **report.as_dict()}
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


class Progress:
    """A progress bar on a terminal, otherwise occasional lines; on standard error, so that reports can be piped."""

    def __init__(self, stream=None, message: str = "") -> None:
        self.stream = stream or sys.stderr
        self.message = message or _("%(done)d of %(total)d files")
        self.last_shown_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if self.stream.isatty():
            filled_width = BAR_WIDTH * done // max(total, 1)
            end = "\n" if done >= total else ""
            self.stream.write(
                f"\r[{'█' * filled_width}{'·' * (BAR_WIDTH - filled_width)}] {done}/{total}{end}"
            )
        elif done >= total or time.monotonic() - self.last_shown_at > PROGRESS_SECONDS:
            self.last_shown_at = time.monotonic()
            self.stream.write(self.message % {"done": done, "total": total} + "\n")
        self.stream.flush()
