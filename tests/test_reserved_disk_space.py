"""A full disk: pages and commands report it, withdrawing still works, and imports stop."""

import errno
import os
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.urls import reverse

from publications import actions
from publications.models import Edition, Publication
from publications.reserved_disk_space import is_disk_full_error, reserve_disk_space, retry_with_reserved_space
from tests.conftest import ROOT
from tests.factories import make_live, make_publication

KILOBYTE = 1024
WRITING = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def reserve(settings):
    """A reserve of a hundred kilobytes."""
    settings.RESERVED_SPACE_BYTES = 100 * KILOBYTE
    reserve_disk_space()
    return settings.RESERVED_SPACE_FILE


@contextmanager
def full_disk(*, until_gone: Path | None = None):
    """Let the database refuse all writes, or only while a file exists."""

    def refuse(execute, sql, params, many, context):
        if sql.lstrip().startswith(WRITING) and (until_gone is None or until_gone.exists()):
            raise OperationalError from sqlite_error(sqlite3.SQLITE_FULL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = code
    return error


class DiskFull(Exception):
    sqlstate = "53100"


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left"),
        OSError(errno.EDQUOT, "Quota"),
        sqlite_error(sqlite3.SQLITE_FULL),
        DiskFull(),
    ],
    ids=str,
)
def test_each_error_of_a_full_disk_is_recognised(error):
    wrapped = OperationalError()
    wrapped.__cause__ = error

    assert is_disk_full_error(error) and is_disk_full_error(wrapped)


@pytest.mark.parametrize(
    "error", [None, OSError(errno.EACCES, "No"), sqlite_error(sqlite3.SQLITE_IOERR), ValueError()], ids=str
)
def test_other_errors_are_not_taken_for_a_full_disk(error):
    assert not is_disk_full_error(error)


def test_the_error_of_sqlite_is_recognised():
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA max_page_count = 2")
    database.execute("CREATE TABLE t (x)")

    with pytest.raises(sqlite3.Error) as raised:
        database.execute("INSERT INTO t VALUES (zeroblob(100000))")

    assert is_disk_full_error(raised.value)


def test_the_reserve_has_its_full_size_and_is_private(reserve):
    assert reserve.stat().st_size == 100 * KILOBYTE
    assert reserve.stat().st_mode & 0o077 == 0


def test_a_truncated_reserve_is_restored(reserve):
    os.truncate(reserve, 10)

    reserve_disk_space()

    assert reserve.stat().st_size == 100 * KILOBYTE


@pytest.mark.django_db
def test_tidy_restores_the_reserve(settings):
    settings.RESERVED_SPACE_BYTES = 10
    call_command("tidy")

    assert settings.RESERVED_SPACE_FILE.stat().st_size == 10


def withdraw(edition: Edition, by) -> None:
    actions.withdraw(edition.publication, by=by)


def undo(edition: Edition, by) -> None:
    actions.undo(edition.publication, by=by)


def redact(edition: Edition, by) -> None:
    actions.redact(edition.publication, "Vera Holm", by=by)


@pytest.mark.django_db
@pytest.mark.parametrize("action", [withdraw, undo, redact])
def test_withdraw_undo_and_redact_work_on_a_full_disk(reserve, editor, client, action):
    edition = make_live(body="Vera Holm said it.")

    with full_disk(until_gone=reserve):
        action(edition, editor)

    assert b"Vera Holm" not in client.get(edition.get_absolute_url()).content
    assert reserve.stat().st_size == 100 * KILOBYTE  # there is room here, so it is made again


@pytest.mark.django_db
def test_a_redaction_is_previewed_on_a_full_disk(reserve, editor):
    edition = make_live(body="Vera Holm said it.")

    with full_disk(until_gone=reserve):
        preview = actions.preview_redaction(edition.publication, "Vera Holm", by=editor)

    assert preview.editions == [1] and Edition.objects.get().redaction_count == 0


@pytest.mark.django_db
def test_publishing_does_not_use_the_reserve(reserve, editor):
    publication = make_publication()

    with full_disk(until_gone=reserve), pytest.raises(OperationalError):
        actions.publish(publication, by=editor)

    assert reserve.exists() and not Edition.objects.exists()


@pytest.mark.django_db
def test_an_editor_withdraws_at_the_desk_on_a_full_disk(reserve, desk):
    edition = make_live()
    address = reverse("desk:withdraw", args=[edition.publication_id])

    with full_disk(until_gone=reserve):
        response = desk.post(address, {"note": "", "state": actions.public_state(edition.publication)})

    assert response.status_code == 302 and "Withdrawn." in desk.get(response["Location"]).text
    assert desk.get(edition.get_absolute_url()).status_code == 410


def test_without_a_reserve_the_error_is_raised(settings):
    tries = []

    def work() -> None:
        tries.append(1)
        raise OSError(errno.ENOSPC, "No space left")

    with pytest.raises(OSError, match="No space left"):
        retry_with_reserved_space(work)()

    assert len(tries) == 2


def test_another_error_does_not_release_the_reserve(reserve):
    def work() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        retry_with_reserved_space(work)()

    assert reserve.exists()


@pytest.mark.django_db
def test_the_desk_says_that_the_disk_is_full(desk):
    desk.raise_request_exception = False
    publication = make_publication()
    form = {"of": publication.pk, "add": "Belarus"}

    with full_disk():
        response = desk.post(f"{reverse('desk:bulk-tags')}?of={publication.pk}", form)

    assert response.status_code == 503 and response["Retry-After"]
    assert "The disk is full" in response.text and "css/desk.css" in response.text
    assert "withdraw, undo and redact" in response.text and "has not been stored" in response.text


@pytest.mark.django_db
def test_a_session_that_cannot_be_stored_is_answered_503(desk):
    desk.raise_request_exception = False
    edition = make_live()

    with full_disk():
        response = desk.post(reverse("desk:withdraw", args=[edition.publication_id]), {"note": ""})

    assert response.status_code == 503 and "The disk is full" in response.text


@pytest.mark.django_db
def test_an_import_stops_where_the_disk_is_full(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.md").write_text(f"---\ntitle: Text {number}\n---\nWords.\n")

    with full_disk(), pytest.raises(OperationalError):
        call_command("import_publications", tmp_path, processes=1)

    assert not Publication.objects.exists()


def test_a_command_reports_a_full_disk(tmp_path):
    program = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); sys.argv = ['manage.py', 'check']; runpy.run_path('manage.py', run_name='__main__')"
    environment = {**os.environ, "SITE_DATA": str(tmp_path / "new"), "SECRET_KEY": ""}

    completed = subprocess.run(
        [sys.executable, "-B", "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert completed.returncode == 1
    assert completed.stderr.startswith("The disk is full") and "Traceback" not in completed.stderr
