"""Markdown of a publication: its record as YAML front matter, then the page."""

from collections.abc import Iterator
from typing import Any

import yaml
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from publications.html_tree import parse
from publications.images import widths_for
from publications.locales import absolute_url, format_day
from publications.markup import PORTABLE_STYLE, escape_markdown, to_markdown
from publications.models import Image

from .record import Record


def to_markdown_record(record: Record) -> str:
    """Return a record as Markdown: YAML front matter, then what the page shows."""
    front_matter = yaml.safe_dump(
        _front_matter(record), allow_unicode=True, sort_keys=False, width=float("inf")
    )
    with translation.override(record.locale):
        body = "\n\n".join(block for block in _blocks(record) if block)
    return f"---\n{front_matter}---\n\n{body}\n"


def _front_matter(record: Record) -> dict[str, Any]:
    names = {
        name: [person.name.full for person in people]
        for name, people in (
            ("authors", record.authors),
            ("editors", record.editors),
            ("with", record.contributors),
        )
    }
    fields = {
        "title": " ".join(record.title.split()),
        "type": record.label,
        **names,
        "date": record.published_on,
        "language": record.language,
        "publisher": record.publisher,
        "url": record.url,
        "doi": record.doi,
        "isbn": record.isbn,
        "external_url": record.external_url,
        "topics": list(record.keywords),
        "edition": record.edition_number,
        "status": record.notice.definition.work_status.lower() if record.notice else "",
        "notice": record.notice_statement,
        "also_in": {link.language: link.url for link in record.translations},
    }
    return {name: value for name, value in fields.items() if value}


def _blocks(record: Record) -> Iterator[str]:
    """Yield the blocks in the order of the page, some of them empty."""
    edition = record.edition
    yield f"# {escape_markdown(record.title)}"
    if record.notice:
        yield f"> **{escape_markdown(record.notice_statement)}** {escape_markdown(record.notice.advice)}"
    yield _escape_block(edition.summary)
    if points := edition.key_points_list:
        yield f"**{_('Key points')}**"
        yield "\n".join(f"- {_escape_block(point)}" for point in points)
    if record.external_url:
        yield f"<{record.external_url}>"
    image_urls = {image.key: _image_url(image) for image in record.edition_with_rows.images}
    body = parse(edition.html)
    yield to_markdown(
        body, PORTABLE_STYLE, base=record.url, image_address=lambda key: image_urls.get(key, "")
    )
    yield f"*{escape_markdown(edition.disclaimer)}*" if edition.disclaimer else ""
    if record.corrections:
        yield f"## {_('Corrections')}"
        yield "\n".join(
            f"- {format_day(correction.at)}: {escape_markdown(correction.note)}"
            for correction in record.corrections
        )
    yield "\n".join(f"- [{escape_markdown(file.label)}]({file.url})" for file in record.files)


def _escape_block(text: str) -> str:
    """Return the text of a paragraph or list item, escaped so that its beginning starts no other block."""
    return PORTABLE_STYLE.escape_start(escape_markdown(text))


def _image_url(image: Image) -> str:
    """Return the address of the largest size of an image, as JPEG."""
    size = {"key": image.key, "size": str(widths_for(image)[-1]), "extension": "jpg"}
    return absolute_url(reverse("image_file", kwargs=size))
