"""The row of the site, as every public page needs it."""

from .site import Site
from .site_version import cached_for_version


def the_site() -> Site:
    """The names under which the centre publishes, read once in an epoch. It is shared: not to be changed."""
    return cached_for_version("site", lambda: Site.objects.first() or Site())


def site_names() -> list[str]:
    """Return every name of the site, as it is now: no password may be made of them."""
    return [name for row in Site.objects.values_list("short_name", "name_en", "name_sv") for name in row]
