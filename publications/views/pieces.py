"""One publication or edition as a page."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from publications import markup, metadata
from publications.models import (
    Answer,
    Edition,
    EditionWithRows,
    Standing,
    answer,
    answer_for_edition,
    the_site,
)
from publications.pdf import Notice
from publications.presentation import (
    absolute,
    card_url,
    current_tree,
    edition_pdf_url,
    history,
    pdf_url,
    publication_context,
    render_page,
)
from publications.presentation.links import changes_url, edition_url, editions_url

from .gone import gone

CARD = (1200, 630)  # pixels


def publication_detail(request: HttpRequest, slug: str) -> HttpResponse:
    found = answer(current_tree(), slug)
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, lambda edition: edition.get_absolute_url())
    return show_edition(request, found.edition, pdf_url=pdf_url(found.edition))


def edition_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = answer_for_edition(current_tree(), slug, number)
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, lambda edition: edition_url(edition, number))
    canonical = reverse("publications:detail", kwargs={"slug": slug})
    live = _later(found.edition)
    return show_edition(
        request,
        found.edition,
        "" if found.edition.is_live else request.path,
        document_title=_numbered_title(found.edition, live),
        robots="noindex",
        canonical=canonical,
        pdf_url=edition_pdf_url(found.edition, number),
        **(_superseded(found.edition, live) if live else {}),
    )


def _numbered_title(edition: Edition, live: Edition | None) -> str:
    """The live edition is the last that has begun."""
    numbers = {"number": edition.number, "last": (live or edition).number}
    return _("%(title)s – edition %(number)d of %(last)d") % {"title": edition.title, **numbers}


def _superseded(edition: Edition, live: Edition) -> dict[str, object]:
    """What an edition that is not the current one says of itself, and the ways on from it."""
    changes = changes_url(live, live.number)
    return {
        "social_image_of": live.get_absolute_url(),
        "notice": _says_of_itself(edition),
        "notice_url": live.get_absolute_url(),
        "notice_label": _("Read the current edition"),
        "notice_more": [
            {"label": _("What has changed since"), "url": f"{changes}?from={edition.number}"},
            {"label": _("All editions"), "url": editions_url(live)},
        ],
    }


def superseded_line(edition: Edition) -> Notice | None:
    """The same on paper, with the address of the current one."""
    live = _later(edition)
    if not live:
        return None
    address = absolute(iri_to_uri(live.get_absolute_url()))
    return Notice(_says_of_itself(edition), address=address, language=current_tree())


def _later(edition: Edition) -> Edition | None:
    """The live edition of the piece, where it is another."""
    if edition.is_live:
        return None
    return Edition.objects.live().filter(publication=edition.publication_id).first()


def _says_of_itself(edition: Edition) -> str:
    told = {"number": edition.number, "day": history.announced_on(edition)}
    return _("You are reading edition %(number)d, of %(day)s. A later one has taken its place.") % told


def show_edition(request: HttpRequest, edition: Edition, own_address: str = "", **frame) -> HttpResponse:
    """The page of an edition; it is cited at `own_address` where that is not the address of the piece."""
    piece, site = EditionWithRows.get(edition), the_site()
    context = {**publication_context(piece), **frame}
    record = metadata.build_record(piece, site=site, address=own_address)
    context |= metadata.citation_context(record, edition)
    if not own_address:
        pictures = {"card": _card(edition), "cover": _cover(context["cover"])}
        context |= metadata.head_context(record, edition, context["breadcrumb"], **pictures)
    return render_page(request, "pages/publication.html", site=site, **context)


def _card(edition: Edition) -> metadata.HeadImage:
    """Its card, for messages that show what a link leads to."""
    told = f"{edition.kind_label}: {edition.title}"
    return metadata.HeadImage(absolute(iri_to_uri(card_url(edition))), told, *CARD)


def _cover(cover: markup.ResponsiveImage | None) -> metadata.HeadImage | None:
    return metadata.HeadImage(absolute(cover.src), cover.alt) if cover else None


def elsewhere(request: HttpRequest, found: Answer, address: Callable[[Edition], str]) -> HttpResponse:
    """The answer for an address where no edition stands."""
    if found.standing is Standing.MOVED:
        return HttpResponsePermanentRedirect(address(found.edition))
    if found.standing is Standing.GONE:
        return gone(request, found.edition)
    raise Http404
