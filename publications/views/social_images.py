"""The social images of pages other than publications; each has the HTTP status of its page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext

from publications import renditions
from publications.locales import current_locale
from publications.models import Author, Image, SitePage, SiteSettings, Tag, facet_of, site_settings
from publications.pdf import SocialImage
from publications.presentation import site_page_context, social_image_of_page

from .authors import author_or_404
from .descriptions import describe_author, describe_authors, describe_list, describe_topic, describe_topics
from .downloads import rendition_response
from .pages import site_page_or_404
from .topics import topic_or_404
from .unavailable import FallbackLink


def home_image(request: HttpRequest) -> HttpResponseBase:
    def content(_subject: None, site: SiteSettings) -> SocialImage:
        return social_image_of_page(site.name, site=site, detail=site.description)

    return _image_response(request, "home", content)


def list_image(request: HttpRequest) -> HttpResponseBase:
    def content(_subject: None, site: SiteSettings) -> SocialImage:
        return social_image_of_page(gettext("Publications"), site=site, detail=describe_list(site))

    return _image_response(request, "list", content)


def topic_list_image(request: HttpRequest) -> HttpResponseBase:
    def content(_subject: None, site: SiteSettings) -> SocialImage:
        return social_image_of_page(gettext("Topics"), site=site, detail=describe_topics(site))

    return _image_response(request, "topics", content)


def author_list_image(request: HttpRequest) -> HttpResponseBase:
    def content(_subject: None, site: SiteSettings) -> SocialImage:
        return social_image_of_page(gettext("Authors"), site=site, detail=describe_authors(site))

    return _image_response(request, "authors", content)


def topic_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    def content(tag: Tag, site: SiteSettings) -> SocialImage:
        label = str(facet_of(tag).label)
        return social_image_of_page(tag.label, site=site, label=label, detail=describe_topic(tag, site))

    return _image_response(request, "topic", content, lambda: topic_or_404(slug))


def author_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send the image of an author, with the portrait if readers may see it."""

    def content(author: Author, site: SiteSettings) -> SocialImage:
        portrait = author.shown_portrait
        return social_image_of_page(
            author.name,
            site=site,
            label=gettext("Author"),
            subtitle=author.get_translation("title", fallback=False) or "",
            detail=author.get_translation("affiliation") or describe_author(author, site),
            cover=portrait,
            cover_digest=renditions.cover_digest(portrait) if portrait else "",
        )

    return _image_response(
        request, "author", content, lambda: author_or_404(slug), lambda author: author.shown_portrait
    )


def site_page_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    def content(page: SitePage, site: SiteSettings) -> SocialImage:
        context = site_page_context(page)
        return social_image_of_page(context["title"], site=site, detail=context["summary"])

    return _image_response(request, "page", content, lambda: site_page_or_404(slug))


def _image_response(
    request: HttpRequest,
    key: str,
    content: Callable[[Any, SiteSettings], SocialImage],
    get_subject: Callable[[], Any] = lambda: None,
    cover_of: Callable[[Any], Image | None] = lambda subject: None,
) -> HttpResponseBase:
    """Return the social image of a page.

    Args:
        key: distinguishes the pages; the primary key of the subject is added.
        content: returns the content of the image. It is called again, with `get_subject`, after an image was
            rendered, to see whether it is still current.
        get_subject: returns the row that the page is about, or raises Http404.
    """
    subject = get_subject()
    social_image, page_path = content(subject, site_settings()), request.path.rpartition("/")[0] + "/"
    key = f"{current_locale()}-{key}-{subject.pk}" if subject else f"{current_locale()}-{key}"
    source = renditions.RenditionSource.of_page(
        page_path, key, social_image, lambda: content(get_subject(), site_settings())
    )
    return rendition_response(
        request,
        lambda: renditions.get_social_image(source, cover_of(subject)),
        "image/png",
        FallbackLink(page_path, social_image.title, social_image.language),
    )
