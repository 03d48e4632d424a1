"""A publication or one of its editions as a page, the list of its editions, and what changed between two of them.

Each answers while the publication is live; otherwise its address redirects, is gone (410) or not found."""

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
    Edition,
    EditionWithRows,
    ResolvedAddress,
    readable_editions,
    resolve_address,
    resolve_edition_address,
    site_settings,
    started_editions,
    translations_of,
)
from publications.pdf import Notice
from publications.presentation import (
    absolute_url,
    breadcrumb,
    edition_pdf_url,
    history,
    pdf_url,
    publication_context,
    render_page,
    social_image_url,
)
from publications.presentation.history import comparison_context, difference_of
from publications.presentation.links import changes_url, edition_url, editions_url

SOCIAL_IMAGE_SIZE = (1200, 630)  # pixels
EDITION_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


def publication_detail(request: HttpRequest, slug: str) -> HttpResponse:
    found = resolve_address(current_locale(), slug)
    if found.status is not AddressStatus.OK:
        return redirect_or_gone(request, found, lambda edition: edition.get_absolute_url())
    return show_edition(request, found.edition, pdf_url=pdf_url(found.edition), has_downloads=True)


def edition_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = resolve_edition_address(current_locale(), slug, number)
    if found.status is not AddressStatus.OK:
        return redirect_or_gone(request, found, lambda edition: edition_url(edition, number))
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
        has_downloads=True,
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


def superseded_notice(edition: Edition) -> Notice | None:
    """The same on paper, with the address of the current one."""
    live = _later(edition)
    if not live:
        return None
    address = absolute_url(iri_to_uri(live.get_absolute_url()))
    return Notice(_says_of_itself(edition), address=address, language=current_locale())


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
    piece, site = EditionWithRows.get(edition), site_settings()
    context = {**publication_context(piece), **frame}
    record = metadata.build_record(piece, site=site, address=own_address)
    context |= metadata.citation_context(record, edition)
    if not own_address:
        pictures = {"social_image": _card(edition), "cover": _cover(context["cover"])}
        context |= metadata.head_context(record, edition, context["breadcrumb"], **pictures)
    return render_page(request, "pages/publication.html", site=site, **context)


def _card(edition: Edition) -> metadata.HeadImage:
    """Its card, for messages that show what a link leads to."""
    told = f"{edition.kind_label}: {edition.title}"
    return metadata.HeadImage(absolute_url(iri_to_uri(social_image_url(edition))), told, *SOCIAL_IMAGE_SIZE)


def _cover(cover: markup.ResponsiveImage | None) -> metadata.HeadImage | None:
    return metadata.HeadImage(absolute_url(cover.src), cover.alt) if cover else None


def redirect_or_gone(
    request: HttpRequest, found: ResolvedAddress, address: Callable[[Edition], str]
) -> HttpResponse:
    """The answer for an address where no edition stands."""
    if found.status is AddressStatus.MOVED:
        return HttpResponsePermanentRedirect(address(found.edition))
    if found.status is AddressStatus.GONE:
        return gone_response(request, found.edition)
    raise Http404


def edition_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every public edition with what it was, its note to readers and its permanent address."""
    found = resolve_address(current_locale(), slug)
    if found.status is not AddressStatus.OK:
        return redirect_or_gone(request, found, editions_url)
    live = found.edition
    return render_page(
        request,
        "pages/editions.html",
        **_frame(live, {"label": _("Editions")}),
        title=_("Editions: %(title)s") % {"title": live.title},
        description=_("Every edition of “%(title)s”, and what changed from one to the next.")
        % {"title": live.title},
        entries=history.history_entries(live, started_editions(live.publication_id)),
        canonical=request.path,
        alternates=_in_translation(live),
    )


def edition_changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The difference between an edition and the one before it, or the one that `?from=` names."""
    piece, found = (
        resolve_address(current_locale(), slug),
        resolve_edition_address(current_locale(), slug, number),
    )
    for each in (piece, found):
        if each.status is not AddressStatus.OK:
            return redirect_or_gone(request, each, lambda edition: changes_url(edition, number))
    live = piece.edition
    begun = started_editions(live.publication_id)
    readable = readable_editions(begun)
    before, after = _pair(readable, number, request.GET.get("from"))
    between = [edition for edition in readable if before.number < edition.number <= number]
    return render_page(
        request,
        "pages/comparison.html",
        **_frame(live, {"label": _("Editions"), "url": editions_url(live)}, {"label": _("What changed")}),
        title=_("What changed from edition %(before)d to edition %(number)d: %(title)s")
        % {"before": before.number, "number": number, "title": live.title},
        description=_(
            "What edition %(number)d of “%(title)s” says that an earlier one did not, word by word."
        )
        % {"number": number, "title": live.title},
        before=history.history_entries(live, [before])[0],
        after=history.history_entries(live, [after])[0],
        what=history.edition_label(after, begun) if len(between) == 1 else "",
        notes_between=[edition.change_note for edition in between if edition.change_note],
        is_same=before.digest == after.digest,
        others=[each.number for each in readable if each.number != number],
        canonical=live.get_absolute_url(),
        **comparison_context(difference_of(*_with_compared_rows(before, after)), live.language),
    )


def _pair(readable: list[Edition], number: int, asked: str | None) -> tuple[Edition, Edition]:
    """The two editions to compare. Raises Http404 where either is not public, or they are the same."""
    by_number = {edition.number: edition for edition in readable}
    before = _number(asked) if asked is not None else max((n for n in by_number if n < number), default=None)
    if before not in by_number or number not in by_number or before == number:
        raise Http404
    return by_number[before], by_number[number]


def _number(asked: str) -> int | None:
    return int(asked) if EDITION_NUMBER.fullmatch(asked) else None


def _with_compared_rows(*editions: Edition) -> list[EditionWithRows]:
    """Return the editions in this order with all that is compared."""
    numbers = [edition.pk for edition in editions]
    found = EditionWithRows.get_many(Edition.objects.filter(pk__in=numbers), rows=("bylines", "attachments"))
    return sorted(found, key=lambda rows: numbers.index(rows.edition.pk))


def _frame(live: Edition, *steps: dict[str, str]) -> dict[str, object]:
    piece = {"label": live.title, "url": live.get_absolute_url(), "language": live.language}
    return {
        "section": "publications",
        "robots": "noindex",
        "social_image_of": live.get_absolute_url(),
        "live": live,
        "edition_url": live.get_absolute_url(),
        "editions_url": editions_url(live),
        "breadcrumb": [*breadcrumb((_("Publications"), "publications:list")), piece, *steps],
    }


def _in_translation(live: Edition) -> dict[str, str]:
    """The same page of the translation in the other tree."""
    return {other.language: editions_url(other) for other in translations_of(live)}


def gone_response(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Say that a piece was here, whether it was withdrawn or has expired, and why if the editor wrote it.

    Where only this edition was taken back, lead to the current one.
    """
    current = Edition.objects.live().filter(publication=edition.publication_id).first()
    return render_page(
        request,
        "410.html",
        status=HTTPStatus.GONE,
        title=_("No longer public"),
        robots="noindex",
        withdrawn=edition.end_reason in WITHDRAWN_OR_UNDONE,
        reason=edition.withdrawal_reason,
        edition=edition,
        on=edition.visible_until,
        number=edition.number,
        current_url=current.get_absolute_url() if current else "",
    )
