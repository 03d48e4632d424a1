"""The list of the editions of a publication, and the changes between two of them, while it is live."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from publications.locales import current_locale
from publications.models import (
    AddressStatus,
    AuditEntry,
    Edition,
    EditionWithRows,
    ever_public_editions,
    readable_editions,
    resolve_address,
    resolve_edition_address,
    translations_of,
)
from publications.presentation import (
    breadcrumb,
    breadcrumb_step,
    changes_url,
    compare_editions,
    comparison_context,
    edition_label,
    editions_url,
    history_entries,
    is_long_title,
    render_page,
)

from .publications import redirect_or_gone

EDITION_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


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
