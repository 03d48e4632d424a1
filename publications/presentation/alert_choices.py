"""What the form for alerts on the page of a publication offers beside its corrections."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _

from publications.models import FACETS, KIND, NEWSLETTER, EditionWithRows

OFFERED_FACETS = ("author", "topic", "country", "series")
MAX_OFFERED = 8


def offer_alerts(rows: EditionWithRows) -> list[dict[str, str | bool]]:
    """Return the authors and topics whose next publications readers may choose; of an issue the newsletter, ticked."""
    if rows.edition.kind.is_newsletter:
        code = urlencode({KIND: NEWSLETTER})
        return [{"code": code, "label": _("The newsletter"), "is_ticked": True}]
    if not rows.edition.kind.is_listed:
        return []
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
