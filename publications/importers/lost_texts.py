"""Public texts that an earlier import of a source brought and that the source has no longer: they stay as they are.

An import is of the same source if this run is recorded with it, or if the source has at least half of its texts: less
is another source with a few names in common, or a part of one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import batched

from publications.models import ArchiveImport, Edition, Publication, with_status
from publications.stored_messages import gettext as _

from .imported_file import LOST_TEXT, SourceRemark
from .options import ImportOptions
from .report import FileReport, ImportReport

UIDS_PER_QUERY = 500


def report_lost_texts(uids: Collection[str], report: ImportReport, options: ImportOptions) -> None:
    """Add the public texts to a report that its source has no longer, once its files are imported.

    Args:
        uids: of all texts of the source, those that are not imported included.
    """
    texts = list(_find_lost_texts(uids, options.archive_import))
    if not texts:
        return
    others = {(file.title.casefold(), file.language): file for file in report.files if file.uid}
    items = []
    for text in texts:
        other = others.get((text.title.casefold(), text.language))
        report.lost_texts[str(text.uid)] = other.uid if other else ""
        address = Edition(locale=text.locale, slug=text.slug).get_absolute_url()
        items.append(f"{text.title} ({address})" + (f": {describe_double(other)}" if other else ""))
    message = _("Public texts that the source has no longer (nothing is done to them):")
    report.source_notes.append(SourceRemark(message, tuple(items), topic=LOST_TEXT))


def describe_double(other: FileReport | Publication) -> str:
    """Return that a source has a text of the same title under another name."""
    return _("the source has “%s” at another place: the text may be public twice") % other.title


def _find_lost_texts(uids: Collection[str], archive_import: int | None) -> Iterator[Publication]:
    brought: dict[int, set[str]] = defaultdict(set)
    rows = ArchiveImport.objects.filter(created_publications__isnull=False).order_by("pk")
    for job, uid in rows.values_list("pk", "created_publications__uid").iterator():
        brought[job].add(str(uid))
    lost = set().union(
        *(
            texts.difference(uids)
            for job, texts in brought.items()
            if job == archive_import or 2 * len(texts.intersection(uids)) >= len(texts)
        )
    )
    for batch in batched(sorted(lost), UIDS_PER_QUERY):
        texts = with_status(Publication.objects.filter(uid__in=batch)).defer("body").order_by("title", "pk")
        yield from (text for text in texts if text.live_from)
