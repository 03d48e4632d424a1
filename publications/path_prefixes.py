"""How the paths begin that are no public pages: the desk, what programs read, and files. No old address begins so."""

from django.conf import settings

MACHINE_PREFIXES = ("/oai", "/api/")
UNCACHED_PREFIXES = (settings.DESK, "/admin/", "/.well-known/audit-", *MACHINE_PREFIXES)
"""Paths whose responses differ by person, or have ETags of their own."""
ALERT_PREFIXES = ("/en/alerts/", "/sv/aviseringar/")
"""What readers sign up by, and change by secret addresses."""
ALERT_SEGMENTS = frozenset(prefix.split("/")[2] for prefix in ALERT_PREFIXES)
PRIVATE_HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Of responses at secret addresses: never cached, never indexed, and no other site learns the address."""
MEDIA_PREFIX = "/media/"
RESERVED_PREFIXES = (*UNCACHED_PREFIXES, settings.STATIC_URL, MEDIA_PREFIX)
"""Those, and files that have caches of their own."""


def may_be_secret(path: str) -> bool:
    """Return whether a path has the token of a reader, or is a mistyped one that may have it.

    The locale may be changed or missing, letters may be of another case, and slashes doubled.
    """
    segments = list(filter(None, path.lower().split("/")))
    return any(segment in ALERT_SEGMENTS for segment in segments[:-1][:2])
