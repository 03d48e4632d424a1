"""Fill an empty site from an archive, on whichever database: all rows in one transaction, or none.

The bag is verified first. Uploaded files are stored before the rows that refer to them. What is derived is built at the
end; if that is interrupted, `manage.py prepare` completes it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.files import File
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max

from publications import search
from publications.migration_state import latest_migrations, read_migration_state
from publications.models import (
    AuditEntry,
    NamedTerm,
    Publication,
    SearchIndex,
    SiteVersion,
    find_original_fault,
    original_storage,
)
from publications.site_lock import hold_folder_lock

from . import bag
from .readable import FILES
from .rows import insert_lines
from .tables import ARCHIVED, tables_by_name
from .write import ORIGINAL_NAME, SCHEMA_KEY

FILES_FOLDER = f"{bag.PAYLOAD}/{FILES}/"
ROW_SUFFIX = ".jsonl"


class NotEmpty(Exception):
    """The site has content; the message says of what kind."""


class OtherRelease(Exception):
    """The archive was written by a release with other tables; the message names both."""


class NotMigrated(Exception):
    """The database lacks tables."""


@dataclass(frozen=True)
class RestoreReport:
    """What was restored."""

    rows: int
    files: int
    site_version: int


def restore_archive(root: Path, progress: bag.Progress = lambda _done, _total: None) -> RestoreReport:
    """Restore an archive into this site.

    Args:
        progress: called while the files of the archive are verified.

    Raises:
        NotMigrated, NotEmpty, FolderInUse, NotABag, OtherRelease, UnknownRow: nothing was changed.
        django.db.Error: the database refuses a row; no row was stored.
        OSError: a file cannot be stored; no row was stored.
    """
    if not root.is_dir():
        raise bag.NotABag(bag.INCOMPLETE.format(root=root))
    with hold_folder_lock(root, shared=True):
        return _restore(root, progress)


def _restore(root: Path, progress: bag.Progress) -> RestoreReport:
    if read_migration_state().unapplied:
        raise NotMigrated
    refuse_site_with_content()
    names = bag.verify(root, progress)
    _refuse_other_release(root)
    originals = [name for name in names if name.startswith(FILES_FOLDER)]
    _store_originals(root, originals)
    row_files = sorted(name for name in names if name.endswith(ROW_SUFFIX) and name not in set(originals))
    rows = _store_rows(root, row_files)
    for _step in (*search.rebuild(), *search.similarity.rebuild()):
        pass
    return RestoreReport(rows, len(originals), SiteVersion.objects.get().number)


def refuse_site_with_content() -> None:
    """Raise NotEmpty if a table has rows that a new site does not have."""
    counts = {table.name: table.model._base_manager.count() for table in ARCHIVED if not table.is_seeded}
    if contents := [f"{name}: {count}" for name, count in counts.items() if count]:
        raise NotEmpty(", ".join(contents))


def _refuse_other_release(root: Path) -> None:
    schema = bag.parse_info((root / bag.INFO).read_bytes()).get(SCHEMA_KEY, "")
    if schema != (own := ", ".join(latest_migrations())):
        raise OtherRelease(
            f"The archive has the tables of {schema or 'an unknown release'}; this release has {own}."
        )


def _store_originals(root: Path, names: Iterable[str]) -> None:
    storage = original_storage()
    for path in names:
        name = path.removeprefix(FILES_FOLDER)
        if ORIGINAL_NAME.fullmatch(name) and not find_original_fault(name):
            continue
        with (root / path).open("rb") as file:
            storage.save(name, File(file))


@transaction.atomic
def _store_rows(root: Path, names: Iterable[str]) -> int:
    """Replace the first rows of the new site by those of the archive. References are checked at the commit."""
    refuse_site_with_content()
    _empty_seeded_tables()
    count = insert_lines(tables_by_name(), _read_lines(root, names))
    _continue_primary_keys()
    SearchIndex.objects.update(version=0, similarity_version=0)
    return count


def _read_lines(root: Path, names: Iterable[str]) -> Iterator[bytes]:
    for name in names:
        with (root / name).open("rb") as file:
            yield from file


def _empty_seeded_tables() -> None:
    models = [table.model for table in ARCHIVED if table.is_seeded]
    with connection.cursor() as cursor:
        for model in (*models, NamedTerm):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (a name of ours)


def _continue_primary_keys() -> None:
    """Let new rows have higher primary keys than all restored ones, and than the deleted drafts that the log names."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in ARCHIVED]):
            cursor.execute(statement)
        table, column = Publication._meta.db_table, Publication._meta.pk.column
        highest = _highest_publication()
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [highest, table])
        elif highest:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, column, highest])


def _highest_publication() -> int:
    """Return the highest primary key of a publication that there is, or that an audit entry names."""
    stored = Publication.with_deleted.aggregate(highest=Max("pk"))["highest"] or 0
    entries = AuditEntry.objects.order_by().values_list("changed_publications", "public_part__publication")
    named = (pk for changed, own in entries.iterator() for pk in (*(changed or ()), own or 0))
    return max(stored, max(named, default=0))
