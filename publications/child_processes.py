"""Processes that commands start to share their work, on all cores."""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import connection


def fork_processes(count: int, initialize: Callable[..., None] | None = None, *args) -> ProcessPoolExecutor:
    """Return a pool of forked processes, which have all that is loaded and must not use open database connections.

    This process alone handles Ctrl-C. The others exit when it ends, killed or not.

    Args:
        initialize: called in each process, with `args`.
    """
    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(count, context, initializer=_start, initargs=(initialize, *args))


def _start(initialize: Callable[..., None] | None, *args) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # so that collections copy no page of the memory that the processes share
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    if initialize:
        initialize(*args)


def _exit_with_parent() -> None:
    connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)
