"""How the paths begin that are no public pages: the desk, what programs read, and files. No old address begins so."""

from django.conf import settings

MACHINE_PREFIXES = ("/oai", "/api/")
UNCACHED_PREFIXES = (settings.DESK, "/admin/", "/.well-known/audit-", *MACHINE_PREFIXES)
"""Paths whose responses differ by person, or have ETags of their own."""
ALERT_PREFIXES = ("/en/alerts/", "/sv/aviseringar/")
"""What readers sign up by, and change by secret addresses."""
MEDIA_PREFIX = "/media/"
RESERVED_PREFIXES = (*UNCACHED_PREFIXES, settings.STATIC_URL, MEDIA_PREFIX)
"""Those, and files that have caches of their own."""
