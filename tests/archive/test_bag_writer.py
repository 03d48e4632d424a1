"""A bag at every moment of its writing: the last one, or visibly unfinished; and complete after another run."""

import errno
import io
import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from publications.archive.bag import NotABag, is_complete, verify
from publications.archive.bag_writer import BagWriter, DamagedFile, NotAnArchive
from tests.archive_sites import read_files

FIRST = {"a.txt": b"Rye", "folder/b.txt": b"Wheat", "gone/c.txt": b"Oats"}
SECOND = {"a.txt": b"Rye", "folder/b.txt": b"Barley", "new/d.txt": b"Maize"}


class Killed(BaseException):
    pass


def write(root: Path, files: dict[str, bytes]) -> BagWriter:
    writer = BagWriter(root)
    for name, content in files.items():
        writer.store(name, content)
    writer.copy("copy.bin", io.BytesIO(b"copied"), sha256(b"copied").hexdigest())
    writer.finish({"Site-Version": str(len(files["folder/b.txt"]))}, {"README.txt": b"Read me"})
    return writer


def test_a_second_run_writes_what_has_changed_and_removes_what_is_gone(tmp_path):
    write(tmp_path / "bag", FIRST)
    before = (tmp_path / "bag/data/a.txt").stat().st_mtime_ns

    writer = write(tmp_path / "bag", SECOND)

    assert read_files(tmp_path / "bag/data") == {**SECOND, "copy.bin": b"copied"}
    assert (tmp_path / "bag/data/a.txt").stat().st_mtime_ns == before
    assert writer.removed == ["data/gone/c.txt"] and not (tmp_path / "bag/data/gone").exists()
    assert writer.written == 2 + 3  # and the manifests and bag-info.txt
    verify(tmp_path / "bag")


def test_a_run_without_changes_touches_no_file(tmp_path):
    write(tmp_path / "bag", FIRST)
    before = {path: path.stat() for path in (tmp_path / "bag").rglob("*")}

    assert write(tmp_path / "bag", FIRST).written == 0
    assert {path: path.stat().st_mtime_ns for path in before if path.is_file()} == {
        path: stored.st_mtime_ns for path, stored in before.items() if path.is_file()
    }


CALLS = ("mkdir", "unlink", "replace", "rmdir", "chmod")


@pytest.mark.parametrize("earlier", [None, FIRST], ids=["new folder", "over an archive"])
def test_a_kill_at_any_step_leaves_the_last_archive_or_a_visibly_unfinished_one(
    tmp_path, monkeypatch, earlier
):
    expected = tmp_path / "expected"
    write(expected, SECOND)
    steps, outcomes = 0, set()
    while True:
        root = tmp_path / f"bag-{steps}"
        if earlier:
            write(root, earlier)
        last = read_files(root) if earlier else None
        is_killed = _run_and_kill(monkeypatch, lambda: write(root, SECOND), after=steps)
        if is_killed and root.exists():
            files = {
                name: body for name, body in read_files(root).items() if not name.startswith(".unfinished/")
            }
            if is_complete(root):
                assert files in (last, read_files(expected))
                verify(root)
            else:
                with pytest.raises(NotABag):
                    verify(root)
            outcomes.add(is_complete(root))
        write(root, SECOND)
        assert read_files(root) == read_files(expected)
        if not is_killed:
            break
        steps += 1
    assert steps > 20 and False in outcomes


def _run_and_kill(monkeypatch, run, *, after: int) -> bool:
    """Run until so many changes of the file system are done; return whether it was killed."""
    left = [after]

    def counted(function):
        def call(*args, **kwargs):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return function(*args, **kwargs)

        return call

    with monkeypatch.context() as patch:
        for name in ("unlink", "mkdir", "replace", "rmdir"):
            patch.setattr(Path, name, counted(getattr(Path, name)))
        patch.setattr(os, "open", counted(os.open))
        try:
            run()
        except Killed:
            return True
    return False


def test_a_full_disk_leaves_the_last_archive_as_it_was(tmp_path, monkeypatch):
    write(tmp_path / "bag", FIRST)
    last = read_files(tmp_path / "bag")

    def refuse(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(os, "open", refuse)
        write(tmp_path / "bag", SECOND)

    assert read_files(tmp_path / "bag") == last
    verify(tmp_path / "bag")


def test_nobody_else_may_read_it(tmp_path):
    old_mask = os.umask(0)
    try:
        write(tmp_path / "bag", FIRST)
    finally:
        os.umask(old_mask)

    modes = {path.is_dir(): set() for path in (tmp_path / "bag").rglob("*")}
    for path in (tmp_path / "bag", *(tmp_path / "bag").rglob("*")):
        modes[path.is_dir()].add(stat.S_IMODE(path.stat().st_mode))
    assert modes == {True: {0o700}, False: {0o600}}


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "photos.txt").touch()

    with pytest.raises(NotAnArchive):
        BagWriter(tmp_path)


def test_a_file_with_other_bytes_than_its_name_says_is_not_archived(tmp_path):
    writer = BagWriter(tmp_path)

    with pytest.raises(DamagedFile):
        writer.copy("a.bin", io.BytesIO(b"damaged"), sha256(b"whole").hexdigest())

    assert writer.files == {}
