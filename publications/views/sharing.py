"""The way to share a piece on Mastodon, which has no address of its own."""

import re
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from publications.models import Standing, answer
from publications.presentation import absolute, breadcrumb, current_tree, render_page

from .pieces import elsewhere

SERVER = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
SCHEME = re.compile(r"(?:https?://|acct:)")


def share_on_mastodon(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the reader's server, then offer a plain link to it."""
    found = answer(current_tree(), slug)
    if found.standing is not Standing.HERE:
        return elsewhere(
            request, found, lambda edition: reverse("publications:mastodon", kwargs={"slug": edition.slug})
        )
    piece_url = found.edition.get_absolute_url()
    typed = request.GET.get("server", "").strip()
    server = server_of(typed)
    text = urlencode({"text": f"{found.edition.title} {absolute(piece_url)}"})
    return render_page(
        request,
        "pages/share_mastodon.html",
        title=_("Share on Mastodon"),
        document_title=f"{_('Share on Mastodon')}: {found.edition.title}",
        section="publications",
        breadcrumb=[
            *breadcrumb((_("Publications"), "publications:list")),
            {"label": found.edition.title, "url": piece_url, "language": found.edition.language},
            {"label": _("Share on Mastodon")},
        ],
        piece_title=found.edition.title,
        piece_url=piece_url,
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
