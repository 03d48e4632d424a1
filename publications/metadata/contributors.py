"""The contributors of a bibliographic record: the people and organisations in the bylines of an edition."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from publications.locales import absolute_url, localized_path
from publications.models import BylineRole, Edition, EditionByline, has_own_page

from .names import Name, ascii_letters, parse_name

ROLES = {"authors": BylineRole.AUTHOR, "editors": BylineRole.EDITOR, "contributors": BylineRole.WITH}


@dataclass(frozen=True)
class Contributor:
    """A person or an organisation in a byline; `url` is that of their page, which not everybody has."""

    name: Name
    url: str = ""
    orcid: str = ""
    fediverse_address: str = ""
    profile_urls: tuple[str, ...] = ()
    title: str = ""
    affiliation: str = ""
    is_organisation: bool = False


def contributor_fields(edition: Edition, bylines: Sequence[EditionByline]) -> dict[str, object]:
    """Return the contributors by role; without any in the role of author, all count as authors."""
    roles: dict[str, list[Contributor]] = {}
    for byline in bylines:
        roles.setdefault(byline.role, []).append(_person(edition, byline))
    if BylineRole.AUTHOR not in roles:
        roles = {BylineRole.AUTHOR: [person for people in roles.values() for person in people]}
    fields = {name: tuple(roles.get(role, ())) for name, role in ROLES.items()}
    return {**fields, "key": _citation_key(edition, fields["authors"])}


def _person(edition: Edition, byline: EditionByline) -> Contributor:
    """Return a contributor as the page shows them: of a pseudonym, the name alone."""
    author = byline.author
    name = parse_name(byline.name, author.family_name, is_organisation=author.is_organisation)
    person = Contributor(name, is_organisation=author.is_organisation)
    if author.is_pseudonymous:
        return person
    page = localized_path(edition.locale, "publications:author", slug=author.slug)
    return replace(
        person,
        url=absolute_url(page) if has_own_page(author, edition.kind) else "",
        orcid=author.orcid,
        fediverse_address=author.fediverse_address,
        profile_urls=tuple(author.profile_urls),
        title=byline.title,
        affiliation=byline.affiliation,
    )


def _citation_key(edition: Edition, authors: Sequence[Contributor]) -> str:
    """Return the key in a list of references: ASCII letters, digits and hyphens, unique per address."""
    family = authors[0].name.family if authors else ""
    slug = edition.slug if edition.slug.isascii() else str(edition.publication_id)
    return f"{ascii_letters(family)}{edition.year}-{edition.locale}-{slug}"
