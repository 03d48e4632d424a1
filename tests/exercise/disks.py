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

from .editors import Editor, random_jpeg
from .measurements import Measurement, no_failures
from .readers import read_for
from .servers import MissingProgram, Server, manage, site, wait_until
from .sites import PAGES, publishing, stopping, warm

MEGABYTE = 1024 * 1024
DISK_MEGABYTES = 128
RESERVE_MEGABYTES = 16
MIRROR_RETRY_SECONDS = 10
SEED = 20_261_127
KILLS = 67
WITHDRAWALS = 10  # publications withdrawn one after the other


def disk(folder: Path) -> Iterator[Measurement]:
    """A full disk: withdrawing works, everything else reports it, nothing is half-written (root mounts it)."""
    with small_disk(folder / "disk") as site_folder, ExitStack() as stack:
        variables = {"DATABASE_URL": f"sqlite:///{site_folder}/site.sqlite3"}
        manage("prepare", SITE_DATA=str(site_folder), **variables)
        server = stack.enter_context(stopping(site(site_folder, **variables).wait()))
        mirror = stack.enter_context(stopping(watching_mirror(folder, site_folder, variables)))
        public = live_publications(site_folder)
        first = site_folder / "mirror" / public[0][1]
        wait_until(lambda: _reserve(site_folder) and first.exists(), what=mirror.tail, seconds=120)
        editor = Editor(server.port, site_folder)
        assert editor.sign_in()
        warm(server.port)
        fill(site_folder / "filler")
        yield no_failures("full disk: pages", read_for(server.port, [*PAGES, "/en/no-such-page-*/"], 3))
        yield _reports_full_disk("full disk: an image is uploaded", editor.upload(random_jpeg()))
        yield _saves_or_reports(
            "full disk: a draft is saved", editor.tag(public[0][0]), has_tag(site_folder, public[0][0])
        )
        yield _is_redirect("full disk: withdrawn, signed in before", editor.withdraw(public[0][0]))
        seconds = wait_until(lambda: not first.exists(), what=mirror.tail)
        yield Measurement("full disk: gone from the mirror", f"{seconds:.1f} s", "2 s", seconds <= 2)
        yield from _withdraw_after_sign_in(
            Editor(server.port, site_folder), site_folder, [number for number, _ in public[1:]]
        )
        (site_folder / "filler").unlink()
        yield from _after_the_disk_has_space(editor, site_folder, variables, mirror)


def _withdraw_after_sign_in(editor: Editor, site_folder: Path, public: list[int]) -> Iterator[Measurement]:
    """Sign in on the full disk and withdraw publications, while the space that is left is filled again."""
    signed_in = editor.sign_in()
    yield Measurement("full disk: sign in", "yes" if signed_in else "no", "yes", signed_in)
    done = 0
    for number in public[:WITHDRAWALS]:
        fill(site_folder / f"more-{number}")
        done += editor.withdraw(number).status_code == 302
    yield Measurement(
        "full disk, filled again: withdrawn",
        f"{done} of {WITHDRAWALS}",
        str(WITHDRAWALS),
        done == WITHDRAWALS,
    )
    left = _reserve(site_folder)
    yield Measurement("of the reserve is left", f"{left:.1f} of {RESERVE_MEGABYTES} MB", "> 0", left > 0)


def _after_the_disk_has_space(
    editor: Editor, site_folder: Path, variables: dict[str, str], mirror: Server
) -> Iterator[Measurement]:
    uploaded = editor.upload(random_jpeg())
    yield _is_redirect("room again: the image is uploaded", uploaded)
    with publishing(site_folder, variables) as publish:
        publish("Barley after it")
        page = site_folder / "mirror/en/publications/index.html"
        seconds = wait_until(lambda: page.exists() and b"Barley" in page.read_bytes(), what=mirror.tail)
    budget = 2 * MIRROR_RETRY_SECONDS
    yield Measurement(
        "room again: the mirror shows what is new", f"{seconds:.1f} s", f"{budget} s", seconds <= budget
    )
    manage("tidy", SITE_DATA=str(site_folder), **variables)
    yield Measurement(
        "the reserve after tidy",
        f"{_reserve(site_folder):.1f} MB",
        "16 MB",
        _reserve(site_folder) == RESERVE_MEGABYTES,
    )
    yield no_damage("originals and renditions damaged", damaged_files(site_folder))
    yield no_damage("pages of the mirror half-written", damaged_pages(site_folder / "mirror"))


def _reports_full_disk(what: str, response: requests.Response) -> Measurement:
    is_said = response.status_code == 503 and "The disk is full" in response.text
    return Measurement(what, "the page says so" if is_said else str(response.status_code), "says so", is_said)


def _saves_or_reports(what: str, response: requests.Response, is_saved: bool) -> Measurement:
    """A small change may fit into free pages of the database and its log; the page must say what happened."""
    measurement = _reports_full_disk(what, response)
    if response.status_code == 302:
        return Measurement(what, "saved" if is_saved else "lost", "saved or says so", is_saved)
    return measurement._replace(budget="saved or says so", is_met=measurement.is_met and not is_saved)


def _is_redirect(what: str, response: requests.Response) -> Measurement:
    return Measurement(what, str(response.status_code), "302", response.status_code == 302)


def kills(folder: Path) -> Iterator[Measurement]:
    """The server killed (kill -9) during 67 uploads: no file is half-written, and the same upload then works."""
    variables = {"DATABASE_URL": f"sqlite:///{folder}/site.sqlite3"}
    manage("prepare", SITE_DATA=str(folder), **variables)
    rng, accepted = random.Random(SEED), 0
    with stopping(site(folder, **variables).wait()) as server:
        editor = Editor(server.port, folder)
        assert editor.sign_in()
        started = time.monotonic()
        editor.upload(random_jpeg())
        longest = time.monotonic() - started
        for number in range(KILLS):
            image = random_jpeg()
            _kill_during(server, folder, editor, image, None if number % 2 else rng.uniform(0, longest))
            server.start()
            server.wait()
            accepted += editor.upload(image).status_code == 302
    description = f"{KILLS} kills during uploads, {len(unfinished(folder))} within a write"
    yield Measurement(description, f"{accepted} then accepted", str(KILLS), accepted == KILLS)
    yield no_damage("originals and renditions damaged", damaged_files(folder))


def _kill_during(server: Server, folder: Path, editor: Editor, image: bytes, seconds: float | None) -> None:
    """Kill the server `seconds` after an upload has started, or as soon as it writes a file."""
    before = len(unfinished(folder))
    upload = threading.Thread(target=_upload_ignoring_errors, args=(editor, image))
    upload.start()
    started = time.monotonic()
    while upload.is_alive() and not _is_due(started, seconds, folder, before):
        time.sleep(0.0005)
    server.kill()
    upload.join()


def _is_due(started: float, seconds: float | None, folder: Path, before: int) -> bool:
    return len(unfinished(folder)) > before if seconds is None else time.monotonic() - started >= seconds


def _upload_ignoring_errors(editor: Editor, image: bytes) -> None:
    with suppress(requests.RequestException):  # the server was killed
        editor.upload(image)


def no_damage(what: str, checked: tuple[int, list[Path]]) -> Measurement:
    count, damaged = checked
    return Measurement(what, f"{len(damaged)} of {count}", "0", not damaged and count > 0)


def damaged_files(site_folder: Path) -> tuple[int, list[Path]]:
    """Return the number of originals and renditions, and those whose content is not what their names say."""
    originals = [path for path in (site_folder / "originals").glob("??/*") if path.is_file()]
    renditions = [path for path in (site_folder / "renditions").glob("??/*") if path.is_file()]
    damaged = [path for path in originals if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem]
    damaged += [path for path in renditions if not _is_image(path)]
    return len(originals) + len(renditions), damaged


def _is_image(path: Path) -> bool:
    try:
        with Pixels.open(path) as opened:
            opened.load()
    except OSError:
        return False
    return True


def damaged_pages(mirror: Path) -> tuple[int, list[Path]]:
    """Return the number of compressed variants in the mirror, and those whose content differs from their page."""
    variants = [*mirror.rglob("*.gz"), *mirror.rglob("*.br")]
    decompress = {".gz": gzip.decompress, ".br": brotli.decompress}
    wrong = [
        variant
        for variant in variants
        if decompress[variant.suffix](variant.read_bytes()) != variant.with_suffix("").read_bytes()
    ]
    return len(variants), wrong + list(mirror.rglob("*.part"))


def unfinished(folder: Path) -> list[Path]:
    """Return the files that were being written when their process was killed."""
    return [
        path for name in ("originals", "renditions") for path in (folder / name / "incoming").glob("*.part")
    ]


def live_publications(site_folder: Path) -> list[tuple[int, str]]:
    """Return the primary keys and addresses of live English publications."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with sqlite3.connect(site_folder / "site.sqlite3") as database:
        rows = database.execute(
            "SELECT publication_id, slug FROM publications_edition"
            " WHERE locale = 'en' AND visible_from <= ? AND visible_until > ? ORDER BY publication_id",
            (now, now),
        )
        return [(number, f"en/publications/{slug}/index.html") for number, slug in rows]


def has_tag(site_folder: Path, publication: int) -> bool:
    """Return whether the draft has the tag that `Editor.tag` adds."""
    with sqlite3.connect(site_folder / "site.sqlite3") as database:
        rows = database.execute(
            "SELECT 1 FROM publications_taggedpublication AS tagged JOIN publications_tag AS tag ON tag.id = tagged.tag_id"
            " WHERE tagged.content_object_id = ? AND tag.name = 'Exercise'",
            [publication],
        )
        return rows.fetchone() is not None


def watching_mirror(folder: Path, site_folder: Path, variables: dict[str, str]) -> Server:
    """`mirror --watch` into the same disk."""
    command = [
        sys.executable,
        "manage.py",
        "mirror",
        str(site_folder / "mirror"),
        "--watch",
        "--processes",
        "1",
    ]
    return Server(command, 0, log=folder / "mirror.log", SITE_DATA=str(site_folder), **variables)


def _reserve(site_folder: Path) -> float:
    """Return the size of the disk reserve in megabytes."""
    path = site_folder / "disk-reserve"
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
