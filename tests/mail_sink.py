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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("connect", "recipient", "data", "text", "accepting", "accepted")
"""What the server is about to do, or has just done; from `accepting` on the mail counts as accepted. Half a mail has come
at `text`."""
MAKE_NEWS = """
import django
django.setup()
from publications.admin import submissions
from tests.factories import make_person, make_publication

for number in range({recipients}):
    make_person("Editors", email=f"editor-{{number}}@example.org")
for number in range({events}):
    submissions.submit_for_checking(make_publication(title=f"Draft {{number}}"), by=None)
print("made")
"""

MAKE_ALERTS = """
import django
django.setup()
from subscriptions.events import record_events
from tests.factories import make_live
from tests.subscriptions.factories import make_subscriber

record_events()
for number in range({subscribers}):
    make_subscriber(address=f"reader-{{number}}@example.org")
for number in range({events}):
    make_live(title=f"Text {{number}}")
print("made")
"""


@dataclass
class AcceptedMail:
    """A mail, and the number of the run of `send_mail` that sent it."""

    recipient: str
    message: Message
    run: int

    @property
    def identity(self) -> tuple[str, str]:
        """The mail by what it says and to whom, however often it was sent."""
        return self.recipient, self.message["Subject"]


class MailSink(socketserver.ThreadingTCPServer):
    """A mail server.

    Attributes:
        mails: those accepted, in order.
        replies: the reply to RCPT by recipient, where it is another than 250.
        at_stage: is called at each stage of a conversation.
        pause: seconds that it takes to accept a mail, so that a kill finds mails left.
        byte_pause: seconds before each byte of a reply.
        run: the number of the run of `send_mail` that talks to it.
    """

    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[AcceptedMail] = []
        self.replies: dict[str, str] = {}
        self.at_stage: Callable[[str], None] = lambda _stage: None
        self.pause = self.byte_pause = 0.0
        self.run = 0
        super().__init__(("127.0.0.1", 0), SinkHandler)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}/?tls=none"

    def handle_error(self, request, client_address) -> None:
        """Say nothing of senders that are gone."""


class SinkHandler(socketserver.StreamRequestHandler):
    server: MailSink

    def handle(self) -> None:
        self.run = self.server.run
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
                message = message_from_bytes(b"".join(lines), policy=default)
                mail = AcceptedMail(recipient, message, self.run)
                self.server.mails.append(mail)
                self.server.at_stage("accepting")
                time.sleep(self.server.pause)
                self.reply("250 Accepted")
                self.server.at_stage("accepted")
                return
            if not lines:
                self.server.at_stage("text")
            lines.append(line[1:] if line.startswith(b"..") else line)

    def reply(self, line: str) -> None:
        text = f"{line}\r\n".encode()
        if not self.server.byte_pause:
            self.wfile.write(text)
            return
        for byte in text:
            time.sleep(self.server.byte_pause)
            self.wfile.write(bytes([byte]))


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
    """The runs of `send_mail` that were killed, by number; the others had ended before."""

    killed: set[int] = field(default_factory=set)
    last_output: str = ""


def start_sender(environment: Mapping[str, str]) -> subprocess.Popen:
    command = [sys.executable, "manage.py", "send_mail"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def send_with_kills(sink: MailSink, environment: Mapping[str, str], kills: Sequence[Kill]) -> KilledRuns:
    """Run `send_mail` once for each kill, then to its end."""
    runs = KilledRuns()
    for kill in kills:
        sink.run += 1
        if _kill_at(sink, kill, start_sender(environment)):
            runs.killed.add(sink.run)
    sink.run += 1
    sink.at_stage, sink.pause = lambda _stage: None, 0
    runs.last_output = start_sender(environment).communicate()[0]
    return runs


def _kill_at(sink: MailSink, kill: Kill, process: subprocess.Popen) -> bool:
    """Kill a sender at a stage or after some seconds; return whether it had not ended before."""
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
    return process.returncode == -signal.SIGKILL


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
    """Return how often each mail was accepted."""
    return Counter(mail.identity for mail in sink.mails)


def mails_in_order(sink: MailSink) -> list[list[str]]:
    """Return the subjects of each recipient in the order in which they came first."""
    subjects: dict[str, dict[str, None]] = {}
    for recipient, subject in (mail.identity for mail in sink.mails):
        subjects.setdefault(recipient, {})[subject] = None
    return [list(of_recipient) for of_recipient in subjects.values()]


def repeated_mails(sink: MailSink) -> list[AcceptedMail]:
    """Return the mails that were accepted, and accepted again later."""
    last = {mail.identity: mail for mail in sink.mails}
    return [mail for mail in sink.mails if mail is not last[mail.identity]]


def is_repeated_by_a_kill(mail: AcceptedMail, sink: MailSink, runs: KilledRuns) -> bool:
    """Return whether the run that sent a mail was killed before it could do anything after the acceptance."""
    last_of_run = [other for other in sink.mails if other.run == mail.run][-1]
    return mail.run in runs.killed and mail is last_of_run


def count_unexplained(sink: MailSink, runs: KilledRuns) -> int:
    """Return how many mails were repeated other than by a run that was killed between their acceptance and its commit.

    What such a run had sent may be read after the mail that another sender repeats it with.
    """
    others = Counter(mail.identity for mail in sink.mails if not is_repeated_by_a_kill(mail, sink, runs))
    return sum(count - 1 for count in others.values())
