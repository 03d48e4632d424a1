"""Describe files and folders without Markdown, and how to import them."""

import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

MAX_LISTED = 20_000
GZIP = b"\x1f\x8b"
"""How compressed files begin (RFC 1952)."""


def list_files(path: Path) -> list[Path]:
    """Return a file itself, or the files of a folder and of those in it."""
    return [path] if path.is_file() else _files_in(path)


def describe_unsupported_files(files: Sequence[Path | zipfile.Path], place: str | Path) -> str:
    """Return a message on the files found in place of Markdown, and how they can be imported.

    Args:
        place: the name of the folder or archive that they are in.
    """
    if len(files) == 1 and (problem := _describe_content(files[0])):
        return problem
    counts = Counter(file.suffix.lower() or file.name for file in files)
    if not counts:
        return _("“%s” is empty.") % place
    kinds = ", ".join(f"{suffix} ({count})" for suffix, count in counts.most_common(5))
    hint = next((HINTS[suffix]() for suffix, _count in counts.most_common() if suffix in HINTS), "")
    message = _("“%(path)s” holds no Markdown files (.md, .markdown), but these: %(kinds)s.")
    return " ".join(filter(None, [message % {"path": place, "kinds": kinds}, hint]))


def _describe_content(file: Path | zipfile.Path) -> str:
    """Return why nothing can be in a file whatever its name, or ""."""
    with file.open("rb") as stream:
        head = stream.read(len(GZIP))
    if not head:
        return _("“%s” is empty.") % file.name
    if head == GZIP:
        return _("“%s” is compressed (gzip): unpack it first.") % file.name
    return ""


HINTS = {
    ".xml": lambda: _(
        "An export of WordPress is read as a file, or from the folder that it is in: this is none, or it is deeper."
    ),
    ".json": lambda: _(
        "An export of Ghost is one .json file with the posts (in Ghost: Settings, Export): this is none, or it is "
        "deeper."
    ),
    ".csv": lambda: _(
        "An export of Substack has a table posts.csv and beside it a folder posts: one is missing."
    ),
    ".docx": lambda: _("Word files come in at the desk, one by one: New from Word."),
    ".html": lambda: _(
        "These look like the pages of a finished site: import the texts that they were made from."
    ),
}


def _files_in(folder: Path) -> list[Path]:
    files = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
    return [file for file, _number in zip(files, range(MAX_LISTED), strict=False)]
