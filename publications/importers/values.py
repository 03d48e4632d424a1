"""Values of front matter as texts, lists and flags. Depth and length are bounded: aliases may run in circles."""

import html
import re
from typing import Any

NOTHING = ("", "null", "~", "none", "nil")
DEEPEST = 4
MOST = 200
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def text(value: Any) -> str:
    """A text on one line; nothing where there is none, or a list of one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    plain = " ".join(str(value).split()) if isinstance(value, str) else ""
    return "" if plain.lower() in NOTHING else plain


def texts(value: Any, *, divided: bool = False) -> list[str]:
    """The texts of a list, or a single one; `divided` splits it at commas."""
    if isinstance(value, list):
        return [found for each in value[:MOST] if (found := text(each))]
    single = text(value)
    return (
        [part.strip() for part in single.split(",") if part.strip()]
        if divided
        else [single]
        if single
        else []
    )


def first(fields: dict[str, Any], *names: str) -> Any:
    """The value of the first of these fields that has one."""
    return next((fields[name] for name in names if fields.get(name) not in (None, "", [], {})), None)


def flag(value: Any) -> bool | None:
    """Whether a field says yes or no; nothing where it says neither."""
    return {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }.get(text(value).lower())


def plain(written: str) -> str:
    """A text without HTML: entities are read, tags taken out."""
    return " ".join(html.unescape(TAG.sub("", written)).split())


def shown(value: Any, depth: int = 0) -> str:
    """Any value as a person may read it in the report."""
    if isinstance(value, str):
        return " ".join(value.split())
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {shown(each, depth + 1)}" for name, each in list(value.items())[:MOST])
    if isinstance(value, list):
        return ", ".join(shown(each, depth + 1) for each in value[:MOST])
    return str(value)
