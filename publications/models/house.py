"""The row of the site, as every public page needs it."""

from .epoch import once
from .site import Site


def the_site() -> Site:
    """The names under which the centre publishes, read once in an epoch. It is shared: not to be changed."""
    return once("site", lambda: Site.objects.first() or Site())
