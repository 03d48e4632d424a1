"""The list of publications, and one publication or edition as a page."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from publications.models import Answer, Edition, Standing, answer, answer_for_edition
from publications.presentation import absolute, current_tree, find, page, piece_context

from .gone import gone

SERVER = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def publication_detail(request: HttpRequest, slug: str) -> HttpResponse:
    found = answer(current_tree(), slug)
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, lambda edition: edition.get_absolute_url())
    return show_edition(request, found.edition)


def edition_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = answer_for_edition(current_tree(), slug, number)
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, lambda edition: f"{edition.get_absolute_url()}editions/{number}/")
    edition = found.edition
    superseded = {} if edition.is_live else {
        "notice": _("This is edition %(number)d. A later one has taken its place.") % {"number": number},
        "notice_url": reverse("publications:detail", kwargs={"slug": slug}),
        "notice_label": _("Read the current edition"),
    }  # fmt: skip
    canonical = reverse("publications:detail", kwargs={"slug": slug})
    return show_edition(request, edition, robots="noindex", canonical=canonical, **superseded)


def show_edition(request: HttpRequest, edition: Edition, **frame) -> HttpResponse:
    return page(request, "detail.html", **{**piece_context(find(edition)), **frame})


def elsewhere(request: HttpRequest, found: Answer, address: Callable[[Edition], str]) -> HttpResponse:
    """The answer for an address where no edition stands."""
    if found.standing is Standing.MOVED:
        return HttpResponsePermanentRedirect(address(found.edition))
    if found.standing is Standing.GONE:
        return gone(request, found.edition)
    raise Http404


def share_on_mastodon(request: HttpRequest, slug: str) -> HttpResponse:
    """Mastodon has no address of its own: ask for the reader's server, then offer a plain link to it."""
    found = answer(current_tree(), slug)
    if found.standing is not Standing.HERE:
        return elsewhere(
            request, found, lambda edition: reverse("publications:mastodon", kwargs={"slug": edition.slug})
        )
    piece_url = found.edition.get_absolute_url()
    server = request.GET.get("server", "").strip().lower().removeprefix("https://").strip("/")
    known = bool(SERVER.fullmatch(server))
    text = urlencode({"text": f"{found.edition.title} {absolute(piece_url)}"})
    return page(
        request,
        "share_mastodon.html",
        title=_("Share on Mastodon"),
        piece_title=found.edition.title,
        piece_url=piece_url,
        server=server,
        share_url=f"https://{server}/share?{text}" if known else "",
        error=_("That is not the name of a server. It looks like mastodon.social.")
        if server and not known
        else "",
        robots="noindex",
    )
