"""A server stops at a signal, whatever its workers do and however many signals it gets."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.exercise.readers import Crowd
from tests.exercise.servers import Server, site, wait_until

PAGE = "/en/about/"
GRACE = 60  # seconds in which workers may finish what they have begun; here none has begun anything
STOPS_WITHIN = 15  # seconds; by far less on a machine that does nothing else


@pytest.fixture(scope="module")
def folder(servable_sqlite, tmp_path_factory) -> Path:
    return shutil.copytree(servable_sqlite, tmp_path_factory.mktemp("site"), dirs_exist_ok=True)


@pytest.fixture
def server(folder, request) -> Iterator[Server]:
    address, grace = f"sqlite:///{folder}/site.sqlite3", getattr(request, "param", GRACE)
    started = site(folder, arguments=["--grace", str(grace)], DATABASE_URL=address).wait(PAGE)
    yield started
    with suppress(ProcessLookupError):
        started.kill()


def workers(server: Server) -> set[int]:
    return set(server.processes()) - {server.process.pid}


def stops(server: Server) -> bool:
    """Whether the server and all its processes end."""
    before = workers(server)
    try:
        server.process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        return False
    wait_until(
        lambda: not any(Path(f"/proc/{pid}").exists() for pid in before), what="workers are left", seconds=5
    )
    return True


def test_it_stops_while_a_worker_takes_the_place_of_one_that_died(server):
    (worker,) = workers(server)
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: workers(server) - {worker}, what="no worker takes its place")

    server.send(signal.SIGTERM)  # while that one is still loading the site

    assert stops(server)


def test_it_stops_when_all_its_processes_get_many_signals(server):
    crowd = Crowd(server.port, [PAGE], readers=2)
    for _ in range(500):
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGTERM)

    assert stops(server)
    crowd.stop()


@pytest.mark.parametrize("server", [2], indirect=True)
def test_it_stops_though_a_worker_does_not(server):
    (worker,) = workers(server)
    os.kill(worker, signal.SIGSTOP)

    server.send(signal.SIGTERM)

    assert stops(server)


def test_a_worker_that_dies_is_replaced(server):
    (worker,) = workers(server)

    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: workers(server) and worker not in workers(server), what="no worker takes its place")

    server.wait(PAGE)
