"""Addresses in redactions: slugs that contain the passage, and publications that link to a deleted address."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db.models import Q
from django.utils.encoding import uri_to_iri
from django.utils.html import escape

from publications import markup
from publications.html_tree import parse
from publications.locales import localized_path
from publications.models import Edition, Publication
from publications.slugs import normalize_redirect_path, slugify, strip_marks, strip_marks_both_ways


@dataclass(frozen=True)
class LinkingPublication:
    """A publication that links to an address, as its last edition with the link describes it."""

    title: str
    language: str
    address: str


def names_passage(slug: str, redaction: markup.Redaction) -> bool:
    """Return whether a slug names the passage, also inflected: "ivanovs-letter" names Ivanov, "annual" not Ann."""
    return any(_names_spelling(slug, passage) for passage in redaction.passages)


def _names_spelling(slug: str, passage: str) -> bool:
    part = slugify(markup.fold(passage))
    if not part:
        return False
    is_specific = len(part) >= markup.MIN_SPECIFIC_LETTERS
    ending = "" if is_specific else rf"{markup.NAME_ENDINGS}(-|$)"
    letters = part.replace("-", "-?") if is_specific else part
    spellings = "|".join({letters, *strip_marks_both_ways(letters)})
    pattern = re.compile(rf"(^|-)({spellings}){ending}")
    slug = markup.INVISIBLE_CHARACTERS.sub("", slug)
    return bool(pattern.search(slug) or pattern.search(strip_marks(slug)))


def paths_of(publication: Publication) -> set[str]:
    """Return all paths that lead to a publication, as normalize_redirect_path() spells them."""
    paths = {path_of(*address) for address in publication.addresses.values_list("locale", "slug")}
    return paths | {redirect.address for redirect in publication.redirects.all()}


def path_of(locale: str, slug: str) -> str:
    """Return the path of a publication, as normalize_redirect_path() spells it."""
    return normalize_redirect_path(localized_path(locale, "publications:detail", slug=slug))


def publications_linking_to(paths: Collection[str], *, other_than: Publication) -> list[LinkingPublication]:
    """Return other publications whose public or scheduled text links to one of the paths, by title."""
    if not paths:
        return []
    editions = Edition.objects.ever_public() | Edition.objects.scheduled()
    editions = editions.exclude(publication=other_than).filter(_may_link_to(paths)).order_by("visible_from")
    last = {edition.publication_id: edition for edition in editions if _links_to(edition, paths)}
    linking = [
        LinkingPublication(edition.title, edition.language, _address_of(edition)) for edition in last.values()
    ]
    return sorted(linking, key=lambda publication: (publication.title, publication.address))


def _may_link_to(paths: Collection[str]) -> Q:
    condition = Q(pk__in=())
    for path in paths:
        for spelling in {path, quote(path), escape(path)}:
            condition |= Q(html__icontains=f'href="{spelling}')
            condition |= Q(html__icontains=f'href="{settings.SITE_URL}{spelling}')
    return condition


def _links_to(edition: Edition, paths: Collection[str]) -> bool:
    links = (value for name, value in markup.readable_attributes(parse(edition.html)) if name == "href")
    targets = {normalize_redirect_path(link) for link in links if link.startswith(("/", settings.SITE_URL))}
    return any(
        target == path or target.startswith((f"{path}/", f"{path}.")) for target in targets for path in paths
    )


def _address_of(edition: Edition) -> str:
    """Return the address of an edition, decoded for readers."""
    return uri_to_iri(edition.get_absolute_url() if edition.is_live else edition.permanent_url)
