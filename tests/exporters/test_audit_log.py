"""The public audit log: what an outsider gets, and that the verifier of one file finds what was changed in it."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from publications import actions, minisign
from publications.hash_chain import serialize_canonically
from publications.integrity import CHECKS, no_progress
from publications.models import (
    AuditEntry,
    Operation,
    OperationRecord,
    SiteVersion,
    audit_file_name,
    original_storage,
)
from tests.conftest import ROOT
from tests.factories import make_live, make_publication, saved

pytestmark = pytest.mark.django_db
HEAD, LOG = "/.well-known/audit-head.json", "/.well-known/audit-log.jsonl"


def export(folder: Path) -> list[str]:
    """The lines of the log as an administrator gives them to an outsider."""
    call_command("export_audit_log", folder / "exported.jsonl", verbosity=0)
    return (folder / "exported.jsonl").read_text("utf-8").splitlines(keepends=True)


@pytest.fixture
def lines(editor, tmp_path) -> list[str]:
    """The lines of a log of a few actions, whose head is public."""
    publication = make_publication(title="Grain of Ivan Petrov", body="Åke Ivan Petrov.")
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, title="Oats of Ivan Petrov"), by=editor)
    actions.redact(publication, "Ivan Petrov", by=editor)
    actions.withdraw(publication, by=editor, note="Not ours.")
    call_command("sign_head", verbosity=0)
    return export(tmp_path)


def serialize(entry: dict) -> str:
    """A line of the log."""
    return serialize_canonically(entry).decode() + "\n"


def read(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return b"".join(response).decode()


def verify(folder: Path, lines: list[str], head: str = "") -> tuple[int, str]:
    """Run the verifier as an outsider does, without this project; return its exit status and what it says."""
    (folder / "log").write_text("".join(lines), encoding="utf-8")
    (folder / "head").write_text(head, encoding="utf-8")
    script = [sys.executable, "-I", ROOT / "scripts" / "verify_audit_log.py", "log"]
    process = subprocess.run(
        [*script, *(["head"] if head else [])], cwd=folder, capture_output=True, text=True
    )
    return process.returncode, process.stdout + process.stderr


def test_a_sound_log_fits_its_head(client, tmp_path, lines):
    assert len(lines) == 4
    assert verify(tmp_path, lines, read(client, HEAD)) == (0, "The log is sound up to the head.\n")


def test_the_log_is_not_public(client, lines):
    """Its digests would confirm a guess at a redacted name, or at the time of a scheduled edition."""
    assert client.get(LOG).status_code == 404


def test_no_name_and_no_text_is_in_the_log(lines, editor):
    text = "".join(lines)

    assert not any(word in text for word in ("Petrov", "Grain", "Oats", "Not ours", editor.username))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("action", "amend"),
        ("at", "2020"),
        ("editions", {}),
        ("hash", "0" * 64),
        ("personal", "0" * 64),
        ("version", 9),
    ],
)
def test_a_changed_entry_is_found(tmp_path, lines, name, value):
    entry = json.loads(lines[1])
    entry[name] = value

    status, said = verify(tmp_path, [lines[0], serialize(entry), *lines[2:]])

    assert status == 1 and "Line 2" in said


def test_an_entry_that_was_changed_with_its_hash_is_found(tmp_path, lines):
    entry = AuditEntry.objects.order_by("site_version")[1]
    entry.action = "amend"
    record = entry.public_record(json.loads(lines[0])["hash"])
    line = serialize({**record, "hash": entry.compute_hash(record["previous"])})

    status, said = verify(tmp_path, [lines[0], line, *lines[2:]])

    assert status == 1 and "Line 3" in said and "Line 2" not in said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"action":', '"action":"retract","action":'),
        ('"hash":', '"hash":"00","hash":'),
        ('"editions":{', '"editions":{"1/1":"00"},"editions":{'),
        ('"editions":{', '"editions":{"1/1":"00","1/1":"00",'),
        ('"action":"publish"', '"action":"\\u0070ublish"'),
        ('"action":', '"action": '),
    ],
    ids=["a key twice", "its hash twice", "an object twice", "a key of an object", "escape", "space"],
)
def test_a_line_that_others_may_read_otherwise_than_the_verifier_is_found(tmp_path, lines, before, after):
    """Also a line whose hash fits: of a key that stands twice JSON readers may take the first, and people see both."""
    assert before in lines[0]

    status, said = verify(tmp_path, [lines[0].replace(before, after), *lines[1:]])

    assert status == 1 and "Line 1" in said


@pytest.mark.parametrize("order", [(0, 2, 3), (1, 2, 3), (0, 2, 1, 3), (3, 2, 1, 0), (0, 1, 1, 2, 3)])
def test_a_missing_moved_or_doubled_entry_is_found(tmp_path, lines, order):
    status, said = verify(tmp_path, [lines[number] for number in order])

    assert status == 1 and "does not follow the entry before" in said


def test_entries_that_were_cut_off_at_the_end_are_found_by_the_head(client, tmp_path, lines):
    assert verify(tmp_path, lines[:-1])[0] == 0

    status, said = verify(tmp_path, lines[:-1], read(client, HEAD))

    assert status == 1 and "its entry 4 is missing" in said


@pytest.mark.parametrize("way", ["", "write"])
def test_a_log_that_was_cut_off_before_its_public_head_is_found_and_not_signed(client, tmp_path, lines, way):
    head = read(client, HEAD)
    AuditEntry.objects.order_by("site_version").last().delete()
    SiteVersion.objects.update(number=AuditEntry.objects.order_by("site_version").last().site_version)

    (check,) = (check for check in CHECKS if check.name == "published-head")
    assert len(list(check.find(no_progress))) == 1
    with pytest.raises(CommandError, match="does not contain the head"):
        call_command("sign_head", **({way: tmp_path / "head"} if way else {}), verbosity=0)
    assert read(client, HEAD) == head and not (tmp_path / "head").exists()


def test_an_older_head_fits_a_longer_log_and_a_head_of_another_log_does_not(client, tmp_path, lines, editor):
    head = read(client, HEAD)
    actions.publish(make_publication(), by=editor)
    call_command("sign_head", verbosity=0)

    longer = export(tmp_path)

    assert len(longer) == 5 and verify(tmp_path, longer, head)[0] == 0
    other = json.dumps({**json.loads(head), "hash": "0" * 64})
    assert verify(tmp_path, longer, other)[0] == 1


def test_what_is_no_log_gets_a_sentence(tmp_path):
    assert verify(tmp_path, ["no json\n", "[]\n", "{}\n", "1\n"]) == (
        1,
        "".join(f"Line {number} is no entry.\n" for number in range(1, 5)),
    )


def test_a_head_is_signed_by_a_key_on_the_server(client, tmp_path, settings, lines):
    key = minisign.SecretKey.generate()
    (tmp_path / "key").write_text(key.serialize())
    settings.SIGNING_KEY = str(tmp_path / "key")

    call_command("sign_head", verbosity=0)

    signature = read(client, f"{HEAD}.minisig")
    assert "audit-head.json" in key.public.verify([read(client, HEAD).encode()], signature)


def test_a_head_is_signed_elsewhere(client, tmp_path, settings, lines, editor):
    key, file = minisign.SecretKey.generate(), tmp_path / "audit-head.json"
    call_command("sign_head", write=file, verbosity=0)
    actions.publish(make_publication(), by=editor)
    (tmp_path / "audit-head.json.minisig").write_text(
        key.sign([file.read_bytes()], comment="file:audit-head.json")
    )
    settings.SIGNING_PUBLIC_KEY = str(key.public)

    call_command("sign_head", publish=file, verbosity=0)

    assert json.loads(read(client, HEAD))["entries"] == len(lines) == 4
    key.public.verify([file.read_bytes()], read(client, f"{HEAD}.minisig"))


def test_a_signature_by_another_key_and_a_foreign_head_are_refused(client, tmp_path, settings, lines):
    key, file = minisign.SecretKey.generate(), tmp_path / "audit-head.json"
    call_command("sign_head", write=file, verbosity=0)
    (tmp_path / "audit-head.json.minisig").write_text(key.sign([file.read_bytes()], comment="x"))
    settings.SIGNING_PUBLIC_KEY = str(minisign.SecretKey.generate().public)

    with pytest.raises(CommandError, match="by another key"):
        call_command("sign_head", publish=file)
    settings.SIGNING_PUBLIC_KEY = ""
    for content in ("{}", "[]", "no json", file.read_text().replace('"entries":4', '"entries":3')):
        file.write_text(content)
        with pytest.raises(CommandError, match="head"):
            call_command("sign_head", publish=file)
    assert client.get(f"{HEAD}.minisig").status_code == 404


def lost_head() -> str:
    (check,) = (check for check in CHECKS if check.name == "published-head")
    return " ".join(check.find(no_progress))


def test_an_older_head_does_not_take_the_place_of_a_later_one(client, tmp_path, lines, editor):
    older, signature = tmp_path / "older.json", tmp_path / "older.json.minisig"
    older.write_text(read(client, HEAD))
    signature.write_text(minisign.SecretKey.generate().sign([older.read_bytes()], comment="x"))
    actions.publish(make_publication(), by=editor)
    call_command("sign_head", verbosity=0)
    head = read(client, HEAD)

    with pytest.raises(CommandError, match="is public already"):
        call_command("sign_head", publish=older)
    assert read(client, HEAD) == head


def test_a_head_that_was_deleted_is_missed(lines):
    assert lost_head() == ""

    original_storage().delete(audit_file_name("audit-head.json"))

    assert "is not there any more" in lost_head()


def test_the_signature_of_the_public_head_is_verified(tmp_path, settings, lines):
    key, file = minisign.SecretKey.generate(), audit_file_name("audit-head.json.minisig")
    (tmp_path / "key").write_text(key.serialize())
    settings.SIGNING_KEY = str(tmp_path / "key")
    call_command("sign_head", verbosity=0)
    assert lost_head() == ""

    original_storage().delete(file)
    assert "was signed" in lost_head()
    for text in (key.sign([b"Another file"], comment="x"), "no signature"):
        original_storage().save(file, ContentFile(text.encode()))
        assert "audit-head.json.minisig, which is public" in lost_head()
        original_storage().delete(file)


def test_a_new_head_is_public_at_once_and_an_old_signature_goes(client, tmp_path, settings, lines, editor):
    (tmp_path / "key").write_text(minisign.SecretKey.generate().serialize())
    settings.SIGNING_KEY = str(tmp_path / "key")
    call_command("sign_head", verbosity=0)
    settings.SIGNING_KEY = ""
    make_live()

    call_command("sign_head", verbosity=0)

    assert json.loads(read(client, HEAD))["entries"] == 5
    assert client.get(f"{HEAD}.minisig").status_code == 404


def test_when_a_head_was_published_is_recorded(lines):
    record = OperationRecord.objects.get(operation=Operation.HEAD)

    assert record.detail == {"is_signed": False} and timezone.now() - record.at < timedelta(minutes=1)


def test_without_a_head_nothing_is_public(client):
    assert [client.get(path).status_code for path in (HEAD, LOG, f"{HEAD}.minisig")] == [404] * 3
    with pytest.raises(CommandError, match="no entry yet"):
        call_command("sign_head")


def test_the_files_of_the_log_are_no_unused_originals(lines):
    (check,) = [check for check in CHECKS if check.name == "unused"]

    assert list(check.find(no_progress)) == []


def test_the_verifier_explains_itself():
    script = [sys.executable, "-I", ROOT / "scripts" / "verify_audit_log.py", "--help"]

    assert "SHA-256" in subprocess.run(script, capture_output=True, text=True, check=True).stdout
