"""The process of a removal: its record, how the desk starts it, and how it receives the name."""

import json
import logging
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from publications.actions import NameRemoval, lock_site_version, store_name_removal_news
from publications.models import Author, NameRemovalRecord

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class RemovalOptions:
    """A removal as it is passed to the process: with the primary key of the author."""

    spellings: tuple[str, ...]
    replacement: str | None = None
    author: int | None = None
    reason: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the options that `write` has written. Raises ValueError or TypeError for anything else."""
        values = json.loads(text)
        return cls(**{**values, "spellings": tuple(values["spellings"])})

    def write(self) -> str:
        return json.dumps(asdict(self))

    def build_removal(self) -> NameRemoval:
        author = Author.objects.filter(pk=self.author).first() if self.author else None
        return NameRemoval(
            spellings=self.spellings, replacement=self.replacement, author=author, reason=self.reason
        )


@transaction.atomic
def create_record(*, by: AbstractBaseUser) -> NameRemovalRecord | None:
    """Return the record of a new removal, or None while another one runs: both would search the whole site.

    All staff are informed of it if it may change what two people have published.
    """
    lock_site_version()
    if NameRemovalRecord.objects.running().exists():
        return None
    record = NameRemovalRecord.objects.create(started_by=by)
    store_name_removal_news(record, by=by)
    return record


def start_process(record: NameRemovalRecord, options: RemovalOptions) -> bool:
    """Start `manage.py remove_name` as a process of its own, of low priority: readers first.

    The name is passed on its standard input, so that no list of processes shows it.

    Returns:
        False where it cannot be started, which is logged.
    """
    manage = str(settings.BASE_DIR / "manage.py")
    command = [
        "nice",
        "-n",
        "10",
        sys.executable,
        manage,
        "remove_name",
        f"--record={record.pk}",
        "--verbosity=0",
    ]
    try:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, start_new_session=True, text=True
        )
        process.stdin.write(options.write())
        process.stdin.close()
    except OSError:
        logger.exception("The process that removes a name could not be started.")
        return False
    return True
