"""Restore the newest backup into a throw-away site, verify it there, and report the result to the site.

Runs where the private key of the backups is, which is not the server. The throw-away site is in WORK, and on
PostgreSQL in a database of its own, “sceeus_drill”, that DRILL_DATABASE_URL may create; both are deleted again. Exits
with 0 if the backup is whole, with 3 if it was restored and has faults, with 1 if it could not be restored or the
report was refused.
"""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from expire_backups import is_backup, made_at

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from publications.drill_report import DrillReport, DrillResult, sign_report  # noqa: E402
from publications.minisign import SecretKey, UnusableKey  # noqa: E402

DATABASE = "sceeus_drill"
OWN_SETTINGS = (
    "DATABASE_URL",
    "EMAIL_URL",
    "CACHE_URL",
    "SECRET_KEY",
)  # those of a site that may run on this machine
RESULTS = {0: DrillResult.WHOLE, 3: DrillResult.FAULTS}  # of manage.py verify
BEST_TO_WORST = (DrillResult.WHOLE, DrillResult.FAULTS, DrillResult.FAILED)
REPORT_PATH = "/desk/drill/"
TIMEOUT = 30  # seconds for the report
EXIT_STATUS = {DrillResult.WHOLE: 0, DrillResult.FAULTS: 3, DrillResult.FAILED: 1}


def find_backup(path: Path) -> Path:
    """Return a backup itself, or the newest one in a folder of backups."""
    if (path / "SHA256SUMS").is_file():
        return path
    backups = [each for each in path.iterdir() if is_backup(each.name)] if path.is_dir() else []
    if not backups:
        sys.exit(
            f"There is no backup in {path}. Name a folder that deploy/backup has made, or the folder of these."
        )
    return max(backups, key=lambda backup: made_at(backup.name))


@contextmanager
def empty_folder(work: Path):
    """Yield a folder that is empty and is deleted at the end; what a killed drill has left there is deleted first."""
    work.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Path(f"{work}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another drill runs in {work}.")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


@contextmanager
def empty_database(backup: Path):
    """Yield the DATABASE_URL of an empty database of the kind that the backup is from; "" for SQLite."""
    if not list(backup.glob("site.dump*")):
        yield ""
        return
    server = os.environ.get("DRILL_DATABASE_URL", "")
    if not server.startswith(("postgres", "pgsql")):
        sys.exit(
            f"{backup} is of PostgreSQL. Name in DRILL_DATABASE_URL a server of this machine and a user who may create "
            "databases there: postgres://USER:PASSWORD@127.0.0.1/postgres"
        )
    drop = f"DROP DATABASE IF EXISTS {DATABASE}"
    run_sql(server, drop, f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0")
    try:
        yield urlsplit(server)._replace(path=f"/{DATABASE}").geturl()
    finally:
        run_sql(server, f"{drop} WITH (FORCE)")


def run_sql(server: str, *statements: str) -> None:
    psql = [ROOT / "deploy/on_database.py", "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    commands = [f"--command={statement}" for statement in statements]
    environment = {**os.environ, "DATABASE_URL": server, "PGOPTIONS": "--client-min-messages=warning"}
    if run([sys.executable, *psql, *commands], environment):
        sys.exit("The database for the drill could not be created or deleted.")


def run(command: list, environment: dict[str, str]) -> int:
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 (programs of this folder)


def rehearse(backup: Path, identity: str, work: Path, site: str) -> DrillResult:
    """Restore, compare each row with the backup before anything changes one, and verify."""
    environment = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    environment |= {"SITE_DATA": str(work / "site"), "SITE_URL": site, "DEMO": "0", "PYTHON": sys.executable}
    restore = [ROOT / "deploy/restore", backup, *(["--identity", identity] if identity else [])]
    manage = [sys.executable, ROOT / "manage.py"]
    with empty_database(backup) as database:
        environment |= {"DATABASE_URL": database} if database else {}
        if run(restore, environment):
            return DrillResult.FAILED
        rows = RESULTS.get(run([*manage, "verify", "--restored"], environment), DrillResult.FAILED)
        if run([*manage, "prepare"], environment):
            return DrillResult.FAILED
        result = RESULTS.get(run([*manage, "verify"], environment), DrillResult.FAILED)
        return max(rows, result, key=BEST_TO_WORST.index)


def read_key(path: str) -> SecretKey:
    try:
        return SecretKey.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, UnusableKey) as error:
        sys.exit(f"The key {path} cannot be used: {error}")


def send_report(site: str, fields: dict[str, str]) -> None:
    """Send a signed report to the site."""
    request = urllib.request.Request(site + REPORT_PATH, urllib.parse.urlencode(fields).encode())  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            print(response.read().decode().strip())
    except urllib.error.HTTPError as error:
        sys.exit(
            f"{site} refused the report ({error.code}): {error.read(1000).decode(errors='replace').strip()}"
        )
    except OSError as error:
        sys.exit(f"{site} could not be reached: {error}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy/drill", description=__doc__)
    parser.add_argument(
        "backup", type=Path, help="a backup, or the folder of all of them: the newest is taken"
    )
    parser.add_argument(
        "--identity", default="", help="the file with the private key of age, for encrypted backups"
    )
    parser.add_argument("--site", default="", help="where to report the result: https://publications.example")
    parser.add_argument("--key", default="", help="the secret key that signs the report: minisign -G -W")
    parser.add_argument(
        "--work",
        type=Path,
        default=Path.home() / ".cache/sceeus-drill",
        help="the folder for it (%(default)s)",
    )
    options = parser.parse_args()
    if bool(options.site) != bool(options.key):
        parser.error("--site and --key belong together")
    os.umask(0o077)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))  # so that everything is deleted
    key = read_key(options.key) if options.key else None
    backup, site = find_backup(options.backup), options.site.rstrip("/")
    with empty_folder(options.work) as work:
        result = rehearse(backup, options.identity, work, site or "http://127.0.0.1:8000")
    print(f"{backup.name}: {result}")
    if key:
        send_report(site, sign_report(DrillReport(site, backup.name, result, datetime.now(UTC)), key))
    return EXIT_STATUS[result]


if __name__ == "__main__":
    sys.exit(main())
