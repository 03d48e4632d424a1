"""Addresses on the fediverse, the servers that speak ActivityPub such as those of Mastodon: `@ann@example.social`."""

import re
from typing import NamedTuple
from unicodedata import normalize

MAX_FEDIVERSE_ADDRESS = 320  # characters
MAX_HOST_CHARACTERS = 253
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])")
PORT = re.compile(r":[1-9][0-9]{0,4}")
MAX_PORT = 65535
DOT = re.compile("[.\u3002\uff0e\uff61]")  # RFC 3490, section 3.1
DEVIATIONS = "ßς"
"""Letters that browsers keep in host names (UTS #46), and that Python replaces by others, as IDNA 2003 did."""
SCHEME = re.compile(r"\A(?:https?://|acct:)")
END_OF_HOST = re.compile(r"[/?#]")
USER = (
    r"[a-z0-9_](?:[a-z0-9_.-]{0,62}[a-z0-9_])?"  # as Mastodon reads names, and no longer than those of e-mail
)
SERVER = r"[^@/?#]+"
HANDLE = re.compile(rf"(?:acct:@?|@)(?P<user>{USER})@(?P<server>{SERVER})", re.ASCII | re.IGNORECASE)
PROFILE = re.compile(
    rf"(?:https?://)?(?P<host>{SERVER})/@(?P<user>{USER})(?:@(?P<server>{SERVER}))?/?",
    re.ASCII | re.IGNORECASE,
)
OTHER_SITES = frozenset({
    "medium.com", "odysee.com", "snapchat.com", "substack.com", "threads.com", "threads.net", "tiktok.com",
    "truthsocial.com", "youtube.com",
})  # fmt: skip
"""Sites with addresses of profiles that look the same, and that are not on the fediverse or have another name there."""


class FediverseAccount(NamedTuple):
    """The parts of an address; both begin with an @. The URL is that of the profile."""

    user: str
    server: str

    @property
    def url(self) -> str:
        return f"https://{self.server.removeprefix('@')}/{self.user}"


def parse_fediverse_address(text: str) -> str:
    """Return an address in its one spelling, or "" if there is none.

    It is read from `@ann@example.social`, with `acct:` too, and from the address of the profile,
    `https://example.social/@ann`. What has no @ before the name is an e-mail address, which is not to be published.
    """
    text = text.strip()
    if match := HANDLE.fullmatch(text):
        server = parse_server(match["server"])
    elif match := PROFILE.fullmatch(text):
        server = parse_server(match["server"] or match["host"])
        server = "" if server.removeprefix("www.") in OTHER_SITES else server
    address = f"@{match['user']}@{server}" if match and server else ""
    return address if len(address) <= MAX_FEDIVERSE_ADDRESS else ""


def fediverse_account(address: str) -> FediverseAccount | None:
    """Return the account of a parsed address, or None for an empty one."""
    if not address:
        return None
    user, at, server = address[1:].partition("@")
    return FediverseAccount(f"@{user}", f"{at}{server}")


def parse_server(typed: str) -> str:
    """Return the host, with its port, in a host name, URL, profile URL or @name@host, or "" if there is none.

    The host of an internationalized domain name is returned in ASCII: "xn--mnchen-3ya.social".
    """
    authority = END_OF_HOST.split(SCHEME.sub("", typed.strip().lower()), maxsplit=1)[0].rpartition("@")[2]
    name, colon, port_number = authority.partition(":")
    host, port = _encode_host(name), colon + port_number
    is_port = PORT.fullmatch(port) and int(port_number) <= MAX_PORT
    return f"{host}{port}" if HOST.fullmatch(host) and (not port or is_port) else ""


def _encode_host(name: str) -> str:
    """Return a host name in ASCII (IDNA), or "" if it has no such form."""
    try:
        labels = DOT.split(name) if len(name) <= MAX_HOST_CHARACTERS else []
        host = ".".join(map(_encode_label, labels))
    except UnicodeError:
        return ""
    return host if len(host) <= MAX_HOST_CHARACTERS else ""


def _encode_label(label: str) -> str:
    """Return a part of a host name in ASCII. Raises UnicodeError."""
    if set(DEVIATIONS).isdisjoint(label):
        return label.encode("idna").decode("ascii")
    return f"xn--{normalize('NFC', label).encode('punycode').decode('ascii')}"
