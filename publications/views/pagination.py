"""Pages of lists: every page is a plain address, and one that does not exist is not found."""

from collections.abc import Callable

from django.core.paginator import InvalidPage, Page, Paginator
from django.http import Http404

from publications.models import teaser_editions
from publications.presentation import build_teasers

PER_PAGE = 20

UrlOf = Callable[[int], str]


def paginate(
    rows, number: str, url_of: UrlOf, per_page: int = PER_PAGE, *, total: int | None = None
) -> dict[str, object]:
    """One page of rows, and the ways to the others, as `pages.html` wants them. Raises Http404.

    `total` is how many rows there are, where it is known.
    """
    paginator = Paginator(rows, per_page)
    if total is not None:
        paginator.count = total
    try:
        page = paginator.page(number)
    except InvalidPage as reason:
        raise Http404 from reason
    return {
        "page": page,
        "total": page.paginator.count,
        "page_links": [
            _link(each, page, url_of) for each in page.paginator.get_elided_page_range(page.number)
        ],
        "previous_url": url_of(page.number - 1) if page.has_previous() else "",
        "next_url": url_of(page.number + 1) if page.has_next() else "",
    }


def paginate_teasers(editions, number: str, url_of: UrlOf, *, total: int | None = None) -> dict[str, object]:
    """The same for editions, newest first, as cards.

    Their keys come first, out of an index: rows that stand before a late page are passed over without being read.
    """
    found = paginate(editions.values_list("pk", flat=True), number, url_of, total=total)
    return {**found, "teasers": build_teasers(teaser_editions(found["page"].object_list))}


def numbered_urls(path: str) -> UrlOf:
    """Pages of a list that nothing narrows."""
    return lambda number: f"{path}?page={number}" if number > 1 else path


def indexing_context(path: str, page: Page) -> dict[str, str]:
    """The first page of a list is the one that others keep; the rest change with every new piece."""
    first = page.number == 1
    return {"canonical": path if first else "", "robots": "" if first else "noindex"}


def _link(number, page: Page, url_of: UrlOf) -> dict[str, object]:
    if not isinstance(number, int):
        return {"gap": True}
    return {"number": number, "url": url_of(number), "current": number == page.number}
