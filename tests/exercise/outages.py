"""A clock that is set back, a server that loses its database, and servers that receive a stop signal under load."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .measurements import Measurement
from .readers import Crowd, Reader
from .relay import Relay
from .servers import ROOT, PostgreSQL, Server, manage, redis, site, wait_until
from .sites import PAGES, one_site, stopping, warm

HOUR = 3_600
STALE_SECONDS = 15
VISIBLE_WITHIN = 1  # second
GONE_WITHIN = 120  # seconds, in which the other machine has acted
STOPS = 5
STOPS_WITHIN = 5  # seconds
PATHS = ("/en/", "/en/publications/", "/en/feeds/publications.atom", "/en/publications/?q=quokka")
ACTION_SCRIPT = """
import django.db, sys
django.setup()
from datetime import datetime
from publications import actions
from publications.models import Publication
from tests.factories import make_publication
{0}
"""
SCHEDULE = """
at, until = map(datetime.fromisoformat, sys.argv[1:])
actions.publish(make_publication(title="Quokka"), by=None, at=at, until=until)
"""
PUBLISH = "actions.publish(make_publication(title=sys.argv[1]), by=None)"
WITHDRAW = "actions.withdraw(Publication.objects.get(title=sys.argv[1]), by=None, note='')"


def _run_action(code: str, *arguments: str, **environment: str) -> None:
    """Run an action as the first machine. Raises CalledProcessError."""
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "sceeus.settings", **environment}
    subprocess.run(
        [sys.executable, "-c", ACTION_SCRIPT.format(code), *arguments], cwd=ROOT, env=variables, check=True
    )


def clock(folder: Path) -> Iterator[Measurement]:
    """A clock set back before an embargo ends, or before a window ends: pages, lists, feed and search follow."""
    address, offset, now = f"sqlite:///{folder}/site.sqlite3", folder / "clock", datetime.now(UTC)
    variables = {"SITE_DATA": str(folder), "DATABASE_URL": address}
    manage("prepare", **variables)
    _run_action(SCHEDULE, str(now + timedelta(hours=1)), str(now + timedelta(hours=3)), **variables)
    offset.write_text("0", "ascii")
    hook = {"PYTHONPATH": str(Path(__file__).parent / "clock"), "EXERCISE_CLOCK": str(offset)}
    with stopping(site(folder, DATABASE_URL=address, **hook).wait()) as server:
        steps = {
            "ahead, in its window": 2,
            "back before it": 0,
            "ahead again": 2,
            "after it": 4,
            "back into it": 2,
        }
        for name, hours in steps.items():
            offset.write_text(str(hours * HOUR), "ascii")
            yield _measure_visibility(server, f"the clock {name}", is_shown=hours == 2)


def _measure_visibility(server: Server, what: str, *, is_shown: bool) -> Measurement:
    reader = Reader(server.port)

    def all_are_up_to_date() -> bool:
        pages = [reader.get(path)[2] for path in PATHS]
        return all((b"/quokka/" in page) is is_shown for page in pages)

    try:
        seconds = wait_until(all_are_up_to_date, what="pages do not follow", seconds=5)
    except TimeoutError:
        return Measurement(what, "shown as before", f"{VISIBLE_WITHIN} s", is_met=False)
    return Measurement(
        what,
        f"{'shown' if is_shown else 'hidden'} after {seconds:.2f} s",
        f"{VISIBLE_WITHIN} s",
        seconds <= VISIBLE_WITHIN,
    )


def cut_off(folder: Path) -> Iterator[Measurement]:
    """One of two servers loses its database while the other withdraws something: with CACHE_URL and without."""
    for pubsub in (True, False):
        site_folder = folder / f"pubsub-{pubsub}"
        site_folder.mkdir()
        site_folder.chmod(0o755)
        yield from _cut_off(site_folder, pubsub=pubsub)


def _cut_off(folder: Path, *, pubsub: bool) -> Iterator[Measurement]:
    description = "with CACHE_URL" if pubsub else "without"
    with ExitStack() as stack:
        database = stack.enter_context(stopping(PostgreSQL(folder / "cluster")))
        relay = stack.enter_context(stopping(Relay(database.port)))
        variables = {"SECRET_KEY": "x" * 50, "STALE_SECONDS": str(STALE_SECONDS)}
        if pubsub:
            variables["CACHE_URL"] = (
                f"redis://127.0.0.1:{stack.enter_context(stopping(redis(folder))).port}/0"
            )
        first_variables = {**variables, "DATABASE_URL": database.url, "SITE_DATA": str(folder)}
        manage("prepare", **first_variables)
        _run_action(PUBLISH, "Quokka", **first_variables)
        url = database.url.replace(str(database.port), str(relay.port))
        second = stack.enter_context(stopping(site(folder, **variables, DATABASE_URL=url).wait()))
        yield from _withdraw_on_other_machine(second, relay, first_variables, description, with_pubsub=pubsub)


def _withdraw_on_other_machine(
    server: Server, relay: Relay, first_variables: dict[str, str], description: str, *, with_pubsub: bool
) -> Iterator[Measurement]:
    within = VISIBLE_WITHIN if with_pubsub else STALE_SECONDS + 1
    reader, path = Reader(server.port), "/en/publications/quokka/"
    other_variables = {**first_variables, "SITE_DATA": f"{first_variables['SITE_DATA']}/elsewhere"}
    Path(other_variables["SITE_DATA"]).mkdir()
    assert reader.get(path)[0] == 200
    relay.cut()
    cut_at = time.monotonic()
    time.sleep(2)
    status, head, _ = reader.get(path)
    is_stale = status == 200 and b"stale" in head
    yield Measurement(
        f"cut off, {description}: a page", "from memory" if is_stale else f"{status}", "from memory", is_stale
    )
    with ThreadPoolExecutor(1) as readers:  # who go on asking, however long the other machine takes
        seen_gone = readers.submit(_request_until_gone, Reader(server.port), path)
        _run_action(PUBLISH, "Wombat", **other_variables)
        published_at = time.monotonic()
        time.sleep(0.5)
        _run_action(WITHDRAW, "Quokka", **other_variables)
        acted_at = time.monotonic()
        gone_at, duration = seen_gone.result()
    is_shown = gone_at > min(published_at + 0.5, cut_at + STALE_SECONDS)
    status = "200" if is_shown else "gone"
    yield Measurement(f"cut off, {description}: the other has published", status, "200", is_shown)
    seconds = max(0.0, gone_at - (acted_at if with_pubsub else cut_at))
    yield Measurement(
        f"cut off, {description}: the other has withdrawn it",
        f"gone {seconds:.1f} s after {'that' if with_pubsub else 'the cut'} (503 in {duration:.1f} s)",
        f"{within} s",
        seconds <= within,
    )


def _request_until_gone(reader: Reader, path: str) -> tuple[float, float]:
    """Return when the first request was sent that does not get the page, and the seconds until its response.

    Raises TimeoutError.
    """
    deadline = time.monotonic() + GONE_WITHIN
    while (requested_at := time.monotonic()) < deadline:
        if reader.get(path)[0] != 200:
            return requested_at, time.monotonic() - requested_at
        time.sleep(0.02)
    raise TimeoutError(f"{path} is shown for more than {GONE_WITHIN} seconds.")


def stop(folder: Path) -> Iterator[Measurement]:
    """Servers under load that receive a stop signal: once, many times, or while a worker is replaced."""
    ways = {"once": _once, "all processes, 100 times": _many_times, "a worker has just died": _worker_died}
    with one_site(folder):
        pass  # it has prepared the folder
    for name, send_signals in ways.items():
        times = [_stop_under_load(folder, send_signals) for _ in range(STOPS)]
        yield Measurement(
            f"stop signal, {name}",
            f"at most {max(times):.1f} s of {STOPS}",
            f"{STOPS_WITHIN} s",
            max(times) <= STOPS_WITHIN,
        )


def _stop_under_load(folder: Path, send_signals) -> float:
    """Return the seconds until all processes of the server have ended."""
    server = site(folder, DATABASE_URL=f"sqlite:///{folder}/site.sqlite3").wait()
    warm(server.port)
    crowd, processes = Crowd(server.port, PAGES, readers=2), server.processes()
    send_signals(server)
    started = time.monotonic()
    try:
        server.process.wait(60)
        wait_until(
            lambda: not any(Path(f"/proc/{pid}").exists() for pid in processes), what="workers are left"
        )
    except subprocess.TimeoutExpired:
        server.kill()
    finally:
        crowd.stop()
    return time.monotonic() - started


def _once(server: Server) -> None:
    server.send(signal.SIGTERM)


def _many_times(server: Server) -> None:
    for _ in range(100):
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGTERM)


def _worker_died(server: Server) -> None:
    before = set(server.processes())
    os.kill(max(before - {server.process.pid}), signal.SIGKILL)
    wait_until(lambda: set(server.processes()) - before, what="no worker takes its place")
    server.send(signal.SIGTERM)
