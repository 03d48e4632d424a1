"""Mail of a server is sent in the background, at the latest before it ends; commands send at once and report errors."""

import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from accounts import mail
from accounts.mail import BackgroundEmailBackend
from tests.conftest import ROOT

WAIT_SECONDS = 30
MAIL = ("Grain", "Of wheat.", "desk@example.org", ["ann@example.org"])
SEND = """
import sys
from django.conf import settings
settings.configure()
from django.core.mail import EmailMessage
from accounts.mail import send_in_background
from tests.accounts.test_mail import MAIL, backend_to

send_in_background()
backend_to(int(sys.argv[1])).send_messages([EmailMessage(*MAIL)])
print("The response is sent.", flush=True)
"""
SEND_AT_EXIT = """
import atexit, sys
from django.conf import settings
settings.configure()
from django.core.mail import EmailMessage
from accounts.mail import send_in_background
from tests.accounts.test_mail import MAIL, backend_to

send_in_background()
atexit.register(lambda: backend_to(int(sys.argv[1])).send_messages([EmailMessage(*MAIL)]))
"""


def backend_to(port: int) -> BackgroundEmailBackend:
    return BackgroundEmailBackend(alias="default", host="127.0.0.1", port=port, timeout=WAIT_SECONDS)


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that does not answer until `open` is set; `mails` are those it has received."""

    daemon_threads = True

    def __init__(self) -> None:
        self.open, self.received, self.mails = threading.Event(), threading.Semaphore(0), []
        super().__init__(("127.0.0.1", 0), MailHandler)


class MailHandler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.open.wait(WAIT_SECONDS)
        self.reply("220 Welcome")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.reply("354 Go on")
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.server.received.release()
            self.reply("221 Bye" if word == b"QUIT" else "250 Fine")
            if word == b"QUIT":
                return

    def reply(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.open.set()
        server.shutdown()


@pytest.fixture
def server_process(monkeypatch):
    """Send mail as a server process does."""
    monkeypatch.setattr(mail, "is_in_background", True)


@pytest.mark.usefixtures("server_process")
def test_the_response_does_not_wait_for_the_mail_server():
    with mail_server() as server:
        backend_to(server.server_address[1]).send_messages([EmailMessage(*MAIL)])

        assert server.mails == []
        server.open.set()
        assert server.received.acquire(timeout=WAIT_SECONDS) and "Of wheat." in server.mails[0]


def test_a_process_that_ends_sends_its_mail_first():
    with mail_server() as server:
        command = [sys.executable, "-c", SEND, str(server.server_address[1])]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "The response is sent.\n"
            server.open.set()
            assert process.wait(WAIT_SECONDS) == 0

        assert "Of wheat." in server.mails[0]


def test_a_stopping_process_sends_its_mail_in_the_calling_thread():
    with mail_server() as server:
        server.open.set()
        command = [sys.executable, "-c", SEND_AT_EXIT, str(server.server_address[1])]
        assert subprocess.run(command, cwd=ROOT, timeout=WAIT_SECONDS).returncode == 0

        assert "Of wheat." in server.mails[0]


@pytest.mark.usefixtures("server_process")
def test_a_mail_that_a_server_cannot_send_is_logged(caplog, monkeypatch):
    with ThreadPoolExecutor(1) as executor:
        monkeypatch.setattr(mail, "_executor", executor)
        backend_to(unused_port()).send_messages([EmailMessage(*MAIL)])

    assert "A mail could not be sent." in caplog.text


def test_a_command_fails_where_its_mail_cannot_be_sent(tmp_path):
    environment = os.environ | {
        "EMAIL_URL": f"smtp://127.0.0.1:{unused_port()}?tls=none",
        "SITE_DATA": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "sendtestemail", "ann@example.org"]

    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert result.returncode == 1 and "ConnectionRefusedError" in result.stderr


def test_the_application_of_a_server_sends_mail_in_the_background(tmp_path):
    script = "import sceeus.wsgi; from accounts import mail; print(mail.is_in_background)"
    environment = os.environ | {"SITE_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "sceeus.settings"}

    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert result.stdout == "True\n", result.stderr


def unused_port() -> int:
    """Return the port of a mail server that has been closed."""
    with mail_server() as server:
        return server.server_address[1]


@pytest.mark.parametrize(
    "address",
    [
        "reader.name+news@example.org",
        "The Centre <desk@example.org>",
        "Öst <desk@example.org>",
        '"Centre, The" <desk@example.org>',
        "desk@exämple.org",
    ],
)
def test_addresses_are_those_that_django_finds(address):
    backend = backend_to(1)

    assert backend.prep_address(address) == EmailBackend.prep_address(backend, address)


@pytest.mark.parametrize(
    "address", ["a@example.org\r\nBcc: b@example.org", "desk@example.org>", "a..b@example.org"]
)
def test_an_address_that_django_refuses_is_refused(address):
    with pytest.raises(ValueError, match="Invalid address"):
        backend_to(1).prep_address(address)
