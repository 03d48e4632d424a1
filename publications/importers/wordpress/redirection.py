"""Redirects of the plugin Redirection: its export (JSON or CSV) beside the export of the site.

Those whose target is imported become old addresses of it. The formats are those of
<https://redirection.me/support/import-export-redirects/>.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..links import link_key
from .addresses import address_on_site

MAX_FILE_BYTES = 50_000_000
MAX_STEPS = 5
COLUMNS = ("source", "target")


@dataclass(frozen=True)
class PluginRedirect:
    """A redirect: its old address or pattern, and where it leads, which is "" for an error page."""

    source: str
    target: str
    is_pattern: bool = False

    def __str__(self) -> str:
        return f"{self.source} → {self.target or '–'}"


def find_redirects(folder: Path) -> list[PluginRedirect]:
    """Return the redirects in the files of a folder that the plugin has exported; other files are left alone."""
    redirects: dict[PluginRedirect, None] = {}
    for path in sorted((*folder.glob("*.json"), *folder.glob("*.csv"))):
        try:
            if path.stat().st_size <= MAX_FILE_BYTES:
                text = path.read_text(encoding="utf-8-sig")
                rows = _read_json(text) if path.suffix == ".json" else _read_csv(text)
                redirects |= dict.fromkeys(rows)
        except (OSError, ValueError, csv.Error, RecursionError):
            continue
    return list(redirects)


def _read_json(text: str) -> Iterator[PluginRedirect]:
    content = json.loads(text)
    rows = content.get("redirects") if isinstance(content, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("url"), str) and row.get("enabled", True):
            yield PluginRedirect(row["url"], _target_of(row), bool(row.get("regex")))


def _target_of(row: Mapping[str, Any]) -> str:
    """Return where a redirect leads: it is a text, or several by what the reader is, of which the first counts."""
    target = row.get("action_data")
    if isinstance(target, dict):
        names = ("url", "url_from", "logged_out", "url_notfrom")
        target = next((target[name] for name in names if isinstance(target.get(name), str)), "")
    return target if isinstance(target, str) and row.get("action_type", "url") == "url" else ""


def _read_csv(text: str) -> Iterator[PluginRedirect]:
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ())[:2] != COLUMNS:
        return
    for row in rows:
        if row.get("source") and row.get("status") != "disabled":
            yield PluginRedirect(row["source"], row.get("target") or "", row.get("regex") == "1")


def resolve_redirects(
    redirects: Iterable[PluginRedirect], keys: Mapping[str, str], site: str
) -> tuple[dict[str, list[str]], list[PluginRedirect]]:
    """Return the old addresses of texts by uid, and the redirects that lead to no text.

    Args:
        keys: uids of texts by the keys of their old addresses.
        site: the address of the old site.
    """
    redirects = list(redirects)
    targets = {link_key(row.source): row.target for row in redirects if not row.is_pattern}
    found: dict[str, list[str]] = {}
    others: list[PluginRedirect] = []
    for row in redirects:
        uid = "" if row.is_pattern else _find_text(row.target, keys, targets, site)
        source = address_on_site(row.source, site)
        if not uid or not source:
            others.append(row)
        elif keys.get(link_key(source)) != uid:
            found.setdefault(uid, []).append(source)
    return found, others


def _find_text(target: str, keys: Mapping[str, str], targets: Mapping[str, str], site: str) -> str:
    """Return the uid of the text that a redirect leads to, perhaps by way of other redirects, or ""."""
    for _step in range(MAX_STEPS):
        key = link_key(address_on_site(target, site)) if target else ""
        if not key or key in keys:
            return keys.get(key, "")
        target = targets.get(key, "")
    return ""
