"""Fill an empty site from an archive, on whichever database: all rows in one transaction, or none.

The bag is verified first. Uploaded files are stored before the rows that refer to them, and removed if those cannot be
stored. What is derived is built at the end; if that is interrupted, `manage.py prepare` completes it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.files import File
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, ForeignKey, OuterRef

from publications import search
from publications.migration_state import latest_migrations, read_migration_state
from publications.models import (
    HEAD,
    SIGNATURE,
    NamedTerm,
    SearchIndex,
    SiteSettings,
    SiteVersion,
    audit_file_name,
    find_original_fault,
    original_storage,
)
from publications.site_lock import hold_folder_lock

from . import bag, primary_keys
from .database import keep_transaction_open, without_memory_map
from .readable import FILES
from .rows import Line, MalformedRow, insert_lines, parse_line
from .tables import ARCHIVED, ArchivedTable, tables_by_name
from .write import ORIGINAL_NAME, SCHEMA_KEY

FILES_FOLDER = f"{bag.PAYLOAD}/{FILES}/"
KEYS_PATH = f"{bag.PAYLOAD}/{primary_keys.KEYS_FILE}"
ROW_SUFFIX = ".jsonl"
AUDIT_FILES = (audit_file_name(HEAD), audit_file_name(SIGNATURE))
SINGLE_ROWS = (SiteVersion, SiteSettings)
INDEXES = {"search index": search, "index of similar texts": search.similarity}


class NotEmpty(Exception):
    """The site has content; the message says of what kind."""


class OtherRelease(Exception):
    """The archive was written by a release with other tables; the message names both."""


class NotMigrated(Exception):
    """The database lacks tables."""


class RestoreIncomplete(Exception):
    """The rows are in place, and something after them is not; the message says what, and which command completes it."""


@dataclass(frozen=True)
class RestoreReport:
    """What was restored."""

    rows: int
    files: int
    site_version: int


def restore_archive(root: Path, progress: bag.StartProgress = bag.ignore_steps) -> RestoreReport:
    """Restore an archive into this site.

    Args:
        progress: called at the start of each long step.

    Raises:
        NotMigrated, NotEmpty, FolderInUse, NotABag, OtherRelease, MalformedRow: nothing was restored.
        OSError, django.db.Error: a file cannot be stored, or the database fails; nothing was restored.
        RestoreIncomplete: the rows are restored; what is derived from them is not, or not all of it.
    """
    if not root.is_dir():
        raise bag.incomplete(root)
    with hold_folder_lock(root, shared=True), without_memory_map():
        return _restore(root, progress)


def _restore(root: Path, progress: bag.StartProgress) -> RestoreReport:
    if read_migration_state().unapplied:
        raise NotMigrated
    refuse_site_with_content()
    names = bag.verify(root, progress("files verified"))
    _refuse_other_release(root)
    originals = [name for name in names if name.startswith(FILES_FOLDER)]
    _refuse_other_files(originals, names)
    if KEYS_PATH not in names:
        raise bag.NotABag(f"{KEYS_PATH} is missing. Take another copy of the archive.")
    row_files = sorted(name for name in names if name.endswith(ROW_SUFFIX) and name not in set(originals))
    with _all_or_nothing() as stored:
        _store_originals(root, originals, stored, progress("uploaded files"))
        rows = _store_rows(root, row_files, progress("files of rows"))
    _build_indexes(f"All {rows} rows and {len(originals)} files", progress)
    return RestoreReport(rows, len(originals), SiteVersion.objects.get().number)


@contextmanager
def _all_or_nothing() -> Iterator[list[str]]:
    """Yield a list for the names of files that are stored, which are removed if the rows are not stored after them.

    A commit may fail after the database has done it, as when the connection is lost: the files stay then.
    """
    stored: list[str] = []
    try:
        yield stored
    except NotEmpty:  # another restore was faster; its rows may refer to the files
        raise
    except BaseException as error:
        reason = str(error) or type(error).__name__
        match _has_content():
            case False:
                for name in stored:
                    original_storage().delete(name)
                raise
            case True:
                raise RestoreIncomplete(
                    f"All rows and files are in place, but the database reported an error at the end: {reason}. The "
                    "indexes are not built. Run “manage.py prepare”, which builds them, then “manage.py verify”."
                ) from error
        raise RestoreIncomplete(
            f"The database does not answer ({reason}), so that it is not known whether the rows are in place. Mend "
            "that and run “manage.py restore” again: if it says that the site is not empty, all rows and files are "
            "restored, and “manage.py prepare” builds the indexes."
        ) from error


def _has_content() -> bool | None:
    """Return whether the site has rows of an archive; None if the database does not answer."""
    try:
        refuse_site_with_content()
    except NotEmpty:
        return True
    except DatabaseError:
        return None
    return False


def _build_indexes(restored: str, progress: bag.StartProgress) -> None:
    for name, index in INDEXES.items():
        show = progress(f"steps of the {name}")
        try:
            for done, total in index.rebuild():
                show(done, total)
        except (Exception, KeyboardInterrupt) as error:  # whatever it is: the rows are in place
            reason = str(error) or type(error).__name__
            raise RestoreIncomplete(
                f"{restored} are restored, and stay. The {name} could not be built: {reason}. Run “manage.py "
                "prepare”, which builds what is missing; this command is not to be run again."
            ) from error


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


def _refuse_other_files(paths: Iterable[str], digests: Mapping[str, str]) -> None:
    """Raise NotABag for a file that no site has uploaded: the name of each holds the SHA-256 of its bytes."""
    for path in paths:
        name = path.removeprefix(FILES_FOLDER)
        match = ORIGINAL_NAME.fullmatch(name)
        if name not in AUDIT_FILES and not (match and match[1] == digests[path]):
            raise bag.NotABag(f"{path} is no uploaded file: its name is not the SHA-256 of its bytes.")


def _store_originals(root: Path, paths: Sequence[str], stored: list[str], progress: bag.Progress) -> None:
    """Store uploaded files that the storage lacks, and add their names to a list."""
    storage = original_storage()
    for done, path in enumerate(paths, start=1):
        progress(done, len(paths))
        name = path.removeprefix(FILES_FOLDER)
        if ORIGINAL_NAME.fullmatch(name) and not find_original_fault(name):
            continue
        stored.append(name)
        with (root / path).open("rb") as file:
            storage.save(name, File(file))


@transaction.atomic
def _store_rows(root: Path, names: Sequence[str], progress: bag.Progress) -> int:
    """Replace the first rows of the new site by those of the archive."""
    keep_transaction_open()
    refuse_site_with_content()
    _empty_seeded_tables()
    count = insert_lines(tables_by_name(), _read_lines(root, names, progress))
    _refuse_incomplete_rows(root, names)
    keys = (root / KEYS_PATH).read_bytes()
    primary_keys.continue_keys(primary_keys.parse_highest_keys(keys, KEYS_PATH))
    SearchIndex.objects.update(version=0, similarity_version=0)
    return count


def _refuse_incomplete_rows(root: Path, names: Sequence[str]) -> None:
    """Raise MalformedRow for a row that refers to one that is not there, or a site without its only row of a table."""
    for model in SINGLE_ROWS:
        if model.objects.count() != 1:
            raise MalformedRow(f"{model._meta.label_lower}: an archive has one row of this table")
    for table in ARCHIVED:
        for field in table.fields:
            if isinstance(field, ForeignKey) and (row := _find_dangling_row(table, field)):
                place = _find_place(root, names, table, row.pk)
                value = getattr(row, field.attname)
                raise MalformedRow(f"{place}: {field.name} refers to the row {value}, which is not there")


def _find_dangling_row(table: ArchivedTable, field: ForeignKey):
    targets = field.related_model._base_manager.filter(pk=OuterRef(field.attname))
    rows = table.model._base_manager.exclude(**{f"{field.attname}__isnull": True}).only("pk", field.attname)
    return rows.filter(~Exists(targets)).order_by("pk").first()


def _find_place(root: Path, names: Sequence[str], table: ArchivedTable, pk: int) -> str:
    for line in _read_lines(root, names):
        row = parse_line(line)
        if (row["model"], row["pk"]) == (table.name, pk):
            return line.place
    return f"{table.name} {pk}"


def _read_lines(
    root: Path, names: Sequence[str], progress: bag.Progress = bag.ignore_progress
) -> Iterator[Line]:
    for done, name in enumerate(names, start=1):
        progress(done, len(names))
        with (root / name).open("rb") as file:
            for number, content in enumerate(file, start=1):
                yield Line(content, name, number)


def _empty_seeded_tables() -> None:
    models = [table.model for table in ARCHIVED if table.is_seeded]
    with connection.cursor() as cursor:
        for model in (*models, NamedTerm):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (a name of ours)
