"""Redirects from addresses of another time, or not quite typed as they should be, to what is public now.

Tried only where no page answered. A handful of queries; whatever bytes come, nothing here raises."""

from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import NoReverseMatch, Resolver404, ResolverMatch, resolve, reverse
from django.utils import translation
from django.utils.encoding import escape_uri_path

from publications.locales import LOCALES, current_locale
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
from publications.presentation import address_of, localized_path

from .publications import gone_response

TRANSLATED_WORDS = (
    "publications/",
    "topics/",
    "authors/",
    "editions/",
    "changes/",
)  # of addresses, as urls.py has them
WORD_PLACES = (2, 4, 6)  # where they stand in a path, parted by slashes
SUBJECT_LOOKUPS = {
    "topic": lambda slug: {"tag_rows__tag__slug": slug},
    "author": lambda slug: {"bylines__author__slug": slug, "bylines__author__is_pseudonymous": False},
}
IN_QUERY = "!$%&'()*+,-./:;=?@_~"  # RFC 3986, section 3.4; what is escaped stays so
MAX_URL_LENGTH = 2000  # characters of an address that browsers and Django's redirects take
FEED_SUBJECTS = {"publications:topic_feed": "tag", "publications:author_feed": "author"}
SUBJECT_PAGES = {"tag": "publications:topic", "author": "publications:author"}


def redirect_to_current(request: HttpRequest) -> HttpResponse | None:
    """The way from an address that was, or that is not quite typed as it should be, to what is public now."""
    if request.method not in ("GET", "HEAD"):
        return None
    ways = (_from_former, _from_renamed, _from_capitals, _from_words_of_another_locale)
    return next((led for way in ways if (led := way(request))), None)


def _from_former(request: HttpRequest) -> HttpResponse | None:
    path = Redirect.normal("/" + quote(request.path_info.lstrip("/"), errors="replace"))
    former = Redirect.objects.for_path(path)
    if not former:
        return None
    if former.publication_id:
        return _to_piece(request, former.publication_id)
    address = _of_subject(former) or _of_page(former)
    return HttpResponsePermanentRedirect(address) if address else None


def _to_piece(request: HttpRequest, publication: int) -> HttpResponse | None:
    """To its live edition; where it is withdrawn or has expired, word of that."""
    last = Edition.objects.started().filter(publication=publication).order_by("-visible_from").first()
    if not last:
        return None
    return (
        HttpResponsePermanentRedirect(last.get_absolute_url())
        if last.is_live
        else gone_response(request, last)
    )


def _of_subject(former: Redirect) -> str:
    """The page of a topic or an author."""
    found = find_public_subject(former)
    name = SUBJECT_PAGES["tag" if former.tag_id else "author"]
    return localized_path(current_locale(), name, slug=found.slug) if found else ""


def _of_page(former: Redirect) -> str:
    """A site page in this tree, else in the language that it has."""
    found: SitePage | None = former.page
    if not found:
        return ""
    locale = next((code for code in (current_locale(), *LOCALES) if code in found.locales), "")
    return address_of(found, locale) if locale else ""


def _from_capitals(request: HttpRequest) -> HttpResponse | None:
    """An address that leads nowhere as typed, and somewhere in lower case."""
    path = request.path_info.lower()
    if path == request.path_info or request.resolver_match:
        return None
    found = next((each for each in (path, f"{path}/") if _is_page(each)), "")
    return _redirect(found, request) if found else None


def _from_words_of_another_locale(request: HttpRequest) -> HttpResponse | None:
    """From /sv/publications/… to /sv/publikationer/…: a page that stands in this tree, by words of another."""
    parts = request.path_info.split("/")
    words = _foreign_words(current_locale())
    for place in WORD_PLACES:
        parts[place : place + 1] = [words.get(part, part) for part in parts[place : place + 1]]
    path = "/".join(parts)
    if path == request.path_info:
        return None
    found = next((each for each in (path, f"{path}/") if _is_page(each, _names_something)), "")
    return _redirect(found, request) if found else None


def _foreign_words(locale: str) -> dict[str, str]:
    """The words of addresses in other trees, each with that of this one."""
    spoken = {}
    for code in LOCALES:
        with translation.override(code):
            spoken[code] = [translation.gettext(word).rstrip("/") for word in TRANSLATED_WORDS]
    return {word: own for code in LOCALES for word, own in zip(spoken[code], spoken[locale], strict=True)}


def _redirect(path: str, request: HttpRequest) -> HttpResponse | None:
    query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")  # bytes, as WSGI has them
    address = escape_uri_path(path) + (f"?{quote(query, safe=IN_QUERY)}" if query else "")
    return HttpResponsePermanentRedirect(address) if len(address) <= MAX_URL_LENGTH else None


def _is_page(path: str, asked: Callable[[str, ResolverMatch], bool] = lambda locale, match: True) -> bool:
    """Whether a view answers there, and what is asked of it besides is so.

    Any word may name a site page, so of that one it is asked whether it is there.
    """
    locale = path.lstrip("/").partition("/")[0]
    with translation.override(locale if locale in LOCALES else LOCALES[0]):
        try:
            match = resolve(path)
        except Resolver404:
            return False
    if match.view_name != "publications:site-page":
        return asked(locale, match)
    return SitePage.objects.at_address(locale, match.kwargs["slug"]).exists()


def _names_something(locale: str, match: ResolverMatch) -> bool:
    """Whether readers find what the address of a piece, an edition, a topic or an author names."""
    slug, number = match.kwargs.get("slug"), match.kwargs.get("number")
    if not slug:
        return True
    if match.url_name in SUBJECT_LOOKUPS:
        return Edition.objects.live().filter(**SUBJECT_LOOKUPS[match.url_name](slug)).exists()
    found = resolve_edition_address(locale, slug, number) if number else resolve_address(locale, slug)
    return found.status is not AddressStatus.NOT_FOUND


def find_public_subject(former: Redirect) -> Tag | Author | None:
    """The topic or author that it led to, while a live piece names them and readers know them."""
    found: Tag | Author | None = former.tag or former.author
    if not found or getattr(found, "is_pseudonymous", False):
        return None
    live = Edition.objects.live()
    return found if (live.tagged(found) if former.tag_id else live.authored_by(found)).exists() else None


def _from_renamed(request: HttpRequest) -> HttpResponse | None:
    """To the same feed or list under the address that its subject has now, while a live piece names it."""
    match = request.resolver_match
    if not match:
        return None
    if match.view_name in FEED_SUBJECTS:
        address = _renamed_feed(match.view_name, match.kwargs)
    else:
        address = _renamed_list(request) if match.view_name == "publications:list" else ""
    return HttpResponsePermanentRedirect(address) if address else None


def _renamed_feed(name: str, parts: dict) -> str:
    kind = FEED_SUBJECTS[name]
    found = find_renamed(kind, parts[kind])
    return reverse(name, kwargs={**parts, kind: found.slug}) if found else ""


def _renamed_list(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in FACETS.keys() & query.keys():
        facet = FACETS[name]
        if facet.column in SUBJECT_PAGES and (found := find_renamed(facet.column, query[name])):
            query[name] = found.slug
    return f"{request.path}?{query.urlencode()}" if query != request.GET else ""


def find_renamed(kind: str, slug: str) -> Tag | Author | None:
    """The topic or author whose page in this tree had the slug, and has another now; none that readers do not know."""
    try:
        path = Redirect.normal(reverse(SUBJECT_PAGES[kind], kwargs={"slug": slug}))
    except NoReverseMatch:
        return None
    former = Redirect.objects.for_path(path)
    found = find_public_subject(former) if former else None
    return found if found and found.slug != slug else None
