"""The editions of one piece, and what changed from one to another. Both stand only while the piece is live."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from publications.models import (
    Edition,
    EditionWithRows,
    Standing,
    answer,
    answer_for_edition,
    readable_editions,
    started_editions,
    translations_of,
)
from publications.presentation import breadcrumb, current_tree, history, render_page
from publications.presentation.history import comparison_context, difference_of
from publications.presentation.links import changes_url, editions_url

from .pieces import elsewhere

NUMBER = re.compile(r"[1-9][0-9]{0,5}")


def edition_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every public edition with what it was, its note to readers and its permanent address."""
    found = answer(current_tree(), slug)
    if found.standing is not Standing.HERE:
        return elsewhere(request, found, editions_url)
    live = found.edition
    return render_page(
        request,
        "pages/editions.html",
        **_frame(live, {"label": _("Editions")}),
        title=_("Editions: %(title)s") % {"title": live.title},
        description=_("Every edition of “%(title)s”, and what changed from one to the next.")
        % {"title": live.title},
        entries=history.entries(live, started_editions(live.publication_id)),
        canonical=request.path,
        alternates=_in_translation(live),
    )


def edition_changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The difference between an edition and the one before it, or the one that `?from=` names."""
    piece, found = answer(current_tree(), slug), answer_for_edition(current_tree(), slug, number)
    for each in (piece, found):
        if each.standing is not Standing.HERE:
            return elsewhere(request, each, lambda edition: changes_url(edition, number))
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
        before=history.entries(live, [before])[0],
        after=history.entries(live, [after])[0],
        what=history.edition_label(after, begun) if len(between) == 1 else "",
        notes_between=[edition.note for edition in between if edition.note],
        is_same=before.digest == after.digest,
        others=[each.number for each in readable if each.number != number],
        canonical=live.get_absolute_url(),
        **comparison_context(difference_of(*_with_compared_rows(before, after))),
    )


def _pair(readable: list[Edition], number: int, asked: str | None) -> tuple[Edition, Edition]:
    """The two editions to compare. Raises Http404 where either is not public, or they are the same."""
    by_number = {edition.number: edition for edition in readable}
    before = _number(asked) if asked is not None else max((n for n in by_number if n < number), default=None)
    if before not in by_number or number not in by_number or before == number:
        raise Http404
    return by_number[before], by_number[number]


def _number(asked: str) -> int | None:
    return int(asked) if NUMBER.fullmatch(asked) else None


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
        "piece": live,
        "piece_url": live.get_absolute_url(),
        "editions_url": editions_url(live),
        "breadcrumb": [*breadcrumb((_("Publications"), "publications:list")), piece, *steps],
    }


def _in_translation(live: Edition) -> dict[str, str]:
    """The same page of the translation in the other tree."""
    return {other.language: editions_url(other) for other in translations_of(live)}
