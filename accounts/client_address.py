"""The network address of a client, behind as many reverse proxies as are trusted."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

IPV6_PREFIX = 64  # bits; a household or rented server gets such a network, which counts as one address


def client_address(request: HttpRequest) -> str:
    """Return the address of the client, or "" if it is unknown.

    With `TRUSTED_PROXIES` set, it is the entry of `X-Forwarded-For` that the outermost
    trusted proxy has added; entries to the left of it are whatever the client sent.
    """
    address = _forwarded_address(request) or request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(_without_port(address).partition("%")[0]))  # no zone: PostgreSQL stores none
    except ValueError:
        return ""


def client_network(address: str) -> str:
    """Return the network that limits count: an IPv4 address itself, of an IPv6 address its first 64 bits."""
    if ":" not in address:
        return address
    parsed = ip_address(address)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network(f"{address}/{IPV6_PREFIX}", strict=False))


def _without_port(entry: str) -> str:
    """Return the address in an entry as some proxies write it: `203.0.113.9:5678`, `[2001:db8::1]:443`."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry


def _forwarded_address(request: HttpRequest) -> str:
    trusted = settings.TRUSTED_PROXIES
    entries = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return entries[-trusted] if trusted and len(entries) >= trusted else ""
