"""Site pages, icons, robots.txt, llms.txt, security.txt, and the page for sharing on Mastodon."""

from datetime import UTC, timedelta
from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from publications.locales import LOCALES, current_locale
from publications.markup import escape_markdown
from publications.metadata import format_url
from publications.models import Edition, EditionList, SitePage, SiteSettings, site_settings, teaser_editions
from publications.presentation import (
    Teaser,
    absolute_url,
    build_teasers,
    conditional_response,
    localized_path,
    render_page,
    site_page_context,
)

from .descriptions import breadcrumb_context

ROBOTS_MAX_AGE = 600  # seconds
ICON_MAX_AGE = 86_400  # seconds
ROBOTS = """User-agent: *
Disallow: {desk}

Sitemap: {sitemap}
"""
LLMS_PUBLICATIONS = 100
SECURITY_TXT_VALIDITY = timedelta(
    days=270
)  # at least 239 days are left, as it is counted from the first of the month
SECURITY_TXT_MAX_AGE = 3600  # seconds


def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page of the site in the current locale."""
    context, site = site_page_context(site_page_or_404(slug)), site_settings()
    description = context["description"] or f"{context['title']} – {site.name}"
    return render_page(
        request,
        "pages/site_page.html",
        site=site,
        canonical=request.path,
        has_social_image=True,
        **context | breadcrumb_context(request, context["breadcrumb"]) | {"description": description},
    )


def site_page_or_404(slug: str) -> SitePage:
    """Return the page with this slug in the current locale. Raises Http404."""
    page = SitePage.objects.at_address(current_locale(), slug).first()
    if not page:
        raise Http404
    return page


def robots_txt(request: HttpRequest) -> HttpResponse:
    """Allow crawlers everything but the desk (RFC 9309)."""
    text = ROBOTS.format(desk=settings.DESK, sitemap=absolute_url("/sitemap.xml"))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={ROBOTS_MAX_AGE}"
    return response


def favicon(request: HttpRequest) -> HttpResponse:
    """Send the icon at the path that browsers, feed readers and search engines try by themselves."""
    return _icon_response("favicon.ico", "image/vnd.microsoft.icon")


def apple_touch_icon(request: HttpRequest) -> HttpResponse:
    """Send the icon at the paths that phones try if a page names none, as for PDFs."""
    return _icon_response("apple-touch-icon.png", "image/png")


def _icon_response(name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(_read_icon(name), content_type=media_type)
    response.headers["Cache-Control"] = f"public, max-age={ICON_MAX_AGE}"
    return response


@cache
def _read_icon(name: str) -> bytes:
    return (settings.BASE_DIR / "static" / name).read_bytes()


def llms_txt(request: HttpRequest) -> HttpResponse:
    """Send an index of the site for language models (llmstxt.org), in the first locale."""
    return conditional_response(request, _llms_response)


def _llms_response() -> HttpResponse:
    with translation.override(LOCALES[0]):
        editions = teaser_editions(EditionList(LOCALES[0], {})[:LLMS_PUBLICATIONS])
        context = {
            "site": SiteSettings.current(),
            "publications": [
                _llms_publication(edition, teaser)
                for edition, teaser in zip(editions, build_teasers(editions), strict=True)
            ],
            "lists": [absolute_url(localized_path(locale, "publications:list")) for locale in LOCALES],
            "feeds": [absolute_url(localized_path(locale, "publications:feed")) for locale in LOCALES],
            "sitemap": absolute_url(reverse("sitemap")),
        }
        text = render_to_string("llms.txt", context)
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


def _llms_publication(edition: Edition, teaser: Teaser) -> dict[str, object]:
    return {
        "title": escape_markdown(edition.marked_title),
        "url": absolute_url(format_url(edition, "md")),
        "kind": teaser.kind,
        "byline": escape_markdown(teaser.byline),
        "published_at": edition.published_at,
        "language": teaser.language_label,
        "summary": escape_markdown(edition.summary),
    }


def security_txt(request: HttpRequest) -> HttpResponse:
    """Send the contact for reports of vulnerabilities (RFC 9116); 404 without `SECURITY_CONTACT`."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (
        timezone.now().astimezone(UTC).replace(day=1) + SECURITY_TXT_VALIDITY
    )  # the text changes once a month
    lines = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": f"{expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages": ", ".join(LOCALES),
        "Canonical": absolute_url(reverse("security_txt")),
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={SECURITY_TXT_MAX_AGE}"
    return response
