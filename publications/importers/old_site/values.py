"""Values on a page: texts and attributes that selectors find, structured data, dates and names."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Any

from publications.name_particles import NAME_PARTICLES

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
    r"|(?<!\d)\d{1,2}[./]\d{1,2}[./]\d{4}(?!\d)|(?<!\d)\d{4}[/.]\d{1,2}[/.]\d{1,2}(?!\d)",
    re.IGNORECASE,
)
"""A date in a sentence."""
UPDATE_WORDS = re.compile(r"updated?|modified|revised|uppdatera[dt]|ändra[dt]|reviderad", re.IGNORECASE)
PUBLISH_WORDS = re.compile(r"publi[sc]|posted|created|skapa[dt]", re.IGNORECASE)
SHORT_DATE = re.compile(r"(?<!\d)\d{1,2}/\d{1,2}\s+\d{4}(?![\d-])")
"""One such as "5/9 2012", which may be the number of a report too: read where a text has no other date."""
ORDINAL_MARK = re.compile(r"(?<=\d):[ea]\b")
NOT_A_NAME = re.compile(r"[\d@/()\"“”?!]|^[a-zåäö]")
"""What follows a name without being one, such as a title, a date or an address."""
AFFIX = re.compile(r"^(?:dr|prof|professor|docent|ph\.?d)\.?\s+", re.IGNORECASE)
BETWEEN_PEOPLE = re.compile(r"\s*;\s*|\s+(?:and|och)\s+|\s*&\s*")
FAMILY_NAME = re.compile(r"(?=.{2})(?:(?![\d_])[^\Wa-zà-öø-ÿ]|[-’' ])+")
GIVEN_NAME = re.compile(r"(?![\d_])[^\Wa-zà-öø-ÿ][^\W\d_]*[a-zà-öø-ÿ](?:-[^\W\d_]+)?")
SCOTTISH = re.compile(r"(?<=\bMc)[a-z]")
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
    return parse_date(find_date_text(text))


def find_date_text(text: str) -> str:
    """Return what `find_date` reads of a text, or ""."""
    if parse_date(text):
        return text
    found = (ORDINAL_MARK.sub("", match[0]) for form in (DATE, SHORT_DATE) for match in form.finditer(text))
    return next(filter(parse_date, found), "")


def is_of_update(text: str) -> bool:
    """Whether what stands before the first date of a text, or the name of its element, speaks of an update."""
    match = DATE.search(text)
    words = text[: match.start()] if match else text
    return bool(UPDATE_WORDS.search(words)) and not PUBLISH_WORDS.search(words)


def split_names(text: str) -> tuple[list[str], list[str]]:
    """Return the names in a byline ("By A, B and C"), and the parts that are none, such as titles."""
    line = "; ".join(BETWEEN_PEOPLE.split(_names_in_byline(text)))
    for written, name in find_turned_names(text).items():
        line = line.replace(written, f"{name};")
    names, others = [], []
    for part in NAME_SEPARATOR.split(line)[:MAX_AUTHORS]:
        name = AFFIX.sub("", part.strip(" .,:;"))
        if name:
            (others if NOT_A_NAME.search(name) or len(name.split()) > 6 else names).append(name)
    return names, others


def _names_in_byline(text: str) -> str:
    line = " ".join(text.split()).strip(" .,:;")
    match = BYLINE.fullmatch(line)
    return match["names"] if match else line


def find_turned_names(text: str) -> dict[str, str]:
    """Return the names of a byline that have the family name in capitals first, such as "BERG, Anna".

    Returns:
        Each name with the given name first by the name as it is written; none if a comma in the text is of another use.
    """
    turned = {}
    for people in BETWEEN_PEOPLE.split(_names_in_byline(text)):
        parts = people.split(",") if "," in people else []
        for family, given in zip_longest(parts[::2], parts[1::2], fillvalue=""):
            if not FAMILY_NAME.fullmatch(family.strip()) or not GIVEN_NAME.fullmatch(given.strip()):
                return {}
            turned[f"{family},{given}".strip()] = f"{given.strip()} {_write_family_name(family)}"
    return turned


def _write_family_name(name: str) -> str:
    """Return a family name in capitals as it is written within a text: "van der Berg", "McDonald"."""
    words = (word.lower() if word.lower() in NAME_PARTICLES else word.title() for word in name.split())
    return SCOTTISH.sub(lambda match: match[0].title(), " ".join(words))
