"""Lists of editions: filters from the query, counts, pages. Every state of a list is a plain address."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from publications.languages import NAMES
from publications.models import Author, Edition, Kind, Tag
from publications.presentation import cards

PER_PAGE = 20


def _kinds(values: list[str]) -> dict[str, str]:
    return {kind.slug: kind.worded("name") for kind in Kind.objects.filter(slug__in=values)}


def _tags(values: list[str]) -> dict[str, str]:
    return {tag.slug: tag.label for tag in Tag.objects.filter(slug__in=values)}


def _authors(values: list[str]) -> dict[str, str]:
    return dict(Author.objects.filter(slug__in=values, pseudonymous=False).values_list("slug", "name"))


def _languages(values: list[str]) -> dict[str, str]:
    return {code: NAMES[code] for code in values}


def _years(values: list[str]) -> dict[str, str]:
    return {value: value for value in values}


@dataclass(frozen=True)
class Filter:
    """One way to narrow a list: its label, the column it selects by, and the words for its values."""

    label: str
    column: str
    words: Callable[[list[str]], dict[str, str]]
    newest_first: bool = False


FILTERS = {
    "kind": Filter(_("Type"), "kind__slug", _kinds),
    "tag": Filter(_("Topic"), "tag_rows__tag__slug", _tags),
    "author": Filter(_("Author"), "bylines__author__slug", _authors),
    "year": Filter(_("Year"), "year", _years, newest_first=True),
    "language": Filter(_("Language"), "language", _languages),
}


class Listing:
    """One state of the list: what was asked, what is found, and the addresses around it."""

    def __init__(self, query: QueryDict, tree: str) -> None:
        self.asked = {name: value for name in FILTERS if (value := query.get(name, "").strip())}
        if not self.asked.get("year", "0").isdecimal() or len(self.asked.get("year", "")) > 4:
            raise Http404
        self._refuse_what_no_reader_knows()
        self.tree = tree
        self.url = reverse("publications:list")
        self.number = query.get("page", "1")

    def _refuse_what_no_reader_knows(self) -> None:
        """A topic, author or kind is public only through a live edition: any other is as if it were not there."""
        for name, value in self.asked.items():
            known = FILTERS[name].words([value]) if name != "language" or value in NAMES else {}
            if not known or not Edition.objects.live().filter(**{FILTERS[name].column: value}).exists():
                raise Http404

    @property
    def is_narrowed(self) -> bool:
        return bool(self.asked) or self.number != "1"

    def context(self) -> dict[str, object]:
        paginator = Paginator(self._found().newest_first().for_cards(), PER_PAGE)
        try:
            page = paginator.page(self.number)
        except InvalidPage as reason:
            raise Http404 from reason
        filters = [self._filter(name) for name in FILTERS]
        return {
            "cards": cards(page.object_list),
            "total": paginator.count,
            "page": page,
            "page_links": [
                self._page_link(number, page) for number in paginator.get_elided_page_range(page.number)
            ],
            "previous_url": self._address(page=page.previous_page_number()) if page.has_previous() else "",
            "next_url": self._address(page=page.next_page_number()) if page.has_next() else "",
            "filters": filters,
            "active": [
                self._active(name, each)
                for name, each in zip(FILTERS, filters, strict=True)
                if name in self.asked
            ],
            "clear_url": self.url if self.asked else "",
        }

    def _found(self, without: str = "") -> QuerySet:
        editions = Edition.objects.live()
        if "language" not in self.asked:
            editions = editions.in_tree(self.tree)
        for name, value in self.asked.items():
            if name != without:
                editions = editions.filter(**{FILTERS[name].column: value})
        return editions

    def _filter(self, name: str) -> dict[str, object]:
        """The options of a filter, each with how many pieces it would give beside the others."""
        wanted, asked = FILTERS[name], self.asked.get(name, "")
        counted = self._found(without=name).order_by().values_list(wanted.column).annotate(pieces=Count("pk"))
        counts = {str(value): pieces for value, pieces in counted if value not in (None, "")}
        words = wanted.words(list({*counts, asked} - {""}))
        options = [
            {"value": value, "label": label, "selected": value == asked, "count": counts.get(value, 0)}
            for value, label in sorted(
                words.items(), key=lambda pair: pair[1].casefold(), reverse=wanted.newest_first
            )
        ]
        return {"name": name, "label": wanted.label, "options": options}

    def _active(self, name: str, filter_: dict) -> dict[str, str]:
        chosen = next(
            (option["label"] for option in filter_["options"] if option["selected"]), self.asked[name]
        )
        return {"label": chosen, "url_without": self._address(without=name)}

    def _page_link(self, number, page) -> dict[str, object]:
        if not isinstance(number, int):
            return {"gap": True}
        return {"number": number, "url": self._address(page=number), "current": number == page.number}

    def _address(self, *, without: str = "", page: int = 1) -> str:
        query = {name: value for name, value in self.asked.items() if name != without}
        if page > 1:
            query["page"] = str(page)
        return f"{self.url}?{urlencode(query)}" if query else self.url
