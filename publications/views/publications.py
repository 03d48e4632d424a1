"""The pages of a publication, of an edition, of the list of editions, and of the changes between two of them.

They are shown while the publication is live; otherwise the address redirects or answers 410 or 404.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from publications import markup, metadata
from publications.locales import current_locale
from publications.models import (
    WITHDRAWN_OR_UNDONE,
    AddressStatus,
    AuditEntry,
    Edition,
    EditionWithRows,
    ResolvedAddress,
    ever_public_editions,
    readable_editions,
    resolve_address,
    resolve_edition_address,
    site_settings,
    translations_of,
)
from publications.pdf import Notice
from publications.presentation import (
    SOCIAL_IMAGE_SIZE,
    absolute_url,
    announced_date_text,
    breadcrumb,
    breadcrumb_step,
    changes_url,
    compare_editions,
    comparison_context,
    edition_label,
    edition_pdf_url,
    edition_url,
    editions_url,
    history_entries,
    is_long_title,
    pdf_url,
    publication_context,
    render_page,
    social_image_url,
)
from publications.web_links import render_link_header

EDITION_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


def publication_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the live edition of a publication."""
    address = resolve_address(current_locale(), slug)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, lambda edition: edition.get_absolute_url())
    return render_edition(request, address.edition, pdf_url=pdf_url(address.edition), has_downloads=True)


def edition_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show an edition by its number; an earlier one with a notice and a link to the live one."""
    address = resolve_edition_address(current_locale(), slug, number)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, lambda edition: edition_url(edition, number))
    edition = address.edition
    live = _superseding_edition(edition)
    return render_edition(
        request,
        edition,
        "" if edition.is_live else request.path,
        document_title=_numbered_title(edition, live),
        robots="noindex",
        canonical=reverse("publications:detail", kwargs={"slug": slug}),
        pdf_url=edition_pdf_url(edition, number),
        has_downloads=True,
        **(_superseded_context(edition, live) if live else {}),
    )


def _numbered_title(edition: Edition, live: Edition | None) -> str:
    """Return the title with the number of the edition and of the live one, which is the last that has started."""
    numbers = {"number": edition.number, "last": (live or edition).number}
    notice = (live or edition).notice
    title = notice.mark(edition.title) if notice else edition.title
    return _("%(title)s – edition %(number)d of %(last)d") % {"title": title, **numbers}


def _superseded_context(edition: Edition, live: Edition) -> dict[str, object]:
    """Return the notice on a superseded edition, with its links."""
    changes = changes_url(live, live.number)
    return {
        "social_image_of": live.get_absolute_url(),
        "notice": _superseded_text(edition),
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
    request: HttpRequest, edition: Edition, own_address: str = "", **extra_context
) -> HttpResponse:
    """Return the page of an edition.

    Args:
        own_address: the path at which a superseded edition is cited; "" for the live one.
    """
    rows, site = EditionWithRows.get(edition), site_settings()
    context = {**publication_context(rows), **extra_context}
    record = metadata.build_record(rows, site=site, address=own_address)
    context |= metadata.citation_context(record, edition)
    if not own_address:
        images = {"social_image": _social_image(edition), "cover": _cover_image(context["cover"])}
        context |= metadata.head_context(record, edition, context["breadcrumb"], **images)
    response = render_page(
        request, "pages/publication.html", site=site, publication_pk=edition.publication_id, **context
    )
    response.headers["Link"] = render_link_header(metadata.publication_links(record))
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


def edition_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List the public editions of a publication with their labels, notes and permanent URLs."""
    address = resolve_address(current_locale(), slug)
    if address.status is not AddressStatus.OK:
        return redirect_or_gone(request, address, editions_url)
    live = address.edition
    redaction_times = AuditEntry.objects.redaction_times(live.publication_id)
    entries = history_entries(live, ever_public_editions(live.publication_id), redaction_times)
    return render_page(
        request,
        "pages/editions.html",
        publication_pk=live.publication_id,
        **_history_page_context(live, breadcrumb_step(_("Editions"))),
        title=_("Editions: %(title)s") % {"title": live.marked_title},
        description=_("Every edition of “%(title)s”, and what changed from one to the next.")
        % {"title": live.marked_title},
        entries=entries,
        has_redactions=any(entry.redaction_date for entry in entries),
        canonical=request.path,
        alternates={translation.language: editions_url(translation) for translation in translations_of(live)},
    )


def edition_changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show the difference between an edition and the one before it, or the one in `?from=`."""
    publication_address = resolve_address(current_locale(), slug)
    edition_address = resolve_edition_address(current_locale(), slug, number)
    for address in (publication_address, edition_address):
        if address.status is not AddressStatus.OK:
            return redirect_or_gone(request, address, lambda edition: changes_url(edition, number))
    live = publication_address.edition
    editions = ever_public_editions(live.publication_id)
    readable = readable_editions(editions)
    before, after = _compared_editions(readable, number, request.GET.get("from"))
    between = [edition for edition in readable if before.number < edition.number <= number]
    editions_step = breadcrumb_step(_("Editions"), editions_url(live))
    return render_page(
        request,
        "pages/comparison.html",
        publication_pk=live.publication_id,
        **_history_page_context(live, editions_step, breadcrumb_step(_("What changed"))),
        title=_("What changed from edition %(before)d to edition %(number)d: %(title)s")
        % {"before": before.number, "number": number, "title": live.marked_title},
        description=_(
            "What edition %(number)d of “%(title)s” says that an earlier one did not, word by word."
        )
        % {"number": number, "title": live.marked_title},
        before=history_entries(live, [before])[0],
        after=history_entries(live, [after])[0],
        change_label=edition_label(after, editions) if len(between) == 1 else "",
        notes_between=[edition.change_note for edition in between if edition.change_note],
        is_same=before.digest == after.digest,
        other_numbers=[edition.number for edition in readable if edition.number != number],
        canonical=live.get_absolute_url(),
        **comparison_context(compare_editions(*_with_compared_rows(before, after)), live.language),
    )


def _compared_editions(
    readable: list[Edition], number: int, from_param: str | None
) -> tuple[Edition, Edition]:
    """Return the two editions to compare. Raises Http404 if one is not public or they are the same."""
    by_number = {edition.number: edition for edition in readable}
    if from_param is None:
        before = max((earlier for earlier in by_number if earlier < number), default=None)
    else:
        before = _parse_edition_number(from_param)
    if before not in by_number or number not in by_number or before == number:
        raise Http404
    return by_number[before], by_number[number]


def _parse_edition_number(param: str) -> int | None:
    return int(param) if EDITION_NUMBER.fullmatch(param) else None


def _with_compared_rows(*editions: Edition) -> list[EditionWithRows]:
    """Return the editions, in this order, with the rows that are compared."""
    pks = [edition.pk for edition in editions]
    with_rows = EditionWithRows.get_many(Edition.objects.filter(pk__in=pks), rows=("bylines", "attachments"))
    return sorted(with_rows, key=lambda rows: pks.index(rows.edition.pk))


def _history_page_context(live: Edition, *steps: dict[str, str]) -> dict[str, object]:
    """Return what the pages of editions and changes share; `steps` end the breadcrumb."""
    publication_step = breadcrumb_step(live.marked_title, live.get_absolute_url(), live.language)
    return {
        "section": "publications",
        "robots": "noindex",
        "has_long_title": is_long_title(live.marked_title),
        "social_image_of": live.get_absolute_url(),
        "live": live,
        "edition_url": live.get_absolute_url(),
        "editions_url": editions_url(live),
        "breadcrumb": [*breadcrumb((_("Publications"), "publications:list")), publication_step, *steps],
    }


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
