"""A mail server that keeps what it accepts, and senders of the outbox that are killed while it talks to them."""

import os
import random
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default

from tests.conftest import ROOT

STAGES = ("connect", "recipient", "data", "accepting", "accepted")
"""What the server is about to do, or has just done; from `accepting` on the mail counts as accepted."""
ACCEPTED_STAGES = ("accepting", "accepted")
MAKE_NEWS = """
import django
django.setup()
from publications.admin import worklists
from tests.factories import make_person, make_publication

for number in range({recipients}):
    make_person("Editors", email=f"editor-{{number}}@example.org")
for number in range({events}):
    worklists.submit_for_checking(make_publication(), by=None)
print("made")
"""


@dataclass
class AcceptedMail:
    recipient: str
    message: Message


class MailSink(socketserver.ThreadingTCPServer):
    """A mail server.

    Attributes:
        mails: those accepted, in order.
        replies: the reply to RCPT by recipient, where it is another than 250.
        at_stage: is called at each stage of a conversation.
        pause: seconds that it takes to accept a mail, so that a kill finds mails left.
    """

    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[AcceptedMail] = []
        self.replies: dict[str, str] = {}
        self.at_stage: Callable[[str], None] = lambda _stage: None
        self.pause = 0.0
        super().__init__(("127.0.0.1", 0), SinkHandler)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}/?tls=none"

    def handle_error(self, request, client_address) -> None:
        """Say nothing of senders that are gone."""


class SinkHandler(socketserver.StreamRequestHandler):
    server: MailSink

    def handle(self) -> None:
        self.server.at_stage("connect")
        self.reply("220 Welcome")
        recipient = ""
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"RCPT":
                self.server.at_stage("recipient")
                recipient = line.decode().partition("<")[2].partition(">")[0]
                self.reply(self.server.replies.get(recipient, "250 Fine"))
            elif word == b"DATA":
                self.server.at_stage(
                    "data"
                )  # before the reply: a sender that is killed here has sent no text
                self.reply("354 Go on")
                self.accept(recipient)
            else:
                self.reply("221 Bye" if word == b"QUIT" else "250 Fine")
            if word == b"QUIT":
                return

    def accept(self, recipient: str) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                mail = AcceptedMail(recipient, message_from_bytes(b"".join(lines), policy=default))
                self.server.mails.append(mail)
                self.server.at_stage("accepting")
                time.sleep(self.server.pause)
                self.reply("250 Accepted")
                self.server.at_stage("accepted")
                return
            lines.append(line[1:] if line.startswith(b"..") else line)

    def reply(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    with MailSink() as sink:
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        yield sink
        sink.shutdown()


@dataclass(frozen=True)
class Kill:
    """A kill at the n-th time that a conversation reaches a stage, or after some seconds."""

    stage: str = ""
    number: int = 1
    seconds: float = 0


@dataclass
class KilledRuns:
    """What runs of `send_mail` did that were killed, up to the last one, which was not."""

    kills: list[Kill] = field(default_factory=list)
    last_output: str = ""

    @property
    def kills_after_acceptance(self) -> int:
        return sum(kill.stage in ACCEPTED_STAGES or bool(kill.seconds) for kill in self.kills)


def start_sender(environment: Mapping[str, str]) -> subprocess.Popen:
    command = [sys.executable, "manage.py", "send_mail"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def send_with_kills(sink: MailSink, environment: Mapping[str, str], kills: Sequence[Kill]) -> KilledRuns:
    """Run `send_mail` once for each kill, then to its end."""
    runs = KilledRuns()
    for kill in kills:
        _kill_at(sink, kill, start_sender(environment))
        runs.kills.append(kill)
    sink.at_stage, sink.pause = lambda _stage: None, 0
    runs.last_output = start_sender(environment).communicate()[0]
    return runs


def _kill_at(sink: MailSink, kill: Kill, process: subprocess.Popen) -> None:
    reached: Counter[str] = Counter()

    def at_stage(stage: str) -> None:
        reached[stage] += 1
        if stage == kill.stage and reached[stage] == kill.number:
            os.kill(process.pid, signal.SIGKILL)
            time.sleep(0.05)  # the reply comes too late

    sink.at_stage = at_stage
    if kill.seconds:
        time.sleep(kill.seconds)
        process.kill()
    process.communicate()


def random_kills(count: int, *, seed: int, longest: float) -> list[Kill]:
    """Return kills at stages and at moments, as many of each."""
    chance = random.Random(seed)
    return [
        _kill_at_stage(chance) if number % 2 else Kill(seconds=chance.uniform(longest / 10, longest))
        for number in range(count)
    ]


def _kill_at_stage(chance: random.Random) -> Kill:
    stage = chance.choice(STAGES)
    return Kill(stage, 1 if stage == "connect" else chance.randint(1, 4))  # a run connects once


def count_deliveries(sink: MailSink) -> Counter[tuple[str, str]]:
    """Return how often each mail was accepted, by recipient and Message-ID."""
    return Counter((mail.recipient, mail.message["Message-ID"]) for mail in sink.mails)
