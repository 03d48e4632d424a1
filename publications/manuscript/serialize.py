"""Serialize a manuscript as front matter that editors can read and edit."""

import re
from datetime import datetime, timedelta
from typing import Any

import yaml

from .records import (
    FIELD_ALIASES,
    FRONT_MATTER_FIELDS,
    NON_TEXT,
    FlowList,
    Manuscript,
    ManuscriptError,
    to_mapping,
)

FORMAT = 1
TAG = "tag:yaml.org,2002:"
MAX_INLINE_CHARACTERS = 160
"""Longer text is written as a YAML block."""


def dumps(manuscript: Manuscript) -> str:
    """Return the manuscript as the text of a file; empty fields are omitted.

    Raises:
        ManuscriptError: a text contains a character that is not text, or `extra_fields` cannot be written as YAML.
    """
    if reserved := {*FRONT_MATTER_FIELDS, *FIELD_ALIASES, "format"} & set(manuscript.extra_fields):
        raise ManuscriptError(f"“{min(reserved)}” is a field of its own: take it out of `extra_fields`.")
    _check_characters(manuscript.body)
    fields = {**to_mapping(manuscript), "format": FORMAT, **manuscript.extra_fields}
    try:
        text = yaml.dump(fields, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"))
    except ManuscriptError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        message = "`extra_fields` cannot be written ({}): keep to texts, numbers, dates and lists."
        raise ManuscriptError(message.format(error.args[-1])) from error
    return f"---\n{text}---\n" + (f"\n{manuscript.body}\n" if manuscript.body else "")


def _check_characters(text: str) -> None:
    if character := NON_TEXT.search(text):
        raise ManuscriptError(
            f"“{text[:40]!a}” holds a character that is no text ({character[0]!a}). Take it out."
        )


class _Dumper(yaml.SafeDumper):
    """Write YAML in the style of an editor; text that YAML would not read back unchanged is quoted and escaped."""

    NEEDS_QUOTES = re.compile(r"[\x85\u2028\u2029]|\n\n\Z")

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        style = super().choose_scalar_style()
        return '"' if style == "'" and "'" in self.event.value else style

    def represent_text(self, text: str) -> yaml.Node:
        _check_characters(text)
        is_long = "\n" in text or len(text) > MAX_INLINE_CHARACTERS
        style = '"' if self.NEEDS_QUOTES.search(text) else "|" if is_long else None
        return self.represent_scalar(f"{TAG}str", text, style=style)

    def represent_aware_datetime(self, value: datetime) -> yaml.Node:
        has_seconds = value.tzinfo and value.utcoffset() % timedelta(minutes=1)
        return self.represent_undefined(value) if has_seconds else self.represent_datetime(value)

    def represent_flow_list(self, values: list) -> yaml.Node:
        return self.represent_sequence(f"{TAG}seq", values, flow_style=True)


_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(datetime, _Dumper.represent_aware_datetime)
_Dumper.add_representer(FlowList, _Dumper.represent_flow_list)
for _type in (tuple, set, bytes):  # would be read back as another type
    _Dumper.add_representer(_type, _Dumper.represent_undefined)
