"""The social images of pages that are no publication; each answers as its page does."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext

from publications import renditions
from publications.locales import current_locale
from publications.models import Author, Image, SitePage, SiteSettings, Tag, facet_of, site_settings
from publications.pdf import SocialImage
from publications.presentation import page_social_image_of, site_page_context

from .authors import author_or_404
from .descriptions import describe_author, describe_authors, describe_list, describe_topic, describe_topics
from .downloads import answer_with_made
from .pages import page_or_404
from .topics import topic_or_404


def home_image(request: HttpRequest) -> HttpResponseBase:
    return _send(
        request, "home", lambda _, site: page_social_image_of(site.name, site=site, detail=site.description)
    )


def list_image(request: HttpRequest) -> HttpResponseBase:
    def card(_found: None, site: SiteSettings) -> SocialImage:
        return page_social_image_of(gettext("Publications"), site=site, detail=describe_list(site))

    return _send(request, "list", card)


def topic_list_image(request: HttpRequest) -> HttpResponseBase:
    def card(_found: None, site: SiteSettings) -> SocialImage:
        return page_social_image_of(gettext("Topics"), site=site, detail=describe_topics(site))

    return _send(request, "topics", card)


def author_list_image(request: HttpRequest) -> HttpResponseBase:
    def card(_found: None, site: SiteSettings) -> SocialImage:
        return page_social_image_of(gettext("Authors"), site=site, detail=describe_authors(site))

    return _send(request, "authors", card)


def topic_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    def card(tag: Tag, site: SiteSettings) -> SocialImage:
        label = str(facet_of(tag).label)
        return page_social_image_of(tag.label, site=site, kind=label, detail=describe_topic(tag, site))

    return _send(request, "topic", card, lambda: topic_or_404(slug))


def author_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    """With the portrait of the author, where there is one that readers may see."""

    def card(author: Author, site: SiteSettings) -> SocialImage:
        portrait = author.shown_portrait
        return page_social_image_of(
            author.name,
            site=site,
            kind=gettext("Author"),
            authors=author.get_translation("title", fallback=False) or "",
            detail=author.get_translation("affiliation") or describe_author(author, site),
            cover=portrait,
            cover_digest=renditions.cover_digest(portrait) if portrait else "",
        )

    return _send(request, "author", card, lambda: author_or_404(slug), lambda author: author.shown_portrait)


def site_page_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    def card(found: SitePage, site: SiteSettings) -> SocialImage:
        shown = site_page_context(found)
        return page_social_image_of(shown["title"], site=site, detail=shown["summary"])

    return _send(request, "page", card, lambda: page_or_404(slug))


def _send(
    request: HttpRequest,
    key: str,
    card: Callable[[Any, SiteSettings], SocialImage],
    find: Callable[[], Any] = lambda: None,
    cover_of: Callable[[Any], Image | None] = lambda found: None,
) -> HttpResponseBase:
    """The image of a page; `find` gives what the page is of. Both are asked for again only once an image was made."""
    found = find()
    now, page_path = card(found, site_settings()), request.path.rpartition("/")[0] + "/"
    key = f"{current_locale()}-{key}-{found.pk}" if found else f"{current_locale()}-{key}"
    told = renditions.RenditionSource.of_page(page_path, key, now, lambda: card(find(), site_settings()))
    shown = {"label": now.title, "url": page_path, "language": now.language}
    return answer_with_made(
        request, lambda: renditions.get_social_image(told, cover_of(found)), "image/png", shown
    )
