"""Store what a program writes, encrypted to BACKUP_RECIPIENTS; without them as it is. Called by deploy/backup.

    python deploy/store_output.py FILE PROGRAM ARGUMENT…

Encrypted, the file is FILE.age. The text that is encrypted is never on the disk, however this process ends, and takes
the same memory whatever its size. Exits as the program does; with 74 if the file could not be written. A program that
fails before it has written anything leaves no file.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

CANNOT_WRITE = os.EX_IOERR
KILLED_BY_SIGNAL = 128  # as a shell reports it


def copier() -> tuple[str, Callable[[BinaryIO, BinaryIO], None]]:
    """Return the suffix of stored files, and the function that stores what it reads."""
    if not os.environ.get("BACKUP_RECIPIENTS", "").strip():
        return "", shutil.copyfileobj
    import pyrage
    from age_keys import read_recipients

    recipients = read_recipients()

    def encrypt(source: BinaryIO, target: BinaryIO) -> None:
        try:
            pyrage.encrypt_io(source, target, recipients)
        except pyrage.EncryptError as error:  # its text is that of the error of the file
            raise OSError(str(error)) from error

    return ".age", encrypt


def store(path: str, program: list[str]) -> int:
    """Run a program, store its output, and return the exit status of the program."""
    suffix, copy = copier()
    with subprocess.Popen(program, stdout=subprocess.PIPE) as process:  # noqa: S603 (what deploy/backup names)
        if process.stdout.peek(1) or process.wait() == 0:
            _write(Path(path + suffix), process.stdout, copy)
    return process.returncode if process.returncode >= 0 else KILLED_BY_SIGNAL - process.returncode


def _write(path: Path, source: BinaryIO, copy: Callable[[BinaryIO, BinaryIO], None]) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            copy(source, target)
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        source.close()  # ends a program that still writes
        print(f"{path} could not be written: {error.strerror or error}.", file=sys.stderr)
        sys.exit(CANNOT_WRITE)


if __name__ == "__main__":
    sys.exit(store(sys.argv[1], sys.argv[2:]))
