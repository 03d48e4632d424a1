"""Rebuild an index. Each rebuild has a site version and an audit entry of its own: pages are rendered again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from publications import search
from publications.models import ActionType

from .transaction import increment_site_version, lock_site_version

INDEXES = {"search": search, "similarity": search.similarity}
"""The modules of indexes, in the order of rebuilding. `rebuild` of each yields how many steps are done, of how many."""

Progress = Callable[[int, int], object]
"""Called with how many steps are done, of how many."""


def rebuild_index(name: str, *, progress: Progress = lambda _done, _total: None, by=None) -> None:
    """Rebuild one of INDEXES. Other actions may run at the same time."""
    with new_version_after_rebuild(name, by=by):
        for done, total in INDEXES[name].rebuild():
            progress(done, total)


@contextmanager
def new_version_after_rebuild(part: str, *, by=None) -> Iterator[None]:
    """Increment the site version when the block ends, also if it is broken off: its steps may have changed pages.

    Args:
        part: what is rebuilt, for the audit entry.
    """
    try:
        yield
    finally:
        with transaction.atomic():
            site_version = lock_site_version()
            at = max(site_version.changed_at, timezone.now())
            increment_site_version(site_version, at=at, by=by).write_audit_entry(ActionType.REBUILD, part)
