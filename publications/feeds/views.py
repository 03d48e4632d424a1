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
    Author,
    FeedSubject,
    Kind,
    SiteVersion,
    Tag,
    cached_for_last_key,
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
    return _feed_response(request, format, FeedSubject(locale=locale), page, feeds_for(locale))


def kind_feed(request: HttpRequest, kind: str, format: str) -> HttpResponse:
    kind, locale = get_object_or_404(Kind, slug=kind), current_locale()
    subject = _subject_or_404(FeedSubject("kind", kind.pk, locale))
    page = f"{reverse('publications:list')}?kind={kind.slug}"
    return _feed_response(request, format, subject, page, feeds_for(locale, kind=kind))


def topic_feed(request: HttpRequest, tag: str, format: str) -> HttpResponse:
    topic, locale = get_object_or_404(Tag, slug=tag), current_locale()
    subject = _subject_or_404(FeedSubject("tag_rows__tag", topic.pk, locale))
    return _feed_response(request, format, subject, topic_url(topic), feeds_for(locale, tag=topic))


def author_feed(request: HttpRequest, author: str, format: str) -> HttpResponse:
    author, locale = get_object_or_404(Author.objects.not_pseudonymous(), slug=author), current_locale()
    subject = _subject_or_404(FeedSubject("bylines__author", author.pk, locale))
    return _feed_response(request, format, subject, author_url(author), feeds_for(locale, author=author))


def language_feed(request: HttpRequest, code: str, format: str) -> HttpResponse:
    """All texts in a language, translations included."""
    if code not in LANGUAGE_NAMES:
        raise Http404
    subject = _subject_or_404(FeedSubject("language", code))
    page = f"{reverse('publications:list')}?language={code}"
    return _feed_response(request, format, subject, page, feeds_for(current_locale(), language=code))


def _subject_or_404(subject: FeedSubject) -> FeedSubject:
    """Return the subject, or raise Http404 if it has no live edition in any locale."""
    if not subject.has_live_editions():
        raise Http404
    return subject


def _feed_response(
    request: HttpRequest, format: str, subject: FeedSubject, page: str, links: list[FeedLink]
) -> HttpResponse:
    return conditional_response(request, lambda: _render_feed(format, subject, page, links[0]))


def _render_feed(format: str, subject: FeedSubject, page: str, link: FeedLink) -> HttpResponse:
    site = site_settings()
    entries = cached_for_last_key("entries of a feed", link["url"], lambda: build_entries(subject))
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
