"""Broken links within the site, with the reason, by the rules of the site's own URLs."""

from collections.abc import Iterable, Set
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q
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
    Publication,
    Redirect,
    SitePage,
    Tag,
    resolve_address,
    resolve_edition_address,
)

PUBLICATION_ROUTES = {
    "detail", "pdf", "record", "editions", "edition", "edition_pdf", "edition_record", "changes", "mastodon",
    "attachment", "social",
}  # fmt: skip
FILE_ROUTES = {"attachment"}
"""Routes to what a draft may not have."""
STATIC_PREFIXES = ("/static/",)


def broken_link_reasons(
    addresses: Iterable[str], *, own_paths: Set[str] = frozenset(), anchors: Set[str]
) -> dict[str, str]:
    """Return the broken ones of these addresses, each with the reason as a sentence.

    Args:
        addresses: paths, fragments and URLs within the site.
        own_paths: the paths of the publication itself.
        anchors: the ids in its text.
    """
    reasons = {address: _find_reason(address, own_paths, anchors) for address in dict.fromkeys(addresses)}
    return {address: reason for address, reason in reasons.items() if reason}


def find_pending_links(addresses: Iterable[str]) -> dict[str, int]:
    """Return those of these broken links that work once a draft is published, with its primary key."""
    drafts = {address: _find_pending_draft(address) for address in addresses}
    return {address: draft.pk for address, draft in drafts.items() if draft}


def _find_pending_draft(address: str) -> Publication | None:
    path = _site_path(address)
    if redirect := Redirect.objects.for_path(Redirect.normalize_path(path)):
        return redirect.publication if redirect.publication and _is_pending(redirect.publication) else None
    locale = locale_of_path(path)
    with translation.override(locale):
        try:
            match = resolve(path)
        except Resolver404:
            return None
    slug = match.kwargs.get("slug", "")
    is_first = match.url_name in PUBLICATION_ROUTES - FILE_ROUTES and match.kwargs.get("number") in (None, 1)
    if not is_first or resolve_address(locale, slug).status is not AddressStatus.NOT_FOUND:
        return None
    return find_draft_at(locale, slug)


def _site_path(address: str) -> str:
    """Return the path of an address of this site, or "" for other sites."""
    url = address.removeprefix(settings.SITE_URL) or "/" if is_site_url(address) else address
    return unquote(urlsplit(url).path) if url.startswith("/") and not url.startswith("//") else ""


def is_site_url(address: str) -> bool:
    return address == settings.SITE_URL or address.startswith(f"{settings.SITE_URL}/")


def _find_reason(address: str, own_paths: Set[str], anchors: Set[str]) -> str:
    if address.startswith("#"):
        anchor = unquote(address[1:])
        return "" if anchor in anchors or not anchor else _("this text has no such place.")
    path = _site_path(address)
    if not path or path in own_paths or path.startswith(STATIC_PREFIXES):
        return ""
    if path.startswith(settings.DESK):
        return _("readers cannot come to the desk.")
    redirect = Redirect.objects.for_path(Redirect.normalize_path(path))
    return _check_redirect(redirect) if redirect else _check_path(path)


def _check_redirect(redirect: Redirect) -> str:
    """A redirect works unless its publication is not public."""
    live = Edition.objects.live().filter(publication=redirect.publication_id)
    if not redirect.publication_id or live.exists():
        return ""
    is_pending = _is_pending(redirect.publication)
    return _pending_text(redirect.publication) if is_pending else _ended_text(redirect.publication.title)


def _is_pending(publication: Publication) -> bool:
    return not (publication.deleted_at or publication.editions.ever_public().exists())


def _pending_text(publication: Publication) -> str:
    return _("“%(title)s” is not public yet.") % {"title": publication}


def _ended_text(title: str) -> str:
    return _("“%(title)s” is no longer public.") % {"title": title}


def _check_path(path: str) -> str:
    locale = locale_of_path(path)
    with translation.override(locale):
        try:
            match = resolve(path)
        except Resolver404:
            return _not_found_text()
    name = (match.url_name or "").removesuffix("_image")
    if name in PUBLICATION_ROUTES:
        return _check_publication(locale, match)
    return CHECKS_BY_ROUTE[name](locale, match) if name in CHECKS_BY_ROUTE else ""


def _not_found_text() -> str:
    return _("there is no such page.")


def _check_publication(locale: str, match: ResolverMatch) -> str:
    slug, number = match.kwargs["slug"], match.kwargs.get("number")
    is_edition = number is not None
    address = resolve_edition_address(locale, slug, number) if is_edition else resolve_address(locale, slug)
    if address.status in (AddressStatus.OK, AddressStatus.MOVED):
        return ""
    if address.status is AddressStatus.GONE:
        return _ended_text(address.edition.title)
    is_known = is_edition and resolve_address(locale, slug).status is not AddressStatus.NOT_FOUND
    if not is_known and (draft := find_draft_at(locale, slug)):
        return _pending_text(draft)
    return _not_found_text()


def find_draft_at(locale: str, slug: str) -> Publication | None:
    """Return the publication, never public, that has an address or proposes to get it; None without one."""
    address = Address.objects.filter(locale=locale, slug=slug).select_related("publication").first()
    if address and not address.publication.deleted_at:
        return address.publication
    drafts = Publication.objects.filter(Q(slug=slug) | Q(slug=""), editions=None).order_by("-updated_at")
    drafts = drafts.only("pk", "slug", "title", "language")
    return next((draft for draft in drafts if (draft.locale, draft.proposed_slug()) == (locale, slug)), None)


def _check_topic(locale: str, match: ResolverMatch) -> str:
    tag = Tag.objects.filter(slug=match.kwargs.get("slug") or match.kwargs["tag"]).first()
    return (
        "" if tag and Edition.objects.live().tagged(tag).exists() else _("no public piece is on this topic.")
    )


def _check_author(locale: str, match: ResolverMatch) -> str:
    slug = match.kwargs.get("slug") or match.kwargs["author"]
    author = Author.objects.not_pseudonymous().filter(slug=slug).first()
    is_public = author and Edition.objects.live().authored_by(author).exists()
    return "" if is_public else _("no public piece is by this author.")


def _check_site_page(locale: str, match: ResolverMatch) -> str:
    return "" if SitePage.objects.at_address(locale, match.kwargs["slug"]).exists() else _not_found_text()


def _check_image(locale: str, match: ResolverMatch) -> str:
    return "" if Image.objects.filter(key=match.kwargs["key"]).exists() else _not_found_text()


def _check_kind_feed(_locale: str, match: ResolverMatch) -> str:
    is_public = Edition.objects.live().filter(kind__slug=match.kwargs["kind"]).exists()
    return "" if is_public else _not_found_text()


def _check_language_feed(_locale: str, match: ResolverMatch) -> str:
    is_public = Edition.objects.live().listed().filter(language=match.kwargs["code"]).exists()
    return "" if is_public else _not_found_text()


CHECKS_BY_ROUTE = {
    "kind_feed": _check_kind_feed,
    "language_feed": _check_language_feed,
    "topic_feed": _check_topic,
    "author_feed": _check_author,
    "topic": _check_topic,
    "author": _check_author,
    "site-page": _check_site_page,
    "image_file": _check_image,
}
