"""Frozen for migration 0048: read back the text and the language of a manuscript that the site has written."""

import re
from typing import NamedTuple

import yaml

OPENING = re.compile(r"\ufeff?(?:[ \t]*\n)*---[ \t]*\n")
CLOSING = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)


class Manuscript(NamedTuple):
    body: str
    language: str


def loads(text: str) -> Manuscript:
    """Return the body and the language of the manuscript of a revision, of which both are known to be valid."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    opening = OPENING.match(text)
    closing = CLOSING.search(text, opening.end())
    fields = yaml.load(text[opening.end() : closing.start()], Loader=yaml.BaseLoader) or {}
    body = text[closing.end() :].removeprefix("\n").removesuffix("\n")
    return Manuscript(body, fields.get("language", "en"))
