"""The pages of a publication and of an edition.

They are shown while the publication is live; otherwise the address redirects or answers 410 or 404.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from accounts.mail import can_send_mail
from publications import markup, metadata
from publications.locales import current_locale
from publications.models import (
    WITHDRAWN_OR_UNDONE,
    AddressStatus,
    Edition,
    EditionWithRows,
    ResolvedAddress,
    resolve_address,
    resolve_edition_address,
    site_settings,
)
from publications.pdf import Notice
from publications.presentation import (
    SOCIAL_IMAGE_SIZE,
    absolute_url,
    announced_date_text,
    build_edition_notes,
    changes_url,
    edition_pdf_url,
    edition_url,
    editions_url,
    find_removed_passages,
    history_links,
    memento_datetime,
    memento_links,
    offer_alerts,
    pdf_url,
    publication_context,
    render_page,
    social_image_url,
    sort_mementos,
)
from publications.web_links import WebLink, render_link_header


def publication_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the live edition of a publication."""
    address = resolve_address(current_locale(), slug)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, lambda edition: edition.get_absolute_url())
    return render_edition(
        request,
        address.edition,
        links_of=lambda rows: history_links(rows.edition),
        pdf_url=pdf_url(address.edition),
        has_downloads=True,
        has_alerts=can_send_mail(),
    )


def edition_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show an edition by its number; an earlier one with a notice and a link to the live one."""
    address = resolve_edition_address(current_locale(), slug, number)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, lambda edition: edition_url(edition, number))
    edition = address.edition
    live = _superseding_edition(edition)
    response = render_edition(
        request,
        edition,
        "" if edition.is_live else request.path,
        links_of=lambda rows: memento_links(live or edition, sort_mementos(rows.history), edition),
        document_title=_numbered_title(edition, live),
        robots="noindex",
        canonical=reverse("publications:detail", kwargs={"slug": slug}),
        pdf_url=edition_pdf_url(edition, number),
        has_downloads=True,
        **(_superseded_context(edition, live) if live else {}),
    )
    response.headers["Memento-Datetime"] = memento_datetime(edition)
    return response


def _numbered_title(edition: Edition, live: Edition | None) -> str:
    """Return the title with the number of the edition and of the live one, which is the last that has started."""
    numbers = {"number": edition.number, "last": (live or edition).number}
    notice = (live or edition).notice
    title = notice.mark(edition.title) if notice else edition.title
    return _("%(title)s – edition %(number)d of %(last)d") % {"title": title, **numbers}


def _superseded_context(edition: Edition, live: Edition) -> dict[str, object]:
    """Return the notice on a superseded edition, with its links, and its text with notes."""
    changes, notes = changes_url(live, live.number), build_edition_notes(edition, live)
    return {
        "social_image_of": live.get_absolute_url(),
        "html": notes.html,
        "notice": _superseded_text(edition),
        "notice_summary": notes.summary,
        "notice_url": live.get_absolute_url(),
        "notice_label": _("Read the current edition"),
        "notice_links": [
            {"label": _("What has changed since"), "url": f"{changes}?from={edition.number}"},
            {"label": _("All editions"), "url": editions_url(live)},
        ],
    }


def superseded_notice(edition: Edition) -> Notice | None:
    """Return the notice on a superseded edition for its PDF, with the URL of the live one, or None."""
    live = _superseding_edition(edition)
    if not live:
        return None
    address = absolute_url(iri_to_uri(live.get_absolute_url()))
    return Notice(_superseded_text(edition), address=address, language=current_locale())


def _superseding_edition(edition: Edition) -> Edition | None:
    """Return the live edition of the publication, or None if this is it."""
    if edition.is_live:
        return None
    return Edition.objects.live().filter(publication=edition.publication_id).first()


def _superseded_text(edition: Edition) -> str:
    values = {"number": edition.number, "day": announced_date_text(edition)}
    return _("You are reading edition %(number)d, of %(day)s. A later one has taken its place.") % values


def render_edition(
    request: HttpRequest,
    edition: Edition,
    own_address: str = "",
    *,
    links_of: Callable[[EditionWithRows], list[WebLink]],
    html: str = "",
    **extra_context,
) -> HttpResponse:
    """Return the page of an edition.

    Args:
        own_address: the path at which a superseded edition is cited; "" for the live one.
        links_of: returns the links that the page sends before those of its record; the linkset follows the first.
        html: the stored HTML of the edition with notes in it; that of the edition by default.
    """
    rows, site = EditionWithRows.get(edition), site_settings()
    context = {**publication_context(rows, html=html), **extra_context}
    record = metadata.build_record(rows, site=site, address=own_address)
    context |= metadata.citation_context(record, edition)
    if not own_address:
        context["removed_passages"] = find_removed_passages(rows)
        context |= offer_alerts(rows)
        images = {"social_image": _social_image(edition), "cover": _cover_image(context["cover"])}
        context |= metadata.head_context(record, edition, context["breadcrumb"], **images)
    response = render_page(
        request, "pages/publication.html", site=site, publication_pk=edition.publication_id, **context
    )
    first, *others = links_of(rows)
    linkset, *of_record = metadata.publication_links(record)
    response.headers["Link"] = render_link_header([first, linkset, *others, *of_record])
    return response


def _social_image(edition: Edition) -> metadata.HeadImage:
    alt = f"{edition.kind_label}: {edition.marked_title}"
    return metadata.HeadImage(absolute_url(iri_to_uri(social_image_url(edition))), alt, *SOCIAL_IMAGE_SIZE)


def _cover_image(cover: markup.ResponsiveImage | None) -> metadata.HeadImage | None:
    return metadata.HeadImage(absolute_url(cover.src), cover.alt) if cover else None


def redirect_or_gone(
    request: HttpRequest, address: ResolvedAddress, url_of: Callable[[Edition], str]
) -> HttpResponse:
    """Redirect to the new address or answer 410.

    Args:
        address: the result of looking up the requested address, whose status is not OK.
        url_of: returns the URL to redirect to, given the live edition.

    Raises:
        Http404: nothing public was ever there.
    """
    if address.status is AddressStatus.MOVED:
        return HttpResponsePermanentRedirect(url_of(address.edition))
    if address.status is AddressStatus.GONE:
        return gone_response(request, address.edition)
    raise Http404


def gone_response(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Answer 410: the edition was withdrawn, with the reason if one was given, or has expired.

    If the publication has a live edition, the page links to it.
    """
    live = Edition.objects.live().filter(publication=edition.publication_id).first()
    return render_page(
        request,
        "410.html",
        status=HTTPStatus.GONE,
        title=_("No longer public"),
        robots="noindex",
        withdrawn=edition.end_reason in WITHDRAWN_OR_UNDONE,
        reason=edition.withdrawal_reason,
        edition=edition,
        visible_until=edition.visible_until,
        number=edition.number,
        current_url=live.get_absolute_url() if live else "",
    )
