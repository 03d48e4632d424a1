"""Encrypted backups: what is stored, what restores it, and that no plain text is left, however a backup ends."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyrage
import pytest
from pyrage import x25519

from tests.test_deploying import DEPLOY, ORIGINAL, PICTURE, _lose_original, _sound, opened, run, site, words

pytestmark = pytest.mark.django_db
__all__ = ["_sound", "site"]
KEY, OTHER_KEY = x25519.Identity.generate(), x25519.Identity.generate()
PLAIN = (PICTURE, b"grain", b"SQLite format", b"secret-key-of-the-site")


@pytest.fixture
def identity(tmp_path) -> Path:
    return write_identity(tmp_path / "identity.txt", KEY)


def write_identity(path: Path, key: x25519.Identity) -> Path:
    path.write_text(f"# created: 2026-11-29\n# public key: {key.to_public()}\n{key}\n")
    return path


@pytest.fixture(scope="session")
def _encrypted(tmp_path_factory, _sound) -> Path:
    site = shutil.copytree(_sound, tmp_path_factory.mktemp("secret") / "site")
    (site / "secret-key").write_bytes(PLAIN[-1])
    recipients = f"{OTHER_KEY.to_public()}, {KEY.to_public()}"
    result = run("backup", site.parent / "backups", site, BACKUP_RECIPIENTS=recipients)
    assert (result.returncode, result.stderr) == (0, "")
    return Path(result.stdout.strip())


@pytest.fixture
def kept(tmp_path, _encrypted) -> Path:
    return shutil.copytree(_encrypted, tmp_path / "kept")


def sign_again(backup: Path) -> None:
    """Write the checksums of what now is there, as somebody would who changes a backup on purpose."""
    sums = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(backup.glob("*.age"))
    )
    (backup / "SHA256SUMS").write_text("".join(sums))


def plain_texts_in(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [f"{path.name}: {text}" for path in files for text in PLAIN if text in path.read_bytes()]


def test_an_encrypted_backup_has_no_plain_text(kept):
    assert {path.name for path in kept.iterdir()} == {
        "site.sqlite3.age", "originals.tar.age", "secret-key.age", "SHA256SUMS",
    }  # fmt: skip
    assert plain_texts_in(kept) == []
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept.iterdir())


def test_an_encrypted_backup_is_restored(kept, identity, tmp_path):
    result = run("restore", kept, tmp_path / "new", "--identity", str(identity))

    assert result.returncode == 0, result.stderr
    assert words(tmp_path / "new") == ["grain"]
    assert (tmp_path / "new" / ORIGINAL).read_bytes() == PICTURE
    assert (tmp_path / "new/secret-key").read_bytes() == PLAIN[-1]
    assert not (tmp_path / "new/restoring").exists()


def test_what_a_killed_restore_has_left_is_deleted_by_the_next(kept, identity, site):
    (site / "restoring").mkdir()
    (site / "restoring/secret-key").write_text("of another day")

    result = run("restore", kept, site, "--identity", str(identity))

    assert result.returncode == 0, result.stderr
    assert not (site / "restoring").exists()


def test_a_backup_without_recipients_says_that_it_is_not_encrypted(site, tmp_path):
    result = run("backup", tmp_path / "backups", site)

    assert result.returncode == 0 and "is not encrypted" in result.stderr
    assert Path(result.stdout.strip(), "site.sqlite3").exists()


@pytest.mark.skipif(not shutil.which("age"), reason="the tool age is not installed")
@pytest.mark.parametrize("name", ["site.sqlite3", "originals.tar", "secret-key"])
def test_the_tool_age_decrypts_a_backup(kept, identity, name, tmp_path):
    subprocess.run(
        ["age", "--decrypt", "-i", identity, "-o", tmp_path / name, kept / f"{name}.age"], check=True
    )

    pyrage.decrypt_file(str(kept / f"{name}.age"), str(tmp_path / "ours"), [KEY])
    assert (tmp_path / name).read_bytes() == (tmp_path / "ours").read_bytes() != b""


@pytest.mark.skipif(not shutil.which("age"), reason="the tool age is not installed")
def test_what_the_tool_age_has_encrypted_is_restored(kept, identity, tmp_path):
    for path in kept.glob("*.age"):
        pyrage.decrypt_file(str(path), str(tmp_path / "plain"), [KEY])
        command = ["age", "-r", str(KEY.to_public()), "-o", path, tmp_path / "plain"]
        subprocess.run(command, check=True)
    sign_again(kept)

    result = run("restore", kept, tmp_path / "new", f"--identity={identity}")

    assert result.returncode == 0, result.stderr
    assert words(tmp_path / "new") == ["grain"]


def flip_bit(path: Path, at: int = -5) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def flip_bit_of_header(path: Path) -> None:
    flip_bit(path, 3)


def cut_end(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


@pytest.mark.parametrize("name", ["site.sqlite3", "originals.tar", "secret-key"])
@pytest.mark.parametrize("damage", [flip_bit, cut_end, flip_bit_of_header])
@pytest.mark.parametrize("is_signed_again", [False, True], ids=["by accident", "on purpose"])
def test_a_damaged_file_is_refused_before_anything_is_replaced(
    kept, identity, site, name, damage, is_signed_again
):
    damage(kept / f"{name}.age")
    if is_signed_again:
        sign_again(kept)
    with opened(site) as database:
        database.execute("UPDATE words SET word = 'barley'")
    (site / ORIGINAL).unlink()

    result = run("restore", kept, site, "--identity", str(identity))

    assert result.returncode == 1 and "Nothing was changed." in result.stderr
    assert "damaged" in result.stderr or "is not whole" in result.stderr
    assert "Traceback" not in result.stderr
    assert words(site) == ["barley"] and (site / "secret-key").read_text() == "secret"
    assert not (site / ORIGINAL).exists() and not (site / "restoring").exists()


def no_identity(path: Path) -> None:
    path.unlink()


def other_identity(path: Path) -> None:
    write_identity(path, x25519.Identity.generate())


def empty_identity(path: Path) -> None:
    path.write_text("# nothing\n")


def public_identity(path: Path) -> None:
    path.write_text(f"{KEY.to_public()}\n")


def encrypted_identity(path: Path) -> None:
    path.write_bytes(pyrage.passphrase.encrypt(path.read_bytes(), "word", armored=True))


def binary_identity(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")


IDENTITIES = {
    no_identity: "cannot be read: No such file",
    other_identity: "Is it encrypted to another key?",
    empty_identity: "has no key",
    public_identity: "is no private key of age",
    encrypted_identity: "is encrypted. Decrypt it first",
    binary_identity: "cannot be read",
}


@pytest.mark.parametrize("change", IDENTITIES, ids=lambda change: change.__name__)
def test_a_wrong_key_is_refused_in_a_sentence(kept, identity, site, change):
    change(identity)

    result = run("restore", kept, site, "--identity", str(identity))

    assert result.returncode == 1 and IDENTITIES[change] in result.stderr
    assert "Nothing was changed." in result.stderr and "Traceback" not in result.stderr
    assert words(site) == ["grain"] and (site / "secret-key").read_text() == "secret"


def test_an_encrypted_backup_asks_for_the_key(kept, site):
    result = run("restore", kept, site)

    assert result.returncode == 1 and "Name the file with the private key: --identity FILE" in result.stderr


@pytest.mark.parametrize(
    "recipients",
    ["age1wrong", str(KEY), f"{KEY.to_public()} ssh-ed25519"],
    ids=["no key", "a private key", "a key of SSH beside one"],
)
def test_a_wrong_recipient_is_refused_before_anything_is_written(site, tmp_path, recipients):
    result = run("backup", tmp_path / "backups", site, BACKUP_RECIPIENTS=recipients)

    assert result.returncode == 1 and "BACKUP_RECIPIENTS has" in result.stderr
    assert str(KEY) not in result.stderr and "Traceback" not in result.stderr
    assert not (tmp_path / "backups").exists()


def test_faults_are_encrypted_as_well(site, identity, tmp_path):
    _lose_original(site)

    result = run("backup", tmp_path / "backups", site, BACKUP_RECIPIENTS=str(KEY.to_public()))
    restored = run("restore", result.stdout.strip(), tmp_path / "new", "--identity", str(identity))

    backup = Path(result.stdout.strip())
    assert result.returncode == 3 and "missing" in result.stderr
    assert backup.suffix == ".faults" and "FAULTS.txt" not in {path.name for path in backup.iterdir()}
    assert "missing" in restored.stdout and ORIGINAL.rpartition("/")[2] in restored.stdout


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
@pytest.mark.parametrize("step", range(4))
def test_a_backup_that_is_killed_leaves_no_plain_text(site, tmp_path, how, step):
    """Each step is stopped while its program runs: the copy of the database, tar, the key, verify."""
    (site / "secret-key").write_bytes(PLAIN[-1])
    marks, python = tmp_path / "marks", tmp_path / "python"
    marks.mkdir()
    python.write_text(SLOW_PYTHON.format(python=sys.executable, marks=marks, step=step))
    python.chmod(0o755)
    environment = {
        "SITE_DATA": str(site), "PYTHON": str(python), "PATH": os.environ["PATH"],
        "BACKUP_RECIPIENTS": str(KEY.to_public()),
    }  # fmt: skip
    command = [DEPLOY / "backup", str(tmp_path / "backups")]

    with subprocess.Popen(
        command, env=environment, start_new_session=True, stderr=subprocess.DEVNULL
    ) as process:
        wait_for(marks / "stopped", process)
        os.killpg(process.pid, how)

    assert process.returncode != 0
    assert plain_texts_in(tmp_path / "backups") == []
    assert how == signal.SIGKILL or list((tmp_path / "backups").iterdir()) == []


SLOW_PYTHON = """#!/bin/sh
case "$*" in
*store_output.py*|*manage.py*)
    count=$(ls {marks} | wc -l)
    : >{marks}/$$
    [ "$count" != {step} ] || {{ {python} "$@"; : >{marks}/stopped; sleep 60; }}
esac
exec {python} "$@"
"""


def wait_for(path: Path, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)


def test_a_full_disk_ends_a_backup_without_leaving_any_of_it(site, tmp_path):
    (site / ORIGINAL).write_bytes(b"\1" * 9_000_000)
    script = f"ulimit -f 4000; exec {DEPLOY / 'backup'} {tmp_path / 'backups'}"
    environment = {
        "SITE_DATA": str(site), "PYTHON": sys.executable, "PATH": os.environ["PATH"],
        "BACKUP_RECIPIENTS": str(KEY.to_public()),
    }  # fmt: skip

    result = subprocess.run(
        ["sh", "-c", script], env=environment, capture_output=True, text=True, check=False
    )

    assert result.returncode == 1 and re.search(
        r"originals.tar.age could not be written|No backup", result.stderr
    )
    assert list((tmp_path / "backups").iterdir()) == []
