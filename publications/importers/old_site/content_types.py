"""The types of files, by header, by name and by first bytes."""

import mimetypes
import re
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from .addresses import decode_path

HTML_SUFFIXES = frozenset(
    {".html", ".htm", ".xhtml", ".aspx", ".asp", ".php", ".jsp", ".cfm", ".shtml", ".do"}
)
"""Suffixes of pages: those of programs answer with HTML."""
HTML_BEGINNING = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head)\b", re.I | re.S
)
DOCUMENT_SUFFIXES = frozenset({
    ".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".ppt",
    ".pptx", ".odp", ".zip", ".epub", ".txt", ".xml", ".json", ".mp3", ".mp4",
})  # fmt: skip
"""Suffixes of files that readers download."""


def parse_content_type(header: str) -> tuple[str, str]:
    """Return type and charset of a header `Content-Type`, in lower case."""
    message = Message()
    message["Content-Type"] = header.replace("\n", " ").replace("\r", " ")
    charset = message.get_param("charset", "")
    content_type = message.get_content_type() if "/" in header else ""
    return content_type, str(charset if isinstance(charset, str) else charset[-1]).lower()


def suffix_of(address: str) -> str:
    """Return the suffix of the last part of the path of an address, in lower case."""
    return PurePosixPath(decode_path(urlsplit(address).path)).suffix.lower()


def guess_type(address: str) -> str:
    """Return the type by the name in an address; pages often have none."""
    suffix = suffix_of(address)
    if suffix in HTML_SUFFIXES or not suffix:
        return "text/html"
    return mimetypes.guess_type(f"file{suffix}")[0] or "application/octet-stream"


def is_html(beginning: bytes) -> bool:
    """Whether the first bytes of a file are those of a page."""
    return bool(HTML_BEGINNING.match(beginning))


def is_document(address: str) -> bool:
    """Whether an address is that of a file that readers download."""
    return suffix_of(address) in DOCUMENT_SUFFIXES
