"""A list that words were typed for: what the search found, as the list shows it."""

from collections.abc import Mapping
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from publications import search
from publications.models import result_editions
from publications.presentation import Teaser, build_teasers, current_tree, render_page

RETRY_AFTER = "5"  # seconds
ORDERS = ("relevance", "newest")


class Searched:
    """A query with the filters beside it, and what was found. Raises search.SearchBusy."""

    def __init__(self, typed: str, tree: str, filters: Mapping[str, str], order: str) -> None:
        self.query, self.tree, self.filters = search.parse_query(typed), tree, filters
        self.order = order if order in ORDERS else ORDERS[0]
        self.found = search.search(
            self.query, tree=tree, filters=filters, newest_first=self.order == "newest"
        )

    def cards(self, editions: list[int]) -> list[Teaser]:
        """These editions as cards in this order, with the words marked where they stand."""
        in_order = result_editions(editions)
        snippets = map(search.SnippetBuilder(self.found.expanded).snippet, in_order)
        return [
            replace(card, marked_title=snippet.title, passage=snippet.passage)
            for card, snippet in zip(build_teasers(in_order), snippets, strict=True)
        ]

    def advice(self) -> search.SpellingSuggestion:
        """What to try where nothing was found."""
        return (
            search.suggest_spelling(self.query, tree=self.tree)
            if self.query and not self.found.total
            else search.SpellingSuggestion()
        )

    def elsewhere(self) -> search.SearchResults | None:
        """What the words alone would find, where the filters leave nothing."""
        if self.found.total or not self.filters:
            return None
        found = search.search(self.query, tree=self.tree, counted=False)
        return found if found.total else None


def busy(request: HttpRequest) -> HttpResponse:
    """Too many search at once: a page that says so, with everything else of the site one click away."""
    response = render_page(
        request,
        "pages/busy.html",
        status=503,
        section="publications",
        title=_("Many are searching just now"),
        robots="noindex",
        again_url=request.get_full_path(),
        list_url=reverse("publications:list"),
        tree=current_tree(),
    )
    response.headers["Retry-After"] = RETRY_AFTER
    return response
