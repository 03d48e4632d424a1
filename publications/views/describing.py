"""What pages that are no piece tell machines of themselves: the way to them, and what stands there."""

from django.http import HttpRequest
from django.utils.encoding import iri_to_uri

from publications.metadata import linked
from publications.models import Place, SiteLink, once
from publications.presentation import absolute


def described(
    request: HttpRequest, breadcrumb: list[dict[str, str]], *nodes: linked.Node
) -> dict[str, object]:
    """The breadcrumb of a page, and its linked data: the way here, then the nodes."""
    way = linked.breadcrumb(breadcrumb, absolute(iri_to_uri(request.path)))
    return {"breadcrumb": breadcrumb, "linked_data": linked.script([*nodes, way])}


def accounts() -> list[str]:
    """The centre's own addresses elsewhere, as the foot of the page links them."""
    links = once("accounts", lambda: list(SiteLink.objects.filter(place=Place.SOCIAL)))
    return [address for link in links if (address := link.worded("address")).startswith("http")]
