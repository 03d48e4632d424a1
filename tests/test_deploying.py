"""Files of a deployment: backup and restore scripts, service units, server configurations."""

import fcntl
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from publications.page_cache.keys import VERIFY_PATHS
from publications.path_prefixes import ALERT_PREFIXES
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db  # whose database, where it is one of SQLite, is what sites are made from
DEPLOY = ROOT / "deploy"
PICTURE = b"picture"
DIGEST = hashlib.sha256(PICTURE).hexdigest()
ORIGINAL = f"originals/{DIGEST[:2]}/{DIGEST}.png"


def run(script: str, folder, site, *options: str, **more: str) -> subprocess.CompletedProcess:
    known = {
        "SITE_DATA": str(site),
        "PYTHON": sys.executable,
        "PATH": os.environ["PATH"],
        "KEEP_DAILY": "2",
        "KEEP_WEEKLY": "0",
        "KEEP_MONTHLY": "0",
        **more,
    }
    return subprocess.run(
        [DEPLOY / script, str(folder), *options], env=known, capture_output=True, text=True, check=False
    )


@contextmanager
def opened(folder: Path):
    """The database of a site, closed again: SQLite's own `with` leaves it open."""
    with closing(sqlite3.connect(folder / "site.sqlite3", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        yield database


@pytest.fixture(scope="session")
def _sound(tmp_path_factory, migrated_sqlite) -> Path:
    """A site's folder: a database with a word in it, an original, a key."""
    folder = tmp_path_factory.mktemp("sound") / "site"
    shutil.copytree(migrated_sqlite, folder)
    (folder / ORIGINAL).parent.mkdir(parents=True)
    (folder / ORIGINAL).write_bytes(PICTURE)
    (folder / "secret-key").write_text("secret")
    with opened(folder) as database:
        database.execute("CREATE TABLE words (word TEXT)")
        database.execute("INSERT INTO words VALUES ('grain')")
        database.execute(
            "INSERT INTO publications_image (key, original, filename, width, height, alt_en, alt_sv, is_decorative, credit,"
            " licence, focus_x, focus_y, added_at) VALUES ('k', ?, 'a', 1, 1, '', '', 0, '', '', 50, 50, '2026-01-01')",
            [ORIGINAL.removeprefix("originals/")],
        )
    return folder


@pytest.fixture(scope="session")
def _backed_up(_sound) -> Path:
    return Path(run("backup", _sound.parent / "backups", _sound).stdout.strip())


@pytest.fixture
def site(tmp_path, _sound):
    return shutil.copytree(_sound, tmp_path / "site")


@pytest.fixture
def kept(tmp_path, _backed_up):
    """A backup of that site."""
    return shutil.copytree(_backed_up, tmp_path / "kept")


def words(folder) -> list[str]:
    with opened(folder) as database:
        return [word for (word,) in database.execute("SELECT word FROM words")]


def test_a_backup_is_restored(site, kept, tmp_path):
    with opened(site) as database:
        database.execute("UPDATE words SET word = 'barley'")
    new = tmp_path / "new"

    for place in (site, new):
        result = run("restore", kept, place)
        assert result.returncode == 0, result.stderr
        assert words(place) == ["grain"]
    assert (new / ORIGINAL).read_bytes() == PICTURE
    assert (new / "secret-key").stat().st_mode & 0o077 == 0


def test_no_pdf_is_left_that_the_restored_database_has_no_record_of(site, kept):
    pdf = site / "renditions" / "pieces" / "1" / "1-recorded-0.pdf"
    pdf.parent.mkdir(parents=True)
    pdf.touch()

    assert run("restore", kept, site).returncode == 0

    assert not pdf.exists()


def test_an_incomplete_backup_is_refused(site, kept):
    with Path(kept, "site.sqlite3").open("r+b") as file:
        file.write(b"x")

    result = run("restore", kept, site)

    assert result.returncode == 1 and "Nothing was changed" in result.stderr
    assert words(site) == ["grain"]


@pytest.mark.parametrize("name", ["site.sqlite3", "originals.tar", "secret-key"])
def test_a_backup_without_the_digest_of_a_file_is_refused(site, kept, name):
    lines = (kept / "SHA256SUMS").read_text().splitlines(keepends=True)
    (kept / "SHA256SUMS").write_text("".join(line for line in lines if not line.endswith(f" {name}\n")))
    (site / "secret-key").write_text("another")

    result = run("restore", kept, site)

    assert result.returncode == 1 and f"leaves out {name}" in result.stderr
    assert (site / "secret-key").read_text() == "another"


IN_USE = """
import sys, time
{}
print("ready", flush=True)
time.sleep(60)
"""
USERS = {
    "a command": "import django\ndjango.setup()\nfrom publications.models import SiteSettings\nSiteSettings.objects.first()",
    "another program": "import sqlite3\nthere = sqlite3.connect(sys.argv[1])\nthere.execute('SELECT * FROM words')",
}


@contextmanager
def in_use_by(what: str, site: Path):
    """Somebody has the database of a site open."""
    known = {**os.environ, "SITE_DATA": str(site), "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
    known.pop("DATABASE_URL", None)
    command = [sys.executable, "-c", IN_USE.format(USERS[what]), str(site / "site.sqlite3")]
    with subprocess.Popen(command, cwd=ROOT, env=known, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield process
        process.kill()


@pytest.mark.parametrize("what", USERS)
def test_nothing_is_restored_while_the_site_is_in_use(site, kept, what):
    with in_use_by(what, site) as process:
        result = run("restore", kept, site)
    after = run("restore", kept, site)

    assert (
        result.returncode == 1 and "Stop it first" in result.stderr and "Nothing was changed" in result.stderr
    )
    assert what == "another program" or f"process {process.pid}" in result.stderr
    assert after.returncode == 0, "a process that was killed leaves nothing behind that blocks"


def test_a_site_cannot_be_used_while_it_is_restored(site):
    with (site / "in-use").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = {**os.environ, "SITE_DATA": str(site)}
        known.pop("DATABASE_URL", None)
        command = [sys.executable, "manage.py", "trust_clock"]
        result = subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=False)
        backup = run("backup", site.parent / "backups", site)

    assert result.returncode == 1 and "The site is being restored" in result.stderr
    assert backup.returncode == 1 and "The site is being restored" in backup.stderr


def _lose_original(site: Path) -> None:
    (site / ORIGINAL).unlink()


def _damage_original(site: Path) -> None:
    (site / ORIGINAL).write_bytes(PICTURE[:3])


def _lose_database(site: Path) -> None:
    (site / "site.sqlite3").unlink()


def _damage_database(site: Path) -> None:
    with (site / "site.sqlite3").open("r+b") as file:
        file.write(b"no database")


def _damage_page(site: Path) -> None:
    with opened(site) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'words'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with (site / "site.sqlite3").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 200)


FAULTS = {
    _lose_original: "missing",
    _damage_original: "holds other bytes",
    _lose_database: "The copy of the database is not whole",
    _damage_database: "not a database",
    _damage_page: "The copy of the database is not whole",
}


@pytest.mark.parametrize("damage", FAULTS, ids=lambda damage: damage.__name__)
def test_a_backup_of_a_site_with_faults_is_made_and_names_them(site, tmp_path, damage):
    damage(site)

    result = run("backup", tmp_path / "backups", site)

    folder = Path(result.stdout.strip())
    assert result.returncode == 3 and FAULTS[damage] in result.stderr
    assert folder.suffix == ".faults" and FAULTS[damage] in (folder / "FAULTS.txt").read_text()
    assert {"originals.tar", "secret-key", "SHA256SUMS", "FAULTS.txt"} <= {
        file.name for file in folder.iterdir()
    }


def test_a_backup_with_faults_damages_no_sound_original(site, tmp_path):
    _damage_original(site)
    kept = run("backup", tmp_path / "backups", site).stdout.strip()
    (site / ORIGINAL).write_bytes(PICTURE)

    result = run("restore", kept, site)

    assert result.returncode == 0 and "FAULTS.txt" in result.stdout
    assert (site / ORIGINAL).read_bytes() == PICTURE


def test_a_restore_repairs_a_damaged_original(site, kept):
    _damage_original(site)

    run("restore", kept, site)

    assert (site / ORIGINAL).read_bytes() == PICTURE


def test_held_uploads_are_not_backed_up(site, tmp_path):
    (site / "originals/waiting").mkdir()
    (site / "originals/waiting/0f").write_bytes(b"refused")
    (site / "originals/incoming").mkdir()
    (site / "originals/incoming/x.part").write_bytes(b"half of an upload")

    kept = run("backup", tmp_path / "backups", site).stdout.strip()

    with tarfile.open(Path(kept, "originals.tar")) as originals:
        names = originals.getnames()
    assert ORIGINAL in names and not [name for name in names if "waiting" in name or "incoming" in name]


@pytest.mark.parametrize("script", ["backup", "restore"])
def test_both_scripts_have_help(script, site):
    result = run(script, "--help", site)

    assert (result.returncode, result.stderr) == (2, "") and f"deploy/{script} FOLDER" in result.stdout


def test_a_folder_without_a_site_is_refused_and_not_created(tmp_path):
    nowhere = tmp_path / "nowhere"

    refused = run("backup", tmp_path / "backups", nowhere)

    assert refused.returncode == 1 and "There is no site in" in refused.stderr
    assert not nowhere.exists()


@pytest.mark.parametrize(
    ("name", "reason"), [("none", "There is no folder"), ("", "is no backup. Name one of")]
)
def test_an_invalid_backup_has_another_message_than_another_database(site, tmp_path, name, reason):
    result = run("restore", tmp_path / name, site)

    assert result.returncode == 1 and reason in result.stderr and "PostgreSQL" not in result.stderr


def test_a_backup_of_another_kind_of_database_changes_nothing(site, kept, tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    (new / "secret-key").write_text("another")

    result = run("restore", kept, new, DATABASE_URL="postgres://u:hidden@host/name")

    assert result.returncode == 1 and "holds no database of PostgreSQL" in result.stderr
    assert [file.name for file in new.iterdir()] == ["secret-key"]
    assert (new / "secret-key").read_text() == "another"


ECHO_SCRIPT = """#!/bin/sh
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
def test_postgresql_programs_get_no_password_as_argument(site, tmp_path, address, password, known):
    (tmp_path / "pg_dump").write_text(ECHO_SCRIPT)
    (tmp_path / "pg_dump").chmod(0o755)

    result = run("backup", tmp_path / "backups", site, DATABASE_URL=address,
               PATH=f"{tmp_path}:{os.environ['PATH']}").stderr  # fmt: skip

    secret, _, arguments = result.splitlines()[0].partition(" ")
    assert secret == password
    assert arguments.split()[-1] == f"--dbname={known}"


def test_units_and_compose_use_existing_commands():
    texts = [
        path.read_text()
        for path in [*DEPLOY.glob("systemd/*"), DEPLOY / "compose.yaml", DEPLOY / "Dockerfile"]
    ]
    named = {name for text in texts for name in re.findall(r'manage\.py"?,? "?([a-z_]+)', text)}

    assert {"serve", "mirror", "prepare", "tidy", "verify", "send_mail"} <= named <= set(get_commands())


def test_each_unit_runs_one_command_so_that_none_waits_for_another():
    units = {path.name: path.read_text() for path in DEPLOY.glob("systemd/*.service")}

    assert [name for name, text in units.items() if text.count("ExecStart=") != 1] == []


def test_the_guide_starts_every_timer():
    guide = (ROOT / "docs/deploying.md").read_text()
    started = guide.partition("systemctl enable --now")[2].partition("\ncp ")[0]

    assert [path.name for path in DEPLOY.glob("systemd/*.timer") if path.name not in started] == []


def test_settings_read_every_variable_of_a_deployment():
    known = "".join(
        (ROOT / path).read_text()
        for path in (
            "sceeus/settings.py",
            "publications/management/commands/serve.py",
            "deploy/age_keys.py",
            "deploy/expire_backups.py",
        )
    )
    named = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "environment.example").read_text(), re.MULTILINE)

    assert named and [name for name in named if f'"{name}"' not in known] == []


def test_compose_is_complete():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]

    assert set(services) == {"prepare", "first", "second", "mirror", "database", "redis", "balancer"}
    assert "/data" in services["first"]["volumes"][0]


def test_the_guide_publishes_the_head_from_containers_too():
    guide = (ROOT / "docs/deploying.md").read_text()

    assert re.search(r"^50 3 .* docker compose .* manage\.py sign_head", guide, re.MULTILINE)


def test_compose_makes_a_demonstration_by_its_setting_alone():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]

    assert {services[name]["environment"]["DEMO"] for name in ("prepare", "first")} == {"${DEMO:-0}"}


OF_COMPOSE = {"SITE_URL", "SECRET_KEY", "SITE_DATA", "DATABASE_URL", "CACHE_URL", "TRUSTED_PROXIES", "DEMO"}
"""What compose.yaml sets itself, from its parts or because its containers need that value."""


@pytest.mark.parametrize("name", ["prepare", "first", "second", "mirror"])
def test_compose_passes_every_setting_of_a_deployment(name):
    """All of deploy/.env, so that no setting is forgotten; nothing but this replaces what stands there."""
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"][name]

    assert service["env_file"] == ".env"
    assert set(service["environment"]) == OF_COMPOSE


def test_secrets_of_compose_are_ignored_by_docker_and_git():
    """compose.yaml has them in deploy/.env, which lies in what `COPY . .` takes."""
    assert "**/.env" in (ROOT / ".dockerignore").read_text().splitlines()
    assert "/deploy/.env" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("file", ["nginx-mirror.conf", "Caddyfile"])
def test_secret_addresses_are_not_logged(file):
    text = (DEPLOY / file).read_text()
    patterns = re.findall(r'(?:"~|uri regexp ")(\^\S+?)"? (?:"\$opening/…"|\$1…)', text)

    assert len(patterns) == {"nginx-mirror.conf": 1, "Caddyfile": 2}[file]  # Caddy's log of errors is another
    for pattern in (pattern.replace("(?<", "(?P<") for pattern in patterns):
        for path in (
            "/desk/review/abcdef/",
            "/desk/review/abcdef/key/large.webp",
            "/desk/password_reset/Mg/token/",
            "/desk/calendar/token.ics",
            "/desk/news/stop/token/",
            "/desk/confirm/invitation/token/",
            *(f"{prefix}manage/token/" for prefix in ALERT_PREFIXES),
        ):
            prefixes = (
                *(prefix.removesuffix("/") for prefix in ALERT_PREFIXES),
                "/desk/review",
                "/desk/password_reset",
                "/desk/calendar",
                "/desk/news/stop",
                "/desk/confirm",
            )
            assert re.match(pattern, path)[1].removesuffix("/") in prefixes
        for path in ("/desk/publications/publication/1/reviews/2/", "/desk/planning/calendar/", "/en/"):
            assert not re.match(pattern, path)


def test_caddy_passes_the_pages_of_alerts_to_the_application():
    [paths] = re.findall(r"@application path (.+)", (DEPLOY / "Caddyfile").read_text())

    assert {f"{prefix}*" for prefix in ALERT_PREFIXES} <= set(paths.split())


def test_caddy_refuses_too_large_bodies_before_proxying(settings):
    """A body that is too large while it is passed on counts against the app server, which is then left alone."""
    text = (DEPLOY / "Caddyfile").read_text()
    application = text[text.index("(application) {") :]
    units = {"MB": 1_000_000, "KB": 1_000}
    limits = {name: int(size) * units[unit] for name, size, unit in re.findall(
        r"request_body @(\w+) \{\s+max_size (\d+)(MB|KB)", text
    )}  # fmt: skip

    desk, verify, public = re.search(
        r'"/desk/"\) \? (\d+) : \(.*? \? (\d+) : (\d+)\)\)', application
    ).groups()

    assert limits == {"desk": int(desk), "verify": int(verify), "public": int(public), "bodiless": 1_000}
    assert int(verify) > settings.MAX_VERIFIED_BYTES and all(text.count(path) == 4 for path in VERIFY_PATHS)
    for refused in ("error @too_large 413", "error @no_length 411", "error @unexpected_body 413"):
        assert application.index(refused) < application.index("reverse_proxy")


def test_nginx_limits_requests_to_every_page_of_the_desk():
    text = (DEPLOY / "nginx-mirror.conf").read_text()
    blocks = dict(re.findall(r"location (?:\^~ |= )(/desk/\S*) \{([^}]*)\}", text))

    reports = blocks.pop("/desk/mail-events/")  # a provider sends many at once, which none may miss
    assert set(blocks) == {"/desk/", "/desk/login/"}
    assert not [path for path, block in blocks.items() if "limit_req " not in block]
    assert "limit_conn " in reports


def test_nginx_has_no_log_of_errors_which_would_hold_addresses():
    text = (DEPLOY / "nginx-mirror.conf").read_text()

    assert re.findall(r"error_log .*", text) == ["error_log /dev/null emerg;"]
    assert text.index("\nserver {") < text.index("error_log ") < text.index("location ")


@pytest.mark.parametrize(
    ("path", "is_limited"),
    [
        ("/api/v1/publications", True),
        ("/oai", True),
        *((path, True) for path in sorted(VERIFY_PATHS)),
        ("/en/publications/grain.pdf", True),
        ("/sv/publikationer/grain/card.png", True),
        ("/en/publications/", False),
        ("/en/publications/grain/", False),
        ("/media/abc/480.webp", False),
        ("/en/publications/oai", False),
    ],
)
def test_nginx_limits_connections_per_client_at_slow_addresses(path, is_limited):
    text = (DEPLOY / "nginx-mirror.conf").read_text()
    (zone,) = re.findall(r"limit_conn_zone (\$\w+) zone", text)
    (block,) = re.findall(rf"map \$uri \{zone} \{{(.*?)\n\}}", text, re.DOTALL)

    patterns = re.findall(r'"~(\S+)" \$binary_remote_addr;', block)

    assert 'default "";' in block
    assert any(re.search(pattern, path) for pattern in patterns) == is_limited


def test_nginx_has_the_body_limits_of_the_site(settings):
    text = (DEPLOY / "nginx-mirror.conf").read_text()
    blocks = dict(re.findall(r"location (?:= |\^~ )(/desk/\S*) \{([^}]*)\}", text))
    del blocks["/desk/mail-events/"]  # no form of a person

    assert len(blocks) >= 2
    for block in blocks.values():
        megabytes = int(re.search(r"client_max_body_size (\d+)m;", block)[1])
        assert megabytes * 1024 * 1024 >= settings.MAX_REQUEST_BYTES
