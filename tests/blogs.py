"""Blogs to import: samples that are kept, and folders of posts written for a test."""

from pathlib import Path

from publications.importers.report import FileOutcome, ImportReport
from publications.importers.run import ImportOptions, run_import

SAMPLES = Path(__file__).parent / "samples" / "import"
POST = "---\ntitle: {title}\n{front}author: ann\nexcerpt: A summary.\n---\n{body}\n"


def bring_in(path: Path = SAMPLES / "jekyll", **order) -> ImportReport:
    order = {"authors": SAMPLES / "authors.csv", "media": (SAMPLES / "media",), "publish": True, **order}
    return run_import(ImportOptions(path, **order))


def put(
    folder: Path,
    name: str = "a.md",
    *,
    title: str = "A",
    date: object = "2024-04-09",
    front: str = "",
    body: str = "Text.",
) -> Path:
    """Write a post, and give its folder."""
    folder.mkdir(exist_ok=True)
    dated = f"date: {date}\n" if date else ""
    text = POST.format(title=title, front=dated + front, body=body)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def outcomes(account: ImportReport) -> dict[str, FileOutcome]:
    return {entry.source: entry.outcome for entry in account.files}


def texts_of(account: ImportReport, topic: str, source: str = "a.md") -> list[str]:
    """The lines on a topic that a file got."""
    entries = [entry for entry in account.files if entry.source == source]
    return [line.text for entry in entries for line in entry.notes if line.topic == topic]
