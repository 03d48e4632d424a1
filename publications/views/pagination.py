"""Pagination of lists. Every page has a URL of its own; a page that does not exist is a 404."""

from collections.abc import Callable, Sequence

from django.core.paginator import InvalidPage, Page, Paginator
from django.http import Http404

from publications.models import EditionList, teaser_editions
from publications.presentation import build_teasers

PER_PAGE = 20

PageUrl = Callable[[int], str]


def paginate(items: Sequence, number: str, page_url: PageUrl, per_page: int = PER_PAGE) -> dict[str, object]:
    """Return the context of `partials/pagination.html`: a page of items and the URLs of the others.

    Args:
        number: the number of the page, as in the URL.
        page_url: returns the URL of a page by its number.

    Raises:
        Http404: there is no such page.
    """
    try:
        page = Paginator(items, per_page).page(number)
    except InvalidPage as error:
        raise Http404 from error
    return {
        "page": page,
        "total": page.paginator.count,
        "page_links": [
            _page_link(number, page, page_url) for number in page.paginator.get_elided_page_range(page.number)
        ],
        "previous_url": page_url(page.number - 1) if page.has_previous() else "",
        "next_url": page_url(page.number + 1) if page.has_next() else "",
    }


def paginate_teasers(editions: EditionList, number: str, page_url: PageUrl) -> dict[str, object]:
    """Return the same context for a list of editions, with their teasers."""
    context = paginate(editions, number, page_url)
    return {**context, "teasers": build_teasers(teaser_editions(context["page"].object_list))}


def page_url_of(url: str) -> PageUrl:
    """Return the function that builds the URL of each page of the list at a URL."""
    separator = "&" if "?" in url else "?"
    return lambda number: f"{url}{separator}page={number}" if number > 1 else url


def indexing_context(path: str, page: Page) -> dict[str, str]:
    """Return `canonical` and `robots`: only the first page is indexed, as the others change with each publication."""
    is_first = page.number == 1
    return {"canonical": path if is_first else "", "robots": "" if is_first else "noindex"}


def _page_link(number: int | str, page: Page, page_url: PageUrl) -> dict[str, object]:
    """Return the link to a page, or an ellipsis without URL."""
    url = page_url(number) if isinstance(number, int) else ""
    return {"label": str(number), "url": url, "current": number == page.number}
