"""Public addresses of one tree. Sections are in its own language: /en/publications/, /sv/publikationer/."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from publications import feeds, views

app_name = "publications"

one_edition = [
    path("", views.edition_detail, name="edition"),
    path(_("changes/"), views.edition_changes, name="changes"),
]

editions = [
    path("", views.edition_list, name="editions"),
    path("<number:number>/", include(one_edition)),
    path("<number:number>.pdf", views.edition_pdf, name="edition_pdf"),
    path("<number:number>.<face:face>", views.edition_face, name="edition_face"),
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
    path("<words:slug>/", include(of_one_piece)),
    path("<words:slug>.pdf", views.pdf, name="pdf"),
    path("<words:slug>.<face:face>", views.piece_face, name="face"),
]

topics = [
    path("", views.topic_list, name="topics"),
    path("<words:slug>/", views.topic_detail, name="topic"),
]

authors = [
    path("", views.author_list, name="authors"),
    path("<words:slug>/", views.author_detail, name="author"),
]

feeds_of_the_site = [
    path("publications.atom", feeds.site_feed, name="feed"),
    path("kinds/<slug:kind>.atom", feeds.kind_feed, name="kind_feed"),
    path("topics/<words:tag>.atom", feeds.topic_feed, name="topic_feed"),
    path("authors/<words:author>.atom", feeds.author_feed, name="author_feed"),
    path("languages/<slug:code>.atom", feeds.language_feed, name="language_feed"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path(_("publications/"), include(section)),
    path(_("topics/"), include(topics)),
    path(_("authors/"), include(authors)),
    path("feeds/", include(feeds_of_the_site)),
    path("<words:slug>/", views.site_page, name="site-page"),  # the last: it takes any word that is left
]
