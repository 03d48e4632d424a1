"""Redirects from former addresses, and from mistyped ones, to what is public now.

They are tried only if no view answered. Invalid addresses raise nothing.
"""

import re
from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import NoReverseMatch, Resolver404, ResolverMatch, resolve, reverse
from django.utils import translation
from django.utils.encoding import escape_uri_path

from publications.locales import LOCALES, current_locale, locale_of_path, localized_path
from publications.models import (
    FACETS,
    AddressStatus,
    Author,
    Edition,
    Redirect,
    SitePage,
    Tag,
    resolve_address,
    resolve_edition_address,
)
from publications.old_feeds import FEED_END
from publications.page_parameters import parameters_of, resolve_page
from publications.path_prefixes import RESERVED_PREFIXES, may_be_secret
from publications.presentation import (
    SUBJECT_PAGES,
    find_public_subject,
    find_redirect_target,
    find_subject_locale,
)
from publications.slugs import decode_escaped_bytes, decode_wsgi, normalize_request_path

from .publications import gone_response

TRANSLATED_SEGMENTS = ("publications/", "topics/", "authors/", "editions/", "changes/")
"""Segments of paths that `urls.py` translates."""
SEGMENT_INDEXES = (2, 4, 6)  # their indexes in a path split at its slashes
SUBJECT_FILTERS = {
    "topic": lambda slug: {"tag_rows__tag__slug": slug},
    "author": lambda slug: {"bylines__author__slug": slug, "bylines__author__is_pseudonymous": False},
}
SAFE_QUERY_CHARACTERS = "!$%&'()*+,-./:;=?@_~"  # RFC 3986, section 3.4; escapes are kept
MAX_URL_LENGTH = 2000  # characters of a URL that browsers and Django's redirects take
FEED_SUBJECTS = {"publications:topic_feed": "tag", "publications:author_feed": "author"}
PART_OF_PAGE = re.compile(
    rf"(?P<page>.+?)/(?:page/\d+|comment-page-\d+|amp|embed|print|trackback|(?P<number>\d{{1,2}})|(?P<feed>{FEED_END}))"
)
"""A further page, a feed or another form of a page, as other systems name them. A number alone is a page of a text."""


def redirect_to_current(request: HttpRequest) -> HttpResponse | None:
    """Return a redirect, or a 410 page, for a path that no view answered, or None if nothing fits it."""
    if request.method not in ("GET", "HEAD"):
        return None
    redirects = (
        _stored_redirect, _renamed_subject, _lower_case_redirect, _translated_redirect, _redirect_part_of_page,
    )  # fmt: skip
    return next((response for redirect in redirects if (response := redirect(request))), None)


def redirect_stored_queries(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Redirect from old addresses with a query, such as `/?p=12`, whose path may be one of the site. A middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return _stored_query_redirect(request) or get_response(request)

    return middleware


def _stored_query_redirect(request: HttpRequest) -> HttpResponse | None:
    query = decode_wsgi(request.META.get("QUERY_STRING", ""))
    if not query or request.method not in ("GET", "HEAD") or request.path_info.startswith(RESERVED_PREFIXES):
        return None
    redirect = Redirect.objects.for_query(_normalized_path(request), query, parameters_of)
    return _respond(request, redirect) if redirect else None


def _stored_redirect(request: HttpRequest) -> HttpResponse | None:
    match = request.resolver_match
    if match and match.url_name in SUBJECT_FILTERS and _is_public(current_locale(), match):
        return None  # a page of the list that there is not; the former address is of another topic or author
    redirect = Redirect.objects.for_path(_normalized_path(request))
    if not redirect or _view_exists(f"{request.path_info}/", _is_public):
        return None  # a page that is there now wins, also without its closing slash
    return _respond(request, redirect)


def _redirect_part_of_page(request: HttpRequest) -> HttpResponse | None:
    """Redirect a part of a page that has an old address to what that leads to.

    The feed of a topic or author leads to its feed here, and that of the list of publications to the feed of the site.
    """
    match = PART_OF_PAGE.fullmatch(_normalized_path(request))
    redirect = Redirect.objects.for_path(match["page"]) if match else None
    if not redirect or (match["number"] and not redirect.publication_id):
        return None
    subject = find_public_subject(redirect.tag or redirect.author) if match["feed"] else None
    if subject:
        name, argument = next(item for item in FEED_SUBJECTS.items() if getattr(redirect, item[1]))
        locale = find_subject_locale(redirect, subject)
        return HttpResponsePermanentRedirect(localized_path(locale, name, **{argument: subject.slug}))
    if match["feed"] and redirect.site_path:
        page = resolve_page(redirect.site_path.partition("?")[0])
        if page and page.view_name == "publications:list":
            return HttpResponsePermanentRedirect(
                localized_path(locale_of_path(redirect.site_path), "publications:feed")
            )
    return _respond(request, redirect)


def _normalized_path(request: HttpRequest) -> str:
    """Return the path in normal form. In `path_info` bytes that are no UTF-8 are percent-encoded."""
    return normalize_request_path(decode_escaped_bytes(request.path_info))


def _respond(request: HttpRequest, redirect: Redirect) -> HttpResponse | None:
    """Redirect to what an old address leads to, or answer 410; None if nothing was ever public there."""
    target = find_redirect_target(redirect)
    if target.ended:
        return gone_response(request, target.ended)
    return HttpResponsePermanentRedirect(target.url) if target.url else None


def _lower_case_redirect(request: HttpRequest) -> HttpResponse | None:
    """Redirect to the same path in lower case if a view answers that one only.

    A secret keeps its letters, as in lower case it is another one.
    """
    path = request.path_info.lower()
    if path == request.path_info or request.resolver_match:
        return None
    own = f"{request.path_info}/"
    targets = (own,) if may_be_secret(path) else (own, path, f"{path}/")
    target = next(filter(_view_exists, targets), "")
    return _redirect(target, request) if target else None


def _translated_redirect(request: HttpRequest) -> HttpResponse | None:
    """Redirect from segments of another locale to those of this one: /sv/publications/… to /sv/publikationer/…"""
    segments = request.path_info.split("/")
    translations = _segment_translations(current_locale())
    for index in SEGMENT_INDEXES:
        segments[index : index + 1] = [
            translations.get(segment, segment) for segment in segments[index : index + 1]
        ]
    path = "/".join(segments)
    if path == request.path_info:
        return None
    target = next((target for target in (path, f"{path}/") if _view_exists(target, _is_public)), "")
    return _redirect(target, request) if target else None


def _segment_translations(locale: str) -> dict[str, str]:
    """Return the translated segments of all locales, each with that of the given locale."""
    segments = {}
    for code in LOCALES:
        with translation.override(code):
            segments[code] = [translation.gettext(segment).rstrip("/") for segment in TRANSLATED_SEGMENTS]
    return {
        segment: own
        for code in LOCALES
        for segment, own in zip(segments[code], segments[locale], strict=True)
    }


def _redirect(path: str, request: HttpRequest) -> HttpResponse | None:
    query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")  # bytes, as WSGI has them
    url = escape_uri_path(path) + (f"?{quote(query, safe=SAFE_QUERY_CHARACTERS)}" if query else "")
    return HttpResponsePermanentRedirect(url) if len(url) <= MAX_URL_LENGTH else None


def _view_exists(
    path: str, condition: Callable[[str, ResolverMatch], bool] = lambda locale, match: True
) -> bool:
    """Return whether a view answers the path and the condition holds; of site pages, whether the page exists."""
    locale = path.lstrip("/").partition("/")[0]
    with translation.override(locale if locale in LOCALES else LOCALES[0]):
        try:
            match = resolve(path)
        except Resolver404:
            return False
    if match.view_name != "publications:site-page":
        return condition(locale, match)
    return SitePage.objects.at_address(locale, match.kwargs["slug"]).exists()


def _is_public(locale: str, match: ResolverMatch) -> bool:
    """Return whether the publication, edition, topic or author of the address is or was public."""
    slug, number = match.kwargs.get("slug"), match.kwargs.get("number")
    if not slug:
        return True
    if match.url_name in SUBJECT_FILTERS:
        return Edition.objects.live().listed().filter(**SUBJECT_FILTERS[match.url_name](slug)).exists()
    address = resolve_edition_address(locale, slug, number) if number else resolve_address(locale, slug)
    return address.status is not AddressStatus.NOT_FOUND


def _renamed_subject(request: HttpRequest) -> HttpResponse | None:
    """Redirect a feed or a filtered list of a renamed topic or author to its current slug."""
    match = request.resolver_match
    if not match:
        return None
    if match.view_name in FEED_SUBJECTS:
        url = _renamed_feed_url(match.view_name, match.kwargs)
    else:
        url = _renamed_list_url(request) if match.view_name == "publications:list" else ""
    return HttpResponsePermanentRedirect(url) if url else None


def _renamed_feed_url(name: str, kwargs: dict) -> str:
    kind = FEED_SUBJECTS[name]
    subject = find_renamed_subject(kind, kwargs[kind])
    return reverse(name, kwargs={**kwargs, kind: subject.slug}) if subject else ""


def _renamed_list_url(request: HttpRequest) -> str:
    params = request.GET.copy()
    for name in FACETS.keys() & params.keys():
        facet = FACETS[name]
        subject = find_renamed_subject(facet.column, params[name]) if facet.column in SUBJECT_PAGES else None
        if subject and facet.includes(subject):  # else the list has no such value: it would lead back here
            params[name] = subject.slug
    return f"{request.path}?{params.urlencode()}" if params != request.GET else ""


def find_renamed_subject(kind: str, slug: str) -> Tag | Author | None:
    """Return the public topic or author whose page had the slug in the current locale and has another now, or None.

    None too if another one that is public has the slug now.

    Args:
        kind: "tag" or "author".
    """
    try:
        path = Redirect.normalize_path(reverse(SUBJECT_PAGES[kind], kwargs={"slug": slug}))
    except NoReverseMatch:
        return None
    redirect = Redirect.objects.for_path(path)
    subject = find_public_subject(getattr(redirect, kind)) if redirect else None
    if not subject or find_public_subject(type(subject).objects.filter(slug=slug).first()):
        return None
    return subject
