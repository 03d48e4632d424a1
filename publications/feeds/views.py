"""The views of feeds. A kind, topic, author or language without a live edition answers 404, known or unknown."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from publications.locales import LANGUAGE_NAMES, current_locale
from publications.metadata import FEED_FORMATS
from publications.models import (
    FACETS,
    Author,
    EditionList,
    Kind,
    SiteVersion,
    Tag,
    cached_for_last_key,
    facet_of,
    is_public,
    site_settings,
)
from publications.presentation import absolute_url, author_url, conditional_response, feeds_for, topic_url

from .entries import build_entries
from .feed import Feed, FeedPerson
from .renderers import RENDERERS

FeedLink = dict[str, Any]
TAG_URI_YEAR = "2026"  # RFC 4151: a year in which the publisher owned its domain


def site_feed(request: HttpRequest, format: str) -> HttpResponse:
    """All publications, one text of each translation group, as on the list."""
    locale = current_locale()
    page = reverse("publications:list")
    return _feed_response(request, format, EditionList(locale, {}), page, feeds_for(locale))


def kind_feed(request: HttpRequest, kind: str, format: str) -> HttpResponse:
    kind, locale = get_object_or_404(Kind, slug=kind), current_locale()
    editions = _editions_or_404(locale, "kind", kind.slug)
    page = f"{reverse('publications:list')}?kind={kind.slug}"
    return _feed_response(request, format, editions, page, feeds_for(locale, kind=kind))


def topic_feed(request: HttpRequest, tag: str, format: str) -> HttpResponse:
    topic, locale = get_object_or_404(Tag, slug=tag), current_locale()
    editions = _editions_or_404(locale, facet_of(topic).name, topic.slug)
    return _feed_response(request, format, editions, topic_url(topic), feeds_for(locale, tag=topic))


def author_feed(request: HttpRequest, author: str, format: str) -> HttpResponse:
    author, locale = get_object_or_404(Author.objects.not_pseudonymous(), slug=author), current_locale()
    editions = _editions_or_404(locale, "author", author.slug)
    return _feed_response(request, format, editions, author_url(author), feeds_for(locale, author=author))


def language_feed(request: HttpRequest, code: str, format: str) -> HttpResponse:
    """All texts in a language, translations included."""
    if code not in LANGUAGE_NAMES:
        raise Http404
    editions = _editions_or_404(None, "language", code)
    page = f"{reverse('publications:list')}?language={code}"
    return _feed_response(request, format, editions, page, feeds_for(current_locale(), language=code))


def _editions_or_404(locale: str | None, facet: str, value: str) -> EditionList:
    """Return the live editions with this value, of a locale (None: all). Raises Http404 if no locale has any."""
    if not is_public(FACETS[facet], value):
        raise Http404
    return EditionList(locale, {facet: value})


def _feed_response(
    request: HttpRequest, format: str, editions: EditionList, page: str, links: list[FeedLink]
) -> HttpResponse:
    return conditional_response(request, lambda: _render_feed(format, editions, page, links[0]))


def _render_feed(format: str, editions: EditionList, page: str, link: FeedLink) -> HttpResponse:
    site = site_settings()
    entries = cached_for_last_key("entries of a feed", link["url"], lambda: build_entries(editions))
    feed = Feed(
        id=_stable_id(link["url"]),
        url=absolute_url(link["paths"][format]),
        page=absolute_url(page),
        title=_("%(title)s – %(site)s") % {"title": link["title"], "site": site.short_name},
        subtitle=site.description or site.name,
        language=current_locale(),
        updated_at=entries[0].updated_at if entries else _last_change(),
        author=FeedPerson(site.name, absolute_url(reverse("publications:home"))),
        entries=entries,
    )
    return HttpResponse(
        RENDERERS[format](feed), content_type=f"{FEED_FORMATS[format].media_type}; charset=utf-8"
    )


def _stable_id(path: str) -> str:
    """Return a tag URI (RFC 4151), which does not depend on the scheme and port of the site."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{TAG_URI_YEAR}:{path}"


def _last_change() -> datetime:
    return SiteVersion.objects.get().changed_at
