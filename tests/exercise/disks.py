"""A disk that runs full, and a server that is killed while it writes files."""

import errno
import gzip
import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import brotli
import requests
from PIL import Image as Pixels

from .editors import Editor, noise
from .measurements import Measurement, none_failed
from .readers import reads
from .servers import MissingProgram, Server, manage, site, until
from .sites import PAGES, publishing, stopping, warm

MEGABYTE = 1024 * 1024
DISK_MEGABYTES = 128
RESERVE_MEGABYTES = 16
MIRROR_TRIES_EVERY = 10  # seconds
SEED = 20_261_127
KILLS = 67
MORE = 10  # publications withdrawn one after the other


def disk(folder: Path) -> Iterator[Measurement]:
    """A full disk: withdrawing works, everything else reports it, nothing is half-written (root mounts it)."""
    with small_disk(folder / "disk") as home, ExitStack() as stack:
        known = {"DATABASE_URL": f"sqlite:///{home}/site.sqlite3"}
        manage("prepare", SITE_DATA=str(home), **known)
        server = stack.enter_context(stopping(site(home, **known).wait()))
        mirror = stack.enter_context(stopping(watching_mirror(folder, home, known)))
        public = live_publications(home)
        first = home / "mirror" / public[0][1]
        until(lambda: _reserve(home) and first.exists(), what=mirror.tail, seconds=120)
        editor = Editor(server.port, home)
        assert editor.sign_in()
        warm(server.port)
        fill(home / "filler")
        yield none_failed("full disk: pages", reads(server.port, [*PAGES, "/en/no-such-page-*/"], 3))
        yield _says_so("full disk: an image is uploaded", editor.upload(noise()))
        yield _says_so("full disk: a draft is saved", editor.tag(public[0][0]))
        yield _is_done("full disk: withdrawn, signed in before", editor.withdraw(public[0][0]))
        took = until(lambda: not first.exists(), what=mirror.tail)
        yield Measurement("full disk: gone from the mirror", f"{took:.1f} s", "2 s", took <= 2)
        yield from _by_a_newcomer(Editor(server.port, home), home, [number for number, _ in public[1:]])
        (home / "filler").unlink()
        yield from _once_there_is_room(editor, home, known, mirror)


def _by_a_newcomer(editor: Editor, home: Path, public: list[int]) -> Iterator[Measurement]:
    """Somebody who was not signed in withdraws one publication after the other, while others fill what is left."""
    signed_in = editor.sign_in()
    yield Measurement("full disk: sign in", "yes" if signed_in else "no", "yes", signed_in)
    done = 0
    for number in public[:MORE]:
        fill(home / f"more-{number}")
        done += editor.withdraw(number).status_code == 302
    yield Measurement("full disk, filled again: withdrawn", f"{done} of {MORE}", str(MORE), done == MORE)
    left = _reserve(home)
    yield Measurement("of the reserve is left", f"{left:.1f} of {RESERVE_MEGABYTES} MB", "> 0", left > 0)


def _once_there_is_room(
    editor: Editor, home: Path, known: dict[str, str], mirror: Server
) -> Iterator[Measurement]:
    uploaded = editor.upload(noise())
    yield _is_done("room again: the image is uploaded", uploaded)
    with publishing(home, known) as publish:
        publish("Barley after it")
        page = home / "mirror/en/publications/index.html"
        took = until(lambda: page.exists() and b"Barley" in page.read_bytes(), what=mirror.tail)
    budget = 2 * MIRROR_TRIES_EVERY
    yield Measurement(
        "room again: the mirror shows what is new", f"{took:.1f} s", f"{budget} s", took <= budget
    )
    manage("tidy", SITE_DATA=str(home), **known)
    yield Measurement(
        "the reserve after tidy", f"{_reserve(home):.1f} MB", "16 MB", _reserve(home) == RESERVE_MEGABYTES
    )
    yield none_damaged("originals and renditions damaged", damaged_files(home))
    yield none_damaged("pages of the mirror half-written", half_mirrored(home / "mirror"))


def _says_so(what: str, answer: requests.Response) -> Measurement:
    is_said = answer.status_code == 503 and "The disk is full" in answer.text
    return Measurement(what, "the page says so" if is_said else str(answer.status_code), "says so", is_said)


def _is_done(what: str, answer: requests.Response) -> Measurement:
    return Measurement(what, str(answer.status_code), "302", answer.status_code == 302)


def kills(folder: Path) -> Iterator[Measurement]:
    """The server killed (kill -9) during 67 uploads: no file is half-written, and the same upload then works."""
    known = {"DATABASE_URL": f"sqlite:///{folder}/site.sqlite3"}
    manage("prepare", SITE_DATA=str(folder), **known)
    chance, accepted = random.Random(SEED), 0
    with stopping(site(folder, **known).wait()) as server:
        editor = Editor(server.port, folder)
        assert editor.sign_in()
        started = time.monotonic()
        editor.upload(noise())
        longest = time.monotonic() - started
        for number in range(KILLS):
            picture = noise()
            _kill_during(server, folder, editor, picture, None if number % 2 else chance.uniform(0, longest))
            server.start()
            server.wait()
            accepted += editor.upload(picture).status_code == 302
    struck = f"{KILLS} kills during uploads, {len(unfinished(folder))} within a write"
    yield Measurement(struck, f"{accepted} then accepted", str(KILLS), accepted == KILLS)
    yield none_damaged("originals and renditions damaged", damaged_files(folder))


def _kill_during(server: Server, folder: Path, editor: Editor, picture: bytes, seconds: float | None) -> None:
    """Kill the server `seconds` after an upload has started, or as soon as it writes a file."""
    before = len(unfinished(folder))
    upload = threading.Thread(target=_upload_to_the_end, args=(editor, picture))
    upload.start()
    started = time.monotonic()
    while upload.is_alive() and not _is_time(started, seconds, folder, before):
        time.sleep(0.0005)
    server.kill()
    upload.join()


def _is_time(started: float, seconds: float | None, folder: Path, before: int) -> bool:
    return len(unfinished(folder)) > before if seconds is None else time.monotonic() - started >= seconds


def _upload_to_the_end(editor: Editor, picture: bytes) -> None:
    with suppress(requests.RequestException):  # the server was killed
        editor.upload(picture)


def none_damaged(what: str, checked: tuple[int, list[Path]]) -> Measurement:
    count, damaged = checked
    return Measurement(what, f"{len(damaged)} of {count}", "0", not damaged and count > 0)


def damaged_files(home: Path) -> tuple[int, list[Path]]:
    """How many originals and renditions there are, and which of them are not what their names promise."""
    originals = [path for path in (home / "originals").glob("??/*") if path.is_file()]
    renditions = [path for path in (home / "renditions").glob("??/*") if path.is_file()]
    damaged = [path for path in originals if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem]
    damaged += [path for path in renditions if not _is_picture(path)]
    return len(originals) + len(renditions), damaged


def _is_picture(path: Path) -> bool:
    try:
        with Pixels.open(path) as opened:
            opened.load()
    except OSError:
        return False
    return True


def half_mirrored(mirror: Path) -> tuple[int, list[Path]]:
    """How many pages of the mirror have twins, and the twins that do not hold their page."""
    twins = [*mirror.rglob("*.gz"), *mirror.rglob("*.br")]
    open_twin = {".gz": gzip.decompress, ".br": brotli.decompress}
    wrong = [
        twin
        for twin in twins
        if open_twin[twin.suffix](twin.read_bytes()) != twin.with_suffix("").read_bytes()
    ]
    return len(twins), wrong + list(mirror.rglob("*.part"))


def unfinished(folder: Path) -> list[Path]:
    """The files that were being written when their process was killed."""
    return [
        path for name in ("originals", "renditions") for path in (folder / name / "incoming").glob("*.part")
    ]


def live_publications(home: Path) -> list[tuple[int, str]]:
    """Numbers and addresses of English publications that readers see."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with sqlite3.connect(home / "site.sqlite3") as database:
        rows = database.execute(
            "SELECT publication_id, slug FROM publications_edition"
            " WHERE locale = 'en' AND visible_from <= ? AND visible_until > ? ORDER BY publication_id",
            (now, now),
        )
        return [(number, f"en/publications/{slug}/index.html") for number, slug in rows]


def watching_mirror(folder: Path, home: Path, known: dict[str, str]) -> Server:
    """`mirror --watch` into the same disk."""
    command = [sys.executable, "manage.py", "mirror", str(home / "mirror"), "--watch", "--processes", "1"]
    return Server(command, 0, log=folder / "mirror.log", SITE_DATA=str(home), **known)


def _reserve(home: Path) -> float:
    """Megabytes of the reserve."""
    path = home / "disk-reserve"
    return path.stat().st_size / MEGABYTE if path.exists() else 0.0


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own: ext4 in a file, or in memory where there are no loop devices. Raises MissingProgram."""
    folder.mkdir()
    if os.getuid() or not (_mount_file(folder) or _mount_memory(folder)):
        raise MissingProgram("A small disk can be mounted by root alone.")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _mount_file(folder: Path) -> bool:
    image = folder.with_suffix(".ext4")
    with image.open("wb") as file:
        file.truncate(DISK_MEGABYTES * MEGABYTE)
    is_made = shutil.which("mkfs.ext4") and _succeeds("mkfs.ext4", "-q", "-F", "-m", "0", image)
    return bool(is_made) and _succeeds("mount", "-o", "loop", image, folder)


def _mount_memory(folder: Path) -> bool:
    return _succeeds("mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=0755", "tmpfs", folder)


def _succeeds(*command: str | Path) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("ab", buffering=0) as file:
        for size in (MEGABYTE, 4096, 1):
            with suppress_full():
                while True:
                    file.write(b"x" * size)


@contextmanager
def suppress_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
