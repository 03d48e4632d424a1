"""Writing of XML documents: text and attributes are escaped, and characters that XML forbids are dropped."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (section 2.2) forbids in a document, and the other controls, which it advises against."""

Attributes = Mapping[str, str]


class XmlWriter:
    """Writes elements one after another, their attributes by name and without those that have no value."""

    def __init__(self) -> None:
        self._parts = ['<?xml version="1.0" encoding="utf-8"?>\n']

    @contextmanager
    def inside(self, name: str, attributes: Attributes | None = None) -> Iterator[None]:
        """Write an element around what the block writes."""
        self._parts.append(f"<{name}{_render_attributes(attributes)}>")
        yield
        self._parts.append(f"</{name}>")

    def element(self, name: str, text: str = "", attributes: Attributes | None = None) -> None:
        content = escape(FORBIDDEN.sub("", text))
        start = f"<{name}{_render_attributes(attributes)}"
        self._parts.append(f"{start}>{content}</{name}>" if content else f"{start}/>")

    def document(self) -> bytes:
        """Return what was written, in UTF-8."""
        return "".join(self._parts).encode()


def build_xml(write: Callable[[XmlWriter], None]) -> bytes:
    """Return what `write` writes as an XML document in UTF-8."""
    xml = XmlWriter()
    write(xml)
    return xml.document()


def format_datetime(at: datetime) -> str:
    """Return a datetime in UTC to the second, as XML Schema and RFC 3339 write it: "2026-06-09T05:00:00Z"."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _render_attributes(attributes: Attributes | None) -> str:
    named = sorted(attributes.items()) if attributes else ()
    return "".join(f" {name}={quoteattr(FORBIDDEN.sub('', value))}" for name, value in named if value)
