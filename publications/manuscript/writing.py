"""Writing: records become front matter as an editor would type it, whatever they hold."""

import re
from datetime import datetime, timedelta
from typing import Any

import yaml

from .records import ALSO_CALLED, IN_FRONT, NO_TEXT, Manuscript, ManuscriptError, OnOneLine, entry

FORMAT = 1
TAG = "tag:yaml.org,2002:"
LONG = 160  # characters from which a text stands as a block of its own


def dumps(manuscript: Manuscript) -> str:
    """The manuscript as the text of its file; empty fields are left out. Raises ManuscriptError."""
    if clash := {*IN_FRONT, *ALSO_CALLED, "format"} & set(manuscript.more):
        raise ManuscriptError(f"“{min(clash)}” is a field of its own: take it out of `more`.")
    _check_text(manuscript.body)
    front = {**entry(manuscript), "format": FORMAT, **manuscript.more}
    try:
        text = yaml.dump(front, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"))
    except ManuscriptError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as reason:
        sentence = "`more` cannot be written ({}): keep to texts, numbers, dates and lists."
        raise ManuscriptError(sentence.format(reason.args[-1])) from reason
    return f"---\n{text}---\n" + (f"\n{manuscript.body}\n" if manuscript.body else "")


def _check_text(text: str) -> None:
    if found := NO_TEXT.search(text):
        raise ManuscriptError(
            f"“{text[:40]!a}” holds a character that is no text ({found[0]!a}). Take it out."
        )


class _Dumper(yaml.SafeDumper):
    """Front matter as an editor would type it; whatever YAML would not give back unchanged is escaped."""

    AWKWARD = re.compile(r"[\x85\u2028\u2029]|\n\n\Z")

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        style = super().choose_scalar_style()
        return '"' if style == "'" and "'" in self.event.value else style

    def represent_text(self, text: str) -> yaml.Node:
        _check_text(text)
        long = "\n" in text or len(text) > LONG
        style = '"' if self.AWKWARD.search(text) else "|" if long else None
        return self.represent_scalar(f"{TAG}str", text, style=style)

    def represent_moment(self, moment: datetime) -> yaml.Node:
        odd = moment.tzinfo and moment.utcoffset() % timedelta(minutes=1)
        return self.represent_undefined(moment) if odd else self.represent_datetime(moment)

    def represent_on_one_line(self, values: list) -> yaml.Node:
        return self.represent_sequence(f"{TAG}seq", values, flow_style=True)


_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(datetime, _Dumper.represent_moment)
_Dumper.add_representer(OnOneLine, _Dumper.represent_on_one_line)
for _kind in (tuple, set, bytes):  # YAML would give back something else, or something no editor can read
    _Dumper.add_representer(_kind, _Dumper.represent_undefined)
