"""Links within the site that lead nowhere, and why: answered as the site itself answers."""

from collections.abc import Iterable, Set
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from publications.locales import locale_of_path
from publications.models import (
    Address,
    AddressStatus,
    Author,
    Edition,
    Image,
    Redirect,
    SitePage,
    Tag,
    resolve_address,
    resolve_edition_address,
)

PUBLICATION_ROUTES = {"detail", "editions", "changes", "edition", "mastodon", "attachment"}
STATIC = ("/static/",)


def broken_links(
    addresses: Iterable[str], *, own: Set[str] = frozenset(), anchors: Set[str]
) -> dict[str, str]:
    """Return those of these addresses that lead nowhere, each with the reason in words.

    `own` are the paths at which the publication itself will stand; `anchors` are the ids of its text.
    """
    reasons = {address: _reason(address, own, anchors) for address in dict.fromkeys(addresses)}
    return {address: reason for address, reason in reasons.items() if reason}


def path_of(address: str) -> str:
    """The path of an address of this site, or nothing where it leads elsewhere."""
    within = address.removeprefix(settings.SITE_URL) or "/" if is_absolute_here(address) else address
    return unquote(urlsplit(within).path) if within.startswith("/") and not within.startswith("//") else ""


def is_absolute_here(address: str) -> bool:
    return address == settings.SITE_URL or address.startswith(f"{settings.SITE_URL}/")


def _reason(address: str, own: Set[str], anchors: Set[str]) -> str:
    if address.startswith("#"):
        anchor = unquote(address[1:])
        return "" if anchor in anchors or not anchor else _("this text has no such place.")
    path = path_of(address)
    if not path or path in own or path.startswith(STATIC):
        return ""
    if path.startswith(settings.DESK):
        return _("readers cannot come to the desk.")
    former = Redirect.objects.filter(path=Redirect.normal(path)).first()
    return _led_on(former) if former else _at(path)


def _led_on(former: Redirect) -> str:
    """A former path leads on for ever, unless to a piece that is not public now."""
    live = Edition.objects.live().filter(publication=former.publication_id)
    return _ended(former.publication.title) if former.publication_id and not live.exists() else ""


def _ended(title: str) -> str:
    return _("“%(title)s” is no longer public.") % {"title": title}


def _at(path: str) -> str:
    locale = locale_of_path(path)
    with translation.override(locale):
        try:
            match = resolve(path)
        except Resolver404:
            return _nowhere()
    name = match.url_name or ""
    if name in PUBLICATION_ROUTES:
        return _of_publication(locale, match)
    return REASON_BY_ROUTE[name](locale, match) if name in REASON_BY_ROUTE else ""


def _nowhere() -> str:
    return _("there is no such page.")


def _of_publication(locale: str, match: ResolverMatch) -> str:
    slug, number = match.kwargs["slug"], match.kwargs.get("number")
    found = resolve_edition_address(locale, slug, number) if number else resolve_address(locale, slug)
    if found.status in (AddressStatus.OK, AddressStatus.MOVED):
        return ""
    if found.status is AddressStatus.GONE:
        return _ended(found.edition.title)
    waits = Address.objects.filter(locale=locale, slug=slug).exists()
    return _("what stands there is not public yet.") if waits else _nowhere()


def _of_topic(locale: str, match: ResolverMatch) -> str:
    tag = Tag.objects.filter(slug=match.kwargs["slug"]).first()
    return (
        "" if tag and Edition.objects.live().tagged(tag).exists() else _("no public piece is on this topic.")
    )


def _of_author(locale: str, match: ResolverMatch) -> str:
    author = Author.objects.identified().filter(slug=match.kwargs["slug"]).first()
    named = author and Edition.objects.live().authored_by(author).exists()
    return "" if named else _("no public piece is by this author.")


def _of_page(locale: str, match: ResolverMatch) -> str:
    return "" if SitePage.objects.at_address(locale, match.kwargs["slug"]).exists() else _nowhere()


def _of_picture(locale: str, match: ResolverMatch) -> str:
    return "" if Image.objects.filter(key=match.kwargs["key"]).exists() else _nowhere()


REASON_BY_ROUTE = {"topic": _of_topic, "author": _of_author, "site-page": _of_page, "image_file": _of_picture}
