"""What alerts are about: conditions as they are chosen, stored, shown and matched with an edition."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from publications.locales import LOCALES, localized_path
from publications.models import (
    FACETS,
    KIND,
    MAX_FACET_VALUE_CHARACTERS,
    NEWSLETTER,
    Author,
    Edition,
    EditionWithRows,
    Facet,
    Redirect,
    Tag,
    is_public,
)
from publications.search import parse_query

from .locks import keep_row
from .models import MAX_QUERY_CHARACTERS, Condition, Timing

ALERT_FACETS = {name: facet for name, facet in FACETS.items() if facet.has_alerts}


class RowPage(NamedTuple):
    """The page of a row that readers choose: its URL name, and the column of redirects to it."""

    page: str
    column: str


PAGES = {Tag: RowPage("topic", "tag"), Author: RowPage("author", "author")}


@dataclass(frozen=True)
class Choice:
    """What a reader has chosen: editions with these values of facets and this search, or one publication.

    Attributes:
        filters: values by the names of facets; all are needed.
        query: a search of the site.
        publication: the primary key of a publication, whose changes alone are of interest.
    """

    filters: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    publication: int | None = None

    @property
    def digest(self) -> str:
        """What tells it apart: the same for the same choice, in whatever order and spelling of spaces it was made."""
        parts = [sorted(self.filters.items()), " ".join(self.query.split()).casefold(), self.publication]
        return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    @transaction.atomic
    def store(self) -> Condition:
        """Return the row of the choice, which all who make it share.

        It is not deleted as unused before the end of the transaction, in which it is used. Others who choose the same
        do not wait for it.
        """
        while True:
            condition, is_new = Condition.objects.get_or_create(digest=self.digest, defaults=self._values())
            if is_new or keep_row(Condition.objects.filter(pk=condition.pk)):
                return condition  # else it was deleted in between

    def build_condition(self) -> Condition:
        """Return a row that is not stored, to be shown."""
        return Condition(digest=self.digest, **self._values())

    def _values(self) -> dict[str, Any]:
        return {"filters": dict(self.filters), "query": self.query, "publication_id": self.publication}


def store_choices(choices: Iterable[Choice]) -> list[Condition]:
    """Return the rows of choices, in their order (`Choice.store`).

    New ones are stored in one order, so that two forms with the same choices never wait for each other.
    """
    chosen = list(choices)
    stored = {choice.digest: choice.store() for choice in sorted(chosen, key=attrgetter("digest"))}
    return [stored[choice.digest] for choice in chosen]


def list_timings(filters: Mapping[str, str]) -> list[Timing]:
    """Return when mails about these filters can be sent, the first one unless another is chosen.

    Issues of the newsletter are mailed at once: among the entries of a day or week they would come late, and without
    the publications that they have.
    """
    return [Timing.AT_ONCE] if filters.get(KIND) == NEWSLETTER else list(Timing)


def limit_timing(filters: Mapping[str, str], timing: Timing) -> Timing:
    """Return a timing that was chosen, or the one that these filters have in place of it."""
    timings = list_timings(filters)
    return timing if timing in timings else timings[0]


def read_choice(values: Mapping[str, str]) -> Choice:
    """Return the choice in the parameters of an address or in the fields of a form; empty ones are left out.

    Args:
        values: values by the names of facets, words of a search under "q", or under "publication" the uid of one.

    Raises:
        ValidationError: something cannot be chosen; the message names it.
    """
    filled = {name: text for name, value in values.items() if (text := value.strip())}
    if unknown := [name for name in filled if name not in (*ALERT_FACETS, "q", "publication")]:
        raise ValidationError(_("Alerts cannot be limited by “%(name)s”.") % {"name": unknown[0][:40]})
    if "publication" in filled:
        if len(filled) > 1:
            raise ValidationError(_("Alerts of one publication have no other filters."))
        return Choice(publication=_find_publication(filled["publication"]))
    query = filled.pop("q", "")
    return Choice(
        filters={name: _check_value(name, value) for name, value in filled.items()}, query=_check_query(query)
    )


def _remove_controls(text: str) -> str:
    """Return a text without ends of lines and marks that change its direction: it is shown on pages and in mails."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _find_publication(uid: str) -> int:
    try:
        found = (
            Edition.objects.live()
            .filter(publication__uid=UUID(uid))
            .values_list("publication", flat=True)
            .first()
        )
    except ValueError:
        found = None
    if not found:
        raise ValidationError(_("There is no such publication on this site, or it is no longer public."))
    return found


def _check_value(name: str, value: str) -> str:
    """Return the value of a facet, the current one for a former address. One that is not public counts as unknown."""
    facet = FACETS[name]
    row = find_value(facet, value) if "\0" not in value and facet.accepts(value) else None
    current = facet.value_of(row) if row else ""
    is_newsletter = name == KIND and current == NEWSLETTER  # readers sign up before its first issue
    if not (is_newsletter or (row and is_public(facet, current))):
        text = _("“%(value)s” is not among the choices of “%(facet)s” on this site.")
        raise ValidationError(text % {"value": value[:MAX_FACET_VALUE_CHARACTERS], "facet": facet.label})
    return current


def _check_query(text: str) -> str:
    query = parse_query(_remove_controls(text))
    if len(text) > MAX_QUERY_CHARACTERS or query.is_truncated:
        raise ValidationError(_("These are too many words to search for. Please choose fewer."))
    if text and not query:
        raise ValidationError(_("“%(words)s” has no word that can be searched for.") % {"words": text})
    return query.text


def find_values(edition: EditionWithRows) -> dict[str, set[str]]:
    """Return the values of an edition by the names of facets, with those of former addresses of its topics and authors.

    Conditions are matched with these: what readers have chosen goes on when its address changes.
    """
    values = {name: set(facet.values_of(edition)) for name, facet in FACETS.items()}
    for name, facet in FACETS.items():
        rows = [row for row in facet.rows_of(edition) if facet.model in PAGES and facet.includes(row)]
        former = _former_values(PAGES[facet.model], rows) if rows else set()
        values[name] |= {value for value in former if not facet.find(value)}  # else it is another row's now
    return values


def _former_values(kind: RowPage, rows: Sequence[Tag | Author]) -> set[str]:
    prefixes = [_page_path(kind, locale, "x").removesuffix("x") for locale in LOCALES]
    paths = (
        Redirect.objects.without_query().filter(**{f"{kind.column}__in": rows}).values_list("path", flat=True)
    )
    return {
        unquote(path.removeprefix(prefix)) for path in paths for prefix in prefixes if path.startswith(prefix)
    }


def has_filters(values: Mapping[str, set[str]], filters: Mapping[str, str]) -> bool:
    """Return whether an edition with these values (`find_values`) has all those of a condition.

    No edition has that of a facet that no longer exists: without it the condition would be of more than was chosen.
    """
    return all(value in values.get(name, ()) for name, value in filters.items())


def find_value(facet: Facet, value: str) -> Any:
    """Return the row with this value of a facet, or the value itself without a model; None if there is none.

    A topic or an author whose address has changed is found by the former one.
    """
    return find_rows(facet, [value]).get(value)


def find_rows(facet: Facet, values: Collection[str]) -> dict[str, Any]:
    """Return the same for several values, by value, without those that there are not."""
    accepted = [value for value in values if facet.accepts(value)]
    if not facet.model:
        return {value: value for value in accepted}
    rows = facet.model._default_manager.filter(slug__in=accepted, **facet.limit_choices_to)
    found = {row.slug: row for row in rows}
    return found | _find_renamed(facet, set(values) - found.keys())


def _find_renamed(facet: Facet, values: Collection[str]) -> dict[str, Tag | Author]:
    kind = PAGES.get(facet.model)
    if not (kind and values):
        return {}
    paths = {value: {_page_path(kind, locale, value) for locale in LOCALES} for value in values}
    redirects = Redirect.objects.without_query().filter(path__in=set().union(*paths.values()))
    rows = {
        redirect.path: row
        for redirect in redirects.select_related(kind.column)
        if (row := getattr(redirect, kind.column)) and facet.includes(row)
    }
    found = {
        value: next((rows[path] for path in each if path in rows), None) for value, each in paths.items()
    }
    return {value: row for value, row in found.items() if row}


def _page_path(kind: RowPage, locale: str, slug: str) -> str:
    """Return the path of a page as redirects store it."""
    return Redirect.normalize_path(localized_path(locale, f"publications:{kind.page}", slug=slug))
