"""Redirects of Ghost: the file that its settings download, `redirects.json` or `redirects.yaml`, beside the export.

Their old addresses are regular expressions; those that mean one address are kept. Source:
<https://ghost.org/docs/themes/routing/#redirects>.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..links import link_key
from ..markdown import read_data

REDIRECT_FILES = ("redirects.json", "redirects.yaml", "redirects.yml")
REDIRECT_FOLDERS = ("", "data", "content/data", "settings")
MAX_REDIRECTS = 20_000  # of a file
MAX_REDIRECT_BYTES = 5_000_000
MAX_STEPS = 5
OPTIONAL_END = re.compile(r"(?:/\?|\\/\?|\(/\)\?|\(\?:/\)\?)?\$?$")
PATTERN_CHARACTERS = re.compile(r"[\^$*+?()\[\]{}|]|\.[*+]")


@dataclass(frozen=True)
class GhostRedirect:
    """A redirect; `path` is "" if its old address is a pattern for several."""

    source: str
    target: str

    @property
    def path(self) -> str:
        source = OPTIONAL_END.sub("", re.sub(r"^\(\?i\)|^\^", "", self.source.strip()))
        plain = re.sub(r"\\([/.\-_?=&])", r"\1", source)
        return "" if PATTERN_CHARACTERS.search(re.sub(r"\\[.?]", "", source)) or "\\" in plain else plain

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


def read_redirects(folder: Path) -> tuple[list[GhostRedirect], list[str]]:
    """Return the redirects in the files of a folder, and the names of files that could not be read whole."""
    redirects: dict[GhostRedirect, None] = {}
    unread = []
    for path in (folder / place / name for place in REDIRECT_FOLDERS for name in REDIRECT_FILES):
        if not path.is_file():
            continue
        rows = list(_rows_of(read_data(path, folder, MAX_REDIRECT_BYTES)))
        if not rows or len(rows) > MAX_REDIRECTS:
            unread.append(path.relative_to(folder).as_posix())
        redirects |= dict.fromkeys(rows[:MAX_REDIRECTS])
    return list(redirects), unread


def _rows_of(content: Any) -> Iterator[GhostRedirect]:
    """Yield the rows of a list (JSON), or of the mappings for the statuses 301 and 302 (YAML)."""
    for row in content if isinstance(content, list) else ():
        if isinstance(row, dict) and isinstance(row.get("from"), str) and isinstance(row.get("to"), str):
            yield GhostRedirect(row["from"], row["to"])
    for rows in content.values() if isinstance(content, dict) else ():
        for source, target in rows.items() if isinstance(rows, dict) else ():
            if isinstance(target, str):
                yield GhostRedirect(str(source), target)


def resolve_redirects(
    redirects: list[GhostRedirect], keys: Mapping[str, str], site: str
) -> tuple[dict[str, list[str]], list[GhostRedirect]]:
    """Return further old addresses by what they lead to, and the redirects that lead nowhere here.

    Args:
        keys: what texts, topics and authors are known by, by the keys of their old addresses.
        site: the address of the old site.
    """
    targets = {link_key(row.path): row.target for row in redirects if row.path}
    found: dict[str, list[str]] = {}
    others: list[GhostRedirect] = []
    for row in redirects:
        owner = _find_owner(row.target, keys, targets, site) if row.path else ""
        if owner:
            found.setdefault(owner, []).append(row.path if row.path.startswith("/") else f"/{row.path}")
        else:
            others.append(row)
    return found, others


def _find_owner(target: str, keys: Mapping[str, str], targets: Mapping[str, str], site: str) -> str:
    for _step in range(MAX_STEPS):
        key = _key_of(target, site)
        if not key or key in keys:
            return keys.get(key, "")
        target = targets.get(key, "")
    return ""


def _key_of(target: str, site: str) -> str:
    """Return the key of an address of the old site, "" for one of another."""
    try:
        host = urlsplit(target).netloc
        is_own = not host or host == urlsplit(site).netloc
    except ValueError:
        return ""
    return (link_key(target) or "") if target and is_own else ""
