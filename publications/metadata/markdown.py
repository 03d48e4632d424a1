"""Markdown: the whole piece as its page shows it, with its record in front (YAML), for readers and their machines."""

from collections.abc import Iterator
from typing import Any

import yaml
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from publications.html_tree import parse
from publications.images import widths_for
from publications.locales import absolute_url
from publications.markup import EXCHANGE, escape_markdown, to_markdown
from publications.models import Image

from .record import Record


def to_markdown_record(record: Record) -> str:
    """Markdown of a record: YAML front matter, then what the page shows."""
    front = yaml.safe_dump(_front(record), allow_unicode=True, sort_keys=False, width=float("inf"))
    with translation.override(record.locale):
        body = "\n\n".join(block for block in _blocks(record) if block)
    return f"---\n{front}---\n\n{body}\n"


def _front(record: Record) -> dict[str, Any]:
    names = {
        name: [person.name.full for person in people]
        for name, people in (
            ("authors", record.authors),
            ("editors", record.editors),
            ("with", record.others),
        )
    }
    fields = {
        "title": " ".join(record.title.split()),
        "type": record.label,
        **names,
        "date": record.published,
        "language": record.language,
        "publisher": record.publisher,
        "url": record.url,
        "doi": record.doi,
        "isbn": record.isbn,
        "external_url": record.external_url,
        "topics": list(record.keywords),
        "edition": record.edition,
        "also_in": {text.language: text.url for text in record.texts},
    }
    return {name: value for name, value in fields.items() if value}


def _blocks(record: Record) -> Iterator[str]:
    """Title, opening, text and what stands below it, in the order of the page."""
    edition = record.rows.edition
    yield f"# {escape_markdown(record.title)}"
    yield escape_markdown(edition.summary)
    if points := edition.key_points_list:
        yield f"**{_('Key points')}**"
        yield "\n".join(f"- {escape_markdown(point)}" for point in points)
    if record.external_url:
        yield f"<{record.external_url}>"
    addresses = {image.key: _address(image) for image in record.rows.images}
    body = parse(edition.html)
    yield to_markdown(body, EXCHANGE, base=record.url, image_address=lambda key: addresses.get(key, ""))
    yield f"*{escape_markdown(edition.disclaimer)}*" if edition.disclaimer else ""
    if record.corrections:
        yield f"## {_('Corrections')}"
        yield "\n".join(
            f"- {date_format(each.at, 'DATE_FORMAT')}: {escape_markdown(each.note)}"
            for each in record.corrections
        )
    yield "\n".join(f"- [{escape_markdown(file.label)}]({file.url})" for file in record.files)


def _address(image: Image) -> str:
    """The largest of a picture's sizes, in the format that everything reads."""
    size = {"key": image.key, "size": str(widths_for(image)[-1]), "extension": "jpg"}
    return absolute_url(reverse("picture", kwargs=size))
