"""The list of publications: what was asked, what is found, and the addresses of every state around it."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from publications.models import Edition, Kind
from publications.presentation import current_tree, everywhere, feeds_for, page, way_here

from .describing import described
from .filters import FILTERS, is_known
from .paging import paged_cards

LONGEST_QUERY = 200
MOST_FOUND = 500  # texts are looked through once, and no further than this


def publication_list(request: HttpRequest) -> HttpResponse:
    listing = Listing(request.GET, current_tree())
    return page(
        request,
        "list.html",
        section="publications",
        title=_("Publications"),
        canonical="" if listing.is_narrowed else request.path,
        robots="noindex" if listing.is_narrowed else "",
        feeds=listing.feeds,
        **described(request, way_here(_("Publications"))),
        alternates=listing.alternates,
        **listing.context(),
    )


class Listing:
    """One state of the list. Raises Http404 for a filter that no reader knows and a page that is not there."""

    def __init__(self, query: QueryDict, tree: str) -> None:
        self.asked = {name: value for name in FILTERS if (value := query.get(name, "").strip())}
        if not all(is_known(name, value) for name, value in self.asked.items()):
            raise Http404
        self.words = " ".join(query.get("q", "")[:LONGEST_QUERY].split())
        self.tree = tree
        self.matching = self._matching() if self.words else None
        self.url = reverse("publications:list")
        self.number = query.get("page", "1")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.asked or self.words) or self.number != "1"

    @property
    def feeds(self) -> list[dict[str, str]]:
        """That of the kind, or of the language, where the list is narrowed to one; then the site's."""
        kind = Kind.objects.filter(slug=self.asked.get("kind", "")).first()
        return feeds_for(self.tree, kind=kind, language=self.asked.get("language", ""))

    @property
    def alternates(self) -> dict[str, str]:
        """The same choices in each tree."""
        return {tree: self._address(path) for tree, path in everywhere("publications:list").items()}

    def context(self) -> dict[str, object]:
        filters = [self._filter(name) for name in FILTERS]
        chosen = [self._chosen(filter_) for filter_ in filters if filter_["name"] in self.asked]
        words = (
            [{"label": f"“{self.words}”", "url_without": self._address(without="q")}] if self.words else []
        )
        return {
            **paged_cards(self._found().newest_first(), self.number, lambda page: self._address(page=page)),
            "filters": filters,
            "words": self.words,
            "chosen": [*words, *chosen],
            "clear_url": self.url if self.asked or self.words else "",
        }

    def _found(self, without: str = "") -> QuerySet:
        editions = Edition.objects.live()
        if "language" not in (*self.asked, without):  # a language asked for is asked of all texts
            editions = editions.in_tree(self.tree)
        for name, value in self.asked.items():
            if name != without:
                editions = FILTERS[name].narrow(editions, value)
        return editions if self.matching is None else editions.filter(pk__in=self.matching)

    def _matching(self) -> list[int]:
        found = Edition.objects.live().telling(self.words).newest_first()
        return list(found.values_list("pk", flat=True)[:MOST_FOUND])

    def _filter(self, name: str) -> dict[str, object]:
        """The options of a filter, each with how many pieces it would give beside the others."""
        wanted, asked = FILTERS[name], self.asked.get(name, "")
        counts = wanted.count(self._found(without=name))
        words = wanted.words(list({*counts, asked} - {""}))
        in_order = sorted(words.items(), key=lambda pair: pair[1].casefold(), reverse=wanted.newest_first)
        options = [
            {"value": value, "label": label, "selected": value == asked, "count": counts.get(value, 0)}
            for value, label in in_order
        ]
        return {"name": name, "label": wanted.label, "every": wanted.every, "options": options}

    def _chosen(self, filter_: dict) -> dict[str, str]:
        label = next(option["label"] for option in filter_["options"] if option["selected"])
        return {"label": label, "url_without": self._address(without=filter_["name"])}

    def _address(self, path: str = "", *, without: str = "", page: int = 1) -> str:
        query = {"q": self.words, **self.asked, "page": str(page) if page > 1 else ""}
        kept = {name: value for name, value in query.items() if value and name != without}
        return f"{path or self.url}?{urlencode(kept)}" if kept else path or self.url
