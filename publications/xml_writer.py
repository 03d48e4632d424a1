"""Writing of XML documents: text and attributes are escaped, and characters that XML forbids are dropped."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from django.utils.xmlutils import SimplerXMLGenerator

FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (section 2.2) forbids in a document, and the other controls, which it advises against."""

Attributes = Mapping[str, str]


class XmlWriter:
    """Writes elements one after another, without attributes that have no value."""

    def __init__(self, xml: SimplerXMLGenerator) -> None:
        self._xml = xml

    @contextmanager
    def inside(self, name: str, attributes: Attributes | None = None) -> Iterator[None]:
        """Write an element around what the block writes."""
        self._xml.startElement(name, _without_empty(attributes))
        yield
        self._xml.endElement(name)

    def element(self, name: str, text: str = "", attributes: Attributes | None = None) -> None:
        with self.inside(name, attributes):
            self._xml.characters(FORBIDDEN.sub("", text))


def build_xml(write: Callable[[XmlWriter], None]) -> bytes:
    """Return what `write` writes as an XML document in UTF-8."""
    stream = io.StringIO()
    xml = SimplerXMLGenerator(stream, "utf-8", short_empty_elements=True)
    xml.startDocument()
    write(XmlWriter(xml))
    xml.endDocument()
    return stream.getvalue().encode()


def format_datetime(at: datetime) -> str:
    """Return a datetime in UTC to the second, as XML Schema and RFC 3339 write it: "2026-06-09T05:00:00Z"."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _without_empty(attributes: Attributes | None) -> dict[str, str]:
    return {name: FORBIDDEN.sub("", value) for name, value in (attributes or {}).items() if value}
