"""What a condition is called, in the current language, on pages, in mails and at the desk."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.locales import current_locale, localized_path
from publications.models import FACETS, KIND, NEWSLETTER, Edition

from .conditions import ALERT_FACETS, find_rows
from .models import Condition, Subscription

SEPARATOR = " · "
NO_BREAK_SPACE = "\u00a0"
NEWSLETTER_LABEL = gettext_lazy("The newsletter")
"""What the choice of its issues is called, whatever the kind is."""


def describe_condition(condition: Condition, *, with_words: bool = True) -> str:
    """Return what a condition is about: "Topic: Energy · Search: grid", "Changes to “A title”".

    A topic or an author whose address has changed is found by the former one; what is no longer public is not named.

    Args:
        condition: stored or not.
        with_words: say what a search is for.

    Returns:
        Plain text.
    """
    return describe_conditions([condition], with_words=with_words)[0]


def describe_conditions(conditions: Collection[Condition], *, with_words: bool = True) -> list[str]:
    """Return what conditions are about, in their order, by as many queries for many as for a few.

    Args:
        conditions: stored or not.
        with_words: say what searches are for.

    Returns:
        One plain text for each condition.
    """
    labels = _find_labels(conditions)
    titles = _find_titles({condition.publication_id for condition in conditions} - {None})
    return [_describe(condition, labels, titles, with_words=with_words) for condition in conditions]


def find_list(condition: Condition) -> str:
    """Return the path of the list of what a condition finds now; "" for changes of one publication."""
    if condition.publication_id or not condition.filters.keys() <= ALERT_FACETS.keys():
        return ""
    query = urlencode({**condition.filters, **({"q": condition.query} if condition.query else {})})
    return localized_path(current_locale(), "publications:list") + (f"?{query}" if query else "")


def describe_chosen(subscriptions: Iterable[Subscription], *, with_words: bool = True) -> list[str]:
    """Return what subscriptions are about and how often their mails come, in the order of the alphabet.

    Args:
        subscriptions: with their conditions.
        with_words: say what searches are for. Of what nobody has confirmed it is left out: anybody can mail it to
            anybody by the form, such as an advertisement.
    """
    chosen = list(subscriptions)
    labels = describe_conditions([row.condition for row in chosen], with_words=with_words)
    pairs = zip(labels, chosen, strict=True)
    return sorted(f"{label} ({row.get_timing_display().lower()})" for label, row in pairs)


def join_details(kind: str, authors: str, day: str, language: str) -> str:
    """Return what is said of a text below its title, without empty parts. On a phone no line breaks in the day."""
    details = kind, authors, day.replace(" ", NO_BREAK_SPACE), language
    return f"{NO_BREAK_SPACE}· ".join(filter(None, details))


def _describe(
    condition: Condition,
    labels: Mapping[tuple[str, str], str],
    titles: Mapping[int, str],
    *,
    with_words: bool,
) -> str:
    if condition.publication_id:
        title = titles.get(condition.publication_id) or _("no longer public")
        return _("Changes to “%(title)s”") % {"title": title}
    filters = sorted(condition.filters.items(), key=_position)
    parts = [_describe_filter(name, value, labels) for name, value in filters]
    if condition.query:
        words = _("Search: %(words)s") % {"words": condition.query}
        parts.append(words if with_words else _("A search of this site"))
    return SEPARATOR.join(parts) or _("All publications")


def describe_choice(name: str, value: str) -> str:
    """Return what a value of a facet is called as a choice: "Topic: Energy", "The newsletter".

    Args:
        name: of a facet; of a former release, too.
        value: its slug, or a former one.
    """
    return describe_condition(Condition(filters={name: value}))


def _describe_filter(name: str, value: str, labels: Mapping[tuple[str, str], str]) -> str:
    if (name, value) == (KIND, NEWSLETTER):
        return str(NEWSLETTER_LABEL)
    if name not in FACETS:
        return describe_facet(name)
    label = labels.get((name, value)) or _("no longer public")
    return _("%(facet)s: %(value)s") % {"facet": describe_facet(name), "value": label}


def describe_facet(name: str) -> str:
    """Return what the facet of a filter is called; conditions may have one of a former release.

    Args:
        name: the key of the filter.
    """
    return str(FACETS[name].label) if name in FACETS else _("A filter that is no longer available")


def _position(pair: tuple[str, Any]) -> int:
    return list(FACETS).index(pair[0]) if pair[0] in FACETS else len(FACETS)


def _find_labels(conditions: Iterable[Condition]) -> dict[tuple[str, str], str]:
    """Return the labels of the values that conditions have, by facet and value."""
    values: dict[str, set[str]] = {}
    for condition in conditions:
        for name, value in condition.filters.items():
            values.setdefault(name, set()).add(value)
    return {
        (name, value): str(FACETS[name].label_of(row))
        for name in FACETS.keys() & values.keys()
        for value, row in find_rows(FACETS[name], values[name]).items()
    }


def _find_titles(publications: Collection[int]) -> dict[int, str]:
    """Return the titles that readers know: of the live edition, or of the last one that was public.

    One that was published by mistake is not said again. Redaction reaches editions, so that no title is shown with a
    name that was removed.
    """
    if not publications:
        return {}
    editions = Edition.objects.filter(publication__in=publications)
    public = editions.ever_public().in_effect().order_by("number").values_list("publication", "title")
    return dict(public) | dict(editions.live().values_list("publication", "title"))
