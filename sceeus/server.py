"""granian as `manage.py serve` starts it, with reliable stops: `python -m sceeus.server --help`.

A signal reaches any thread of a process, under load rarely the main one, and Python runs handlers in the main thread
only, once that wakes. So a worker or server under load may miss a signal; and if a worker ends at the same time, the
handler of the server may wait for ever for a lock that its own thread holds. Therefore the signals are blocked in all
threads but one of each process, which waits for them.
"""

import argparse
import multiprocessing
import os
import signal
import threading
import time

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

MAX_HEADER_BYTES = 65_536  # of request line and headers; more is answered 431
HEADER_TIMEOUT_MILLISECONDS = 10_000  # until the headers are complete; then the connection is closed
MAX_CONNECTIONS = 4_096  # at a time; idle and slow ones hold a little memory and no thread
SHUTDOWN_SECONDS = 5  # that the server process takes to end after its workers
STOP_SIGNALS, RELOAD_SIGNALS = {signal.SIGTERM, signal.SIGINT}, {signal.SIGHUP}
HANDLED_SIGNALS = STOP_SIGNALS | RELOAD_SIGNALS


class Server(Granian):
    """granian with a thread that waits for the signals to stop and reload."""

    def serve(self, *args, **kwargs) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED_SIGNALS)
        server_pid = os.getpid()
        os.register_at_fork(after_in_child=lambda: _prepare_child(server_pid))
        threading.Thread(target=self._handle_signals, name="signals", daemon=True).start()
        super().serve(*args, **kwargs)

    def _handle_signals(self) -> None:
        while signal.sigwait(HANDLED_SIGNALS) in RELOAD_SIGNALS:
            self.signal_handler_reload()
        self._stop()

    def _stop(self) -> None:
        """Interrupt until all workers have ended or their time is up, then end the process."""
        deadline = time.monotonic() + self.workers_kill_timeout + SHUTDOWN_SECONDS
        while time.monotonic() < deadline and any(worker.is_alive() for worker in list(self.wrks)):
            self.signal_handler_interrupt()  # again, as a worker that has just been replaced misses it
            time.sleep(0.1)
        self.signal_handler_interrupt()
        time.sleep(SHUTDOWN_SECONDS)
        for worker in list(self.wrks):
            worker.kill()
        os._exit(1)


def _prepare_child(server_pid: int) -> None:
    """Start the signal thread of a worker; processes that a worker forks get the default handlers."""
    for signal_number in HANDLED_SIGNALS:
        signal.signal(signal_number, signal.SIG_DFL)
    if os.getppid() == server_pid:
        threading.Thread(target=_handle_worker_signals, name="signals", daemon=True).start()
    else:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED_SIGNALS)


def _handle_worker_signals() -> None:
    """Exit at once while the site is still loading, else call granian's handler, once: a third call would deadlock."""
    signal_number = signal.sigwait(STOP_SIGNALS)
    handler = signal.getsignal(signal_number)
    if not callable(handler):
        os._exit(0)
    handler(signal_number, None)


def main() -> None:
    parser = argparse.ArgumentParser("python -m sceeus.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument(
        "--threads", type=int, required=True, help="threads of each worker; each serves one request"
    )
    parser.add_argument("--overlap", type=float, required=True, help="see manage.py serve")
    parser.add_argument("--grace", type=int, required=True, help="see manage.py serve")
    parser.add_argument("--reload", action="store_true")
    options = parser.parse_args()
    multiprocessing.set_start_method(
        "fork"
    )  # a new worker imports the site itself; this process has not imported it
    Server(
        "sceeus.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=options.threads,
        http=HTTPModes.http1,
        websockets=False,
        backlog=MAX_CONNECTIONS,
        backpressure=MAX_CONNECTIONS,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_TIMEOUT_MILLISECONDS, max_buffer_size=MAX_HEADER_BYTES
        ),
        respawn_failed_workers=True,
        respawn_interval=options.overlap,
        workers_kill_timeout=options.grace,
        log_level=LogLevels.error,  # it warns of so many threads, as it cannot know that they wait
        reload=options.reload,
    ).serve()


if __name__ == "__main__":
    main()
