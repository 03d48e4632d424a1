"""Find the publications that link to addresses which a redaction gives up."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db.models import Q
from django.utils.html import escape

from publications import markup
from publications.html_tree import parse
from publications.locales import localized_path
from publications.models import Edition, Publication
from publications.slugs import normalize_redirect_path


@dataclass(frozen=True)
class LinkingPublication:
    """A publication with a link, by the last edition that has it."""

    title: str
    language: str
    address: str


def paths_of(piece: Publication) -> set[str]:
    """Return all paths that lead to a publication, as normalize_redirect_path() spells them."""
    own = piece.addresses.values_list("locale", "slug")
    paths = {
        normalize_redirect_path(localized_path(locale, "publications:detail", slug=slug))
        for locale, slug in own
    }
    return paths | set(piece.redirects.values_list("path", flat=True))


def publications_linking_to(paths: Collection[str], *, other_than: Publication) -> list[LinkingPublication]:
    """Return the others whose text, public or waiting to be, links to one of the paths, by title."""
    if not paths:
        return []
    editions = Edition.objects.started() | Edition.objects.scheduled()
    editions = editions.exclude(publication=other_than).filter(_may_link_to(paths)).order_by("visible_from")
    found = {edition.publication_id: edition for edition in editions if _links_to(edition, paths)}
    linking = [LinkingPublication(each.title, each.language, _address_of(each)) for each in found.values()]
    return sorted(linking, key=lambda each: (each.title, each.address))


def _may_link_to(paths: Collection[str]) -> Q:
    condition = Q(pk__in=())
    for path in paths:
        for written in {path, quote(path), escape(path)}:
            condition |= Q(html__icontains=f'href="{written}')
            condition |= Q(html__icontains=f'href="{settings.SITE_URL}{written}')
    return condition


def _links_to(edition: Edition, paths: Collection[str]) -> bool:
    links = (value for name, value in markup.values_of(parse(edition.html)) if name == "href")
    own = {normalize_redirect_path(link) for link in links if link.startswith(("/", settings.SITE_URL))}
    return any(link == path or link.startswith((f"{path}/", f"{path}.")) for link in own for path in paths)


def _address_of(edition: Edition) -> str:
    return edition.get_absolute_url() if edition.is_live else edition.permanent_url
