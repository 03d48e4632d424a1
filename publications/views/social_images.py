"""The social images of pages that are no publication; each answers as its page does."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from publications import renditions
from publications.models import Image, TagKind, the_site
from publications.presentation import current_tree, page_card, site_page_context
from publications.typesetting import Card

from .authors import author_or_404
from .describing import describe_author, describe_authors, describe_list, describe_topic, describe_topics
from .papers import answer_with_made
from .site_pages import page_or_404
from .topics import LABELS, topic_or_404


def home_image(request: HttpRequest) -> HttpResponseBase:
    def card() -> Card:
        site = the_site()
        return page_card(site.name, detail=site.description)

    return _send(request, "home", card)


def list_image(request: HttpRequest) -> HttpResponseBase:
    return _send(request, "list", lambda: page_card(_("Publications"), detail=describe_list(the_site())))


def topic_list_image(request: HttpRequest) -> HttpResponseBase:
    return _send(request, "topics", lambda: page_card(_("Topics"), detail=describe_topics(the_site())))


def author_list_image(request: HttpRequest) -> HttpResponseBase:
    return _send(request, "authors", lambda: page_card(_("Authors"), detail=describe_authors(the_site())))


def topic_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    def card() -> Card:
        tag = topic_or_404(slug)
        return page_card(
            tag.label, kind=str(LABELS[TagKind(tag.kind)]), detail=describe_topic(tag, the_site())
        )

    return _send(request, f"topic-{topic_or_404(slug).pk}", card)


def author_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    """With the portrait of the author, where there is one that readers may see."""
    author = author_or_404(slug)

    def card() -> Card:
        author = author_or_404(slug)
        portrait = author.shown_portrait
        return page_card(
            author.name,
            kind=_("Author"),
            authors=author.worded_only("title") or "",
            detail=author.worded("affiliation") or describe_author(author, the_site()),
            cover=portrait,
            cover_digest=renditions.cover_digest(portrait) if portrait else "",
        )

    return _send(request, f"author-{author.pk}", card, author.shown_portrait)


def site_page_image(request: HttpRequest, slug: str) -> HttpResponseBase:
    def card() -> Card:
        shown = site_page_context(page_or_404(slug))
        return page_card(shown["title"], detail=shown["summary"])

    return _send(request, f"page-{page_or_404(slug).pk}", card)


def _send(
    request: HttpRequest, key: str, card: Callable[[], Card], cover: Image | None = None
) -> HttpResponseBase:
    now, page_path = card(), request.path.rpartition("/")[0] + "/"
    told = renditions.Told.of_page(page_path, f"{current_tree()}-{key}", now, card)
    shown = {"label": now.title, "url": page_path, "language": now.language}
    return answer_with_made(request, lambda: renditions.card(told, cover), "image/png", shown)
