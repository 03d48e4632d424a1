"""Alerts to many subscribers: what an action costs, matching and queueing, mails a second into a server that counts."""

import json
import os
import resource
import socketserver
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.own_databases import own_database, run_python

from .figures import Figure

SUBSCRIBERS = int(os.environ.get("BENCH_SUBSCRIBERS", "100000"))
CHOICES, CONDITIONS = 3, 60
"""Choices of a subscriber, among conditions that differ. The first is the one that the text matches."""
MAILS = int(os.environ.get("BENCH_MAILS", "20000"))
MIN_RATE = 500


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
    """Measure in a process of its own, on the database of DATABASE_URL or SQLite."""
    engine = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    with (
        tempfile.TemporaryDirectory() as folder,
        own_database(Path(folder)) as environment,
        counting_server() as url,
    ):
        environment = {**environment, "EMAIL_URL": url}
        code = "from tests.bench.mails import print_values; print_values()"
        values = json.loads(run_python(code, environment))
    size = f"{SUBSCRIBERS:,} subscribers, {engine}"
    yield Figure(f"publish, {size}: median", values["publish"], "ms CPU")
    yield Figure(f"publish without subscribers, {engine}: median", values["publish_before"], "ms CPU")
    yield Figure(f"an event matched and queued, {size}", values["expand"], "s", 5)
    yield Figure(f"mails of a second of CPU, {size}", values["per_cpu"], "mails", MIN_RATE, is_minimum=True)
    yield Figure(f"mails of a second, {size}", values["per_second"], "mails")
    yield Figure(f"memory of the sender after {MAILS:,} mails, {size}", values["growth"], "MB more", 20)


def print_values() -> None:
    """Print the values as JSON."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.DEBUG = False
    call_command("migrate", verbosity=0)
    values = {"publish_before": _time_publishing()}
    _make_subscribers()
    values["publish"] = _time_publishing()
    print(json.dumps(values | _time_event()))


def _time_publishing() -> float:
    from publications import actions
    from subscriptions.models import AlertState
    from tests.factories import make_publication

    times = []
    for _number in range(20):
        draft, start = make_publication(), time.process_time()
        actions.publish(draft, by=None)
        times.append(1000 * (time.process_time() - start))
    AlertState.objects.all().delete()  # what was published here is no news
    return sorted(times)[10]


def _make_subscribers() -> None:
    from django.utils import timezone

    from subscriptions.conditions import Choice
    from subscriptions.models import Subscriber, Subscription

    conditions = [Choice(query="pipeline").store()]
    conditions += [Choice({"topic": f"topic-{number}"}, query="gas").store() for number in range(CONDITIONS)]
    for start in range(0, SUBSCRIBERS, 10_000):
        rows = []
        for number in range(start, min(start + 10_000, SUBSCRIBERS)):
            row = Subscriber(locale="sv" if number % 3 else "en")
            row.address = f"reader{number}@example.org"
            rows.append(row)
        rows = Subscriber.objects.bulk_create(rows)
        now = timezone.now()
        chosen = [
            Subscription(subscriber=row, condition=condition, confirmed_at=now)
            for number, row in enumerate(rows)
            for condition in (conditions[0], *(conditions[1 + (number + n) % CONDITIONS] for n in range(2)))
        ]
        Subscription.objects.bulk_create(chosen, batch_size=5_000)


def _time_event() -> dict[str, float]:
    from publications.news import SendResult, StaffQueue, send_due
    from subscriptions.alert_queue import AlertQueue
    from subscriptions.events import record_events
    from subscriptions.expansion import expand_alerts
    from subscriptions.models import AlertMail
    from tests.factories import make_live

    record_events()
    make_live(title="A pipeline", summary="A summary of two lines. " * 8, body="A pipeline.")
    start = time.perf_counter()
    expand_alerts()
    expand = time.perf_counter() - start
    assert AlertMail.objects.count() == SUBSCRIBERS
    AlertMail.objects.filter(pk__gt=AlertMail.objects.order_by("pk")[MAILS - 1].pk).delete()
    queues, result = (StaffQueue(), AlertQueue()), SendResult()
    send_due(queues, result, seconds=1)  # until memory is what it stays
    sent, memory = result.sent, _megabytes()
    start, cpu = time.perf_counter(), time.process_time()
    send_due(queues, result)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    assert result.sent == MAILS, AlertMail.objects.exclude(last_error="").first().last_error
    sent = result.sent - sent
    return {
        "expand": expand,
        "per_cpu": sent / cpu,
        "per_second": sent / seconds,
        "growth": _megabytes() - memory,
    }


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
