"""The checks of the running of the site: when each warns, on the desk and by mail, and that none fails a request."""

import logging
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AccountEvent, EventType
from publications.failed_requests import FOLDER, MAX_FILE_BYTES, delete_outdated_failures, failed_requests
from publications.models import (
    MailPurpose,
    Operation,
    OperationRecord,
    OutboxMail,
    SiteSettings,
    UserSettings,
)
from publications.news import queue_warnings
from publications.operations import CHECKS, findings, record_certificate, run_checks
from publications.operations.certificate import read_expiry
from sceeus.log_handlers import FailedRequestHandler
from tests.factories import make_person

pytestmark = pytest.mark.django_db
SMTP = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
SOUND = {"name": "2026-05-01T023000Z", "size": 5_000_000, "is_encrypted": True, "is_sound": True}


def days_ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def make_all_well() -> None:
    OperationRecord.store(Operation.BACKUP, days_ago(1), **SOUND)
    OperationRecord.store(Operation.DRILL, days_ago(3), backup=SOUND["name"], result="whole")
    OperationRecord.store(Operation.CHECK, days_ago(1))
    OperationRecord.store(Operation.HEAD, days_ago(1), is_signed=True)


def record_failure(path: str = "/en/", status: int = 500) -> None:
    request = type("Request", (), {"method": "GET", "path": path})()
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "x", None, None)
    record.request, record.status_code = request, status
    FailedRequestHandler().emit(record)


def use_certificate(settings, **detail) -> None:
    settings.SITE_URL = "https://publications.example"
    OperationRecord.store(Operation.CERTIFICATE, timezone.now(), **detail)


def fill_disk(settings, monkeypatch) -> None:
    usage = type("Usage", (), {"total": 100, "free": 9})()
    monkeypatch.setattr(findings.shutil, "disk_usage", lambda _path: usage)


WARNINGS = {
    "backup": [
        lambda **_: OperationRecord.store(Operation.BACKUP, days_ago(8.1), **SOUND),
        lambda **_: OperationRecord.objects.filter(operation=Operation.BACKUP).delete(),
    ],
    "faults": [
        lambda **_: OperationRecord.store(Operation.BACKUP, timezone.now(), **{**SOUND, "is_sound": False})
    ],
    "drill": [
        lambda **_: OperationRecord.store(Operation.DRILL, days_ago(8.1), backup="x", result="whole"),
        lambda **_: OperationRecord.store(Operation.DRILL, days_ago(0), backup="x", result="faults"),
        lambda **_: OperationRecord.store(Operation.DRILL, days_ago(0), backup="x", result="failed"),
        lambda **_: OperationRecord.objects.filter(operation=Operation.DRILL).delete(),
    ],
    "requests": [lambda **_: record_failure()],
    "disk": [lambda settings, monkeypatch: fill_disk(settings, monkeypatch)],
    "mail": [
        lambda **_: OutboxMail.objects.create(key="1", message_id="1", last_error="550"),
        lambda **_: OutboxMail.objects.create(key="1", message_id="1", next_attempt_at=days_ago(0.1)),
    ],
    "certificate": [
        lambda settings, **_: use_certificate(settings, expires_at=days_ago(-13).isoformat()),
        lambda settings, **_: use_certificate(settings, error="expired"),
        lambda settings, **_: use_certificate(settings, expires_at="soon"),
    ],
    "sign-ins": [
        lambda **_: AccountEvent.objects.bulk_create(AccountEvent(type=EventType.FAILED) for _ in range(51))
    ],
    "clock": [lambda **_: OperationRecord.store(Operation.CHECK, days_ago(-1))],
    "release": [lambda **_: call_command("migrate", "publications", "0064", fake=True, verbosity=0)],
    "head": [
        lambda **_: OperationRecord.store(Operation.HEAD, days_ago(2.1), is_signed=True),
        lambda **_: OperationRecord.objects.filter(operation=Operation.HEAD).delete(),
    ],
    "readers": [lambda **_: OperationRecord.store(Operation.READERS, days_ago(0), unreadable=1)],
    "check": [
        lambda **_: OperationRecord.store(Operation.CHECK, days_ago(2.1)),
        lambda **_: OperationRecord.objects.filter(operation=Operation.CHECK).delete(),
    ],
}
CASES = [(name, cause) for name, causes in WARNINGS.items() for cause in causes]


def warned_of() -> list[str]:
    return [result.check.name for result in run_checks() if result.finding.is_warning]


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.MAILERS = SMTP


def test_every_check_has_a_test_that_it_warns():
    assert list(WARNINGS) == [check.name for check in CHECKS]


def test_nothing_is_warned_of_where_all_is_well(settings):
    make_all_well()
    use_certificate(settings, expires_at=days_ago(-15).isoformat())

    assert warned_of() == []


def test_no_promise_stands_beside_what_was_not_checked(client, settings):
    settings.SITE_URL = "http://publications.example"
    client.force_login(make_person("Administrators"), backend="django.contrib.auth.backends.ModelBackend")

    text = client.get(reverse("desk:operations")).text

    for name in ("faults", "certificate"):
        assert 'class="label"' not in text.partition(f'id="{name}"')[2].partition("</div>")[0]
    assert "not known, as no backup was recorded" in text


@pytest.mark.parametrize(("name", "cause"), CASES, ids=[name for name, _cause in CASES])
def test_a_check_warns_and_no_other(name, cause, settings, monkeypatch):
    make_all_well()

    cause(settings=settings, monkeypatch=monkeypatch)

    assert warned_of() == [name]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_every_warning_is_shown_with_its_remedy_in_the_language_of_the_person(
    language, settings, monkeypatch
):
    client, person = Client(), make_person("Administrators")
    UserSettings.of(person).store(language=language)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    make_all_well()
    for name in ("requests", "disk", "sign-ins"):
        WARNINGS[name][0](settings=settings, monkeypatch=monkeypatch)

    page = client.get(reverse("desk:operations"))

    shown = {result.check.name: result for result in page.context["warnings"]}
    assert set(shown) == {"requests", "disk", "sign-ins"}
    with translation.override(language):
        for result in run_checks():
            assert str(result.check.label) in page.text.replace("&#x27;", "'")
            assert (result.promise in page.text) == result.finding.is_checked
        assert all(str(result.check.remedy) in page.text.replace("&#x27;", "'") for result in shown.values())
    assert "/en/" in page.text


def test_the_first_page_shows_the_age_of_backup_and_drill_to_administrators_alone():
    OperationRecord.store(Operation.BACKUP, days_ago(8.01), **SOUND)
    texts = {}
    for role in ("Administrators", "Editors"):
        client = Client()
        client.force_login(make_person(role), backend="django.contrib.auth.backends.ModelBackend")
        texts[role] = client.get(reverse("desk:index")).text

    assert (
        "1 week, 1 day ago" in texts["Administrators"].replace("\xa0", " ")
        and "never reported" in texts["Administrators"]
    )
    assert "deploy/drill" in texts["Administrators"]
    assert "never reported" not in texts["Editors"] and reverse("desk:operations") not in texts["Editors"]


def test_a_request_that_fails_is_recorded_without_its_query(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(import_module("publications.views.home"), "render_page", None)

    assert client.get("/en/?q=secret").status_code == 500

    (failure,) = failed_requests(days_ago(1))
    assert (failure.method, failure.path, failure.count) == ("GET", "/en/", 1)


def test_secret_addresses_are_not_recorded():
    record_failure("/desk/review/abcdef/")

    assert [each.path for each in failed_requests(days_ago(1))] == ["/desk/review/…"]


def test_other_responses_are_not_recorded():
    record_failure(status=503)

    assert failed_requests(days_ago(1)) == []


def test_a_flood_of_failures_has_a_limit(settings):
    line = 300
    for number in range(MAX_FILE_BYTES // line):
        record_failure(f"/{number:05}/{'x' * 500}")
    for _again in range(200):
        record_failure("/y/")

    (file,) = (Path(settings.SITE_DATA) / FOLDER).iterdir()
    assert file.stat().st_size < MAX_FILE_BYTES + line


def test_failures_of_the_same_path_are_counted_and_old_ones_deleted():
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        record_failure("/old/")
        clock.shift(timedelta(days=20))
        record_failure("/a\nb/")
        record_failure("/a\nb/")

        assert [(each.path, each.count) for each in failed_requests(days_ago(7))] == [("/a\nb/", 2)]
        assert delete_outdated_failures() == 1
        assert [each.path for each in failed_requests(days_ago(30))] == ["/a\nb/"]


def test_failures_are_deleted_by_the_days_in_utc_that_name_their_files():
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        record_failure("/old/")
        clock.move_to("2026-05-17 23:30Z")  # the 18th in Sweden

        assert delete_outdated_failures() == 0


@pytest.mark.parametrize("content", [b"", b"[1]\n[", b"\xff\xfe\n", b"null\n", b'["2026", 1, 2]\n'])
def test_a_damaged_line_hides_no_other(settings, content):
    record_failure("/a/")
    (file,) = (Path(settings.SITE_DATA) / FOLDER).iterdir()
    file.write_bytes(content + file.read_bytes() if content.endswith(b"\n") else content)
    record_failure("/b/")

    assert "/a/" in [each.path for each in failed_requests(days_ago(1))] or not content.endswith(b"\n")


def test_recording_never_fails_a_request(settings):
    settings.SITE_DATA = Path("/dev/null")

    record_failure()


def test_a_check_that_fails_is_a_warning_and_not_an_error(settings, monkeypatch):
    make_all_well()

    def raise_error(_path):
        raise OSError("no disk")

    monkeypatch.setattr(findings.shutil, "disk_usage", raise_error)

    assert warned_of() == ["disk"]
    client = Client()
    client.force_login(make_person("Administrators"), backend="django.contrib.auth.backends.ModelBackend")
    assert "could not be checked: no disk" in client.get(reverse("desk:operations")).text


# Mail


def administrator(**fields) -> User:
    return make_person("Administrators", email="ann@example.org", **fields)


def test_administrators_are_mailed_once_a_day_what_is_to_be_warned_of():
    administrator()
    make_person("Editors", email="eva@example.org")
    make_person("Administrators", email="gone@example.org", is_active=False)
    make_person("Administrators", email="")

    for _again in range(3):
        call_command("check_operations", verbosity=0)
        call_command("send_mail", verbosity=0)

    assert [message.to for message in mail.outbox] == [["ann@example.org"]]
    assert "3 warnings: Last backup and others" in mail.outbox[0].subject  # the check itself is none of them
    assert "deploy/drill" in mail.outbox[0].body and reverse("desk:operations") in mail.outbox[0].body
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_mail_is_in_the_language_of_its_recipient():
    UserSettings.of(administrator()).store(language="sv")

    call_command("check_operations", verbosity=0)
    call_command("send_mail", verbosity=0)

    assert "Senaste säkerhetskopian" in mail.outbox[0].body and "Gör så här:" in mail.outbox[0].body


def test_the_next_day_is_another_mail():
    administrator()
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        for _day in range(2):
            call_command("check_operations", verbosity=0)
            call_command("send_mail", verbosity=0)
            clock.shift(timedelta(days=1))

    assert len(mail.outbox) == 2


def test_nothing_is_mailed_where_all_is_well(capsys):
    administrator()
    make_all_well()

    call_command("check_operations")

    assert not OutboxMail.objects.exists() and capsys.readouterr().out == "All is well.\n"


def test_a_mail_of_what_is_well_again_is_not_sent():
    administrator()
    queue_warnings()
    make_all_well()

    call_command("send_mail", verbosity=0)

    assert mail.outbox == [] and not OutboxMail.objects.filter(purpose=MailPurpose.OPERATIONS).exists()


def test_who_is_no_administrator_any_more_gets_no_mail():
    person = administrator()
    queue_warnings()
    person.groups.clear()

    call_command("send_mail", verbosity=0)

    assert mail.outbox == []


# The certificate


@pytest.fixture
def tls_server(tmp_path):
    """A server at localhost, with a certificate of its own for two years; yields its address and the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2090, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_port}", path
        server.shutdown()


def test_the_expiry_of_a_certificate_is_read_by_a_handshake(tls_server):
    url, path = tls_server

    assert read_expiry(url, ssl.create_default_context(cafile=path)) == datetime(2090, 1, 1, tzinfo=UTC)


def test_a_certificate_that_nobody_trusts_is_recorded_as_a_warning(tls_server, settings):
    make_all_well()
    settings.SITE_URL, _path = tls_server

    record_certificate()

    assert warned_of() == ["certificate"]
    assert "certificate" in OperationRecord.objects.get(operation=Operation.CERTIFICATE).detail["error"]


def test_a_server_that_cannot_be_reached_is_recorded_as_a_warning(settings):
    make_all_well()
    settings.SITE_URL = "https://127.0.0.1:1"

    record_certificate()

    assert warned_of() == ["certificate"]


def test_a_backup_is_recorded_with_its_size(tmp_path):
    folder = tmp_path / "2026-11-29T023000Z.faults"
    folder.mkdir()
    with pytest.raises(CommandError, match="is no backup"):
        call_command("record_backup", folder)
    (folder / "SHA256SUMS").write_text("12345")

    call_command("record_backup", folder)

    detail = OperationRecord.objects.get().detail
    assert detail == {"name": folder.name, "size": 5, "is_encrypted": False, "is_sound": False}


def test_a_name_of_the_site_with_the_end_of_a_line_keeps_no_warning_from_being_sent():
    SiteSettings.objects.update(short_name="SCE\nEUS")
    make_person("Administrators", email="ann@example.org")

    call_command("check_operations", verbosity=0)
    call_command("send_mail", verbosity=0)

    [sent] = mail.outbox
    assert sent.subject.startswith("SCE EUS: ") and sent.message()["Subject"]
