"""Requests that the site answered with 500: a line for each in a file for each day, below SITE_DATA on each machine.

They are in files and not in the database, which may be what fails; a line is appended without waiting for anybody.
Queries and secret addresses are left out by the caller (`sceeus/log_handlers.py`).
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

FOLDER = "failed-requests"
SUFFIX = ".jsonl"
MAX_FILE_BYTES = 256 * 1024  # of a day; later requests of that day are not recorded
MAX_PATH_CHARACTERS = 200
FAILED_REQUEST_DAYS = 14


@dataclass(frozen=True)
class FailedRequest:
    """The requests of one path and method that failed.

    Attributes:
        count: how many did, of those recorded.
        last_at: when the last one did.
    """

    method: str
    path: str
    count: int
    last_at: datetime


def record_failed_request(method: str, path: str) -> None:
    """Record a request that failed now.

    Raises:
        OSError: it could not be written.
    """
    now = datetime.now(UTC)
    folder = Path(settings.SITE_DATA) / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    line = json.dumps([now.isoformat(), method[:10], path[:MAX_PATH_CHARACTERS]]) + "\n"
    handle = os.open(folder / f"{now:%Y-%m-%d}{SUFFIX}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.fstat(handle).st_size < MAX_FILE_BYTES:
            os.write(handle, line.encode("ascii"))
    finally:
        os.close(handle)


def failed_requests(since: datetime) -> list[FailedRequest]:
    """Return the requests of this machine that failed since then, by method and path, the last ones first."""
    rows: dict[tuple[str, str], FailedRequest] = {}
    for path in sorted((Path(settings.SITE_DATA) / FOLDER).glob(f"*{SUFFIX}")):
        if path.stem >= f"{since.astimezone(UTC):%Y-%m-%d}":
            for at, method, url_path in _read_lines(path):
                if at >= since:
                    count = rows[method, url_path].count if (method, url_path) in rows else 0
                    rows[method, url_path] = FailedRequest(method, url_path, count + 1, at)
    return sorted(rows.values(), key=lambda row: row.last_at, reverse=True)


def _read_lines(path: Path) -> Iterable[tuple[datetime, str, str]]:
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        try:
            at, method, url_path = json.loads(line)
            yield datetime.fromisoformat(at), method, url_path
        except (ValueError, TypeError):  # a line that a full disk cut
            continue


def delete_outdated_failures() -> int:
    """Delete the files of days that are over for long; return their number."""
    oldest = f"{datetime.now(UTC) - timedelta(days=FAILED_REQUEST_DAYS):%Y-%m-%d}"
    outdated = [path for path in (Path(settings.SITE_DATA) / FOLDER).glob(f"*{SUFFIX}") if path.stem < oldest]
    for path in outdated:
        path.unlink(missing_ok=True)
    return len(outdated)
