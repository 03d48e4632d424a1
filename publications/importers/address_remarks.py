"""What an import says of the old addresses of texts: of those that wait for their text, and of texts without one."""

from collections.abc import Iterator, Sequence

from publications.models import Redirect
from publications.stored_messages import gettext as _

from .imported_file import HOME_PAGE, NOT_PUBLIC, SourceRemark
from .report import FileReport
from .source import ImportSource, SourceEntry
from .sources import MARKDOWN

UNKNOWN_ADDRESS = "unknown-address"
"""The topic of the remark on texts whose old address the source does not tell."""


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
    yield from _describe_hidden(hidden, is_publishing=is_publishing)
    if source.system == MARKDOWN.name:
        shown = [entry for entry in entries if not texts[entry.uid].notes_on(NOT_PUBLIC)]
        yield from _describe_unknown([entry for entry in shown if not entry.manuscript_slug])


def _describe_hidden(entries: Sequence[SourceEntry], *, is_publishing: bool) -> Iterator[SourceRemark]:
    """Yield what the old addresses answer until their text is public, and which, if the others are published."""
    addresses = list(dict.fromkeys(address for entry in entries for address in entry.former_paths))
    numbers = tuple(address for address in addresses if Redirect.normalize_path(address) == HOME_PAGE)
    others = tuple(address for address in addresses if address not in numbers)
    if others:
        message = _(
            "Old addresses of texts that readers do not see yet, which answer 404 until these are published: %d."
        )
        yield SourceRemark(message % len(others), others if is_publishing else ())
    if numbers:
        message = _(
            "Old addresses of texts that readers do not see yet, which lead to the home page until these are "
            "published: %d."
        )
        yield SourceRemark(message % len(numbers), numbers if is_publishing else ())


def _describe_unknown(entries: Sequence[SourceEntry]) -> Iterator[SourceRemark]:
    unknown = sum(not entry.former_paths for entry in entries)
    if unknown:
        message = _(
            "Texts whose old address the folder does not tell: %(count)d of %(texts)d. If they had one, import them "
            "again with the pattern of the old addresses, such as /:year/:month/:day/:title/ (--permalink, at the "
            "desk in the settings)."
        )
        values = {"count": unknown, "texts": len(entries)}
        yield SourceRemark(message % values, topic=UNKNOWN_ADDRESS)
