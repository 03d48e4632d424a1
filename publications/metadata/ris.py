"""RIS: for EndNote, RefWorks, Mendeley, Zotero and their like, as the format's specification of 2011 has it."""

from collections.abc import Iterator

from .record import Record

MEDIA_TYPE = "application/x-research-info-systems"


def document(record: Record) -> str:
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in _lines(record) if value]
    return "".join(f"{line}\r\n" for line in [*lines, "ER  - "])


def _lines(record: Record) -> Iterator[tuple[str, str]]:
    """Tags with their values, the type first."""
    yield "TY", "RPRT" if record.is_report else "ELEC"
    yield "ID", record.key
    yield from (("AU", name.inverted) for name in record.creators)
    yield from (("ED", person.name.inverted) for person in record.editors)
    yield from (("A4", person.name.inverted) for person in record.others)
    yield "TI", record.title
    yield "T2", "" if record.is_report else record.publisher_short
    yield "M3", record.kind
    yield "IS", record.number
    yield "PB", record.publisher
    yield "PY", f"{record.published:%Y}"
    yield "DA", f"{record.published:%Y/%m/%d}/"
    yield "UR", record.url
    yield "L1", record.pdf
    yield "L2", record.external_url
    yield "DO", record.doi
    yield "SN", record.isbn
    yield "LA", record.language
    yield "AB", record.summary
    yield from (("KW", word) for word in record.keywords)
