"""The list of posts of an export of Substack, `posts.csv`, with commas or, saved by Excel in Swedish, semicolons."""

import csv
import io
import zipfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from publications.stored_messages import gettext as _

from ..imported_file import ImportRefused

POSTS = "posts.csv"
COLUMNS = frozenset({"post_id", "title", "is_published"})
MAX_LIST_BYTES = 100_000_000
Row = dict[str, str]
Folder = Path | zipfile.Path


def read_head(file: Folder) -> list[str]:
    """Return the names of the columns of a table. Raises OSError, KeyError or ValueError if it is none."""
    with file.open("rb") as stream:
        return _split_head(stream.readline(10_000).decode("utf-8-sig"))


def _split_head(text: str) -> list[str]:
    line = text.partition("\n")[0]
    return next(csv.reader([line.rstrip("\r")], delimiter=_find_delimiter(line)), [])


def _find_delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return ";" if head.count(";") > head.count(",") else ","


def read_posts(folder: Folder) -> Iterator[Row]:
    """Yield the rows of the posts. Raises ImportRefused if the list cannot be read."""
    try:
        with (folder / POSTS).open("rb") as file:
            text = file.read(MAX_LIST_BYTES + 1).decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text))
        for row in reader:
            if (row.get("post_id") or "").strip():
                yield {name: (row[name] or "").strip() for name in reader.fieldnames or ()}
    except (csv.Error, UnicodeDecodeError, OSError, KeyError) as error:
        message = _("The list of posts, posts.csv, cannot be read: %s. Export the publication again.")
        raise ImportRefused(message % error) from error


def is_cut(folder: Folder) -> bool:
    """Return whether the list of posts ends within quotation marks, or with a row that is too short."""
    with (folder / POSTS).open("rb") as file:
        text = file.read(MAX_LIST_BYTES).decode("utf-8-sig", errors="replace")
    rows = deque(csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text)), maxlen=1)
    return text.count('"') % 2 == 1 or (bool(rows) and 0 < len(rows[0]) < len(_split_head(text)))
