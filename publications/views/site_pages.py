"""Pages of the site itself, as the desk wrote them, its icon, and what robots are told."""

from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from publications.models import Page, the_site
from publications.presentation import absolute, current_tree, render_page, site_page_context

from .describing import described

KEPT = 600  # seconds
ICON_KEPT = 86_400  # seconds

ROBOTS = """User-agent: *
Disallow: {desk}

Sitemap: {sitemap}
"""


def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page in the language of its tree; without a text in it, it is not there."""
    shown, site = site_page_context(page_or_404(slug)), the_site()
    own = f"{shown['title']} – {site.name}"
    return render_page(
        request,
        "pages/site_page.html",
        site=site,
        canonical=request.path,
        has_social_image=True,
        **shown | described(request, shown["breadcrumb"]) | {"description": shown["description"] or own},
    )


def page_or_404(slug: str) -> Page:
    """The page of the site at this address in the language of the address."""
    found = Page.objects.at(current_tree(), slug).first()
    if not found:
        raise Http404
    return found


def robots(request: HttpRequest) -> HttpResponse:
    """All may be read but the desk (RFC 9309)."""
    text = ROBOTS.format(desk=settings.DESK, sitemap=absolute("/sitemap.xml"))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={KEPT}"
    return response


def favicon(request: HttpRequest) -> HttpResponse:
    """The icon of the site at the address that browsers, feed readers and search engines try by themselves."""
    return _icon_response("favicon.ico", "image/vnd.microsoft.icon")


def apple_touch_icon(request: HttpRequest) -> HttpResponse:
    """The icon at the addresses that telephones try where a page names none, as for PDFs."""
    return _icon_response("apple-touch-icon.png", "image/png")


def _icon_response(name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(_icon(name), content_type=media_type)
    response.headers["Cache-Control"] = f"public, max-age={ICON_KEPT}"
    return response


@cache
def _icon(name: str) -> bytes:
    return (settings.BASE_DIR / "static" / name).read_bytes()
