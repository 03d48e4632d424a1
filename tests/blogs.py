"""Blogs to import: samples that are kept, and folders of posts written for a test."""

from pathlib import Path

from publications import importing
from publications.importing import Outcome

SAMPLES = Path(__file__).parent / "samples" / "import"
POST = "---\ntitle: {title}\n{front}author: ann\nexcerpt: A summary.\n---\n{body}\n"


def bring_in(path: Path = SAMPLES / "jekyll", **order) -> importing.Account:
    order = {"authors": SAMPLES / "authors.csv", "media": (SAMPLES / "media",), "publish": True, **order}
    return importing.bring_in(importing.Order(path, **order))


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


def outcomes(account: importing.Account) -> dict[str, Outcome]:
    return {entry.source: entry.outcome for entry in account.entries}


def told(account: importing.Account, topic: str, source: str = "a.md") -> list[str]:
    """The lines on a topic that a file got."""
    entries = [entry for entry in account.entries if entry.source == source]
    return [line.text for entry in entries for line in entry.lines if line.topic == topic]
