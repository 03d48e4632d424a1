"""The list of publications: filters, search, and the addresses of every state around it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications import search
from publications.locales import current_locale
from publications.models import (
    FACETS,
    Edition,
    FacetChoice,
    choices,
    count_editions,
    filter_by,
    result_editions,
    site_settings,
)
from publications.presentation import (
    Teaser,
    breadcrumb,
    build_teasers,
    feeds_for,
    paths_in_locales,
    render_page,
)

from .descriptions import breadcrumb_context, describe_list
from .pagination import paginate, paginate_teasers
from .unavailable import UnavailableLink, try_again_link, unavailable_response

RETRY_AFTER = "5"  # seconds
ORDERS = ("relevance", "newest")


class Searched:
    """A query with the filters beside it, and what was found. Raises search.SearchBusy."""

    def __init__(self, typed: str, locale: str, filters: Mapping[str, str], order: str) -> None:
        self.query, self.locale, self.filters = search.parse_query(typed), locale, filters
        self.order = order if order in ORDERS else ORDERS[0]
        self.found = search.search(
            self.query, locale=locale, filters=filters, newest_first=self.order == "newest"
        )

    def teasers(self, editions: list[int]) -> list[Teaser]:
        """These editions as cards in this order, with the words marked where they stand."""
        in_order = result_editions(editions)
        snippets = map(search.SnippetBuilder(self.found.expanded).snippet, in_order)
        return [
            replace(card, marked_title=snippet.title, passage=snippet.text)
            for card, snippet in zip(build_teasers(in_order), snippets, strict=True)
        ]

    def advice(self) -> search.SpellingSuggestion:
        """What to try where nothing was found."""
        return (
            search.suggest_spelling(self.query, locale=self.locale)
            if self.query and not self.found.total
            else search.SpellingSuggestion()
        )

    def elsewhere(self) -> search.SearchResults | None:
        """What the words alone would find, where the filters leave nothing."""
        if self.found.total or not self.filters:
            return None
        found = search.search(self.query, locale=self.locale, with_counts=False)
        return found if found.total else None


def _result_count_text(shown: dict[str, Any], searched: Searched | None) -> str:
    """How many publications the list has, and their order where nobody chooses it."""
    total = shown["total"]
    if searched and searched.found.has_more:
        return _("More than %(most)s publications") % {"most": total}
    text = ngettext("%(total)s publication", "%(total)s publications", total) % {"total": total}
    return text + _(", newest first") if shown["teasers"] and not searched else text


def _count_text(found: search.SearchResults) -> str:
    """How many were found: "12", or "12+" where there may be more."""
    return f"{found.total}{'+' if found.has_more or found.has_partial_counts else ''}"


def search_busy(request: HttpRequest) -> HttpResponse:
    """Too many search at once: a page that says so, with everything else of the site one click away."""
    return unavailable_response(
        request,
        title=_("Many are searching just now"),
        text=_(
            "So many searches run at this moment that yours had to wait too long. Please try again in a few "
            "seconds; everything else on the site can be read meanwhile."
        ),
        links=[try_again_link(request), UnavailableLink(reverse("publications:list"), _("All publications"))],
        retry_after=RETRY_AFTER,
        section="publications",
    )


def publication_list(request: HttpRequest) -> HttpResponse:
    if short := redirect_without_empty_fields(request):
        return short
    listing, site = Listing(request.GET, current_locale()), site_settings()
    try:
        context = listing.context()
    except search.SearchBusy:
        return search_busy(request)
    return render_page(
        request,
        "pages/list.html",
        section="publications",
        has_finder=True,
        title=_("Publications"),
        site=site,
        description=describe_list(site),
        has_social_image=True,
        canonical="" if listing.is_narrowed else request.path,
        robots="noindex" if listing.is_narrowed else "",
        feeds=listing.feeds,
        **breadcrumb_context(request, breadcrumb(_("Publications"))),
        alternates=listing.alternates,
        **context,
    )


class Listing:
    """One state of the list. Raises Http404 for a filter that no reader knows and a page that is not there."""

    def __init__(self, query: QueryDict, locale: str) -> None:
        self.asked = {name: value for name in FACETS if (value := query.get(name, "").strip())}
        if not all(FACETS[name].is_public(value) for name, value in self.asked.items()):
            raise Http404
        self.words = search.parse_query(query.get("q", "")).text
        order = query.get("order", "")
        self.order = order if order in ORDERS and self.words else ORDERS[0]
        self.locale = locale
        self.url = reverse("publications:list")
        self.number = query.get("page", "1")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.asked or self.words) or self.number != "1"

    @property
    def feeds(self) -> list[dict[str, str]]:
        """That of the one choice that narrows the list, where it has a feed; last the site's."""
        return feeds_for(self.locale, **self._followed)

    @cached_property
    def _found(self) -> dict[str, Any]:
        """The chosen values, or their rows, by the names of their facets."""
        return {name: FACETS[name].find(value) for name, value in self.asked.items()}

    @cached_property
    def _followed(self) -> dict[str, object]:
        """What the one choice is, as `feeds_for` takes it; of several choices at once there is no feed."""
        if len(self.asked) != 1 or self.words:
            return {}
        facet = next(FACETS[name] for name in self.asked)
        return {facet.feed: self._found[facet.name]} if facet.feed else {}

    @property
    def has_own_feed(self) -> bool:
        """Whether the first of its feeds tells of just what the list does."""
        return (not self.asked and not self.words) or bool(self._followed)

    @property
    def alternates(self) -> dict[str, str]:
        """The same choices in each tree."""
        return {locale: self._address(path) for locale, path in paths_in_locales("publications:list").items()}

    def context(self) -> dict[str, object]:
        """What the list shows. Raises search.SearchBusy."""
        searched = Searched(self.words, self.locale, self.asked, self.order) if self.words else None
        chosen = [
            {"label": str(FACETS[name].label_of(row)), "url_without": self._address(without=name)}
            for name, row in self._found.items()
        ]
        words = (
            [{"label": in_quotation_marks(self.words), "url_without": self._address(without="q")}]
            if self.words
            else []
        )
        shown = self._results(searched) if searched else self._newest()
        return {
            **shown,
            "result_count_text": _result_count_text(shown, searched),
            "filters": lambda: self._filters(searched),
            "facets_key": tuple(self.asked.items()),
            "is_filtered": bool(self.asked),
            "words": self.words,
            "most_signs": search.MAX_QUERY_CHARACTERS,
            "chosen": [*words, *chosen],
            "document_title": self._document_title([choice["label"] for choice in (*words, *chosen)]),
            "own_feed": self.feeds[0] if self.has_own_feed else None,
            "clear_url": self.url if self.asked or self.words else "",
        }

    def _document_title(self, choices: list[str]) -> str:
        """What it is a list of: "Publications: “grain”, Ukraine, newest first"."""
        title = f"{_('Publications')}: {', '.join(choices)}" if choices else _("Publications")
        return title + _(", newest first") if self.order == "newest" else title

    def _newest(self) -> dict[str, object]:
        live = Edition.objects.live()
        found = filter_by(live.for_locale(self._texts) if self._texts else live, self.asked).newest_first()
        total = count_editions(self._texts, self.asked)
        return paginate_teasers(found, self.number, lambda page: self._address(page=page), total=total)

    def _results(self, searched: Searched) -> dict[str, object]:
        """One page of what was found, or what to try where that is nothing."""
        found, advice = searched.found, searched.advice()
        shown = paginate(found.editions, self.number, lambda page: self._address(page=page))
        others = searched.elsewhere()
        return {
            **shown,
            "teasers": searched.teasers(list(shown["page"].object_list)),
            "searched": searched,
            "hidden_order": self.order if self.order != ORDERS[0] else "",
            "orders": self._orders() if found.total > 1 else [],
            "instead": {"words": advice.corrected, "url": self._address(words=advice.corrected, bare=True)},
            "alone": [
                {
                    "words": words,
                    "count_text": _count_text(each),
                    "url": self._address(words=words, bare=True),
                }
                for words, each in advice.parts
            ],
            "elsewhere": {"found": others, "url": self._address(bare=True)} if others else None,
        }

    def _orders(self) -> list[dict[str, object]]:
        """The orders that may be chosen, the one in use marked."""
        labels = {"newest": _("Newest first"), "relevance": _("Best match first")}
        return [
            {"label": labels[name], "url": self._address(order=name), "current": name == self.order}
            for name in ORDERS
        ]

    @property
    def _texts(self) -> str | None:
        """The tree of the texts that are shown: a language that is asked for is asked of all of them."""
        return None if "language" in self.asked else self.locale

    def _filters(self, searched: Searched | None) -> list[dict[str, object]]:
        """The filters as their fields show them, with the counts of what was found or of the whole list."""
        if not searched:
            return [self._filter(name, self._counted(name)) for name in FACETS]
        more = "+" if searched.found.has_partial_counts else ""
        return [self._filter(name, self._counted_in(name, searched), more) for name in FACETS]

    def _counted_in(self, name: str, searched: Searched) -> list[FacetChoice]:
        return FACETS[name].label_counts(searched.found.counts[name])

    def _counted(self, name: str) -> list[FacetChoice]:
        """What each choice of a filter would give beside the others."""
        beside = {other: value for other, value in self.asked.items() if other != name}
        return choices(FACETS[name], None if name == "language" else self._texts, beside)

    def _filter(self, name: str, shown: list[FacetChoice], more: str = "") -> dict[str, object]:
        """A filter as its field shows it; `more` stands behind numbers that may be larger."""
        facet, chosen = FACETS[name], self.asked.get(name, "")
        if chosen and chosen not in {choice.value for choice in shown}:
            shown = [*shown, FacetChoice(chosen, facet.label_of(self._found[name]), 0)]
        in_order = sorted(shown, key=lambda choice: choice.label.casefold(), reverse=facet.descends)
        options = [
            {"value": value, "label": label, "selected": value == chosen, "pieces": f"{count}{more}"}
            for value, label, count in in_order
        ]
        return {"name": name, "label": facet.label, "every": facet.all_label, "options": options}

    def _address(
        self,
        path: str = "",
        *,
        words: str = "",
        order: str = "",
        without: str = "",
        page: int = 1,
        bare: bool = False,
    ) -> str:
        """The address of this state with one thing changed; `bare` leaves all filters out."""
        order = order or self.order
        query = {
            "q": words or self.words,
            **({} if bare else self.asked),
            "order": order if order != ORDERS[0] else "",
            "page": str(page) if page > 1 else "",
        }
        if without == "q":
            query["order"] = ""
        kept = {name: value for name, value in query.items() if value and name != without}
        return f"{path or self.url}?{urlencode(kept)}" if kept else path or self.url


def in_quotation_marks(words: str) -> str:
    """What was typed, in quotation marks where it brings none."""
    return words if words[0] in '"“”„«' else _("“%(words)s”") % {"words": words}


def redirect_without_empty_fields(request: HttpRequest) -> HttpResponseRedirect | None:
    """The way to the same address without the fields that were left empty, so that what is copied is short.

    It leads on once at most: what it leads to has no empty field.
    """
    sent = [(name, value) for name, values in request.GET.lists() for value in values]
    kept = [(name, value) for name, value in sent if value.strip()]
    if len(kept) == len(sent):
        return None
    path = escape_uri_path(request.path)
    return HttpResponseRedirect(f"{path}?{urlencode(kept)}" if kept else path)
