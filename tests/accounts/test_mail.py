"""Mail is sent while the response is on its way, and before a process that stops has ended."""

import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.mail import EmailMessage

from accounts.mail import BackgroundEmailBackend
from tests.conftest import ROOT

WAIT_SECONDS = 30
MAIL = ("Grain", "Of wheat.", "desk@example.org", ["ann@example.org"])
SEND = """
import sys
from django.conf import settings
settings.configure()
from django.core.mail import EmailMessage
from tests.accounts.test_mail import MAIL, backend_to

backend_to(int(sys.argv[1])).send_messages([EmailMessage(*MAIL)])
print("The response is sent.", flush=True)
"""


def backend_to(port: int) -> BackgroundEmailBackend:
    return BackgroundEmailBackend(alias="default", host="127.0.0.1", port=port, timeout=WAIT_SECONDS)


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that says nothing until `open` is set; `mails` are what it has got."""

    daemon_threads = True

    def __init__(self) -> None:
        self.open, self.came, self.mails = threading.Event(), threading.Semaphore(0), []
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.open.wait(WAIT_SECONDS)
        self.say("220 Welcome")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.say("354 Go on")
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.server.came.release()
            self.say("221 Bye" if word == b"QUIT" else "250 Fine")
            if word == b"QUIT":
                return

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.open.set()
        server.shutdown()


def test_nobody_waits_for_the_mail_server():
    with mail_server() as server:
        backend_to(server.server_address[1]).send_messages([EmailMessage(*MAIL)])

        assert server.mails == []
        server.open.set()
        assert server.came.acquire(timeout=WAIT_SECONDS) and "Of wheat." in server.mails[0]


def test_a_process_that_ends_sends_its_mail_first():
    with mail_server() as server:
        command = [sys.executable, "-c", SEND, str(server.server_address[1])]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "The response is sent.\n"
            server.open.set()
            assert process.wait(WAIT_SECONDS) == 0

        assert "Of wheat." in server.mails[0]


def test_a_mail_that_cannot_be_sent_is_logged(caplog):
    with mail_server() as server:
        port = server.server_address[1]

    backend_to(port)._send_now([EmailMessage(*MAIL)])  # to a server that is gone

    assert "A mail could not be sent." in caplog.text
