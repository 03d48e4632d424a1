"""Messages to many recipients that differ in a few words: written once, then copied for each of them.

A copy takes microseconds: its texts are those of the template with the tokens of the recipient in place of the
placeholders, and its headers are lines that need no folding. `email.message` takes milliseconds for each copy.
"""

import email.policy
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage as StandardMessage
from email.utils import format_datetime
from functools import cached_property, lru_cache

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.encoding import punycode

MAX_QUOTED_SHARE = 1 / 6
"""Of other bytes than ASCII: Base64 is shorter where there are more of them."""
BOUNDARY = b"=_alternative"
"""No line of a text in Base64 or quoted-printable has `=_`."""
MAX_ENCODED = 4
"""Bytes that either encoding makes of one, at most: three in quoted-printable, and the ends of lines."""
MAX_HEADS = 20
"""Sets of headers that are kept encoded: one for each locale, and few others."""
HTML = "text/html"
ASCII = bytes(range(128))


class SerializedMessage:
    """A message as a backend sends it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def as_bytes(self) -> bytes:
        """Return its headers and parts, with line ends of SMTP."""
        return self._data


class CopiedMail(EmailMultiAlternatives):
    """A copy of a template. Backends that do not send over SMTP use its attributes.

    Attributes:
        data: the message with its headers, as it is sent over SMTP.
    """

    data: bytes = b""

    def message(self, *, policy=email.policy.SMTP) -> SerializedMessage:
        """Return what the SMTP backend sends. The policy is that of its signature: `data` is written for SMTP."""
        return SerializedMessage(self.data)


@dataclass(frozen=True)
class MessageTemplate:
    """A message to anybody.

    Attributes:
        subject, text, html: with placeholders in the texts; of `html` alone lines may be long.
        sender: the address that it comes from, with a name.
        headers: those that are the same in all copies.
        own_headers: those with placeholders, in ASCII, which are not folded.
    """

    subject: str
    text: str
    html: str
    sender: str
    headers: Mapping[str, str] = field(default_factory=dict)
    own_headers: Mapping[str, str] = field(default_factory=dict)

    def copy_for(self, address: str, *, message_id: str, placeholders: Mapping[str, str]) -> CopiedMail:
        """Return the message to one recipient.

        Args:
            address: of the recipient; its part before the @ in ASCII, as in all addresses that are stored.
            message_id: with its angle brackets.
            placeholders: what stands instead of each placeholder, in ASCII.

        Raises:
            ValueError: a header would have more than one line, or other characters than ASCII.
        """

        def fill_in(text: str) -> str:
            for placeholder, value in placeholders.items():
                text = text.replace(placeholder, value)
            return text

        text, html = fill_in(self.text), fill_in(self.html)
        headers = {
            "Message-ID": message_id,
            **{key: fill_in(value) for key, value in self.own_headers.items()},
        }
        name, _mark, host = address.rpartition("@")
        address = f"{name}@{punycode(host)}"
        lines = {"To": address, "Date": format_datetime(timezone.now()), **headers}
        copied = CopiedMail(self.subject, text, self.sender, [address], headers={**self.headers, **headers})
        copied.attach_alternative(html, HTML)
        copied.data = b"".join(
            (
                *(b"%b: %b\r\n" % (key.encode(), _check(value)) for key, value in lines.items()),
                self._head,
                self._part(b"text/plain", text, self._is_text_quoted),
                self._part(b"text/html", html, self._is_html_quoted),
                b"--" + BOUNDARY + b"--\r\n",
            )
        )
        return copied

    def fits(self, max_bytes: int) -> bool:
        """Return whether both parts together have at most so many bytes as they are sent.

        Args:
            max_bytes: of the encoded parts, without the headers.
        """
        fewest = len(self.text.encode()) + len(self.html.encode())
        return fewest * MAX_ENCODED <= max_bytes or self.size <= max_bytes

    @property
    def size(self) -> int:
        """Bytes of both parts as they are sent. Tokens are as long as the placeholders."""
        parts = (
            (b"text/plain", self.text, self._is_text_quoted),
            (b"text/html", self.html, self._is_html_quoted),
        )
        return sum(len(self._part(*part)) for part in parts)

    @cached_property
    def _head(self) -> bytes:
        """The headers that are the same in all copies, encoded and folded (RFC 2047 and 5322), and the empty line."""
        head = _encode_headers((("From", self.sender), *self.headers.items(), ("MIME-Version", "1.0")))
        # All of it is encoded: `email.policy` would read what looks like an encoded word in a title.
        subject = Header(self.subject, "utf-8", header_name="Subject").encode(linesep="\r\n").encode()
        content_type = b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n' % BOUNDARY
        return head + b"Subject: %b\r\n" % subject + content_type

    @cached_property
    def _is_text_quoted(self) -> bool:
        return _is_quoted_shorter(self.text)

    @cached_property
    def _is_html_quoted(self) -> bool:
        return _is_quoted_shorter(self.html)

    def _part(self, media_type: bytes, text: str, is_quoted: bool) -> bytes:
        data = text.encode()
        encoding = b"quoted-printable" if is_quoted else b"base64"
        encoded = b2a_qp(data, istext=True) if is_quoted else encodebytes(data)
        return b"--%b\r\nContent-Type: %b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n\r\n%b\r\n" % (
            BOUNDARY,
            media_type,
            encoding,
            encoded.replace(b"\n", b"\r\n"),
        )


@lru_cache(MAX_HEADS)
def _encode_headers(headers: tuple[tuple[str, str], ...]) -> bytes:
    """Return headers as lines, encoded and folded, which takes as long as all the rest of a mail."""
    head = StandardMessage(policy=email.policy.SMTP)
    for name, value in headers:
        head[name] = value
    return head.as_bytes().removesuffix(b"\r\n")


def _is_quoted_shorter(text: str) -> bool:
    data = text.encode()
    return len(data.translate(None, ASCII)) <= len(data) * MAX_QUOTED_SHARE


def _check(value: str) -> bytes:
    """Return a header line. Raises ValueError, without the value, where it would be more than one or is not ASCII."""
    if not (value.isascii() and value.isprintable()):
        raise ValueError("A header of a mail has characters other than the printable ones of ASCII.")
    return value.encode()
