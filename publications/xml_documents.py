"""XML documents, each part written through the one door that escapes, and takes out what XML forbids."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from django.utils.xmlutils import SimplerXMLGenerator

FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) lets no document hold, however it is written, and the other controls, which it advises
against."""

Attributes = Mapping[str, str]


class Writer:
    """Writes elements one after another; an attribute without a value is left out."""

    def __init__(self, xml: SimplerXMLGenerator) -> None:
        self._xml = xml

    @contextmanager
    def inside(self, name: str, attributes: Attributes | None = None) -> Iterator[None]:
        """An element around what is written meanwhile."""
        self._xml.startElement(name, _given(attributes))
        yield
        self._xml.endElement(name)

    def element(self, name: str, text: str = "", attributes: Attributes | None = None) -> None:
        with self.inside(name, attributes):
            self._xml.characters(FORBIDDEN.sub("", text))


def document(write: Callable[[Writer], None]) -> bytes:
    """What `write` writes, as a document in UTF-8."""
    stream = io.StringIO()
    xml = SimplerXMLGenerator(stream, "utf-8", short_empty_elements=True)
    xml.startDocument()
    write(Writer(xml))
    xml.endDocument()
    return stream.getvalue().encode()


def moment(at: datetime) -> str:
    """A moment in UTC to the second, as XML Schema, RFC 3339 and their like write it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _given(attributes: Attributes | None) -> dict[str, str]:
    return {name: FORBIDDEN.sub("", value) for name, value in (attributes or {}).items() if value}
