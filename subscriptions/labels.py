"""What a condition is called, in the current language, on pages, in mails and at the desk."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from publications.models import FACETS, Edition, Facet

from .conditions import find_value
from .models import Condition

SEPARATOR = " · "


def describe_condition(condition: Condition, *, with_words: bool = True) -> str:
    """Return what a condition is about: "Topic: Energy · Search: grid", "Changes to “A title”".

    A topic or an author whose address has changed is found by the former one; what is no longer public is not named.

    Args:
        with_words: say what a search is for.
    """
    if condition.publication_id:
        return _("Changes to “%(title)s”") % {"title": _find_title(condition.publication_id)}
    labels = [_label_filter(name, value) for name, value in sorted(condition.filters.items(), key=_position)]
    if condition.query:
        words = _("Search: %(words)s") % {"words": condition.query}
        labels.append(words if with_words else _("A search of this site"))
    return SEPARATOR.join(labels) or _("All publications")


def describe_unconfirmed(pks: Iterable[int]) -> list[str]:
    """Return what conditions that nobody has confirmed are called, in the order of the alphabet.

    The words of a search are left out: anybody can mail them to anybody by the form, such as an advertisement.
    """
    conditions = Condition.objects.filter(pk__in=pks)
    return sorted(describe_condition(condition, with_words=False) for condition in conditions)


def _position(pair: tuple[str, str]) -> int:
    return list(FACETS).index(pair[0]) if pair[0] in FACETS else len(FACETS)


def _label_filter(name: str, value: str) -> str:
    if name not in FACETS:
        return _("A filter that is no longer available")
    return _("%(facet)s: %(value)s") % {
        "facet": FACETS[name].label,
        "value": _label_value(FACETS[name], value),
    }


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
