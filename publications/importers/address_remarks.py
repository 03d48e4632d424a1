"""What an import says of the old addresses of texts: of pending ones, and of texts of which the source tells none."""

from collections.abc import Collection, Iterator, Sequence
from itertools import batched

from publications.models import Redirect
from publications.stored_messages import gettext as _

from .imported_file import HOME_PAGE, NOT_PUBLIC, SourceRemark
from .left_addresses import key_of_redirect
from .report import FileReport
from .source import ImportSource
from .sources import MARKDOWN

PUBLICATIONS_PER_QUERY = 500
UNKNOWN_ADDRESS = "unknown-address"
"""The topic of the remark on texts whose old address the source does not tell."""
PENDING_ADDRESS = "waiting-address"  # as stored reports have it
"""The topic of remarks on pending addresses: those of texts that readers do not see yet."""


def describe_addresses(
    source: ImportSource, files: Sequence[FileReport], *, is_publishing: bool
) -> Iterator[SourceRemark]:
    """Yield remarks on the old addresses of imported texts.

    Args:
        files: the reports of the texts, once those that may be public are published.
    """
    texts = {file.uid: file for file in files if file.publication}
    entries = [entry for entry in source.entries if entry.uid in texts]
    hidden = [
        entry for entry in entries if not (texts[entry.uid].is_published or texts[entry.uid].was_public)
    ]
    kept = _find_kept({texts[entry.uid].publication.pk for entry in hidden})
    addresses = dict.fromkeys(address for entry in hidden for address in entry.former_paths)
    pending = [address for address in addresses if key_of_redirect(address) in kept]
    pending += _find_pending_images({key for entry in hidden for key in texts[entry.uid].images})
    yield from describe_pending_addresses(pending, is_listed=is_publishing)
    if source.system == MARKDOWN.name:
        shown = [entry for entry in entries if not texts[entry.uid].notes_on(NOT_PUBLIC)]
        texts_of_others = [entry for entry in shown if not entry.manuscript_slug]
        unknown = tuple(entry.source for entry in texts_of_others if not entry.former_paths)
        yield from describe_unknown_addresses(unknown, len(texts_of_others))


def _find_kept(publications: set[int]) -> set[tuple[str, str]]:
    """Return path and query of the old addresses that lead to these publications, once they are public."""
    kept: set[tuple[str, str]] = set()
    for batch in batched(publications, PUBLICATIONS_PER_QUERY):
        kept |= set(Redirect.objects.filter(publication__in=batch).values_list("path", "query"))
    return kept


def _find_pending_images(keys: Collection[str]) -> list[str]:
    """Return the old addresses of those of these images that no public text shows."""
    redirects = Redirect.objects.filter(image__key__in=keys).leading_nowhere() if keys else ()
    return sorted(redirect.address for redirect in redirects)


def describe_pending_addresses(addresses: Sequence[str], *, is_listed: bool = True) -> Iterator[SourceRemark]:
    """Yield what the old addresses of hidden texts answer until these are public, and which they are."""
    numbers = tuple(address for address in addresses if Redirect.normalize_path(address) == HOME_PAGE)
    others = tuple(address for address in addresses if address not in numbers)
    if others:
        message = _(
            "Old addresses of texts that readers do not see yet, which answer 404 until these are published: %d."
        )
        yield SourceRemark(message % len(others), others if is_listed else (), PENDING_ADDRESS)
    if numbers:
        message = _(
            "Old addresses of texts that readers do not see yet, which lead to the home page until these are "
            "published: %d."
        )
        yield SourceRemark(message % len(numbers), numbers if is_listed else (), PENDING_ADDRESS)


def describe_unknown_addresses(unknown: tuple[str, ...], texts: int) -> Iterator[SourceRemark]:
    """Yield which of so many texts have no old address, if there are any."""
    if unknown:
        message = _(
            "Texts whose old address the folder does not tell: %(count)d of %(texts)d. If they had one, import them "
            "again with the pattern of the old addresses, such as /:year/:month/:day/:title/ (--permalink, at the "
            "desk in the settings)."
        )
        yield SourceRemark(message % {"count": len(unknown), "texts": texts}, unknown, UNKNOWN_ADDRESS)
