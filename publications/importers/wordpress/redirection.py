"""Redirects of plugins: the export of Redirection (JSON or CSV) beside that of the site, and items of others in it.

The formats are those of <https://redirection.me/support/import-export-redirects/>, and of Safe Redirect Manager.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..source_redirects import SourceRedirect
from .export_item import ExportItem

MAX_FILE_BYTES = 50_000_000
COLUMNS = ("source", "target")
RULE = "_redirect_rule"
"""How the names of the fields of a redirect of Safe Redirect Manager begin."""
ERROR_CODES = ("403", "404", "410")


def find_redirects(folder: Path) -> list[SourceRedirect]:
    """Return the redirects in the files of a folder that the plugin has exported; other files are left alone."""
    redirects: dict[SourceRedirect, None] = {}
    for path in sorted((*folder.glob("*.json"), *folder.glob("*.csv"))):
        try:
            if path.stat().st_size <= MAX_FILE_BYTES:
                text = path.read_text(encoding="utf-8-sig")
                rows = _read_json(text) if path.suffix == ".json" else _read_csv(text)
                redirects |= dict.fromkeys(rows)
        except (OSError, ValueError, csv.Error, RecursionError):
            continue
    return list(redirects)


def read_rule(item: ExportItem) -> SourceRedirect:
    """Return the redirect of an item of Safe Redirect Manager; it may have `*` for any text, or be a pattern."""
    source, target = item.value_of(f"{RULE}_from"), item.value_of(f"{RULE}_to")
    is_error = item.value_of(f"{RULE}_status_code") in ERROR_CODES
    is_pattern = "*" in source or item.value_of(f"{RULE}_from_regex") == "1"
    return _build_redirect(source, "" if is_error else target, is_pattern=is_pattern)


def _read_json(text: str) -> Iterator[SourceRedirect]:
    content = json.loads(text)
    rows = content.get("redirects") if isinstance(content, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("url"), str) and row.get("enabled", True):
            yield _build_redirect(row["url"], _target_of(row), is_pattern=bool(row.get("regex")))


def _target_of(row: Mapping[str, Any]) -> str:
    """Return where a redirect leads: it is a text, or several by what the reader is, of which the first counts."""
    target = row.get("action_data")
    if isinstance(target, dict):
        names = ("url", "url_from", "logged_out", "url_notfrom")
        target = next((target[name] for name in names if isinstance(target.get(name), str)), "")
    return target if isinstance(target, str) and row.get("action_type", "url") == "url" else ""


def _read_csv(text: str) -> Iterator[SourceRedirect]:
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ())[:2] != COLUMNS:
        return
    for row in rows:
        if row.get("source") and row.get("status") != "disabled":
            yield _build_redirect(row["source"], row.get("target") or "", is_pattern=row.get("regex") == "1")


def _build_redirect(source: str, target: str, *, is_pattern: bool) -> SourceRedirect:
    return SourceRedirect(source, target, address="" if is_pattern else source)
