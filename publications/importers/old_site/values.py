"""Values on a page: texts and attributes that selectors find, structured data, dates and names."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from ..markdown.dates import MONTHS, parse_date
from ..word.title_block import BYLINE, NAME_SEPARATOR
from .html_page import HtmlPage, Node, plain_text
from .rules import ValueSource

MAX_VALUE_CHARACTERS = 2_000
MAX_AUTHORS = 40
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DATE = re.compile(
    r"(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?|\s+\d{1,2}:\d{2}(?::\d{2})?)?"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th|\.|:e|:a)?\s+(?:{_MONTH})\b\.?,?\s+\d{{4}}"
    rf"|\b(?:{_MONTH})\b\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    r"|(?<!\d)\d{1,2}[./]\d{1,2}(?:[./]|\.?\s)\d{4}(?!\d)|(?<!\d)\d{4}[/.]\d{1,2}[/.]\d{1,2}(?!\d)",
    re.IGNORECASE,
)
"""A date in a sentence."""
UPDATE_WORDS = re.compile(r"updated?|modified|revised|uppdatera[dt]|ändra[dt]|reviderad", re.IGNORECASE)
PUBLISH_WORDS = re.compile(r"publi[sc]|posted|created|skapa[dt]", re.IGNORECASE)
ORDINAL_MARK = re.compile(r"(?<=\d):[ea]\b")
NOT_A_NAME = re.compile(r"[\d@/()\"“”?!]|^[a-zåäö]")
"""What follows a name without being one, such as a title, a date or an address."""
AFFIX = re.compile(r"^(?:dr|prof|professor|docent|ph\.?d)\.?\s+", re.IGNORECASE)
BETWEEN_PEOPLE = re.compile(r"\s*;\s*|\s+(?:and|och)\s+|\s*&\s*")
FAMILY_FIRST = re.compile(r"(?P<family>[^,]{2,}), (?P<given>[^,]+)")
VALUE_ATTRIBUTES = {"meta": "content", "time": "datetime", "img": "src", "link": "href"}
"""The attribute that holds the value of an element without text."""


def read_values(page: HtmlPage, sources: Iterable[ValueSource]) -> list[str]:
    """Return the texts of the first source that has any, without empty ones."""
    for source in sources:
        if texts := [text[:MAX_VALUE_CHARACTERS] for text in _texts_of(page, source) if text]:
            return texts
    return []


def read_value(page: HtmlPage, sources: Iterable[ValueSource]) -> str:
    return next(iter(read_values(page, sources)), "")


def _texts_of(page: HtmlPage, source: ValueSource) -> Iterator[str]:
    if source.property_path:
        for entry in page.json_ld:
            yield from _properties(entry, source.property_path)
        return
    for node in page.select(source.selector):
        yield text_of(node, source.attribute)


def text_of(node: Node, attribute: str = "") -> str:
    """Return an attribute of an element, or its text; of `meta` and the like the attribute that holds their value."""
    name = attribute or (VALUE_ATTRIBUTES.get(node.tag, "") if node.tag != "time" else "")
    if name:
        return " ".join((node.attributes.get(name) or "").split())
    return plain_text(node)


def _properties(value: Any, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the texts of a property of structured data; that of an object without a name for it is its name."""
    if isinstance(value, list):
        for item in value:
            yield from _properties(item, names)
    elif isinstance(value, dict):
        if names:
            yield from _properties(value.get(names[0]), names[1:])
        elif isinstance(value.get("name"), str):
            yield " ".join(value["name"].split())
    elif isinstance(value, str | int) and not names:
        yield " ".join(str(value).split())


def find_date(text: str) -> datetime | None:
    """Return the first date in a text, alone or in a sentence, or None."""
    if date := parse_date(text):
        return date
    for match in DATE.finditer(text):
        if date := parse_date(ORDINAL_MARK.sub("", match[0])):
            return date
    return None


def is_of_update(text: str) -> bool:
    """Whether what stands before the first date of a text, or the name of its element, speaks of an update."""
    match = DATE.search(text)
    words = text[: match.start()] if match else text
    return bool(UPDATE_WORDS.search(words)) and not PUBLISH_WORDS.search(words)


def split_names(text: str) -> tuple[list[str], list[str]]:
    """Return the names in a byline ("By A, B and C"), and the parts that are none, such as titles."""
    line = " ".join(text.split()).strip(" .,:;")
    if match := BYLINE.fullmatch(line):
        line = match["names"]
    line = "; ".join(_put_given_name_first(person) for person in BETWEEN_PEOPLE.split(line))
    names, others = [], []
    for part in NAME_SEPARATOR.split(line)[:MAX_AUTHORS]:
        name = AFFIX.sub("", part.strip(" .,:;"))
        if name:
            (others if NOT_A_NAME.search(name) or len(name.split()) > 6 else names).append(name)
    return names, others


def _put_given_name_first(person: str) -> str:
    """Return "Anna Berg" for "BERG, Anna", and any other text as it is: two names may stand beside each other."""
    match = FAMILY_FIRST.fullmatch(person)
    if (
        not match
        or not match["family"].isupper()
        or match["given"].isupper()
        or NOT_A_NAME.search(match["given"])
    ):
        return person
    return f"{match['given']} {match['family'].title()}"
