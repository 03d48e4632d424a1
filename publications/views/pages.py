"""Pages of the site itself and what stands beside them: icons, robots.txt, llms.txt, security.txt, sharing."""

import re
from datetime import UTC, timedelta
from functools import cache
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from publications.locales import LOCALES, current_locale
from publications.markup import escape_markdown
from publications.metadata import format_url
from publications.models import AddressStatus, Edition, SitePage, SiteSettings, resolve_address, site_settings
from publications.presentation import (
    Teaser,
    absolute_url,
    breadcrumb,
    build_teasers,
    conditional_response,
    localized_path,
    render_page,
    site_page_context,
)

from .descriptions import breadcrumb_context
from .publications import redirect_or_gone

ROBOTS_MAX_AGE = 600  # seconds
ICON_MAX_AGE = 86_400  # seconds
ROBOTS = """User-agent: *
Disallow: {desk}

Sitemap: {sitemap}
"""
LLMS_PUBLICATIONS = 100
VALID_FOR = timedelta(days=180)
SECURITY_MAX_AGE = 3600  # seconds
SERVER = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
SCHEME = re.compile(r"(?:https?://|acct:)")


def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page in the language of its tree; without a text in it, it is not there."""
    shown, site = site_page_context(page_or_404(slug)), site_settings()
    own = f"{shown['title']} – {site.name}"
    return render_page(
        request,
        "pages/site_page.html",
        site=site,
        canonical=request.path,
        has_social_image=True,
        **shown
        | breadcrumb_context(request, shown["breadcrumb"])
        | {"description": shown["description"] or own},
    )


def page_or_404(slug: str) -> SitePage:
    """The page of the site at this address in the language of the address."""
    found = SitePage.objects.at_address(current_locale(), slug).first()
    if not found:
        raise Http404
    return found


def robots(request: HttpRequest) -> HttpResponse:
    """All may be read but the desk (RFC 9309)."""
    text = ROBOTS.format(desk=settings.DESK, sitemap=absolute_url("/sitemap.xml"))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={ROBOTS_MAX_AGE}"
    return response


def favicon(request: HttpRequest) -> HttpResponse:
    """The icon of the site at the address that browsers, feed readers and search engines try by themselves."""
    return _icon_response("favicon.ico", "image/vnd.microsoft.icon")


def apple_touch_icon(request: HttpRequest) -> HttpResponse:
    """The icon at the addresses that telephones try where a page names none, as for PDFs."""
    return _icon_response("apple-touch-icon.png", "image/png")


def _icon_response(name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(_icon(name), content_type=media_type)
    response.headers["Cache-Control"] = f"public, max-age={ICON_MAX_AGE}"
    return response


@cache
def _icon(name: str) -> bytes:
    return (settings.BASE_DIR / "static" / name).read_bytes()


def llms(request: HttpRequest) -> HttpResponse:
    """An index of the site for machines that read text (llmstxt.org), in its first language."""
    return conditional_response(request, _llms_response)


def _llms_response() -> HttpResponse:
    with translation.override(LOCALES[0]):
        live = (
            Edition.objects.live()
            .for_locale(LOCALES[0])
            .newest_first()
            .with_teaser_columns()[:LLMS_PUBLICATIONS]
        )
        context = {
            "site": SiteSettings.current(),
            "pieces": [_llms_publication(*each) for each in zip(live, build_teasers(live), strict=True)],
            "lists": [absolute_url(localized_path(locale, "publications:list")) for locale in LOCALES],
            "feeds": [absolute_url(localized_path(locale, "publications:feed")) for locale in LOCALES],
            "sitemap": absolute_url(reverse("sitemap")),
        }
        text = render_to_string("llms.txt", context)
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


def _llms_publication(edition: Edition, shown: Teaser) -> dict[str, object]:
    return {
        "title": escape_markdown(edition.title),
        "url": absolute_url(format_url(edition, "md")),
        "kind": shown.kind,
        "people": escape_markdown(shown.people),
        "on": edition.published_at,
        "language": shown.language_label,
        "summary": escape_markdown(edition.summary),
    }


def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness of the site (RFC 9116), where the operator has said so."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + VALID_FOR).astimezone(UTC)
    lines = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": f"{expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages": ", ".join(LOCALES),
        "Canonical": absolute_url(reverse("security")),
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={SECURITY_MAX_AGE}"
    return response


def share_on_mastodon(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the reader's server, then offer a plain link to it."""
    found = resolve_address(current_locale(), slug)
    if found.status is not AddressStatus.OK:
        return redirect_or_gone(
            request, found, lambda edition: reverse("publications:mastodon", kwargs={"slug": edition.slug})
        )
    edition_url = found.edition.get_absolute_url()
    typed = request.GET.get("server", "").strip()
    server = server_of(typed)
    text = urlencode({"text": f"{found.edition.title} {absolute_url(edition_url)}"})
    return render_page(
        request,
        "pages/share_mastodon.html",
        title=_("Share on Mastodon"),
        document_title=f"{_('Share on Mastodon')}: {found.edition.title}",
        section="publications",
        breadcrumb=[
            *breadcrumb((_("Publications"), "publications:list")),
            {"label": found.edition.title, "url": edition_url, "language": found.edition.language},
            {"label": _("Share on Mastodon")},
        ],
        edition_title=found.edition.title,
        edition_url=edition_url,
        server=server or typed,
        share_url=f"https://{server}/share?{text}" if server else "",
        error=_("That is not the name of a server. It looks like mastodon.social.")
        if typed and not server
        else "",
        robots="noindex",
    )


def server_of(typed: str) -> str:
    """The server in what people copy: its name, its address, a profile, or @name@server. Empty where there is none."""
    host = SCHEME.sub("", typed.strip().lower(), count=1).partition("/")[0]
    server = host.rpartition("@")[2]
    return server if SERVER.fullmatch(server) else ""
