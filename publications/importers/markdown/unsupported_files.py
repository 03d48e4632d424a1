"""Describe files and folders without Markdown, and how to import them."""

import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

MAX_LISTED = 20_000
HEAD_BYTES = 20_000


def list_files(path: Path) -> list[Path]:
    """Return a file itself, or the files of a folder and of those in it."""
    return [path] if path.is_file() else _files_in(path)


def describe_unsupported_files(files: Sequence[Path | zipfile.Path], place: str | Path) -> str:
    """Return a message on the files found in place of Markdown, and how they can be imported.

    Args:
        place: the name of the folder or archive that they are in.
    """
    if export := next((file for file in files if _is_wordpress(file)), None):
        return (
            _(
                "“%s” is an export of WordPress. This import reads Markdown with front matter: turn the export into "
                "such files first (programs such as “wordpress-export-to-markdown” do), then import their folder "
                "(at the desk as a .zip)."
            )
            % export.name
        )
    counts = Counter(file.suffix.lower() or file.name for file in files)
    if not counts:
        return _("“%s” is empty.") % place
    kinds = ", ".join(f"{suffix} ({count})" for suffix, count in counts.most_common(5))
    hint = next((HINTS[suffix]() for suffix, _count in counts.most_common() if suffix in HINTS), "")
    message = _("“%(path)s” holds no Markdown files (.md, .markdown), but these: %(kinds)s.")
    return " ".join(filter(None, [message % {"path": place, "kinds": kinds}, hint]))


HINTS = {
    ".docx": lambda: _("Word files come in at the desk, one by one: New from Word."),
    ".html": lambda: _(
        "These look like the pages of a finished site: import the texts that they were made from."
    ),
}


def _files_in(folder: Path) -> list[Path]:
    files = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
    return [file for file, _number in zip(files, range(MAX_LISTED), strict=False)]


def _is_wordpress(file: Path | zipfile.Path) -> bool:
    """Whether a file is WordPress eXtended RSS: RSS with the WordPress namespace."""
    if file.suffix.lower() != ".xml":
        return False
    try:
        with file.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except (OSError, zipfile.BadZipFile):
        return False
    return b"<rss" in head and b"wordpress.org/export" in head
