"""Addresses of the site itself: what each is of, and whether an old address may be kept at it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import unquote, urlencode, urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from publications.locales import LOCALES, locale_of_path
from publications.models import (
    FACETS,
    Address,
    Author,
    EditionAttachment,
    Image,
    Publication,
    SitePage,
    Tag,
)
from publications.page_parameters import (
    LIST_ROUTES,
    is_lasting_parameter,
    parameters_of_view,
    read_feed_facet,
    resolve_page,
)
from publications.path_patterns import ANY_REST, ANY_SEGMENT, PathTree
from publications.path_prefixes import RESERVED_PREFIXES
from publications.slugs import MAX_REDIRECT_PATH, read_parameters

WEB_ADDRESS = re.compile(r"(?:https?:)?//[^/\[\]]", re.IGNORECASE)
SUBJECT_MODELS = {"topic": Tag, "author": Author}
ROUTE_PARAMETER = re.compile("<[^<>]+>")
SITE_PAGE_ROUTES = ("site-page", "site-page_image")

Target = Publication | Author | Tag | SitePage | Image
FIELDS_OF_TARGETS = {
    Publication: "publication", Author: "author", Tag: "tag", SitePage: "page", Image: "image",
}  # fmt: skip
NO_TARGET = {**dict.fromkeys(FIELDS_OF_TARGETS.values()), "file_digest": "", "site_path": ""}
Columns = Mapping[str, object]
"""The columns of `Redirect` that say what it leads to: `NO_TARGET` with one of them set."""


def read_target(address: str) -> Columns | None:
    """Return what an address of this site is of, as columns of a redirect; None for any other, and for the desk.

    A publication, file, topic, author, site page or image is found whether or not it is public.

    Args:
        address: a path or a URL of this site, encoded or not, of a list with the parameters that it reads.
    """
    path, query = _split(address)
    match = _resolve(path) if path else None
    if not match:
        return None
    locale, slug, name = locale_of_path(path), match.kwargs.get("slug", ""), match.url_name or ""
    if match.view_name in LIST_ROUTES:
        return _list_columns(match, query, locale)
    if match.view_name == "image_file":
        return target_columns(Image.objects.filter(key=match.kwargs["key"]).first())
    if match.app_name != "publications" or not slug:
        return None
    if name == "site-page":
        return target_columns(SitePage.objects.at_address(locale, slug).first())
    if name in SUBJECT_MODELS:
        return target_columns(SUBJECT_MODELS[name].objects.filter(slug=slug).first())
    return _publication_columns(locale, match)


def _split(address: str) -> tuple[str, str]:
    """Return the path, decoded, and the query of an address of this site; "" for that of another one."""
    address = "/" if address.strip() == settings.SITE_URL else address.strip()
    try:
        parts = urlsplit(address.removeprefix(settings.SITE_URL))
    except ValueError:
        return "", ""
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return "", ""
    return unquote(parts.path), parts.query


def is_elsewhere(address: str) -> bool:
    """Return whether an address is one of another site."""
    return bool(WEB_ADDRESS.match(address.strip())) and not _split(address)[0]


def _resolve(path: str) -> ResolverMatch | None:
    """Return what the URL patterns make of a path, with or without its closing slash."""
    return resolve_page(path) or resolve_page(f"{path}/")


def _list_columns(match: ResolverMatch, query: str, locale: str) -> Columns | None:
    """Return the columns for a page without a row, or None for parameters or a feed that it cannot have."""
    params = read_parameters(query)
    if _wrong_parameters(match, params) or _is_feed_of_nothing(match):
        return None
    with translation.override(locale):
        path = reverse(match.view_name, kwargs=match.kwargs)
    site_path = f"{path}?{urlencode(params)}" if params else path
    return {**NO_TARGET, "site_path": site_path} if len(site_path) <= MAX_REDIRECT_PATH else None


def find_wrong_parameters(address: str) -> list[str]:
    """Return the parameters of an address of a list that it does not read, or that have a value it cannot have."""
    path, query = _split(address)
    match = _resolve(path) if path else None
    return (
        _wrong_parameters(match, read_parameters(query)) if match and match.view_name in LIST_ROUTES else []
    )


def _wrong_parameters(match: ResolverMatch, params: Mapping[str, str]) -> list[str]:
    return [
        f"{name}={value}"
        for name, value in params.items()
        if not is_lasting_parameter(match.view_name, name, value)
    ]


def _is_feed_of_nothing(match: ResolverMatch) -> bool:
    """Return whether a page is the feed of a kind or language that there is not."""
    facet = read_feed_facet(match)
    return facet is not None and FACETS[facet[0]].find(facet[1]) is None


def _publication_columns(locale: str, match: ResolverMatch) -> Columns | None:
    address = Address.objects.filter(locale=locale, slug=match.kwargs["slug"]).first()
    if not address:
        return None
    if match.url_name != "attachment":
        return target_columns(address.publication)
    files = EditionAttachment.objects.filter(
        edition__publication=address.publication_id, original__contains=f"/{match.kwargs['digest']}"
    )
    file = files.first() if match.kwargs["digest"] else None
    return target_columns(address.publication, file.digest) if file else None


def target_columns(target: Target | None, file_digest: str = "") -> Columns | None:
    """Return the columns of a redirect that leads to a row, or None without one and for a pen name, which has no page.

    Args:
        file_digest: the SHA-256 of an attachment of the publication.
    """
    if not target or (isinstance(target, Author) and target.is_pseudonymous):
        return None
    return {**NO_TARGET, FIELDS_OF_TARGETS[type(target)]: target, "file_digest": file_digest}


def read_site_paths() -> PathTree:
    """Return the paths that the site answers itself, for any text, topic or author, and for its site pages."""
    paths = [path for prefix in RESERVED_PREFIXES for path in (prefix, f"{prefix}{ANY_REST}")]
    for locale in LOCALES:
        slugs = SitePage.objects.for_locale(locale).values_list(f"slug_{locale}", flat=True)
        for name, route in _routes_of_locale(locale):
            values = slugs if name in SITE_PAGE_ROUTES else (ANY_SEGMENT,)
            paths += [ROUTE_PARAMETER.sub(value, route) for value in values]
    return PathTree([*paths, *(path.rstrip("/") for path in paths)])


@cache
def _routes_of_locale(locale: str) -> frozenset[tuple[str, str]]:
    """Return the names and routes of all pages, whose sections are translated."""
    with translation.override(locale):
        return frozenset(_walk_routes(get_resolver().url_patterns, "/"))


def _walk_routes(patterns: Iterable[URLPattern | URLResolver], start: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = f"{start}{pattern.pattern}"
        if route.startswith(RESERVED_PREFIXES):
            continue
        if isinstance(pattern, URLResolver):
            yield from _walk_routes(pattern.url_patterns, route)
        else:
            yield pattern.name or "", route


def is_reserved(path: str) -> bool:
    """Return whether a path, in normal form, belongs to the desk, the API, or files of the site."""
    return f"{path}/".startswith(RESERVED_PREFIXES)


def is_used(path: str, query: str, *, target: Target | str = "") -> bool:
    """Return whether the site answers an address itself, or will once a draft is public.

    Args:
        path, query: in the normal form of `Redirect`.
        target: what the address is to lead to, whose own address is not used by anything else.
    """
    match = _resolve(path)
    if not match:
        return False
    if query:
        return not read_parameters(query).keys().isdisjoint(parameters_of_view(match.view_name))
    slug, name = match.kwargs.get("slug"), (match.url_name or "").removesuffix("_image")
    return not slug or any(owner != target for owner in _find_owners(name, locale_of_path(path), slug))


def _find_owners(name: str, locale: str, slug: str) -> Iterator[Target]:
    """Yield the rows, public or not, that have an address of this route, or will have it."""
    if name == "site-page":
        yield from SitePage.objects.at_address(locale, slug)
    elif name in SUBJECT_MODELS:
        yield from SUBJECT_MODELS[name].objects.filter(slug=slug)
    else:
        for address in Address.objects.filter(locale=locale, slug=slug).select_related("publication"):
            yield address.publication
        drafts = Publication.objects.filter(Q(slug=slug) | Q(slug="")).only("pk", "slug", "title", "language")
        yield from (draft for draft in drafts if (draft.locale, draft.proposed_slug()) == (locale, slug))
