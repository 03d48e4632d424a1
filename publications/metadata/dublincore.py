"""Dublin Core (the fifteen elements of version 1.1): what catalogues and harvesters are told of a piece."""

from collections.abc import Iterator

from publications.models import doi_url

from .record import Record


def elements(record: Record) -> list[tuple[str, str]]:
    """Elements with their values, in the order of the standard's list; those without a value are left out."""
    return [(name, value) for name, value in _elements(record) if value]


def _elements(record: Record) -> Iterator[tuple[str, str]]:
    yield "title", record.title
    yield from (("creator", name.inverted) for name in record.creators)
    yield from (("contributor", each.name.inverted) for each in (*record.editors, *record.others))
    yield from (("subject", word) for word in record.keywords)
    yield "description", record.summary
    yield "publisher", record.publisher
    yield "date", record.published.isoformat()
    yield "type", record.kind
    yield "type", "Text"
    yield "format", "text/html"
    yield from (("format", media_type) for media_type in sorted({file.media_type for file in record.files}))
    yield "identifier", record.url
    yield "identifier", doi_url(record.doi) if record.doi else ""
    yield "identifier", f"urn:isbn:{record.isbn}" if record.isbn else ""
    yield "source", record.external_url
    yield "language", record.language
