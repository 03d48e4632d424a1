"""Alerts to many subscribers: what an action costs, matching and queueing, mails a second into a server that counts.

What is measured runs in processes of its own, on two databases: one with all subscribers, and one without, which gets
a tenth of them later, to compare the memory that a sender needs.
"""

import json
import os
import random
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

from tests.own_databases import own_database, run_python

from .figures import Figure
from .site import ROOT

SUBSCRIBERS = int(os.environ.get("BENCH_SUBSCRIBERS", "100000"))
CHOICES, TOPICS = 3, 60
"""Choices of a subscriber, among topics that differ. The first one of alerts is a search that the text matches."""
MAILS = int(os.environ.get("BENCH_MAILS", "20000"))
MIN_RATE = 500
PAIRS = 60
"""How often something is published on both databases, one after the other."""
MAX_ADDED = 5
"""Milliseconds of CPU that subscribers may add to an action."""
SECONDS, WARM_UP, MAX_MORE_MEMORY = 10, 1, 40
"""How long a sender runs whose memory is measured, and before its rate is; MB that ten times as many mails may add: a
large database fills the cache of SQLite (32 MB), a small one does not."""
DIGEST_TEXTS = 20
Environment = Mapping[str, str]


class CountingServer(socketserver.ThreadingTCPServer):
    """A mail server that keeps nothing, so that the sender is measured and not the server."""

    daemon_threads = True

    def __init__(self) -> None:
        self.counter = count()
        super().__init__(("127.0.0.1", 0), CountingHandler)


class CountingHandler(socketserver.StreamRequestHandler):
    server: CountingServer
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.wfile.write(b"220 Welcome\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 Go on\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
                next(self.server.counter)
            self.wfile.write(b"250 Fine\r\n")
            if word == b"QUIT":
                return


@contextmanager
def counting_server() -> Iterator[str]:
    with CountingServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}/?tls=none"
        server.shutdown()


def measure_alerts() -> Iterator[Figure]:
    """Measure on the engine of DATABASE_URL, or SQLite."""
    engine = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    with (
        tempfile.TemporaryDirectory() as folder,
        counting_server() as url,
        _site(folder, "small", url) as small,
        _site(folder, "large", url) as large,
    ):
        _run("make_subscribers", large, SUBSCRIBERS)
        yield from _measure_actions(small, large, f"{SUBSCRIBERS:,} subscribers, {engine}")
        _run("make_subscribers", small, SUBSCRIBERS // 10)
        yield from _measure_sending(small, large, engine)


@contextmanager
def _site(folder: str, name: str, email_url: str) -> Iterator[Environment]:
    path = Path(folder, name)
    path.mkdir()
    with own_database(path, name) as environment:
        environment = {**environment, "EMAIL_URL": email_url}
        _run("migrate", environment)
        yield environment


def _run(function: str, environment: Environment, *arguments: object) -> dict[str, float]:
    """Run a function of this module in a process of its own and return what it returns."""
    code = f"import json; from tests.bench import mails; mails.set_up(); print(json.dumps(mails.{function}{arguments}))"
    return json.loads(run_python(code, dict(environment)))


def _measure_actions(small: Environment, large: Environment, size: str) -> Iterator[Figure]:
    """Publish in turn on both databases, so that whatever else the machine does is the same for both."""
    with _publisher(small) as publish_without, _publisher(large) as publish_with:
        pairs = [(publish_without(), publish_with()) for _number in range(PAIRS)]
    without, with_all = zip(*pairs[PAIRS // 10 :], strict=True)
    added = median(b["ms"] - a["ms"] for a, b in zip(without, with_all, strict=True))
    queries = median(b["queries"] - a["queries"] for a, b in zip(without, with_all, strict=True))
    yield Figure(f"publish, {size}: median", median(each["ms"] for each in with_all), "ms CPU")
    yield Figure(f"added by subscribers, {size}: median of {len(without)} pairs", added, "ms CPU", MAX_ADDED)
    yield Figure(f"queries added by subscribers, {size}", queries, "queries", 0)


@contextmanager
def _publisher(environment: Environment):
    """Yield a function that publishes a text in a process of its own; it returns milliseconds of CPU, and queries."""
    code = "from tests.bench import mails; mails.set_up(); mails.publish_on_request()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )  # fmt: skip
    assert process.stdin and process.stdout

    def publish() -> dict[str, float]:
        process.stdin.write("\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    try:
        yield publish
    finally:
        process.stdin.close()
        process.wait(10)


def _measure_sending(small: Environment, large: Environment, engine: str) -> Iterator[Figure]:
    size, small_size = (
        f"{SUBSCRIBERS:,} subscribers, {engine}",
        f"{SUBSCRIBERS // 10:,} subscribers, {engine}",
    )
    few, many = _run("expand_and_send", small), _run("expand_and_send", large)
    yield Figure(f"an event matched and queued, {size}", many["expand"], "s", 5)
    yield Figure(f"memory of a sender, {small_size}: peak", few["memory"], "MB")
    most = few["memory"] + MAX_MORE_MEMORY
    yield Figure(f"memory of a sender, {size}: peak", many["memory"], "MB", most)
    for name, values in (
        ("alerts", _run("send_alerts", large)),
        ("weekly mails", _run("send_weekly_mails", small)),
    ):
        yield Figure(
            f"{name} of a second of CPU, {engine}", values["per_cpu"], "mails", MIN_RATE, is_minimum=True
        )
        yield Figure(f"{name} of a second, {engine}", values["per_second"], "mails")


def set_up() -> None:
    """Set Django up for the functions below, which are called in processes of their own."""
    import django

    django.setup()
    from django.conf import settings

    settings.DEBUG = False


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def publish_on_request() -> None:
    """Publish for each line of standard input, and print what it took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from publications import actions
    from tests.factories import make_publication

    for _line in sys.stdin:
        draft = make_publication()
        with CaptureQueriesContext(connection) as queries:
            start = time.process_time()
            actions.publish(draft, by=None)
            seconds = time.process_time() - start
        print(json.dumps({"ms": 1000 * seconds, "queries": len(queries)}), flush=True)


def make_subscribers(number: int, timing: str = "at_once") -> None:
    """Make subscribers with random choices: for alerts the search that the text matches, and topics."""
    from django.utils import timezone

    from subscriptions.conditions import Choice
    from subscriptions.models import Subscriber, Subscription

    search = [Choice(query="pipeline").store()] if timing == "at_once" else []
    topics = [Choice({"topic": f"topic-{number}"}, query="gas").store() for number in range(TOPICS)]
    chance, now = random.Random(1), timezone.now()
    for start in range(0, number, 10_000):
        rows = []
        for each in range(start, min(start + 10_000, number)):
            row = Subscriber(locale="sv" if each % 3 else "en")
            row.address = f"{timing}{each}@example.org"
            rows.append(row)
        chosen = [
            Subscription(subscriber=row, condition=condition, timing=timing, confirmed_at=now)
            for row in Subscriber.objects.bulk_create(rows)
            for condition in (*search, *chance.sample(topics, CHOICES - len(search)))
        ]
        Subscription.objects.bulk_create(chosen, batch_size=5_000)


def expand_and_send() -> dict[str, float]:
    """Make an event for all, queue its mails and send for some seconds, as a run of `send_mail` does.

    The file of SQLite is not mapped: pages of it, which the system shares and may drop, would count as memory.
    """
    from publications.archive.database import without_memory_map
    from subscriptions.expansion import expand_alerts
    from subscriptions.models import AlertMail, Subscriber
    from tests.factories import make_live

    _forget_events()
    make_live(title="A pipeline", summary="A summary of two lines. " * 8, body="A pipeline.")
    with without_memory_map():
        start = time.perf_counter()
        expand_alerts()
        expand = time.perf_counter() - start
        assert AlertMail.objects.count() == Subscriber.objects.count()
        _send(seconds=SECONDS)
    return {"expand": expand, "memory": _peak_megabytes()}


def send_alerts() -> dict[str, float]:
    from django.utils import timezone

    from subscriptions.models import AlertMail, MailedEvent

    MailedEvent.objects.all().delete()
    first = AlertMail.objects.order_by("pk").first()
    AlertMail.objects.filter(pk__gte=first.pk + MAILS).delete()
    AlertMail.objects.update(sent_at=None, next_attempt_at=timezone.now())
    return _send()


def send_weekly_mails() -> dict[str, float]:
    """Send weekly mails of three random topics each: hardly two of them are the same."""
    from django.utils import timezone

    from subscriptions.expansion import _queue_digest, expand_alerts
    from subscriptions.models import Subscriber, Timing
    from tests.factories import make_live, make_tag

    _forget_events()
    Subscriber.objects.all().delete()
    make_subscribers(MAILS, Timing.WEEKLY)
    tags = [make_tag(f"Topic {number}") for number in range(TOPICS)]
    for number in range(DIGEST_TEXTS):
        own = tuple(tags[number::DIGEST_TEXTS])
        make_live(
            title=f"Text {number}", summary="A summary of two lines. " * 8, body="Gas is here.", tags=own
        )
    expand_alerts()
    _queue_digest(Timing.WEEKLY, timezone.now())
    return _send()


def _forget_events() -> None:
    """Count what was published so far as no news."""
    from subscriptions.events import record_events
    from subscriptions.models import AlertState

    AlertState.objects.all().delete()
    record_events()


def _send(seconds: float = float("inf")) -> dict[str, float]:
    from publications.news import SendResult, StaffQueue, send_due
    from subscriptions.alert_queue import AlertQueue

    queues, result = (StaffQueue(), AlertQueue()), SendResult()
    send_due(queues, SendResult(), seconds=WARM_UP)
    start, cpu = time.perf_counter(), time.process_time()
    send_due(queues, result, seconds=seconds)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    assert not result.failed, result
    return {"per_cpu": result.sent / cpu, "per_second": result.sent / wall}


def _peak_megabytes() -> float:
    """Return the most memory that this process has had: `resource` would count that of its parent, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
