"""Feeds and filtered lists of a topic or an author that had another address: where they are now."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import NoReverseMatch, reverse

from publications.models import FACETS, Author, Edition, FormerPath, Tag

FEEDS = {"publications:topic_feed": "tag", "publications:author_feed": "author"}
PAGES = {"tag": "publications:topic", "author": "publications:author"}


def subject_of(former: FormerPath) -> Tag | Author | None:
    """The topic or author that it led to, while a live piece names them and readers know them."""
    found: Tag | Author | None = former.tag or former.author
    if not found or getattr(found, "pseudonymous", False):
        return None
    live = Edition.objects.live()
    return found if (live.on(found) if former.tag_id else live.by(found)).exists() else None


def from_renamed(request: HttpRequest) -> HttpResponse | None:
    """To the same feed or list under the address that its subject has now, while a live piece names it."""
    match = request.resolver_match
    if not match:
        return None
    if match.view_name in FEEDS:
        address = _feed(match.view_name, match.kwargs)
    else:
        address = _list(request) if match.view_name == "publications:list" else ""
    return HttpResponsePermanentRedirect(address) if address else None


def _feed(name: str, parts: dict) -> str:
    kind = FEEDS[name]
    found = renamed(kind, parts[kind])
    return reverse(name, kwargs={**parts, kind: found.slug}) if found else ""


def _list(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in FACETS.keys() & query.keys():
        facet = FACETS[name]
        if facet.column in PAGES and (found := renamed(facet.column, query[name])):
            query[name] = found.slug
    return f"{request.path}?{query.urlencode()}" if query != request.GET else ""


def renamed(kind: str, slug: str) -> Tag | Author | None:
    """The topic or author whose page in this tree had the slug, and has another now; none that readers do not know."""
    try:
        path = FormerPath.normal(reverse(PAGES[kind], kwargs={"slug": slug}))
    except NoReverseMatch:
        return None
    former = FormerPath.objects.for_path(path)
    found = subject_of(former) if former else None
    return found if found and found.slug != slug else None
