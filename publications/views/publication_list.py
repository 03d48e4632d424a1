"""The list of publications: by facets or a search, with the URLs that change one of these."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications import search
from publications.locales import current_locale
from publications.models import (
    FACETS,
    KIND,
    EditionList,
    FacetChoice,
    count_editions,
    is_public,
    live_choices,
    site_settings,
)
from publications.presentation import (
    breadcrumb,
    feeds_for,
    paths_in_locales,
    render_page,
)

from .descriptions import breadcrumb_context, describe_list
from .pagination import page_url_of, paginate, paginate_teasers
from .publication_search import ORDERS, PublicationSearch, search_busy_response


def _result_count_text(page: dict[str, Any], publication_search: PublicationSearch | None) -> str:
    """Return the number of publications, and their order if it cannot be chosen."""
    count = publication_search.results.count if publication_search else search.ResultCount(page["total"])
    text = ngettext("%(total)s publication", "%(total)s publications", count.total) % {"total": count}
    return text + _(", newest first") if page["teasers"] and not publication_search else text


def publication_list(request: HttpRequest) -> HttpResponse:
    """List publications by facets, newest first, or the results of a search."""
    if redirect := redirect_without_empty_fields(request):
        return redirect
    listing, site = PublicationList(request.GET, current_locale()), site_settings()
    try:
        context = listing.context()
    except search.SearchBusy:
        return search_busy_response(request)
    return render_page(
        request,
        "pages/list.html",
        section="publications",
        has_search_form=True,
        title=_("Publications"),
        site=site,
        description=describe_list(site),
        has_social_image=True,
        canonical="" if listing.is_filtered else request.path,
        robots="noindex" if listing.is_filtered else "",
        feeds=listing.feeds,
        **breadcrumb_context(request, breadcrumb(_("Publications"))),
        alternates=listing.alternates,
        **context,
    )


class PublicationList:
    """The list for the parameters of one request.

    Raises:
        Http404: a facet has no such public value, or there is no such page.
    """

    def __init__(self, params: QueryDict, locale: str) -> None:
        self.filters = {name: value for name in FACETS if (value := params.get(name, "").strip())}
        if not all(is_public(FACETS[name], value) for name, value in self.filters.items()):
            raise Http404
        self.query_text = search.parse_query(params.get("q", "")).text
        order = params.get("order", "")
        self.order = order if order in ORDERS and self.query_text else ORDERS[0]
        self.locale = locale
        self.url = reverse("publications:list")
        self.page_number = params.get("page", "1")

    @property
    def is_filtered(self) -> bool:
        """Whether this is anything else than the first page of all publications."""
        return bool(self.filters or self.query_text) or self.page_number != "1"

    @property
    def feeds(self) -> list[dict[str, str]]:
        """The feed of the chosen facet, if it has one, and last that of the site."""
        return feeds_for(self.locale, **self._feed_argument)

    @cached_property
    def _chosen_values(self) -> dict[str, Any]:
        """The chosen values by facet, as instances where the facet has a model."""
        return {name: FACETS[name].find(value) for name, value in self.filters.items()}

    @cached_property
    def _feed_argument(self) -> dict[str, object]:
        """The chosen facet as argument of `feeds_for`; empty for several facets, which have no feed together."""
        if len(self.filters) != 1 or self.query_text:
            return {}
        facet = next(FACETS[name] for name in self.filters)
        return {facet.feed_argument: self._chosen_values[facet.name]} if facet.feed_argument else {}

    @property
    def has_own_feed(self) -> bool:
        """Whether the first feed has the same publications as the list."""
        return (not self.filters and not self.query_text) or bool(self._feed_argument)

    @property
    def alternates(self) -> dict[str, str]:
        """The same list in each locale."""
        return {
            locale: self._build_url(path) for locale, path in paths_in_locales("publications:list").items()
        }

    def context(self) -> dict[str, object]:
        """Return the context of `pages/list.html`. Raises search.SearchBusy."""
        publication_search = None
        if self.query_text:
            publication_search = PublicationSearch(self.query_text, self.locale, self.filters, self.order)
        page = self._search_context(publication_search) if publication_search else self._list_context()
        active_filters = self._active_filters()
        return {
            **page,
            "result_count_text": _result_count_text(page, publication_search),
            "facet_fields": SimpleLazyObject(lambda: self._facet_fields(publication_search)),
            "facets_key": tuple(self.filters.items()),
            "has_filters": bool(self.filters),
            "query_text": self.query_text,
            "active_filters": active_filters,
            "document_title": self._document_title([active["label"] for active in active_filters]),
            "own_feed": self.feeds[0] if self.has_own_feed else None,
            "alert_choice": self._alert_choice,
            "clear_url": self.url if self.filters or self.query_text else "",
        }

    @property
    def _alert_choice(self) -> str:
        """What readers get alerts of who sign up on this page: the same filters, but no year, and the same search."""
        filters = {name: value for name, value in self.filters.items() if FACETS[name].has_alerts}
        return urlencode({**filters, **({"q": self.query_text} if self.query_text else {})})

    def _active_filters(self) -> list[dict[str, str]]:
        """Return the query and the chosen facets, each with the URL of the list without it."""
        labels = {"q": quote(self.query_text)} if self.query_text else {}
        labels |= {name: str(FACETS[name].label_of(row)) for name, row in self._chosen_values.items()}
        return [
            {"label": label, "url_without": self._build_url(without=name)} for name, label in labels.items()
        ]

    def _document_title(self, labels: list[str]) -> str:
        """Return the title: "Publications: “grain”, Ukraine, newest first"."""
        title = f"{_('Publications')}: {', '.join(labels)}" if labels else _("Publications")
        return title + _(", newest first") if self.order == "newest" else title

    def _list_context(self) -> dict[str, object]:
        editions = EditionList(self._locale_of_texts, self.filters)
        return paginate_teasers(editions, self.page_number, page_url_of(self._build_url()))

    def _search_context(self, publication_search: PublicationSearch) -> dict[str, object]:
        """Return a page of results, or what to try instead if there are none."""
        results, suggestion = publication_search.results, publication_search.suggestion()
        page = paginate(results.edition_ids, self.page_number, page_url_of(self._build_url()))
        without_filters = publication_search.without_filters()
        return {
            **page,
            "teasers": publication_search.teasers(list(page["page"].object_list)),
            "publication_search": publication_search,
            "chosen_order": self.order if self.order != ORDERS[0] else "",
            "orders": self._orders() if results.count.total > 1 else [],
            "suggestion": {
                "query_text": suggestion.corrected,
                "url": self._build_url(query_text=suggestion.corrected, keep_filters=False),
            },
            "single_words": [
                {
                    "word": word,
                    "count_text": str(count),
                    "url": self._build_url(query_text=word, keep_filters=False),
                }
                for word, count in suggestion.parts
            ],
            "without_filters": {"count": without_filters, "url": self._build_url(keep_filters=False)}
            if without_filters
            else None,
        }

    def _orders(self) -> list[dict[str, object]]:
        """Return the orders that can be chosen, with the current one marked."""
        labels = {"newest": _("Newest first"), "relevance": _("Best match first")}
        return [
            {"label": labels[name], "url": self._build_url(order=name), "current": name == self.order}
            for name in ORDERS
        ]

    @property
    def _locale_of_texts(self) -> str | None:
        """The locale whose texts are listed; None, for all, if a language is chosen."""
        return None if "language" in self.filters else self.locale

    def _facet_fields(self, publication_search: PublicationSearch | None) -> list[dict[str, object]]:
        """Return the select fields of the facets, with the counts of the results or of the whole list.

        If not all results were counted, those of the list without counts, so that no value with results is missing.
        """
        results = publication_search.results if publication_search else None
        if not results or results.has_partial_facet_counts:
            return [
                self._facet_field(name, self._list_choices(name), with_counts=not results) for name in FACETS
            ]
        return [
            self._facet_field(name, FACETS[name].build_choices(results.facet_counts[name])) for name in FACETS
        ]

    def _list_choices(self, name: str) -> list[FacetChoice]:
        """Return the choices of a facet with their counts within the other chosen facets."""
        others = {other: value for other, value in self.filters.items() if other != name}
        return live_choices(FACETS[name], None if name == "language" else self._locale_of_texts, others)

    def _count_unlisted(self, name: str) -> int:
        """Return the count of a chosen value that the counts leave out: that of a kind that stands in no lists."""
        return (
            count_editions(self._locale_of_texts, self.filters) if name == KIND and not self.query_text else 0
        )

    def _facet_field(
        self, name: str, facet_choices: list[FacetChoice], *, with_counts: bool = True
    ) -> dict[str, object]:
        """Return the select field of a facet."""
        facet, chosen = FACETS[name], self.filters.get(name, "")
        if chosen and chosen not in {choice.value for choice in facet_choices}:
            facet_choices = [
                *facet_choices,
                FacetChoice(chosen, facet.label_of(self._chosen_values[name]), self._count_unlisted(name)),
            ]
        by_label = sorted(
            facet_choices, key=lambda choice: choice.label.casefold(), reverse=facet.is_descending
        )
        options = [
            {
                "value": value,
                "label": f"{label} ({count})" if with_counts else label,
                "selected": value == chosen,
            }
            for value, label, count in by_label
        ]
        return {"name": name, "label": facet.label, "all_label": facet.all_label, "options": options}

    def _build_url(
        self,
        path: str = "",
        *,
        query_text: str = "",
        order: str = "",
        without: str = "",
        keep_filters: bool = True,
    ) -> str:
        """Return the URL of this list with one thing changed: path, query, order, or without a parameter."""
        order = order or self.order
        params = {
            "q": query_text or self.query_text,
            **(self.filters if keep_filters else {}),
            "order": order if order != ORDERS[0] else "",
        }
        if without == "q":
            params["order"] = ""
        params = {name: value for name, value in params.items() if value and name != without}
        return f"{path or self.url}?{urlencode(params)}" if params else path or self.url


def quote(query_text: str) -> str:
    """Return the query in quotation marks, unless it begins with one."""
    return query_text if query_text[0] in '"“”„«' else _("“%(words)s”") % {"words": query_text}


def redirect_without_empty_fields(request: HttpRequest) -> HttpResponseRedirect | None:
    """Return a redirect to the same URL without empty parameters, or None if there are none."""
    params = [(name, value) for name, values in request.GET.lists() for value in values]
    filled = [(name, value) for name, value in params if value.strip()]
    if len(filled) == len(params):
        return None
    path = escape_uri_path(request.path)
    return HttpResponseRedirect(f"{path}?{urlencode(filled)}" if filled else path)
