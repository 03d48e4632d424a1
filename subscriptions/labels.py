"""What a condition is called, in the current language, on pages, in mails and at the desk."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from publications.models import FACETS, Edition, Facet

from .conditions import find_value
from .models import Condition

SEPARATOR = " · "


def describe_condition(condition: Condition) -> str:
    """Return what a condition is about: "Topic: Energy · Search: grid", "Changes to “A title”".

    A topic or an author whose address has changed is found by the former one; what is no longer public is not named.

    Args:
        has_words: whether the words of a search are in it, which may be a text with links by whoever sent the form.
    """
    if condition.publication_id:
        return _("Changes to “%(title)s”") % {"title": _find_title(condition.publication_id)}
    labels = [
        _("%(facet)s: %(value)s") % {"facet": FACETS[name].label, "value": _label_value(FACETS[name], value)}
        for name, value in sorted(condition.filters.items(), key=_position)
        if name in FACETS
    ]
    if condition.query:
        words = condition.query if has_words else _("words that are shown before you confirm")
        labels.append(_("Search: %(words)s") % {"words": words})
    return SEPARATOR.join(labels) or _("All publications")


def describe_without_words(pks: Iterable[int]) -> list[str]:
    """Return what conditions are called, in the current language, in the order of the alphabet.

    It is for mails to addresses that are not confirmed: no words that somebody has typed are in it.
    """
    conditions = Condition.objects.filter(pk__in=pks)
    return sorted({describe_condition(condition, has_words=False) for condition in conditions})


def _position(pair: tuple[str, str]) -> int:
    return list(FACETS).index(pair[0]) if pair[0] in FACETS else len(FACETS)


def _label_value(facet: Facet, value: str) -> str:
    row = find_value(facet, value)
    return str(facet.label_of(row)) if row else _("no longer public")


def _find_title(publication: int) -> str:
    """Return the title that readers know: that of the live edition, or that of the last one that was public.

    Redaction reaches editions, so that no title is shown with a name that was removed.
    """
    editions = Edition.objects.filter(publication=publication).ever_public().order_by("-number")
    edition = Edition.objects.live().filter(publication=publication).first() or editions.first()
    return edition.title if edition else _("no longer public")
