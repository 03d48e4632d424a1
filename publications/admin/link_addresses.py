"""What a path of the site leads to: by its own URL patterns, by stored redirects, and at the desk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import translation

from publications.locales import LOCALES, localized_path
from publications.models import (
    AddressStatus,
    Author,
    Edition,
    Publication,
    Redirect,
    SitePage,
    Tag,
    resolve_address,
)
from publications.preflight import find_draft_at
from publications.presentation import find_redirect_target

SUBJECT_ROUTES = {"topic": Tag, "author": Author}
OWN_ROUTES = ("detail", "topic", "author", "site-page")
"""Routes of the page of a subject itself; other routes with a slug are pages and files below it."""
DESK_PUBLICATION = re.compile(rf"{re.escape(settings.DESK)}publications/publication/(\d{{1,12}})/")

type Subject = Edition | Publication | Author | Tag | SitePage


@dataclass(frozen=True)
class RecognizedAddress:
    """What is, was or will be at an address.

    Attributes:
        subject: the edition, or the publication if it was never public; None for a list or the home page.
        path: the path itself where it is not that of the page of the subject, such as that of a PDF; else "".
    """

    subject: Subject | None = None
    path: str = ""


def recognize_path(path: str, locale: str) -> RecognizedAddress | None:
    """Return what a path leads to, or None.

    Args:
        path: decoded; with or without a locale, in any case, with sections of any locale.
        locale: the first that is tried for a path without one.
    """
    if match := DESK_PUBLICATION.match(path):
        publication = _current(Publication.objects.filter(pk=match[1]).first())
        return RecognizedAddress(publication) if publication else None
    if path.startswith((settings.DESK, settings.STATIC_URL)):
        return None
    candidates = (
        address for code, spelling in _spellings(path, locale) for address in _recognize(spelling, code)
    )
    return next(candidates, None) or _redirected(path)


def _spellings(path: str, locale: str) -> Iterator[tuple[str, str]]:
    """Return pairs of a locale and a path below it that may be meant."""
    segments = [segment for segment in path.split("/") if segment]
    codes = (
        [segments.pop(0).lower()] if segments and segments[0].lower() in LOCALES else _locales_from(locale)
    )
    rest = "/".join(segments) + ("/" if segments and "." not in segments[-1] else "")
    return ((code, spelling) for code in codes for spelling in dict.fromkeys((rest, rest.lower())))


def _locales_from(locale: str) -> list[str]:
    return sorted(LOCALES, key=lambda code: code != locale)


def _recognize(path: str, locale: str) -> Iterator[RecognizedAddress]:
    """Return what the URL patterns make of a path below a locale, with sections of this locale or of another."""
    for code in _locales_from(locale):
        with translation.override(code):
            try:
                match = resolve(f"/{code}/{path}")
            except Resolver404:
                continue
        slug, name = match.kwargs.get("slug"), match.url_name or ""
        own_path = localized_path(locale, match.view_name, **match.kwargs)
        if not slug:
            yield RecognizedAddress(path=own_path)
        elif subject := _subject_of(name.partition("_")[0], locale, slug):
            yield RecognizedAddress(subject, "" if name in OWN_ROUTES else own_path)


def _subject_of(name: str, locale: str, slug: str) -> Subject | None:
    if name == "site-page":
        return SitePage.objects.at_address(locale, slug).first()
    if model := SUBJECT_ROUTES.get(name):
        subject = model.objects.filter(slug=slug).first()
        return None if subject and getattr(subject, "is_pseudonymous", False) else subject
    address = resolve_address(locale, slug)
    return find_draft_at(locale, slug) if address.status is AddressStatus.NOT_FOUND else address.edition


def _redirected(path: str) -> RecognizedAddress | None:
    redirect = Redirect.objects.for_path(Redirect.normalize_path(path))
    if not redirect:
        return None
    subject = _current(redirect.publication) or redirect.tag or redirect.author or redirect.page
    if getattr(subject, "is_pseudonymous", False):
        return None
    if subject and not redirect.file_digest:
        return RecognizedAddress(subject)
    url = find_redirect_target(redirect).url
    return RecognizedAddress(subject, url) if url else None


def _current(publication: Publication | None) -> Edition | Publication | None:
    """Return the live edition of a publication, else its last public one, else the publication itself."""
    if not publication:
        return None
    return publication.editions.ever_public().order_by("-visible_from").first() or publication
