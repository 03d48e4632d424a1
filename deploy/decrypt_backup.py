"""Decrypt the files of a backup into a folder. Called by deploy/restore, which deletes them again.

    python deploy/decrypt_backup.py BACKUP FOLDER IDENTITY

Every file is authenticated: a changed bit or a missing end is an error, and so is a key that none is encrypted to.
"""

import os
import sys
from pathlib import Path

import pyrage
from age_keys import read_identities

SUFFIX = ".age"
NO_KEY = "No matching keys"  # what pyrage says


def decrypt(backup: Path, folder: Path, identity: Path) -> None:
    identities = read_identities(identity)
    for path in sorted(backup.glob(f"*{SUFFIX}")):
        with path.open("rb") as source, (folder / path.name.removesuffix(SUFFIX)).open("xb") as target:
            try:
                pyrage.decrypt_io(source, target, identities)
            except pyrage.DecryptError as error:
                if NO_KEY in str(error):
                    sys.exit(
                        f"{path} cannot be decrypted with the key of {identity}. Is it encrypted to another key?"
                    )
                sys.exit(f"{path} cannot be decrypted, it is damaged: {error}.")
            except OSError as error:
                reason = os.strerror(error.errno) if error.errno else "it is damaged, or not whole"
                sys.exit(f"{path} cannot be decrypted: {reason}.")


if __name__ == "__main__":
    decrypt(*map(Path, sys.argv[1:]))
