"""The old addresses that an import adds: counted for its report, and recorded so that its undo can remove them."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import batched

from django.db import transaction
from django.db.models import Max

from publications import actions
from publications.models import ArchiveImport, Redirect

from .report import FileReport, ImportReport

ROWS_PER_QUERY = 500


@contextmanager
def collect_new_addresses(report: ImportReport) -> Iterator[set[int]]:
    """Add the old addresses that the block stores to a report; whoever else adds or renames something waits.

    Yields:
        Their primary keys, once the block has ended.
    """
    new: set[int] = set()
    with transaction.atomic():
        actions.lock_site_version()
        last = Redirect.objects.aggregate(last=Max("pk"))["last"] or 0
        yield new
        new.update(Redirect.objects.filter(pk__gt=last).values_list("pk", flat=True))
    report.new_redirects |= new


def count_new_addresses(redirects: Collection[int]) -> dict[str, int]:
    """Return how many of some old addresses lead to texts, how many to others, and how many to what nobody sees yet."""
    counts = Counter(texts=0, others=0, pending=0)
    for batch in batched(sorted(redirects), ROWS_PER_QUERY):
        rows = Redirect.objects.filter(pk__in=batch)
        answering = rows.answering()
        texts = answering.filter(publication__isnull=False, file_digest="").count()
        total = answering.count()
        counts.update(texts=texts, others=total - texts, pending=rows.count() - total)
    return dict(counts)


def record_addresses_of_texts(job_pk: int | None, new: Collection[int], files: Sequence[FileReport]) -> None:
    """Let the undo of an import remove the old addresses that it has added to texts of other imports.

    Those of texts that it has created itself stay with these: a withdrawn text still has to answer there. What another
    import has added and this one has too is left by the undo of the other one.
    """
    texts = [file.publication.pk for file in files if file.publication]
    paths = {Redirect.normalize_path(path) for file in files for path in file.imported.former_paths if path}
    redirects = list(Redirect.objects.filter(publication__in=texts, path__in=paths))
    kept_again = [redirect for redirect in redirects if redirect.pk not in new]
    ArchiveImport.objects.record_addresses(job_pk, (), kept_again)
    if new and (job := ArchiveImport.objects.filter(pk=job_pk).first()):
        own = job.created_publications.values("pk")
        added = Redirect.objects.filter(pk__in=new, publication__isnull=False).exclude(publication__in=own)
        job.kept_addresses.add(*added)
