"""URL patterns of one locale. Sections are translated: /en/publications/, /sv/publikationer/."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, include, path
from django.utils.translation import gettext_lazy as _

from publications import feeds, views
from publications.metadata import LINKSET_RENDERERS
from publications.page_cache import TIME_GATE
from publications.presentation import SOCIAL_IMAGE_NAME

app_name = "publications"

edition_patterns = [
    path("", views.edition_detail, name="edition"),
    path(_("changes/"), views.edition_changes, name="changes"),
    *(
        path(name, views.publication_linkset, {"filename": name}, name="edition_linkset")
        for name in LINKSET_RENDERERS
    ),
]

editions_patterns = [
    path("", views.edition_list, name="editions"),
    path("<number:number>/", include(edition_patterns)),
    path("<number:number>.pdf", views.edition_pdf, name="edition_pdf"),
    path("<number:number>.<record_format:record_format>", views.publication_record, name="edition_record"),
]

publication_patterns = [
    path("", views.publication_detail, name="detail"),
    path(_("editions/"), include(editions_patterns)),
    *(
        path(name, views.publication_linkset, {"filename": name}, name="linkset")
        for name in LINKSET_RENDERERS
    ),
    path(TIME_GATE, views.time_gate, name="time_gate"),
    path("timemap/", views.time_map, name="time_map"),
    path("share/mastodon/", views.share_on_mastodon, name="mastodon"),
    path(SOCIAL_IMAGE_NAME, views.social_image, name="social_image"),
    path("files/<slug:digest>/<str:filename>", views.attachment, name="attachment"),
]

publications_patterns = [
    path("", views.publication_list, name="list"),
    path(SOCIAL_IMAGE_NAME, views.list_image, name="list_image"),
    path("<unicode_slug:slug>/", include(publication_patterns)),
    path("<unicode_slug:slug>.pdf", views.pdf, name="pdf"),
    path("<unicode_slug:slug>.<record_format:record_format>", views.publication_record, name="record"),
]

topics_patterns = [
    path("", views.topic_list, name="topics"),
    path(SOCIAL_IMAGE_NAME, views.topic_list_image, name="topics_image"),
    path("<unicode_slug:slug>/", views.topic_detail, name="topic"),
    path(f"<unicode_slug:slug>/{SOCIAL_IMAGE_NAME}", views.topic_image, name="topic_image"),
]

authors_patterns = [
    path("", views.author_list, name="authors"),
    path(SOCIAL_IMAGE_NAME, views.author_list_image, name="authors_image"),
    path("<unicode_slug:slug>/", views.author_detail, name="author"),
    path(f"<unicode_slug:slug>/{SOCIAL_IMAGE_NAME}", views.author_image, name="author_image"),
]


def feed_paths(route: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    """Return the patterns of a feed in all formats; reversing the name without a format returns that of Atom."""
    return [
        path(f"{route}.atom", view, {"format": "atom"}, name=name),
        path(f"{route}.<feed_format:format>", view, name=name),
    ]


feeds_patterns = [
    *feed_paths("publications", feeds.site_feed, "feed"),
    *feed_paths("kinds/<slug:kind>", feeds.kind_feed, "kind_feed"),
    *feed_paths("topics/<unicode_slug:tag>", feeds.topic_feed, "topic_feed"),
    *feed_paths("authors/<unicode_slug:author>", feeds.author_feed, "author_feed"),
    *feed_paths("languages/<slug:code>", feeds.language_feed, "language_feed"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path(SOCIAL_IMAGE_NAME, views.home_image, name="home_image"),
    path(_("publications/"), include(publications_patterns)),
    path(_("topics/"), include(topics_patterns)),
    path(_("authors/"), include(authors_patterns)),
    path("feeds/", include(feeds_patterns)),
    path(_("verify/"), views.verify, name="verify"),
    path(_("other-addresses/"), views.other_addresses, name="other_addresses"),
    # Last, as they match any slug.
    path("<unicode_slug:slug>/", views.site_page, name="site-page"),
    path(f"<unicode_slug:slug>/{SOCIAL_IMAGE_NAME}", views.site_page_image, name="site-page_image"),
]
