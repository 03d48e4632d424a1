"""The report of a redaction: what it replaced or deleted, and what it left."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256

from publications import markup
from publications.html_tree import Element, parse
from publications.models import Edition, Publication

from .redacted_addresses import LinkingPublication
from .redacted_values import EDITION_TEXTS, IDENTIFIERS, related_links_of

HtmlByEdition = list[tuple[Edition, Element]]


@dataclass(frozen=True)
class RedactionReport:
    """What a redaction replaced and what it left. Equal reports have equal fingerprints."""

    passage: str
    mark: str
    """The text in place of the passage."""
    editions: list[int]
    """Numbers of the editions that contained the passage."""
    spellings: list[str]
    """The spellings that were found, in editions, draft and history: "IVAN PETROV", "Ivan Petrovs"."""
    links: list[str]
    """Targets of links that contained the passage."""
    addresses: list[str]
    """The publication's own addresses, file names and identifiers that contained it."""
    files: list[str]
    """Names of Word files that contained it, which are deleted."""
    remaining_words: list[str]
    """Words of the public editions that are similar to the passage, or a part of it, and stay."""
    linked_from: list[LinkingPublication]
    """Other publications with a link to an address that the redaction removes."""
    remaining_addresses: list[str]
    """Addresses, file names, identifiers and links that contain a name in the passage, and stay."""

    @property
    def fingerprint(self) -> str:
        return sha256(json.dumps(asdict(self)).encode()).hexdigest()


def build_report(
    publication: Publication,
    redaction: markup.Redaction,
    editions: list[Edition],
    linked_from: list[LinkingPublication],
) -> RedactionReport:
    """Return the report of a redaction that is done but not committed.

    Args:
        editions: those that contained the passage.
        linked_from: other publications with a link to an address that the redaction removes.
    """
    public = publication.editions.ever_public() | publication.editions.scheduled()
    parsed = [(edition, parse(edition.html)) for edition in public.prefetch_related("attachments")]
    remaining_words = {
        word for text in _texts(publication, parsed) for word in redaction.remaining_words(text)
    }
    addresses = set(_addresses(publication, parsed))
    return RedactionReport(
        passage=" · ".join(redaction.passages),
        mark=redaction.mark,
        editions=[edition.number for edition in editions],
        spellings=sorted(redaction.spellings),
        links=sorted(redaction.links),
        addresses=sorted(redaction.addresses),
        files=sorted(redaction.files),
        remaining_words=sorted(remaining_words),
        linked_from=linked_from,
        remaining_addresses=sorted(filter(redaction.has_any_name_in, addresses)),
    )


def _texts(publication: Publication, editions: HtmlByEdition) -> Iterator[str]:
    """Yield all text that readers see of these editions."""
    for edition, root in editions:
        yield from (getattr(edition, name) for name in EDITION_TEXTS)
        yield edition.plain_text
        yield from (file.label for file in edition.attachments.all())
        yield from (text for name, text in markup.readable_attributes(root) if name != "href")
    yield from related_links_of(publication).values_list("reason", flat=True)


def _addresses(publication: Publication, editions: HtmlByEdition) -> Iterator[str]:
    """Yield the addresses of a publication, its identifiers, and the files and links of these editions."""
    yield publication.slug
    yield from publication.addresses.values_list("slug", flat=True)
    yield from (redirect.address for redirect in publication.redirects.all())
    for edition, root in editions:
        yield from (edition.slug, *(getattr(edition, name) for name in IDENTIFIERS))
        yield from (file.filename for file in edition.attachments.all())
        yield from markup.link_targets_of(root)
