"""What the form for alerts on the page of a publication offers: its own changes, and what is published next."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from publications.models import FACETS, KIND, NEWSLETTER, EditionWithRows

OFFERED_FACETS = ("author", "topic", "country", "series")
MAX_OFFERED = 8
ORIGIN_FIELD = "of"
"""The hidden field of the form, with the uid of the publication: in this form something has to be ticked."""


def offer_alerts(rows: EditionWithRows) -> dict[str, Any]:
    """Return the context of the form of a live edition."""
    uid = str(rows.history[0].uid)
    return {"origin_field": ORIGIN_FIELD, "origin": uid, "alert_choices": _list_choices(rows, uid)}


def _list_choices(rows: EditionWithRows, uid: str) -> list[dict[str, str | bool]]:
    """Return the changes of a publication, ticked, and its authors and topics, whose next publications may be chosen.

    Of an issue the newsletter is ticked, whose readers get the changes of its issues as well.
    """
    is_issue = rows.edition.kind.is_newsletter
    own = {
        "code": urlencode({"publication": uid}),
        "label": _("This text: if it is updated, corrected or withdrawn"),
        "is_ticked": not is_issue,
    }
    if is_issue:
        code = urlencode({KIND: NEWSLETTER})
        return [{"code": code, "label": _("The newsletter: each issue"), "is_ticked": True}, own]
    return [own, *_offer_next(rows)] if rows.edition.kind.is_listed else [own]


def _offer_next(rows: EditionWithRows) -> list[dict[str, str]]:
    found = [
        {
            "code": urlencode({name: FACETS[name].value_of(row)}),
            "label": _("%(facet)s: %(value)s")
            % {"facet": FACETS[name].label, "value": FACETS[name].label_of(row)},
        }
        for name in OFFERED_FACETS
        for row in FACETS[name].rows_of(rows)
        if FACETS[name].includes(row)
    ]
    return found[:MAX_OFFERED]
