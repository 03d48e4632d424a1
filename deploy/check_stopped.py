"""Refuse if the site is in use. Called by deploy/restore, which has the lock file open as descriptor 9.

    python deploy/check_stopped.py LOCK DATABASE    # DATABASE: the file of SQLite, or "" with PostgreSQL

Takes the lock for the whole restore: it belongs to the open file, which the shell keeps. Every process that uses the
site holds it as well (publications/site_lock.py). With SQLite it also checks whether another process has the file open.
"""

import fcntl
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

DESCRIPTOR = 9


def who_holds(lock: Path) -> list[str]:
    """Return the processes that hold a lock, from /proc: "812 python manage.py serve"."""
    inode, pids = lock.stat().st_ino, []
    with suppress(OSError):
        for line in Path("/proc/locks").read_text().splitlines():
            parts = line.replace("->", "").split()
            if parts[1] == "FLOCK" and parts[5].endswith(f":{inode}"):
                pids.append(parts[4])
    return [f"{pid} {command}" for pid in dict.fromkeys(pids) if (command := _command(pid))]


def _command(process: str) -> str:
    with suppress(OSError):
        return (
            Path(f"/proc/{process}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode(errors="replace")
            .strip()
        )
    return ""  # it has ended, and a child of it holds what it opened


def is_open(database: str) -> bool:
    """Return whether a connection has the SQLite file open: only a single connection can leave WAL mode."""
    if not Path(database).exists():
        return False
    try:
        with sqlite3.connect(database, timeout=1, isolation_level=None) as connection:
            return connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0] != "delete"
    except sqlite3.OperationalError as error:
        return "locked" in str(error) or "busy" in str(error)
    except sqlite3.DatabaseError:  # damaged: a reason to restore
        return False


def main(lock: str, database: str) -> str:
    """Return why nothing may be restored now, or an empty string if the site is stopped."""
    try:
        fcntl.flock(DESCRIPTOR, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held = "".join(f"\n    process {process}" for process in who_holds(Path(lock)))
        return f"The site is in use. Stop it first:{held or ' something holds ' + lock}"
    if database and is_open(database):
        return f"Something has {database} open. Stop it first."
    return ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or None)
