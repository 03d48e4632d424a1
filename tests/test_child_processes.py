"""Processes that a command starts: what happens to them when it is interrupted or killed."""

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from publications.child_processes import fork_processes
from tests.conftest import ROOT

SCRIPT = """
import os, time
from publications.child_processes import fork_processes

def report(number):
    time.sleep(0.2)
    return os.getpid()

with fork_processes(3) as pool:
    print(*set(pool.map(report, range(6))), flush=True)
    pool.submit(time.sleep, 60)
    time.sleep(60)
"""
SECONDS = 10  # that processes may take to exit


@pytest.fixture
def command():
    """A command with three processes, and their ids."""
    arguments = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        children = {int(pid) for pid in process.stdout.readline().split()}
        assert len(children) == 3
        yield process, children
        process.kill()


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
def test_processes_end_with_their_command(command, signal_number):
    process, children = command

    process.send_signal(signal_number)

    deadline = time.monotonic() + SECONDS
    while any(map(is_running, children)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(is_running, children))


def test_processes_leave_an_interrupt_to_their_command(command):
    _process, children = command

    for pid in children:  # as Ctrl-C, which signals them all
        os.kill(pid, signal.SIGINT)
    time.sleep(0.2)

    assert all(map(is_running, children))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_collections_in_a_process_leave_shared_memory_alone():
    before = gc.get_freeze_count()
    with fork_processes(1) as pool:
        assert pool.submit(gc.get_freeze_count).result() > before

    assert gc.get_freeze_count() == before, "in the process that forks, garbage is still collected"
