"""A full disk: pages and commands say so, what is public can still be taken back, and imports stop."""

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
from publications.disk_reserve import is_disk_full, keep_disk_reserve, with_disk_reserve
from publications.models import Edition, Publication
from tests.conftest import ROOT
from tests.factories import make_live, make_publication

KILOBYTE = 1024
WRITING = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def reserve(settings):
    """A reserve of a hundred kilobytes."""
    settings.DISK_RESERVE_BYTES = 100 * KILOBYTE
    keep_disk_reserve()
    return settings.DISK_RESERVE


@contextmanager
def full_disk(*, until_gone: Path | None = None):
    """The database takes nothing: at all, or as long as the file is there."""

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
def test_each_word_for_a_full_disk_is_understood(error):
    wrapped = OperationalError()
    wrapped.__cause__ = error

    assert is_disk_full(error) and is_disk_full(wrapped)


@pytest.mark.parametrize(
    "error", [None, OSError(errno.EACCES, "No"), sqlite_error(sqlite3.SQLITE_IOERR), ValueError()], ids=str
)
def test_other_errors_are_no_full_disk(error):
    assert not is_disk_full(error)


def test_sqlite_itself_says_that_it_is_full():
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA max_page_count = 2")
    database.execute("CREATE TABLE t (x)")

    with pytest.raises(sqlite3.Error) as raised:
        database.execute("INSERT INTO t VALUES (zeroblob(100000))")

    assert is_disk_full(raised.value)


def test_a_reserve_is_kept_in_full_and_for_its_owner_alone(reserve):
    assert reserve.stat().st_size == 100 * KILOBYTE
    assert reserve.stat().st_mode & 0o077 == 0


def test_a_reserve_that_has_become_smaller_is_made_whole(reserve):
    os.truncate(reserve, 10)

    keep_disk_reserve()

    assert reserve.stat().st_size == 100 * KILOBYTE


@pytest.mark.django_db
def test_tidy_makes_the_reserve_again(settings):
    settings.DISK_RESERVE_BYTES = 10
    call_command("tidy")

    assert settings.DISK_RESERVE.stat().st_size == 10


def withdraw(edition: Edition, by) -> None:
    actions.withdraw(edition.publication, by=by)


def undo(edition: Edition, by) -> None:
    actions.undo(edition.publication, by=by)


def redact(edition: Edition, by) -> None:
    actions.redact(edition.publication, "Vera Holm", by=by)


@pytest.mark.django_db
@pytest.mark.parametrize("take_back", [withdraw, undo, redact])
def test_what_is_public_can_be_taken_back_on_a_full_disk(reserve, editor, client, take_back):
    edition = make_live(body="Vera Holm said it.")

    with full_disk(until_gone=reserve):
        take_back(edition, editor)

    assert b"Vera Holm" not in client.get(edition.get_absolute_url()).content
    assert reserve.stat().st_size == 100 * KILOBYTE  # there is room here, so it is made again


@pytest.mark.django_db
def test_what_a_redaction_would_take_is_shown_on_a_full_disk(reserve, editor):
    edition = make_live(body="Vera Holm said it.")

    with full_disk(until_gone=reserve):
        preview = actions.preview_redaction(edition.publication, "Vera Holm", by=editor)

    assert preview.editions == [1] and Edition.objects.get().redaction_count == 0


@pytest.mark.django_db
def test_what_adds_to_the_site_gets_nothing_of_the_reserve(reserve, editor):
    publication = make_publication()

    with full_disk(until_gone=reserve), pytest.raises(OperationalError):
        actions.publish(publication, by=editor)

    assert reserve.exists() and not Edition.objects.exists()


@pytest.mark.django_db
def test_an_editor_withdraws_at_the_desk_on_a_full_disk(reserve, desk):
    edition = make_live()
    address = reverse("desk:withdraw", args=[edition.publication_id])

    with full_disk(until_gone=reserve):
        answer = desk.post(address, {"note": "", "state": actions.public_state(edition.publication)})

    assert answer.status_code == 302 and "Withdrawn." in desk.get(answer["Location"]).text
    assert desk.get(edition.get_absolute_url()).status_code == 410


def test_where_there_is_no_reserve_the_error_comes_through(settings):
    tries = []

    def work() -> None:
        tries.append(1)
        raise OSError(errno.ENOSPC, "No space left")

    with pytest.raises(OSError, match="No space left"):
        with_disk_reserve(work)()

    assert len(tries) == 2


def test_another_error_releases_nothing(reserve):
    def work() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        with_disk_reserve(work)()

    assert reserve.exists()


@pytest.mark.django_db
def test_the_desk_says_that_the_disk_is_full(desk):
    desk.raise_request_exception = False
    publication = make_publication()
    form = {"of": publication.pk, "add": "Belarus"}

    with full_disk():
        answer = desk.post(f"{reverse('desk:bulk-tags')}?of={publication.pk}", form)

    assert answer.status_code == 503 and answer["Retry-After"]
    assert "The disk is full" in answer.text and "css/desk.css" in answer.text
    assert "withdraw, undo and redact" in answer.text and "has not been stored" in answer.text


@pytest.mark.django_db
def test_a_session_that_a_full_disk_does_not_take_is_no_bad_request(desk):
    desk.raise_request_exception = False
    edition = make_live()

    with full_disk():
        answer = desk.post(reverse("desk:withdraw", args=[edition.publication_id]), {"note": ""})

    assert answer.status_code == 503 and "The disk is full" in answer.text


@pytest.mark.django_db
def test_an_import_stops_where_the_disk_is_full(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.md").write_text(f"---\ntitle: Text {number}\n---\nWords.\n")

    with full_disk(), pytest.raises(OperationalError):
        call_command("import_publications", tmp_path, processes=1)

    assert not Publication.objects.exists()


def test_a_command_says_what_to_do_about_a_full_disk(tmp_path):
    program = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); sys.argv = ['manage.py', 'check']; runpy.run_path('manage.py', run_name='__main__')"
    environment = {**os.environ, "SITE_DATA": str(tmp_path / "new"), "SECRET_KEY": ""}

    done = subprocess.run(
        [sys.executable, "-B", "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("The disk is full") and "Traceback" not in done.stderr
