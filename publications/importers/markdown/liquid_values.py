"""Values and filters of Liquid, as far as an import can know them; other values are UNKNOWN.

Supported are texts, numbers, lists, fields of the page, assigned names and the filters for text
(shopify.github.io/liquid, jekyllrb.com/docs/liquid).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .dates import parse_date


class Unknown:
    """A value that only the old site could compute."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return False


UNKNOWN = Unknown()
MAX_ITEMS = 1_000
MAX_TEXT = 200_000
LITERALS = {"true": True, "false": False, "nil": None, "null": None, "empty": "", "blank": ""}
TOKEN = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*')|\(\s*(?P<first>[\w.-]+?)\s*\.\.\s*(?P<last>[\w.-]+)\s*\)"""
    r"""|(?P<path>[\w/-]+(?:\.?\[[^\]]*\]|\.[\w-]+)*)|(?P<operator>[=!<>]=|[<>|:,])"""
)
PATH_STEP = re.compile(r"\.?\[([^\]]*)\]|\.([\w-]+)|^([\w/-]+)")
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda one, other: one == other or (not one and other == ""),
    "!=": lambda one, other: one != other and not (not one and other == ""),
    "<": lambda one, other: to_number(one) < to_number(other),
    ">": lambda one, other: to_number(one) > to_number(other),
    "<=": lambda one, other: to_number(one) <= to_number(other),
    ">=": lambda one, other: to_number(one) >= to_number(other),
    "contains": lambda one, other: to_text(other) in (one if isinstance(one, str | list) else ""),
}


@dataclass
class Scope:
    """The names in a template: of the page and the site, parameters of an include, and assigned names."""

    page: Mapping[str, Any]
    site: Mapping[str, Any]
    include: Mapping[str, Any] | None = None
    assigned: dict[str, Any] = field(default_factory=dict)

    def find(self, path: str) -> Any:
        """Return the value of a name such as `page.title`, `include.[q]` or `list.size`."""
        steps = list(PATH_STEP.finditer(path))
        name = steps[0][3] if steps else ""
        roots = {"page": self.page, "site": self.site} | (
            {} if self.include is None else {"include": self.include}
        )
        value = self.assigned.get(name, roots.get(name, UNKNOWN))
        for step in steps[1:]:
            key = self._key_of_step(step)
            if name == "site" and value is self.site and key not in self.site:
                return UNKNOWN
            value = _get_item(value, key)
        return value

    def _key_of_step(self, step: re.Match[str]) -> str:
        if step[2]:
            return step[2]
        key_source = (step[1] or "").strip()
        return (
            key_source[1:-1]
            if key_source[:1] in ("'", '"')
            else to_text(self.find(key_source))
            if key_source
            else ""
        )


def evaluate(expression: str, scope: Scope) -> Any:
    """Return the value of an expression with its filters."""
    value, *filters = _split_at(_tokenize(expression), "|")
    result = _evaluate_token(value[0], scope) if len(value) == 1 else UNKNOWN
    for item in filters:
        name, *argument_tokens = item or [None]
        handler = FILTERS.get(name["path"]) if name else None
        if handler is None or isinstance(result, Unknown):
            return UNKNOWN
        arguments = [_evaluate_token(part[0], scope) for part in _split_at(argument_tokens[1:], ",") if part]
        if any(isinstance(argument, Unknown) for argument in arguments):
            return UNKNOWN
        try:
            result = handler(result, *arguments)
        except (TypeError, ValueError, LookupError, OverflowError, OSError):
            return UNKNOWN
    return result[:MAX_TEXT] if isinstance(result, str) else result


def is_true(condition: str, scope: Scope) -> bool | Unknown:
    """Whether a condition holds; in Liquid everything is true except `nil` and `false`."""
    tokens = _tokenize(condition)
    for word, combine in (("or", any), ("and", all)):
        parts = _split_at(tokens, word)
        if len(parts) > 1:
            values = [_evaluate_condition(part, scope) for part in parts]
            return UNKNOWN if any(isinstance(item, Unknown) for item in values) else combine(values)
    return _evaluate_condition(tokens, scope)


def evaluate_items(expression: str, scope: Scope) -> list[Any] | Unknown:
    """Return the items of a loop."""
    value = evaluate(expression, scope)
    if isinstance(value, Mapping):
        value = [list(pair) for pair in value.items()]
    if isinstance(value, Unknown):
        return UNKNOWN
    return value[:MAX_ITEMS] if isinstance(value, list) else [value] if value else []


def to_text(value: Any) -> str:
    """Return a value as Liquid writes it."""
    if value is None or isinstance(value, Unknown | Mapping):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "".join(map(to_text, value))
    return str(value)


def to_number(value: Any) -> float:
    """Return a value as a number; an empty one is 0."""
    plain = float(to_text(value) or 0)
    return int(plain) if plain.is_integer() else plain


def slugify(text: str, mode: str = "default") -> str:
    """Return a slug by Jekyll's rule: letters and digits in lower case, everything between them one hyphen."""
    if mode == "latin":
        text = "".join(
            character
            for character in unicodedata.normalize("NFKD", text)
            if not unicodedata.combining(character)
        )
    return re.sub(r"[\W_]+", "-", text).strip("-").lower()


def _evaluate_condition(tokens: list, scope: Scope) -> bool | Unknown:
    if len(tokens) == 1:
        value = _evaluate_token(tokens[0], scope)
        return UNKNOWN if isinstance(value, Unknown) else value is not None and value is not False
    if len(tokens) != 3:
        return UNKNOWN
    one, other = _evaluate_token(tokens[0], scope), _evaluate_token(tokens[2], scope)
    compare = COMPARISONS.get(tokens[1][0])
    if compare is None or isinstance(one, Unknown) or isinstance(other, Unknown):
        return UNKNOWN
    try:
        return compare(one, other)
    except (TypeError, ValueError, OverflowError):
        return False


def _tokenize(expression: str) -> list[re.Match[str]]:
    return list(TOKEN.finditer(expression[:MAX_TEXT]))


def _split_at(tokens: list[re.Match[str]], separator: str) -> list[list[re.Match[str]]]:
    parts: list[list[re.Match[str]]] = [[]]
    for token in tokens:
        if token[0] == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _evaluate_token(token: re.Match[str], scope: Scope) -> Any:
    if token["text"]:
        return token["text"][1:-1]
    if token["first"]:
        return _evaluate_range(token, scope)
    path = token["path"] or ""
    if path in LITERALS:
        return LITERALS[path]
    if re.fullmatch(r"-?\d+(\.\d+)?", path):
        return to_number(path)
    return scope.find(path)


def _evaluate_range(token: re.Match[str], scope: Scope) -> list[int] | Unknown:
    ends = [
        item if re.fullmatch(r"-?\d+", item) else scope.find(item) for item in (token["first"], token["last"])
    ]
    try:
        first, last = (int(to_number(item)) for item in ends)
    except (ValueError, OverflowError):
        return UNKNOWN
    return list(range(first, min(last, first + MAX_ITEMS) + 1))


def _get_item(value: Any, key: str) -> Any:
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, Mapping):
        return value.get(key, len(value) if key == "size" else None)
    if isinstance(value, str | list):
        ends = {
            "size": len(value),
            "first": value[0] if value else None,
            "last": value[-1] if value else None,
        }
        return value[int(key)] if key.isdecimal() and int(key) < len(value) else ends.get(key)
    return None


def _format_date(value: Any, format_: str) -> str:
    text = to_text(value)
    value_at = datetime.fromtimestamp(int(text), UTC) if text.isdecimal() else parse_date(text)
    if value_at is None:
        raise ValueError(text)
    return str(int(value_at.timestamp())) if format_ == "%s" else value_at.strftime(format_)


def _text_filter(change: Callable[..., str]) -> Callable[..., str]:
    return lambda value, *arguments: change(to_text(value), *map(to_text, arguments))


FILTERS: dict[str, Callable[..., Any]] = {
    "append": _text_filter(lambda text, end: text + end),
    "capitalize": _text_filter(str.capitalize),
    "date": lambda value, format_: _format_date(value, to_text(format_)),
    "default": lambda value, other: value if value not in (None, "", False, []) else other,
    "downcase": _text_filter(str.lower),
    "first": lambda value: _get_item(value, "first"),
    "join": lambda value, separator=" ": to_text(separator).join(map(to_text, value)),
    "last": lambda value: _get_item(value, "last"),
    "map": lambda value, key: [_get_item(item, to_text(key)) for item in value],
    "minus": lambda value, other: to_number(value) - to_number(other),
    "plus": lambda value, other: to_number(value) + to_number(other),
    "prepend": _text_filter(lambda text, start: start + text),
    "remove": _text_filter(lambda text, part: text.replace(part, "")),
    "replace": _text_filter(lambda text, part, other="": text.replace(part, other)),
    "reverse": lambda value: value[::-1],
    "size": lambda value: _get_item(value, "size"),
    "slugify": _text_filter(slugify),
    "sort": lambda value, *_key: sorted(value, key=to_text),
    "split": lambda value, separator: (
        to_text(value).split(to_text(separator)) if separator else list(to_text(value))
    ),
    "strip": _text_filter(str.strip),
    "strip_newlines": _text_filter(lambda text: text.replace("\n", "")),
    "upcase": _text_filter(str.upper),
    **dict.fromkeys(
        ("escape", "markdownify", "relative_url", "absolute_url", "safe", "url"), lambda value, *_: value
    ),
}
