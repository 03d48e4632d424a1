"""Sharing a publication on Mastodon, whose readers each have a server of their own."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from publications.fediverse import parse_server
from publications.locales import current_locale
from publications.models import AddressStatus, resolve_address
from publications.presentation import (
    absolute_url,
    breadcrumb,
    breadcrumb_step,
    render_page,
)

from .publications import redirect_or_gone


def share_on_mastodon(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the reader's Mastodon server, then show a link to it."""
    address = resolve_address(current_locale(), slug)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(
            request, address, lambda edition: reverse("publications:mastodon", kwargs={"slug": edition.slug})
        )
    edition = address.edition
    edition_url = edition.get_absolute_url()
    typed = request.GET.get("server", "").strip()
    server = parse_server(typed)
    text = urlencode({"text": f"{edition.marked_title} {absolute_url(edition_url)}"})
    return render_page(
        request,
        "pages/share_mastodon.html",
        publication_pk=edition.publication_id,
        title=_("Share on Mastodon"),
        document_title=f"{_('Share on Mastodon')}: {edition.marked_title}",
        section="publications",
        breadcrumb=[
            *breadcrumb((_("Publications"), "publications:list")),
            breadcrumb_step(edition.marked_title, edition_url, edition.language),
            breadcrumb_step(_("Share on Mastodon")),
        ],
        edition_title=edition.marked_title,
        edition_url=edition_url,
        server=server or typed,
        share_url=f"https://{server}/share?{text}" if server else "",
        error=_("That is not the name of a server. It looks like mastodon.social.")
        if typed and not server
        else "",
        robots="noindex",
    )
