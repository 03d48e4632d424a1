"""The feeds that readers can subscribe to. What no live edition names has none, known or unknown."""

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
from publications.models import Author, Edition, Kind, SiteVersion, Tag, cached_latest, site_settings
from publications.presentation import absolute_url, author_url, conditional_response, feeds_for, topic_url

from .entries import Feed, FeedPerson, build_entries
from .renderers import RENDERERS

FeedLinks = dict[str, Any]
SINCE = "2026"  # RFC 4151: a year in which the centre owned its name


def site_feed(request: HttpRequest, format: str) -> HttpResponse:
    """All publications, one text of each family, as the list has them."""
    return _feed(
        request, format, _editions_of_locale(), reverse("publications:list"), feeds_for(current_locale())
    )


def kind_feed(request: HttpRequest, kind: str, format: str) -> HttpResponse:
    found = get_object_or_404(Kind, slug=kind)
    live = _if_any(Edition.objects.live().filter(kind=found), _editions_of_locale().filter(kind=found))
    page = f"{reverse('publications:list')}?kind={found.slug}"
    return _feed(request, format, live, page, feeds_for(current_locale(), kind=found))


def topic_feed(request: HttpRequest, tag: str, format: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=tag)
    live = _if_any(Edition.objects.live().tagged(found), _editions_of_locale().tagged(found))
    return _feed(request, format, live, topic_url(found), feeds_for(current_locale(), tag=found))


def author_feed(request: HttpRequest, author: str, format: str) -> HttpResponse:
    found = get_object_or_404(Author.objects.identified(), slug=author)
    live = _if_any(Edition.objects.live().authored_by(found), _editions_of_locale().authored_by(found))
    return _feed(request, format, live, author_url(found), feeds_for(current_locale(), author=found))


def language_feed(request: HttpRequest, code: str, format: str) -> HttpResponse:
    """All texts in a language, translations too."""
    if code not in LANGUAGE_NAMES:
        raise Http404
    live = Edition.objects.live().filter(language=code)
    page = f"{reverse('publications:list')}?language={code}"
    return _feed(request, format, _if_any(live, live), page, feeds_for(current_locale(), language=code))


def _editions_of_locale() -> QuerySet:
    return Edition.objects.live().for_locale(current_locale())


def _if_any(live: QuerySet, shown: QuerySet) -> QuerySet:
    """What is shown, where anything is live at all: else the subject is as if it were not there."""
    if not live.order_by().exists():
        raise Http404
    return shown


def _feed(
    request: HttpRequest, format: str, editions: QuerySet, page: str, names: list[FeedLinks]
) -> HttpResponse:
    return conditional_response(request, lambda: _render(format, editions, page, names[0]))


def _render(format: str, editions: QuerySet, page: str, name: FeedLinks) -> HttpResponse:
    site = site_settings()
    entries = cached_latest("entries of a feed", name["url"], lambda: build_entries(editions))
    feed = Feed(
        id=_stable_id(name["url"]),
        url=absolute_url(name["ways"][format]),
        page=absolute_url(page),
        title=_("%(title)s – %(site)s") % {"title": name["title"], "site": site.short_name},
        subtitle=site.description or site.name,
        language=current_locale(),
        updated=entries[0].updated if entries else _last_change(),
        author=FeedPerson(site.name, absolute_url(reverse("publications:home"))),
        entries=entries,
    )
    return HttpResponse(
        RENDERERS[format](feed), content_type=f"{FEED_FORMATS[format].media_type}; charset=utf-8"
    )


def _stable_id(path: str) -> str:
    """A tag URI (RFC 4151), the same whatever scheme or port the site is reached by."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{SINCE}:{path}"


def _last_change() -> datetime:
    return SiteVersion.objects.get().changed_at
