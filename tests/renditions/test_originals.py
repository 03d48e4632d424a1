"""Originals and renditions on disk: whole or not there, whatever happens while they are written."""

import hashlib
import os
import signal
import subprocess
import sys
import time

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from publications import renditions
from publications.durable_files import remove_abandoned_files
from publications.models import OriginalFault, find_original_fault, original_storage, store_original
from publications.reserved_disk_space import is_disk_full_error
from sceeus import service_urls
from tests.conftest import ROOT
from tests.factories import make_image
from tests.full_disks import files_of_at_most
from tests.small_bucket import bucket

CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 2048
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAME = f"{DIGEST[:2]}/{DIGEST}.pdf"
DAMAGED = {"empty": b"", "half": CONTENT[:131_072], "other bytes": CONTENT[:-1] + b"x"}


@pytest.fixture(params=["folder", "bucket"])
def store(request, settings):
    """The store of originals, in a folder and in a bucket."""
    if request.param == "folder":
        yield original_storage()
        return
    with bucket() as server:
        entry = service_urls.parse_storage_url(server.url, settings.ORIGINALS)
        settings.STORAGES = {**settings.STORAGES, "originals": entry}
        yield original_storage()


def content_of(store) -> bytes:
    with store.open(NAME) as file:
        return file.read()


def files_below(folder) -> list:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_a_later_upload_replaces_a_damaged_original(store, damaged):
    store.save(NAME, ContentFile(damaged))

    assert store_original(CONTENT, "pdf") == NAME

    assert content_of(store) == CONTENT


def test_a_sound_original_is_not_written_again(settings):
    store_original(CONTENT, "pdf")
    path = settings.ORIGINALS / NAME
    before = path.stat()

    store_original(CONTENT, "pdf")

    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_upload_that_the_disk_refuses_leaves_no_file(settings):
    with pytest.raises(OSError), files_of_at_most(131_072):
        store_original(CONTENT, "pdf")

    assert files_below(settings.ORIGINALS) == []


def test_an_upload_that_the_bucket_refuses_leaves_no_file(settings):
    with bucket() as server:
        server.room = 131_072
        entry = service_urls.parse_storage_url(server.url, settings.ORIGINALS)
        settings.STORAGES = {**settings.STORAGES, "originals": entry}

        with pytest.raises(Exception, match="507") as raised:
            store_original(CONTENT, "pdf")

        assert server.files == {} and is_disk_full_error(raised.value)


KILLED = """
import os, signal, sys
from pathlib import Path
from publications.durable_files import make_folder, write_file
def chunks():
    yield b"x" * 131_072
    if sys.argv[3] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    yield b"y" * 131_072
path = Path(sys.argv[1])
make_folder(path.parent)
write_file(path, chunks(), temporary_folder=Path(sys.argv[2]))
"""


def write_in_a_process(path, how: str) -> int:
    command = [sys.executable, "-c", KILLED, str(path), str(path.parent / "incoming"), how]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def test_a_process_killed_while_it_writes_leaves_the_file_of_before(tmp_path):
    path = tmp_path / "folder" / "file"
    write_in_a_process(path, "whole")

    assert write_in_a_process(path, "killed") == -signal.SIGKILL

    assert path.stat().st_size == 2 * 131_072


def test_what_killed_processes_left_is_removed_after_a_day(tmp_path):
    write_in_a_process(tmp_path / "file", "killed")
    incoming = tmp_path / "incoming"
    (left,) = incoming.iterdir()
    assert remove_abandoned_files(incoming) == 0

    os.utime(left, (time.time() - 90_000,) * 2)

    assert remove_abandoned_files(incoming) == 1
    assert list(incoming.iterdir()) == []


def test_tidy_removes_what_killed_processes_left_among_uploads_and_renditions(settings, db):
    folders = [settings.ORIGINALS / "incoming", settings.RENDITIONS / "incoming"]
    for folder in folders:
        write_in_a_process(folder / "file", "whole")
        (folder / "old.part").touch()
        os.utime(folder / "old.part", (time.time() - 90_000,) * 2)

    call_command("tidy")

    assert [path.name for folder in folders for path in folder.iterdir()] == ["file", "incoming"] * 2


def test_a_sound_original_has_no_fault(store):
    store_original(CONTENT, "pdf")

    assert find_original_fault(NAME, size=len(CONTENT)) is None
    assert find_original_fault(NAME) is None


def test_faults_of_originals_are_named(store):
    assert find_original_fault(NAME) == OriginalFault.MISSING

    store.save(NAME, ContentFile(DAMAGED["half"]))
    assert find_original_fault(NAME, size=len(CONTENT)) == OriginalFault.WRONG_SIZE
    assert find_original_fault(NAME) == OriginalFault.WRONG_DIGEST

    store.save(NAME, ContentFile(DAMAGED["other bytes"]))
    assert find_original_fault(NAME, size=len(CONTENT)) == OriginalFault.WRONG_DIGEST


def test_an_original_that_cannot_be_read_is_a_fault(settings):
    (settings.ORIGINALS / NAME).mkdir(parents=True)

    assert find_original_fault(NAME) == OriginalFault.UNREADABLE


def test_a_rendition_that_the_disk_refuses_leaves_no_file(settings, db):
    image = make_image(size=(1000, 500))

    with files_of_at_most(100):
        pixels = renditions.get_image_file(image, "960", "jpg")

    assert pixels and files_below(settings.RENDITIONS) == []
