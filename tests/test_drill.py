"""Drills: a backup is restored elsewhere, verified, and the result reported to a site, which stores it."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pyrage import x25519

from publications.minisign import SecretKey
from publications.models import Operation, OperationRecord
from tests.own_databases import own_database, run_python
from tests.test_deploying import DEPLOY, ORIGINAL, _lose_original, _sound, opened, run
from tests.test_deploying import site as site_without_accounts

pytestmark = pytest.mark.django_db
__all__ = ["_sound", "site_without_accounts"]
SERVER = os.environ.get("DATABASE_URL", "")
IDENTITY, KEY = x25519.Identity.generate(), SecretKey.generate()


@pytest.fixture
def site(site_without_accounts):
    with opened(site_without_accounts) as database:
        database.execute(
            "INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, is_staff, is_active,"
            " date_joined) VALUES ('ann', '', '', '', '', 1, 1, 1, '2026-01-01')"
        )
    return site_without_accounts


@contextmanager
def site_that_takes_reports(client, settings):
    """Yield the address of a server that hands what is posted there to the client of a test."""
    posts: list = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            answered.wait(60)
            self.send_response(responses[-1].status_code)
            self.end_headers()
            self.wfile.write(responses[-1].content)

        def log_message(self, *_arguments) -> None:
            pass

    answered, responses = threading.Event(), []
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        settings.SITE_URL = f"http://127.0.0.1:{server.server_port}"
        settings.DRILL_PUBLIC_KEY = str(KEY.public)
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def deliver() -> None:
            path, body = posts[0]
            fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            responses.append(client.post(path, fields))
            answered.set()

        yield settings.SITE_URL, posts, deliver
        server.shutdown()


def drill(backup: Path, tmp_path: Path, *options: str, **environment: str) -> subprocess.Popen:
    (tmp_path / "identity").write_text(str(IDENTITY))
    (tmp_path / "key").write_text(KEY.serialize())
    command = [
        DEPLOY / "drill",
        str(backup),
        "--work",
        str(tmp_path / "work"),
        "--identity",
        str(tmp_path / "identity"),
    ]
    known = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "HOME": str(tmp_path), **environment}
    return subprocess.Popen(
        [*command, *options], env=known, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def back_up(site: Path, **environment: str) -> Path:
    result = run(
        "backup", site.parent / "backups", site, BACKUP_RECIPIENTS=str(IDENTITY.to_public()), **environment
    )
    return Path(result.stdout.strip())


def reported_drill(client, settings, tmp_path: Path, backups: Path, **environment: str):
    """Run a drill whose report reaches the site of the test; return the process."""
    with site_that_takes_reports(client, settings) as (url, posts, deliver):
        process = drill(backups, tmp_path, "--site", url, "--key", str(tmp_path / "key"), **environment)
        while not posts and process.poll() is None:
            threading.Event().wait(0.05)
        if posts:
            deliver()
        output, errors = process.communicate()
    return process.returncode, output, errors


def test_a_drill_restores_the_newest_backup_and_reports_that_it_is_whole(site, tmp_path, client, settings):
    (site.parent / "backups/2020-01-01T020000Z").mkdir(parents=True)
    backup = back_up(site)

    status, output, errors = reported_drill(client, settings, tmp_path, site.parent / "backups")

    assert status == 0, errors
    assert f"{backup.name}: whole" in output and "Stored: drill" in output
    record = OperationRecord.objects.get(operation=Operation.DRILL)
    assert record.detail == {"backup": backup.name, "result": "whole"}
    assert not (tmp_path / "work").exists()


def test_a_drill_of_a_site_with_faults_reports_them(site, tmp_path, client, settings):
    _lose_original(site)
    backup = back_up(site)

    status, output, errors = reported_drill(client, settings, tmp_path, backup)

    assert status == 3, errors
    assert ORIGINAL.rpartition("/")[2] in output
    assert OperationRecord.objects.get().detail["result"] == "faults"


def test_a_drill_reports_rows_that_are_not_those_of_the_site(site, tmp_path, client, settings):
    backup = Path(run("backup", site.parent / "backups", site).stdout.strip())
    with opened(backup) as database:
        database.execute("UPDATE auth_user SET first_name = 'Eve' WHERE username = 'ann'")
    sums = subprocess.run(
        ["sha256sum", "site.sqlite3", "originals.tar", "secret-key"],
        cwd=backup, text=True, capture_output=True, check=True,
    )  # fmt: skip
    (backup / "SHA256SUMS").write_text(sums.stdout)

    status, output, errors = reported_drill(client, settings, tmp_path, backup)

    assert status == 3, errors
    assert "auth_user, row 1: it was changed" in output
    assert OperationRecord.objects.get().detail["result"] == "faults"


def test_a_drill_that_cannot_restore_reports_that(site, tmp_path, client, settings):
    backup = back_up(site)
    with (backup / "site.sqlite3.age").open("r+b") as file:
        file.write(b"x")

    status, _output, errors = reported_drill(client, settings, tmp_path, backup)

    assert status == 1 and "is not whole" in errors
    assert OperationRecord.objects.get().detail["result"] == "failed"


def test_a_drill_that_is_ended_leaves_nothing(site, tmp_path):
    backup = back_up(site)
    process = drill(backup, tmp_path)
    while not (tmp_path / "work/site").exists():
        assert process.poll() is None
        threading.Event().wait(0.05)

    process.terminate()
    process.communicate()

    assert process.returncode == 1 and not (tmp_path / "work").exists()


MISTAKES = {
    "no backup": (["nowhere"], "There is no backup in"),
    "no key": (["backup", "--site", "https://x.example", "--key", "nowhere"], "cannot be used"),
    "no site": (["backup", "--key", "nowhere"], "belong together"),
}


@pytest.mark.parametrize("arguments, sentence", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_before_anything_is_restored(tmp_path, arguments, sentence):
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup/SHA256SUMS").touch()

    process = drill(tmp_path / arguments[0], tmp_path, *arguments[1:])

    _output, errors = process.communicate()
    assert process.returncode in (1, 2) and sentence in errors and "Traceback" not in errors
    assert not (tmp_path / "work").exists()


def test_a_backup_is_recorded_for_the_desk(site):
    backup = back_up(site)

    with opened(site) as database:
        rows = database.execute("SELECT operation, detail FROM publications_operationrecord").fetchall()
    assert [operation for operation, _detail in rows] == ["backup"]
    assert f'"name": "{backup.name}"' in rows[0][1] and '"is_encrypted": true' in rows[0][1]


if SERVER.startswith("postgres"):
    MAKE_SITE = """
import django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
call_command("migrate", verbosity=0)
print(User.objects.create(username="ann").pk)
"""

    def test_a_drill_of_postgresql_uses_a_database_of_its_own(tmp_path, client, settings):
        (site := tmp_path / "site").mkdir()
        with own_database(site) as environment:
            run_python(MAKE_SITE, environment)
            backup = back_up(site, DATABASE_URL=environment["DATABASE_URL"])

            refused = drill(backup, tmp_path).communicate()[1]
            status, output, errors = reported_drill(
                client, settings, tmp_path, backup, DRILL_DATABASE_URL=SERVER
            )

        assert "Name in DRILL_DATABASE_URL" in refused
        assert status == 0 and f"{backup.name}: whole" in output, errors
        assert OperationRecord.objects.get().detail == {"backup": backup.name, "result": "whole"}
