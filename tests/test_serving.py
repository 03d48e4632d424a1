"""The server itself: strangers who hold it up, heads that are too long, and new processes that nobody notices."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.exercise.readers import Crowd, Reader, open_connections, read_for, slow_readers
from tests.exercise.servers import Server, site, wait_until

OVERLAP = 12  # seconds; a start takes two, on a machine that does nothing else
PAGE = "/en/"
LONG = "/en/publications/"


@pytest.fixture(scope="module")
def server(servable_sqlite, tmp_path_factory):
    folder = shutil.copytree(servable_sqlite, tmp_path_factory.mktemp("site"), dirs_exist_ok=True)
    address = f"sqlite:///{folder}/site.sqlite3"
    server = site(folder, arguments=["--overlap", str(OVERLAP)], DATABASE_URL=address).wait(PAGE)
    yield server
    server.stop()


def test_a_running_server_is_named_to_whoever_wants_to_restore(server):
    lock = Path(server.environment["SITE_DATA"], "in-use")
    check = f'exec 9>>"{lock}"; exec "{sys.executable}" "{ROOT}/deploy/check_stopped.py" "{lock}" ""'

    results = subprocess.run(["sh", "-c", check], capture_output=True, text=True, check=False)

    assert (
        results.returncode == 1
        and f"process {server.process.pid} " in results.stderr
        and "sceeus.server" in results.stderr
    )


def read_well(server: Server) -> None:
    results = read_for(server.port, [PAGE], 1.0, readers=2)
    assert results.responses > 10 and results.failed == 0 and max(results.durations) < 10, results


def test_a_crowd_is_waited_for_until_it_reads():
    with pytest.raises(EOFError):  # its process has no port to ask, and ends
        Crowd([], [PAGE])


@pytest.mark.parametrize("said", [b"", b"GET /en/about/ HTTP/1.1\r\nHost: localhost\r\n"])
def test_connections_that_are_held_open_hold_up_nobody(server, said):
    with open_connections(server.port, 1_500 if not said else 200, said):
        read_well(server)


def test_bodies_that_are_not_finished_hold_up_nobody(server):
    with ExitStack() as stack:
        for path in ("/desk/login/", "/oai", "/en/nothing.pdf", "/en/publications/", "/static/x.css"):
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\na="
            stack.enter_context(open_connections(server.port, 100, head.encode()))
        read_well(server)
        assert Reader(server.port).get("/oai?verb=Identify")[0] == 200


def test_a_form_that_breaks_off_is_not_taken_for_a_whole_one(server):
    with open_connections(
        server.port, 1, b"POST /oai HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\nverb="
    ) as (half,):
        half.shutdown(socket.SHUT_WR)
        half.settimeout(10)
        assert half.recv(1000)[9:12] in (b"", b"400")


def test_readers_with_bad_connections_hold_up_nobody(server):
    with slow_readers(server.port, LONG, 100):
        read_well(server)


def test_heads_that_are_too_long_are_refused_and_hold_up_nobody(server):
    reader = Reader(server.port)
    assert reader.get(PAGE, X_Word="a" * 16_000)[0] == 200

    with open_connections(server.port, 50, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Word: " + b"a" * 60_000):
        assert Reader(server.port).get(PAGE, X_Word="a" * 300_000)[0] == 431
        read_well(server)


def test_who_says_half_and_no_more_is_let_go(server):
    with open_connections(server.port, 1, b"GET /en/about/ HTTP/1.1\r\n") as (half,):
        half.settimeout(20)
        started = time.monotonic()
        while half.recv(1000):
            pass

    assert 5 < time.monotonic() - started < 20


def test_new_processes_take_over_without_a_failed_request(server):
    before = set(server.processes())
    ways = ("close", "keep-alive")
    crowds = [Crowd(server.port, [PAGE], readers=2, pause=0.02, Connection=how) for how in ways]
    time.sleep(1)

    server.send(signal.SIGHUP)
    wait_until(
        lambda: not (set(server.processes()) & before) - {server.process.pid},
        what="the old processes are there",
    )
    time.sleep(1)

    for results in [crowd.stop() for crowd in crowds]:
        assert results.responses > 100 and results.failed == 0, results
        assert set(results.statuses) == {200}
