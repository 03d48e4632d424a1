"""The views of feeds. A kind, topic, author or language without a live edition answers 404, known or unknown."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from publications.locales import LANGUAGE_NAMES, current_locale
from publications.metadata import FEED_FORMATS
from publications.models import Author, Edition, Kind, SiteVersion, Tag, cached_for_last_key, site_settings
from publications.presentation import absolute_url, author_url, conditional_response, feeds_for, topic_url

from .entries import build_entries
from .feed import Feed, FeedPerson
from .renderers import RENDERERS

FeedLink = dict[str, Any]
TAG_URI_YEAR = "2026"  # RFC 4151: a year in which the publisher owned its domain


def site_feed(request: HttpRequest, format: str) -> HttpResponse:
    """All publications, one text of each translation group, as on the list."""
    return _feed_response(
        request, format, _editions_of_locale(), reverse("publications:list"), feeds_for(current_locale())
    )


def kind_feed(request: HttpRequest, kind: str, format: str) -> HttpResponse:
    kind = get_object_or_404(Kind, slug=kind)
    live = _editions_or_404(Edition.objects.live().filter(kind=kind), _editions_of_locale().filter(kind=kind))
    page = f"{reverse('publications:list')}?kind={kind.slug}"
    return _feed_response(request, format, live, page, feeds_for(current_locale(), kind=kind))


def topic_feed(request: HttpRequest, tag: str, format: str) -> HttpResponse:
    topic = get_object_or_404(Tag, slug=tag)
    tagged = _newest_first_by(_editions_of_locale().tagged(topic), "tag_rows")
    live = _editions_or_404(Edition.objects.live().tagged(topic), tagged)
    return _feed_response(request, format, live, topic_url(topic), feeds_for(current_locale(), tag=topic))


def author_feed(request: HttpRequest, author: str, format: str) -> HttpResponse:
    author = get_object_or_404(Author.objects.not_pseudonymous(), slug=author)
    live = _editions_or_404(
        Edition.objects.live().authored_by(author),
        _newest_first_by(_editions_of_locale().authored_by(author), "bylines"),
    )
    return _feed_response(
        request, format, live, author_url(author), feeds_for(current_locale(), author=author)
    )


def language_feed(request: HttpRequest, code: str, format: str) -> HttpResponse:
    """All texts in a language, translations included."""
    if code not in LANGUAGE_NAMES:
        raise Http404
    live = Edition.objects.live().filter(language=code).newest_first()
    page = f"{reverse('publications:list')}?language={code}"
    return _feed_response(
        request, format, _editions_or_404(live, live), page, feeds_for(current_locale(), language=code)
    )


def _editions_of_locale() -> QuerySet:
    return Edition.objects.live().for_locale(current_locale()).newest_first()


def _newest_first_by(editions: QuerySet, rows: str) -> QuerySet:
    """Sort editions by the columns of the rows that they are filtered by: the index of these is in this order."""
    return editions.order_by(f"-{rows}__published_at", f"-{rows}__edition_id")


def _editions_or_404(all_editions: QuerySet, editions: QuerySet) -> QuerySet:
    """Return `editions`, those of the locale, or raise Http404 if there are none in any locale."""
    if not all_editions.order_by().exists():
        raise Http404
    return editions


def _feed_response(
    request: HttpRequest, format: str, editions: QuerySet, page: str, links: list[FeedLink]
) -> HttpResponse:
    return conditional_response(request, lambda: _render_feed(format, editions, page, links[0]))


def _render_feed(format: str, editions: QuerySet, page: str, link: FeedLink) -> HttpResponse:
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
