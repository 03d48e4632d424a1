"""Reference links (`[words][label]`): those of included files are put in, what nothing defines becomes its words."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from .arrival import Telling
from .includes import spelled_label

INSIDE = r"(?:[^\[\]\n\\]++|\\.|\n(?![ \t]*\n)|\[(?:[^\[\]\n\\]++|\\.|\n(?![ \t]*\n))*+\])*+"
LABEL = r"(?:[^\[\]\n\\]++|\\.|\n(?![ \t]*\n))*+"
REFERRED = re.compile(rf"(?<![\\\]])(?P<image>!?)\[(?!\^)(?P<words>{INSIDE})\]\[(?!\^)(?P<label>{LABEL})\]")
SHORT = re.compile(rf"(?<![\\\]])\[(?!\^)(?P<label>{LABEL})\](?![\[(:])")
DEFINED = re.compile(r"^ {0,3}\[(?!\^)((?:[^\[\]\n\\]|\\.)+)\]:", re.MULTILINE)
INDEX = re.compile(r"\w{0,3}")


def resolve_references(text: str, defined: Mapping[str, str], telling: Telling) -> str:
    """The text with every reference link leading somewhere, or as its words.

    `defined` are addresses by the label in its one spelling, from files that the text includes: those that are used are
    put at the end of the text.
    """
    if "[" not in text:
        return text
    own = {spelled_label(label) for label in DEFINED.findall(text)}
    references = References(text, own, defined, telling)
    text = REFERRED.sub(references.referred, text)
    if defined:
        for found in SHORT.finditer(text):
            references.knows(spelled_label(found["label"]))
    lines = [f"[{label}]: {defined[label]}" for label in references.used]
    return "\n".join([text.rstrip("\n"), "", *lines]) if lines else text


class References:
    """The reference links of one text."""

    def __init__(self, text: str, own: set[str], defined: Mapping[str, str], telling: Telling) -> None:
        self.text, self.own, self.defined, self.telling = text, own, defined, telling
        self.used: dict[str, None] = {}

    def knows(self, label: str) -> bool:
        """Whether a label leads somewhere; one that an included file defines is remembered as used."""
        if label not in self.own and label in self.defined:
            self.used[label] = None
        return label in self.own or label in self.defined

    def referred(self, found: re.Match[str]) -> str:
        words, label = _on_one_line(found["words"]), " ".join(found["label"].split())
        if self._is_index(found):
            return found[0]
        if self.knows(spelled_label(label or words)):
            return f"{found['image']}[{words}][{label}]"
        if REFERRED.search(words):
            words = REFERRED.sub(self.referred, words)
        told = " ".join((label or words).split())
        self.telling.dropped(
            "reference", _("A link refers to “%s”, which nothing defines: its words stay.") % told
        )
        return words

    def _is_index(self, found: re.Match[str]) -> bool:
        """`matrix[0][1]` is no link."""
        before = self.text[: found.start()][-1:]
        is_word = before.isascii() and (before.isalnum() or before == "_")
        return is_word and bool(INDEX.fullmatch(found["words"])) and bool(INDEX.fullmatch(found["label"]))


def _on_one_line(words: str) -> str:
    """Words without a line that would begin with a sign of Markdown, such as the `#` of a number."""
    return re.sub(r"\n[ \t]*(?=[#>+*-])", " ", words)
