"""Redirects of Ghost: the file that its settings download, `redirects.json` or `redirects.yaml`, beside the export.

Their old addresses are regular expressions; those that mean one address are read as such. Source:
<https://ghost.org/docs/themes/routing/#redirects>.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..markdown import read_data
from ..source_redirects import OPTIONAL_END, PATTERN_START, SourceRedirect

REDIRECT_FILES = ("redirects.json", "redirects.yaml", "redirects.yml")
REDIRECT_FOLDERS = ("", "data", "content/data", "settings")
MAX_REDIRECTS = 20_000  # of a file
MAX_REDIRECT_BYTES = 5_000_000
PATTERN_CHARACTERS = re.compile(r"[\^$*+?()\[\]{}|]|\.[*+]")


def read_redirects(folder: Path) -> tuple[list[SourceRedirect], list[str]]:
    """Return the redirects in the files of a folder, and the names of files that could not be read whole."""
    redirects: dict[SourceRedirect, None] = {}
    unread = []
    for path in (folder / place / name for place in REDIRECT_FOLDERS for name in REDIRECT_FILES):
        if not path.is_file():
            continue
        rows = list(_rows_of(read_data(path, folder, MAX_REDIRECT_BYTES)))
        if not rows or len(rows) > MAX_REDIRECTS:
            unread.append(path.relative_to(folder).as_posix())
        redirects |= dict.fromkeys(rows[:MAX_REDIRECTS])
    return list(redirects), unread


def _rows_of(content: Any) -> Iterator[SourceRedirect]:
    """Yield the rows of a list (JSON), or of the mappings for the statuses 301 and 302 (YAML)."""
    for row in content if isinstance(content, list) else ():
        if isinstance(row, dict) and isinstance(row.get("from"), str) and isinstance(row.get("to"), str):
            yield _build_redirect(row["from"], row["to"])
    for rows in content.values() if isinstance(content, dict) else ():
        for source, target in rows.items() if isinstance(rows, dict) else ():
            if isinstance(target, str):
                yield _build_redirect(str(source), target)


def _build_redirect(source: str, target: str) -> SourceRedirect:
    """Return a redirect, with its old address if the expression means only one."""
    expression = OPTIONAL_END.sub("", PATTERN_START.sub("", source.strip()))
    plain = re.sub(r"\\([/.\-_?=&])", r"\1", expression)
    is_pattern = PATTERN_CHARACTERS.search(re.sub(r"\\[.?]", "", expression)) or "\\" in plain
    return SourceRedirect(
        source, target, address="" if is_pattern or not plain else f"/{plain.removeprefix('/')}"
    )
