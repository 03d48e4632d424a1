"""CSL-JSON: for every program that knows the Citation Style Language, in its ten thousand styles."""

import json
from typing import Any

from .names import Name
from .record import Record

MEDIA_TYPE = "application/vnd.citationstyles.csl+json"


def document(record: Record) -> str:
    """A list of one item, as programs export and import it."""
    return json.dumps([item(record)], ensure_ascii=False, indent=2) + "\n"


def item(record: Record) -> dict[str, Any]:
    day = record.published
    fields = {
        "id": record.key,
        "type": "report" if record.is_report else "webpage",
        "title": record.title,
        "author": [_name(name) for name in record.creators],
        "editor": [_name(person.name) for person in record.editors],
        "contributor": [_name(person.name) for person in record.others],
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "genre": record.kind,
        "number": record.number,
        "container-title": "" if record.is_report else record.publisher_short,
        "publisher": record.publisher,
        "URL": record.url,
        "DOI": record.doi,
        "ISBN": record.isbn,
        "note": f"Text: {record.external_url}" if record.external_url else "",
        "language": record.language,
        "abstract": record.summary,
        "keyword": ", ".join(record.keywords),
    }
    return {name: value for name, value in fields.items() if value}


def _name(name: Name) -> dict[str, str]:
    if not name.family:
        return {"literal": name.full}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: value for part, value in parts.items() if value}
