"""Write a consistent copy of an SQLite database that is in use to the standard output. Called by deploy/backup.

    python deploy/copy_sqlite.py DATABASE FOLDER

The copy is made in a file of FOLDER that has no name: it is gone when this process ends, however it ends. Exits with 1,
and says why, if the copy is not whole; without output if the database cannot be read at all.
"""

import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path


def copy_database(database: str, folder: str) -> str:
    """Write the copy; return what SQLite says is wrong with the database that was copied, or ""."""
    handle, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "rb") as file, closing(sqlite3.connect(name, isolation_level=None)) as copy:
        try:
            copy.execute("PRAGMA journal_mode=OFF")  # a journal would be a file
            copy.execute("PRAGMA user_version")  # opens the file
        finally:
            Path(name).unlink()
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)) as source:
            source.execute("BEGIN")  # what is copied is what is checked
            source.backup(copy)
            faults = find_faults(source)
        shutil.copyfileobj(file, sys.stdout.buffer)
    return faults


def find_faults(database: sqlite3.Connection) -> str:
    try:
        lines = [line for (line,) in database.execute("PRAGMA integrity_check")]
    except sqlite3.Error as error:
        return str(error)
    return "" if lines == ["ok"] else "\n".join(lines)


if __name__ == "__main__":
    try:
        faults = copy_database(*sys.argv[1:])
    except sqlite3.Error as error:
        faults = str(error)
    sys.exit(faults or None)
