"""Blogs to import: samples, and folders of posts written by a test."""

from pathlib import Path

from publications.importers.report import FileOutcome, ImportReport
from publications.importers.run import ImportOptions, run_import

SAMPLES = Path(__file__).parent / "samples" / "import"
POST = "---\ntitle: {title}\n{front}author: ann\nexcerpt: A summary.\n---\n{body}\n"


def import_blog(path: Path = SAMPLES / "jekyll", **options) -> ImportReport:
    """Import and publish a folder; `options` are those of the import."""
    defaults = {"authors": SAMPLES / "authors.csv", "media": (SAMPLES / "media",), "publish": True}
    return run_import(ImportOptions(path, **defaults | options))


def write_post(
    folder: Path,
    name: str = "a.md",
    *,
    title: str = "A",
    date: object = "2024-04-09",
    front: str = "",
    body: str = "Text.",
) -> Path:
    """Write a post and return its folder."""
    folder.mkdir(exist_ok=True)
    date_line = f"date: {date}\n" if date else ""
    text = POST.format(title=title, front=date_line + front, body=body)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def outcomes(report: ImportReport) -> dict[str, FileOutcome]:
    return {entry.source: entry.outcome for entry in report.files}


def texts_of(report: ImportReport, topic: str, source: str = "a.md") -> list[str]:
    """Return the notes of a file on a topic."""
    entries = [entry for entry in report.files if entry.source == source]
    return [note.text for entry in entries for note in entry.notes if note.topic == topic]
