"""The search among publications: results with snippets, and suggestions if nothing was found."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from publications import search
from publications.models import result_editions
from publications.presentation import Teaser, build_teasers

from .unavailable import FallbackLink, try_again_link, unavailable_response

RETRY_AFTER = "5"  # seconds
ORDERS = ("relevance", "newest")


class PublicationSearch:
    """A search within the chosen facets.

    Args:
        query_text: the text of the search field.
        filters: the chosen values by facet.

    Raises:
        search.SearchBusy: too many searches run at once.
    """

    def __init__(self, query_text: str, locale: str, filters: Mapping[str, str], order: str) -> None:
        self.query, self.locale, self.filters = search.parse_query(query_text), locale, filters
        self.order = order if order in ORDERS else ORDERS[0]
        self.results = search.search(
            self.query, locale=locale, filters=filters, newest_first=self.order == "newest"
        )

    def teasers(self, pks: Sequence[int]) -> list[Teaser]:
        """Return the teasers of these editions (primary keys) in this order, with highlighted words."""
        editions = result_editions(pks)
        snippets = map(search.SnippetBuilder(self.results.expanded_query).snippet, editions)
        return [
            replace(teaser, title=snippet.title or teaser.title, summary=snippet.text or teaser.summary)
            for teaser, snippet in zip(build_teasers(editions), snippets, strict=True)
        ]

    def suggestion(self) -> search.SpellingSuggestion:
        """Return what to search for instead if nothing was found."""
        return (
            search.suggest_spelling(self.query, locale=self.locale)
            if self.query and not self.results.count.total
            else search.SpellingSuggestion()
        )

    def without_filters(self) -> search.ResultCount | None:
        """Return the number of results of the query alone if there are none within the facets, or None."""
        if self.results.count.total or not self.filters:
            return None
        count = search.count_results(self.query)
        return count if count.total else None


def search_busy_response(request: HttpRequest) -> HttpResponse:
    """Answer 503 with a page that says that too many search at once."""
    return unavailable_response(
        request,
        title=_("Many are searching just now"),
        text=_(
            "So many searches run at this moment that yours had to wait too long. Please try again in a few "
            "seconds; everything else on the site can be read meanwhile."
        ),
        links=[try_again_link(request), FallbackLink(reverse("publications:list"), _("All publications"))],
        retry_after=RETRY_AFTER,
        section="publications",
    )
