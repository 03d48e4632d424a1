"""Redirects of an old site in a file beside its export: those whose target is imported are old addresses of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from publications.stored_messages import gettext as _

from .imported_file import SourceRemark
from .links import address_on_site, link_key

MAX_STEPS = 5
"""How many redirects are followed one after another."""


@dataclass(frozen=True)
class SourceRedirect:
    """A redirect.

    Args:
        source: its old address as the file has it, which may be a pattern.
        target: where it leads; "" for an error page.
        address: the one old address that it means; "" if it is a pattern for several.
    """

    source: str
    target: str
    address: str

    def __str__(self) -> str:
        return f"{self.source} → {self.target or '–'}"


def resolve_redirects(
    redirects: Sequence[SourceRedirect], keys: Mapping[str, str], site: str
) -> tuple[dict[str, list[str]], list[SourceRedirect]]:
    """Return further old addresses by what they lead to, and the redirects that lead nowhere here.

    Args:
        keys: what texts and topics are known by, by the keys of their old addresses.
        site: the address of the old site.
    """
    targets = {link_key(row.address): row.target for row in redirects if row.address}
    found: dict[str, list[str]] = {}
    others: list[SourceRedirect] = []
    for row in redirects:
        address = address_on_site(row.address, site)
        owner = _find_owner(row.target, keys, targets, site) if address else ""
        if not owner:
            others.append(row)
        elif keys.get(link_key(address)) != owner:
            found.setdefault(owner, []).append(address)
    return found, others


def _find_owner(target: str, keys: Mapping[str, str], targets: Mapping[str, str], site: str) -> str:
    """Return what a redirect leads to, perhaps by way of other redirects, or ""."""
    for _step in range(MAX_STEPS):
        address = address_on_site(target, site)
        key = link_key(address) if address else ""
        if not key or key in keys:
            return keys.get(key, "")
        target = targets.get(key, "")
    return ""


def describe_redirects(redirects: Iterable[SourceRedirect]) -> Iterator[SourceRemark]:
    """Yield the redirects that are not kept."""
    if lost := tuple(map(str, redirects)):
        message = _(
            "Redirects of the old site that lead to no imported text, to be set at the desk (Old addresses): %d."
        )
        yield SourceRemark(message % len(lost), lost)
