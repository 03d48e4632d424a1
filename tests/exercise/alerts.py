"""Senders of alerts and the server that an editor publishes with, which are all killed (kill -9) again and again."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from pathlib import Path

from tests.mail_sink import (
    STAGES,
    AcceptedMail,
    KilledRuns,
    MailSink,
    count_deliveries,
    count_unexplained,
    mail_sink,
    mails_in_order,
    repeated_mails,
)
from tests.own_databases import own_database, run_python

from .editors import Editor
from .measurements import Measurement
from .servers import ROOT, Server, manage, site
from .sites import stopping

KILLS = int(os.environ.get("EXERCISE_KILLS", "60"))
SENDERS, SUBSCRIBERS, TEXTS = 2, 5, 2
"""Texts are published in each round: several mails to each subscriber wait at once."""
LONGEST, MOMENTS, SERVER_MOMENTS = 0.5, 0.7, 0.3
"""Seconds until the latest kill at any moment, and the share of rounds in which a sender, and the server, is killed so;
other senders are killed at stages of SMTP. A server takes seconds to start again."""
START = """
import django
django.setup()
from subscriptions.events import record_events
from tests.factories import make_publication
from tests.subscriptions.factories import make_subscriber
record_events()
for number in range({subscribers}):
    make_subscriber(address=f"reader-{{number}}@example.org")
print([make_publication(title=f"Text {{number}}").pk for number in range({drafts})])
"""
COUNT = """
import django
django.setup()
from publications.models import Edition
print(Edition.objects.filter(title__startswith="Text ").count())
"""
FORK = """
import os, sys
import django
django.setup()
from django.db import connections
from tests.exercise.killed_runs import send
send()  # so that all is compiled and read that a process needs
connections.close_all()
print("ready", flush=True)
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        send()
        os._exit(0)
    print(pid, flush=True)
    sys.stdin.readline()
    print(os.waitpid(pid, 0)[1], flush=True)
"""


class Runs:
    """Runs of a sender, each in a process of its own that is forked, in milliseconds."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-c", FORK], cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )  # fmt: skip
        assert self._server.stdout and self._server.stdout.readline() == "ready\n"
        self.pid = 0

    def start(self) -> None:
        self.pid = int(self._say())

    def kill(self) -> None:
        """Kill the process, which stays a zombie until `wait`: no other gets its number."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> bool:
        """Wait for the end of the process; return whether it was killed."""
        status = int(self._say())
        assert status in (0, signal.SIGKILL), status
        return status == signal.SIGKILL

    def _say(self) -> str:
        assert self._server.stdin and self._server.stdout
        self._server.stdin.write("\n")
        self._server.stdin.flush()
        return self._server.stdout.readline()

    def stop(self) -> None:
        assert self._server.stdin
        self._server.stdin.close()
        self._server.wait(10)


class Publisher:
    """An editor who publishes one draft after the other, through a server that may be killed."""

    def __init__(self, server: Server, folder: Path, drafts: list[int]) -> None:
        self.server, self._drafts = server, iter(drafts)
        self._editor = Editor(server.port, folder)
        assert self._editor.sign_in()

    def publish(self) -> None:
        for draft in islice(self._drafts, TEXTS):
            self._editor.publish(draft)

    def kill(self) -> None:
        """Kill the server and start it again."""
        self.server.kill()
        self.server.start()


@dataclass
class Sender:
    """A sender, the mail server that it alone talks to, and the numbers of its runs that were killed."""

    runs: Runs
    sink: MailSink
    killed: set[int] = field(default_factory=set)

    def kill_at(self, stage: str, number: int) -> None:
        """Kill it when a conversation of this run reaches a stage for the n-th time."""
        reached: Counter[str] = Counter()

        def at_stage(name: str) -> None:
            reached[name] += 1
            if name == stage and reached[name] == number:
                self.runs.kill()
                time.sleep(0.05)  # the reply comes too late

        self.sink.at_stage = at_stage


def killed_senders_and_server(folder: Path) -> Iterator[Measurement]:
    """Two senders of alerts at once, and an editor who publishes over HTTP; senders and server are killed again and again
    (EXERCISE_KILLS, 60): no mail is missed, each subscriber gets them in order, and one is repeated only where the kill
    fell between its acceptance and the commit of its sender, with the same Message-ID."""
    with own_database(folder) as environment:
        environment = {**environment, "DEBUG": "0"}
        manage("prepare", **environment)
        start = START.format(subscribers=SUBSCRIBERS, drafts=TEXTS * (KILLS + SENDERS))
        drafts = json.loads(run_python(start, environment))
        variables = {name: value for name, value in environment.items() if name != "SITE_DATA"}
        with stopping(site(folder, **variables).wait()) as server:
            publisher = Publisher(server, folder, drafts)
            with _senders(environment, publisher) as senders:
                mails = senders[0].sink.mails
                kills = _kill(senders, publisher)
        texts = int(run_python(COUNT, environment))
    yield from _measure(senders, mails, kills, texts)


@contextmanager
def _senders(environment: Mapping[str, str], publisher: Publisher) -> Iterator[list[Sender]]:
    with ExitStack() as stack:
        senders: list[Sender] = []
        for _number in range(SENDERS):
            publisher.publish()  # each has mails to begin with
            sink = stack.enter_context(mail_sink())
            sink.mails = senders[0].sink.mails if senders else sink.mails  # in the order of all
            runs = stack.enter_context(_stopping(Runs({**environment, "EMAIL_URL": sink.url})))
            senders.append(Sender(runs, sink))
        yield senders


@contextmanager
def _stopping(runs: Runs) -> Iterator[Runs]:
    try:
        yield runs
    finally:
        runs.stop()


def _kill(senders: list[Sender], publisher: Publisher) -> Counter[str]:
    """Start all in each round and kill most of them, until so many were killed; return how many of each kind."""
    chance, kills, round_number = random.Random(1), Counter[str](), 0
    while kills.total() < KILLS:
        round_number += 1
        moments = [
            (chance.uniform(0, LONGEST), each.runs.kill) for each in senders if chance.random() < MOMENTS
        ]
        if chance.random() < SERVER_MOMENTS:
            moments.append((chance.uniform(0, LONGEST), publisher.kill))
            kills["server"] += 1
        for number, sender in enumerate(senders):
            sender.sink.run = SENDERS * round_number + number
            stage = chance.choice(STAGES)
            sender.kill_at(stage, 1 if stage == "connect" else chance.randint(1, 6))  # a run connects once
        with ThreadPoolExecutor(1) as editor:
            published = editor.submit(publisher.publish)
            for sender in senders:
                sender.runs.start()
            _call_at(sorted(moments, key=itemgetter(0)))
            for sender in senders:
                if sender.runs.wait():
                    kills["sender"] += 1
                    sender.killed.add(sender.sink.run)
            published.result()
    senders[0].sink.at_stage = lambda _stage: None
    senders[0].sink.run = 0
    senders[0].runs.start()
    assert not senders[0].runs.wait()
    return kills


def _call_at(moments: list[tuple[float, Callable[[], None]]]) -> None:
    started_at = time.monotonic()
    for seconds, call in moments:
        time.sleep(max(0, started_at + seconds - time.monotonic()))
        call()


def _measure(
    senders: list[Sender], mails: list[AcceptedMail], kills: Counter[str], texts: int
) -> Iterator[Measurement]:
    sink, expected = senders[0].sink, SUBSCRIBERS * texts
    killed = KilledRuns(set().union(*(sender.killed for sender in senders)))
    counts = f"{kills['sender']} senders, {kills['server']} servers"
    yield Measurement("killed", counts, str(KILLS), kills.total() >= KILLS)
    missed = expected - len(count_deliveries(sink))
    yield Measurement(f"of {expected} mails, missed", str(missed), "0", missed == 0)
    repeated = repeated_mails(sink)
    yield Measurement("mails repeated", str(len(repeated)), "at least 1", bool(repeated))
    unexplained = count_unexplained(sink, killed)
    yield Measurement("repeated other than by such a kill", str(unexplained), "0", unexplained == 0)
    ids = len({mail.message["Message-ID"] for mail in mails}) - expected + missed
    yield Measurement("repeated with another Message-ID", str(ids), "0", ids == 0)
    in_order = [f"New: “Text {number}”" for number in range(texts)]
    disordered = sum(subjects != in_order for subjects in mails_in_order(sink))
    yield Measurement("recipients with another order", str(disordered), "0", disordered == 0)
