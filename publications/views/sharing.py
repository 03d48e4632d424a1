"""Sharing a publication on Mastodon, whose readers each have a server of their own."""

import re
from unicodedata import normalize
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from publications.locales import current_locale
from publications.models import AddressStatus, resolve_address
from publications.presentation import (
    absolute_url,
    breadcrumb,
    breadcrumb_step,
    render_page,
)

from .publications import redirect_or_gone

MAX_HOST_CHARACTERS = 253
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])")
PORT = re.compile(r":[1-9][0-9]{0,4}")
MAX_PORT = 65535
DOT = re.compile("[.\u3002\uff0e\uff61]")  # RFC 3490, section 3.1
DEVIATIONS = "ßς"
"""Letters that browsers keep in host names (UTS #46), and that Python replaces by others, as IDNA 2003 did."""
SCHEME = re.compile(r"\A(?:https?://|acct:)")
END_OF_HOST = re.compile(r"[/?#]")


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


def parse_server(typed: str) -> str:
    """Return the host, with its port, in a host name, URL, profile URL or @name@host, or "" if there is none.

    The host of an internationalized domain name is returned in ASCII: "xn--mnchen-3ya.social".
    """
    authority = END_OF_HOST.split(SCHEME.sub("", typed.strip().lower()), maxsplit=1)[0].rpartition("@")[2]
    name, colon, port_number = authority.partition(":")
    host, port = _encode_host(name), colon + port_number
    is_port = PORT.fullmatch(port) and int(port_number) <= MAX_PORT
    return f"{host}{port}" if HOST.fullmatch(host) and (not port or is_port) else ""


def _encode_host(name: str) -> str:
    """Return a host name in ASCII (IDNA), or "" if it has no such form."""
    try:
        labels = DOT.split(name) if len(name) <= MAX_HOST_CHARACTERS else []
        host = ".".join(map(_encode_label, labels))
    except UnicodeError:
        return ""
    return host if len(host) <= MAX_HOST_CHARACTERS else ""


def _encode_label(label: str) -> str:
    """Return a part of a host name in ASCII. Raises UnicodeError."""
    if set(DEVIATIONS).isdisjoint(label):
        return label.encode("idna").decode("ascii")
    return f"xn--{normalize('NFC', label).encode('punycode').decode('ascii')}"
