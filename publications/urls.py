"""Public addresses of one tree, and the parameters of a query that each page reads.

Sections are in the language of the tree: /en/publications/, /sv/publikationer/.
"""

from collections.abc import Callable
from functools import lru_cache

from django.http import HttpResponse
from django.urls import Resolver404, URLPattern, include, path, resolve
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from publications import feeds, views
from publications.locales import locale_of_path
from publications.models import FACETS

app_name = "publications"

one_edition = [
    path("", views.edition_detail, name="edition"),
    path(_("changes/"), views.edition_changes, name="changes"),
]

editions = [
    path("", views.edition_list, name="editions"),
    path("<number:number>/", include(one_edition)),
    path("<number:number>.pdf", views.edition_pdf, name="edition_pdf"),
    path("<number:number>.<record_format:record_format>", views.edition_record, name="edition_record"),
]

of_one_piece = [
    path("", views.publication_detail, name="detail"),
    path(_("editions/"), include(editions)),
    path("share/mastodon/", views.share_on_mastodon, name="mastodon"),
    path("card.png", views.social_card, name="card"),
    path("files/<slug:digest>/<str:filename>", views.attachment, name="attachment"),
]

section = [
    path("", views.publication_list, name="list"),
    path("card.png", views.list_image, name="list_image"),
    path("<words:slug>/", include(of_one_piece)),
    path("<words:slug>.pdf", views.pdf, name="pdf"),
    path("<words:slug>.<record_format:record_format>", views.publication_record, name="record"),
]

topics = [
    path("", views.topic_list, name="topics"),
    path("card.png", views.topic_list_image, name="topics_image"),
    path("<words:slug>/", views.topic_detail, name="topic"),
    path("<words:slug>/card.png", views.topic_image, name="topic_image"),
]

authors = [
    path("", views.author_list, name="authors"),
    path("card.png", views.author_list_image, name="authors_image"),
    path("<words:slug>/", views.author_detail, name="author"),
    path("<words:slug>/card.png", views.author_image, name="author_image"),
]


def followed(route: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    """A feed: in Atom, which its name alone leads to, and in the other formats."""
    return [
        path(f"{route}.atom", view, {"format": "atom"}, name=name),
        path(f"{route}.<feed_format:format>", view, name=name),
    ]


feeds_of_the_site = [
    *followed("publications", feeds.site_feed, "feed"),
    *followed("kinds/<slug:kind>", feeds.kind_feed, "kind_feed"),
    *followed("topics/<words:tag>", feeds.topic_feed, "topic_feed"),
    *followed("authors/<words:author>", feeds.author_feed, "author_feed"),
    *followed("languages/<slug:code>", feeds.language_feed, "language_feed"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("card.png", views.home_image, name="home_image"),
    path(_("publications/"), include(section)),
    path(_("topics/"), include(topics)),
    path(_("authors/"), include(authors)),
    path("feeds/", include(feeds_of_the_site)),
    # The last: they take any word that is left.
    path("<words:slug>/", views.site_page, name="site-page"),
    path("<words:slug>/card.png", views.site_page_image, name="site-page_image"),
]

PARAMETERS = {
    "publications:list": ("q", "order", "page"),
    "publications:authors": ("page",),
    "publications:author": ("page",),
    "publications:changes": ("from",),
    "publications:mastodon": ("server",),
}
"""What each page reads of a query; the list reads the facets too. No other parameter makes another page."""


@lru_cache(maxsize=4096)
def parameters_of(path: str) -> frozenset[str] | None:
    """Return the parameters that the page at a path reads, or None if no page is there."""
    try:
        with translation.override(locale_of_path(path)):  # it names the sections in its own language
            name = resolve(path).view_name
    except Resolver404:
        return None
    facets = FACETS if name == "publications:list" else ()
    return frozenset((*PARAMETERS.get(name, ()), *facets))
