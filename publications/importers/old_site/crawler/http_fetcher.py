"""Request addresses of one site over HTTP; redirects are not followed.

The name of the host is resolved here and the connection goes to the address that was checked, so that a public name
cannot lead to a machine of the own network, now or later. `http.client` is used, as no dependency speaks HTTP.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from tempfile import SpooledTemporaryFile
from threading import Timer
from typing import IO
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

CHUNK_BYTES = 64 * 1024
MAX_BODY_IN_MEMORY = 2 * 1024 * 1024
MAX_SECONDS_OF_RESPONSE = 900
"""After these a response is given up, however slowly it still comes."""
NAT64 = ip_network("64:ff9b::/96")
"""IPv6 addresses that lead to IPv4 addresses, private ones included (RFC 6052)."""


class FetchFailed(Exception):
    """No complete answer came; the message says why. `is_final` where repeating it cannot help."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True)
class FetchedResponse:
    """An answer with its body, from the beginning of the file.

    Args:
        headers: as they came, without those of the transfer.
    """

    address: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: IO[bytes]
    size: int

    def get_header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass
class HttpFetcher:
    """Requests addresses.

    Args:
        allows_private: whether addresses of the own machine and network may be requested.
        timeout: seconds without an answer after which a request has failed.
        max_bytes: of a body; a larger one is not read.
        checks_certificates: whether the certificate of a server has to be right.
    """

    user_agent: str
    allows_private: bool = False
    timeout: float = 30.0
    max_bytes: int = 200_000_000
    checks_certificates: bool = True

    @contextmanager
    def fetch(self, address: str) -> Iterator[FetchedResponse]:
        """Yield the answer of an address, whatever its status. Raises FetchFailed."""
        host = urlsplit(address).hostname or ""
        try:
            connection = self._connect(address)
        except ssl.SSLCertVerificationError as error:
            message = _(
                "The certificate of %(host)s is wrong: %(why)s. If it is your own site: --ignore-certificate."
            )
            values = {"host": host, "why": error.verify_message}
            raise FetchFailed(message % values, is_final=True) from error
        except OSError as error:
            message = _("No connection to %(host)s: %(why)s. Check the address and the network.")
            raise FetchFailed(message % {"host": host, "why": error.strerror or error}) from error
        watch = Timer(MAX_SECONDS_OF_RESPONSE, _abort, [connection.sock])
        watch.daemon = True
        watch.start()
        try:
            with SpooledTemporaryFile(MAX_BODY_IN_MEMORY) as body:
                try:
                    fetched = self._request(connection, address, body)
                except (OSError, HTTPException, ValueError) as error:
                    raise FetchFailed(_("The answer broke off (%s).") % _name_error(error)) from error
                yield fetched
        finally:
            watch.cancel()
            connection.close()

    def _connect(self, address: str) -> HTTPConnection:
        """Return a connection to a checked address of the host. Raises OSError and FetchFailed."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            addresses = resolve_host(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchFailed(_("There is no host “%s”. Check the address.") % host) from error
        if not self.allows_private and not all(map(is_public, addresses)):
            message = _("%(host)s is a machine of the own network (%(address)s). Allow it with --private.")
            address = next(item for item in addresses if not is_public(item))
            raise FetchFailed(message % {"host": host, "address": address}, is_final=True)
        plain = self._open_socket(addresses, port)
        connection = HTTPConnection(host, port, timeout=self.timeout)
        try:
            connection.sock = self._encrypt(plain, host) if parts.scheme == "https" else plain
        except OSError:
            plain.close()
            raise
        return connection

    def _open_socket(self, addresses: list[IPv4Address | IPv6Address], port: int) -> socket.socket:
        failure = OSError(_("no answer"))
        for item in addresses:
            try:
                return socket.create_connection((str(item), port), self.timeout)
            except OSError as error:
                failure = error
        raise failure

    def _encrypt(self, plain: socket.socket, host: str) -> ssl.SSLSocket:
        context = ssl.create_default_context()
        if not self.checks_certificates:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context.wrap_socket(plain, server_hostname=host)

    def _request(self, connection: HTTPConnection, address: str, body: IO[bytes]) -> FetchedResponse:
        parts = urlsplit(address)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Host": parts.netloc,
            "User-Agent": self.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }
        connection.request("GET", target, headers=headers | {"Connection": "close"})
        response = connection.getresponse()
        size = self._read_body(response, body)
        body.seek(0)
        # the body is stored as it is after the transfer
        left_out = ("transfer-encoding", "content-length", "connection", "keep-alive", "trailer")
        kept = tuple(
            (name, " ".join(value.split()))
            for name, value in response.getheaders()
            if name.lower() not in left_out
        )
        return FetchedResponse(address, response.status, response.reason.strip(), kept, body, size)

    def _read_body(self, response: HTTPResponse, body: IO[bytes]) -> int:
        size = 0
        if (response.length or 0) > self.max_bytes:
            raise _too_large(response.length)
        while chunk := response.read(CHUNK_BYTES):
            size += len(chunk)
            if size > self.max_bytes:
                raise _too_large(size)
            body.write(chunk)
        if response.length:  # `read` with a size returns what there is when the server ends early
            raise ConnectionError(_("the server ended it early"))
        return size


def _too_large(size: int) -> FetchFailed:
    return FetchFailed(_("It is larger than allowed (%d bytes).") % size, is_final=True)


def _abort(connected: socket.socket) -> None:
    with suppress(OSError):  # it has ended
        connected.shutdown(socket.SHUT_RDWR)


def _name_error(error: Exception) -> str:
    return str(error) or type(error).__name__


def resolve_host(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    """Return the addresses of a host. Raises OSError or UnicodeError for a name that has none."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(row[4][0].partition("%")[0]) for row in rows]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet."""
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_global and not address.is_multicast and address not in NAT64
