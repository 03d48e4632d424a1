"""What a deployment is made of: backups that come back, units that name what there is, logs that keep secrets."""

import os
import re
import sqlite3
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"


def run(script: str, folder, site, **more: str) -> subprocess.CompletedProcess:
    known = {
        "SITE_DATA": str(site),
        "PYTHON": sys.executable,
        "PATH": os.environ["PATH"],
        "KEEP": "2",
        **more,
    }
    return subprocess.run(
        [DEPLOY / script, str(folder)], env=known, capture_output=True, text=True, check=False
    )


@pytest.fixture
def site(tmp_path):
    """A site's folder: a database with a word in it, an original, a key."""
    folder = tmp_path / "site"
    (folder / "originals" / "ab").mkdir(parents=True)
    (folder / "originals" / "ab" / "abc.png").write_bytes(b"picture")
    (folder / "secret-key").write_text("secret")
    with sqlite3.connect(folder / "site.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE words (word TEXT)")
        database.execute("INSERT INTO words VALUES ('grain')")
    return folder


def words(folder) -> list[str]:
    with sqlite3.connect(folder / "site.sqlite3") as database:
        return [word for (word,) in database.execute("SELECT word FROM words")]


def test_what_was_backed_up_comes_back(site, tmp_path):
    kept = run("backup", tmp_path / "backups", site).stdout.strip()
    with sqlite3.connect(site / "site.sqlite3") as database:
        database.execute("UPDATE words SET word = 'barley'")
    new = tmp_path / "new"

    for place in (site, new):
        told = run("restore", kept, place)
        assert told.returncode == 0, told.stderr
        assert words(place) == ["grain"]
    assert (new / "originals/ab/abc.png").read_bytes() == b"picture"
    assert (new / "secret-key").stat().st_mode & 0o077 == 0


def test_a_backup_that_is_not_whole_changes_nothing(site, tmp_path):
    kept = run("backup", tmp_path / "backups", site).stdout.strip()
    with Path(kept, "site.sqlite3").open("r+b") as file:
        file.write(b"x")

    told = run("restore", kept, site)

    assert told.returncode == 1 and "Nothing was changed" in told.stderr
    assert words(site) == ["grain"]


def test_a_backup_that_fails_leaves_no_folder_that_looks_whole(site, tmp_path):
    (site / "site.sqlite3").unlink()

    assert run("backup", tmp_path / "backups", site).returncode != 0
    assert all(folder.suffix == ".part" for folder in (tmp_path / "backups").iterdir())


def test_only_the_newest_backups_stay(site, tmp_path):
    for day in range(1, 5):
        (tmp_path / "backups" / f"2026-01-0{day}T020000Z").mkdir(parents=True)

    run("backup", tmp_path / "backups", site)

    left = sorted(folder.name for folder in (tmp_path / "backups").iterdir())
    assert len(left) == 2 and left[0] == "2026-01-04T020000Z"


def test_what_failed_days_ago_goes_and_what_failed_today_is_left_to_look_at(site, tmp_path):
    backups = tmp_path / "backups"
    for day, days_ago in ((1, 2), (3, 0)):
        part = backups / f"2026-01-0{day}T020000Z.part"
        part.mkdir(parents=True)
        (part / "secret-key").write_text("secret")
        os.utime(part, (time.time() - days_ago * 86_400 - 60,) * 2)

    run("backup", backups, site)

    assert [folder.name for folder in backups.glob("*.part")] == ["2026-01-03T020000Z.part"]


def test_files_that_wait_for_a_form_are_in_no_backup(site, tmp_path):
    (site / "originals/waiting").mkdir()
    (site / "originals/waiting/0f").write_bytes(b"refused")
    (site / "originals/incoming").mkdir()
    (site / "originals/incoming/x.part").write_bytes(b"half of an upload")

    kept = run("backup", tmp_path / "backups", site).stdout.strip()

    with tarfile.open(Path(kept, "originals.tar")) as originals:
        names = originals.getnames()
    assert "originals/ab/abc.png" in names and not [
        name for name in names if "waiting" in name or "incoming" in name
    ]


def test_a_backup_of_another_kind_of_database_changes_nothing(site, tmp_path):
    kept = run("backup", tmp_path / "backups", site).stdout.strip()
    new = tmp_path / "new"
    new.mkdir()
    (new / "secret-key").write_text("another")

    told = run("restore", kept, new, DATABASE_URL="postgres://u:hidden@host/name")

    assert told.returncode == 1 and "holds no database of PostgreSQL" in told.stderr
    assert [file.name for file in new.iterdir()] == ["secret-key"]
    assert (new / "secret-key").read_text() == "another"


TOLD = """#!/bin/sh
echo "$PGPASSWORD $*" >&2
exit 1
"""


@pytest.mark.parametrize(
    ("address", "password", "known"),
    [
        ("pgsql://u%40:hid%2Fden@host:1/n?sslmode=verify-full&pool=8&sslrootcert=%2Fa%20b", "hid/den",
         "postgresql://u%40@host:1/n?sslmode=verify-full&sslrootcert=%2Fa%20b"),
        ("postgres://host/n?pool=8", "", "postgresql://host/n"),
        ("postgresql://u:@%2Frun%2Fpostgresql/n", "", "postgresql://u@%2Frun%2Fpostgresql/n"),
    ],
)  # fmt: skip
def test_programs_of_postgresql_are_told_all_but_the_password(site, tmp_path, address, password, known):
    (tmp_path / "pg_dump").write_text(TOLD)
    (tmp_path / "pg_dump").chmod(0o755)

    told = run("backup", tmp_path / "backups", site, DATABASE_URL=address,
               PATH=f"{tmp_path}:{os.environ['PATH']}").stderr  # fmt: skip

    secret, _, arguments = told.rstrip().partition(" ")
    assert secret == password
    assert arguments.split()[-1] == f"--dbname={known}"


def test_units_and_compose_name_commands_that_there_are():
    texts = [
        path.read_text()
        for path in [*DEPLOY.glob("systemd/*"), DEPLOY / "compose.yaml", DEPLOY / "Dockerfile"]
    ]
    named = {name for text in texts for name in re.findall(r'manage\.py"?,? "?([a-z_]+)', text)}

    assert {"serve", "mirror", "prepare", "tidy"} <= named <= set(get_commands())


def test_variables_of_a_deployment_are_known_to_the_settings():
    known = "".join(
        (ROOT / path).read_text()
        for path in ("sceeus/settings.py", "publications/management/commands/serve.py")
    )
    named = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "environment.example").read_text(), re.MULTILINE)

    assert named and [name for name in named if f'"{name}"' not in known] == []


def test_compose_is_whole():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]

    assert set(services) == {"prepare", "first", "second", "mirror", "database", "bell", "balancer"}
    assert "/data" in services["first"]["volumes"][0]


def test_the_secrets_of_compose_go_into_no_image_and_no_commit():
    """compose.yaml has them in deploy/.env, which lies in what `COPY . .` takes."""
    assert "**/.env" in (ROOT / ".dockerignore").read_text().splitlines()
    assert "/deploy/.env" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("file", ["nginx-mirror.conf", "Caddyfile"])
def test_addresses_that_open_by_themselves_stand_in_no_log(file):
    text = (DEPLOY / file).read_text()
    found = re.search(r'(?:"~|uri regexp )(\^\S+?)"? (?:"\$opening/…"|\$1/…)', text)
    pattern = found[1].replace("(?<", "(?P<")

    for path in (
        "/desk/review/abcdef/",
        "/desk/review/abcdef/key/large.webp",
        "/desk/password_reset/Mg/token/",
    ):
        assert re.match(pattern, path)[1] in ("/desk/review", "/desk/password_reset")
    for path in ("/desk/publications/publication/1/reviews/2/", "/en/"):
        assert not re.match(pattern, path)
