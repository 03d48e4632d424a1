"""Public addresses of one tree. Sections are in its own language: /en/publications/, /sv/publikationer/."""

from django.urls import include, path, register_converter
from django.utils.translation import gettext_lazy as _

from publications import languages, views


class Slug:
    """Letters of any alphabet, digits and single hyphens: never a dot, so that suffixes cannot clash."""

    regex = languages.SLUG

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Slug, "words")

app_name = "publications"

of_one_piece = [
    path("", views.publication_detail, name="detail"),
    path("editions/<int:number>/", views.edition_detail, name="edition"),
    path("share/mastodon/", views.share_on_mastodon, name="mastodon"),
    path("files/<slug:digest>/<str:filename>", views.attachment, name="attachment"),
]

section = [
    path("", views.publication_list, name="list"),
    path("<words:slug>/", include(of_one_piece)),
]

urlpatterns = [
    path("", views.home, name="home"),
    path(_("publications/"), include(section)),
]
