"""Servers for the exercise: the site, PostgreSQL and Redis, each in a temporary folder."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from tests.first_passwords import keep_first_passwords
from tests.ports import first_free, ports_from_environment

from .readers import Reader

ROOT = Path(__file__).resolve().parent.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60  # that a server may take to answer
_reserved: list[TextIO] = []
_ports = iter(ports_from_environment("EXERCISE_PORTS", "8130"))


class MissingProgram(Exception):
    """A program that the exercise needs is missing; the message says how to install it."""


def free_port() -> int:
    """Return the next port, from EXERCISE_PORTS (8130) on, that is free and not reserved by another process of tests."""
    while port := first_free(_ports):
        if _reserve(port):
            return port
    raise MissingProgram("There is no free port. Name another beginning in EXERCISE_PORTS.")


def _reserve(port: int) -> bool:
    """Reserve the port for this process until it ends: a server listens later, and two of the site may share a port."""
    file = Path(tempfile.gettempdir(), f"sceeus-exercise-{port}").open("a")  # noqa: SIM115 (as long as this process)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    _reserved.append(file)
    return True


def find_program(name: str, package: str, folders: str = "usr/sbin") -> str:
    """Return the path of a program, looked for in these folders first. Raises MissingProgram."""
    matches = [str(folder) for folder in sorted(Path("/").glob(folders), reverse=True)]
    path = next(filter(None, (shutil.which(name, path=folder) for folder in [*matches, None])), None)
    if not path:
        raise MissingProgram(f"{name} is not installed (Debian: apt-get install {package}).")
    return path


class Server:
    """A process and its children, on a port."""

    def __init__(
        self, command: Sequence[str], port: int, *, log: Path, user: str | None = None, **environment: str
    ) -> None:
        self.command, self.port, self.log, self.user = list(command), port, log, user
        self.environment = {**os.environ, **environment}
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, cwd=ROOT if self.user is None else "/", stdout=log, stderr=log, user=self.user,
                group=self.user, extra_groups=[] if self.user else None, start_new_session=True,
            )  # fmt: skip

    def wait(self, path: str = "/en/") -> "Server":
        """Wait until the site answers at this path."""
        wait_until(lambda: _answers(self.port, path), what=self.tail)
        return self

    def wait_for_port(self) -> "Server":
        wait_until(lambda: _listens(self.port), what=self.tail)
        return self

    def tail(self) -> str:
        """Return the command and the end of its log."""
        return (
            f"{self.command[:4]}\n" + "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-15:])
            if self.log.exists()
            else ""
        )

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """Kill the process and its children, as a power failure would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def processes(self) -> list[int]:
        """Return the process and its descendants."""
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
        pids = [self.process.pid]
        for pid in pids:
            pids += children.get(pid, [])
        return pids

    def cpu(self) -> float:
        """Return the seconds of CPU that it has used so far."""
        ticks = 0
        for pid in self.processes():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def memory(self) -> float:
        """Return its megabytes of memory (proportional set size)."""
        kilobytes = 0
        for pid in self.processes():
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return kilobytes / 1024


def wait_until(condition, *, what: str | Callable[[], str], seconds: float = START_SECONDS) -> float:
    """Wait until a condition holds and return the seconds. Raises TimeoutError with `what`."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if condition():
            return time.monotonic() - started
        time.sleep(0.02)
    raise TimeoutError(f"Not within {seconds:.0f} s: {what() if callable(what) else what}")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(port: int, path: str) -> bool:
    reader = Reader(port, timeout=10)
    try:
        return reader.get(path)[0] < 500
    except (OSError, EOFError):
        return False
    finally:
        reader.close()


def manage(*arguments: str, **environment: str) -> str:
    """Run a command of the project and return its output. Raises CalledProcessError."""
    completed = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env={**os.environ, **environment}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    if arguments[0] == "prepare":
        keep_first_passwords({**os.environ, **environment})
    return completed.stdout


def site(
    folder: Path, *, port: int = 0, workers: int = 1, arguments: Sequence[str] = (), **environment: str
) -> Server:
    """Start the site as in production, with its files in the folder."""
    port = port or free_port()
    command = [
        sys.executable,
        "manage.py",
        "serve",
        "--port",
        str(port),
        "--workers",
        str(workers),
        *arguments,
    ]
    return Server(command, port, log=folder / f"site-{port}.log", SITE_DATA=str(folder), **environment)


def redis(folder: Path) -> Server:
    port = free_port()
    command = [
        find_program("redis-server", "redis-server"),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    return Server(command, port, log=folder / "redis.log").wait_for_port()


class PostgreSQL:
    """A cluster of its own, which may be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self._ctl = find_program("pg_ctl", "postgresql", "usr/lib/postgresql/*/bin")
        folder.mkdir()
        if os.getuid() == 0:  # who may not own a cluster
            shutil.chown(folder, "postgres", "postgres")
        self._run(
            str(Path(self._ctl).with_name("initdb")),
            "-D",
            f"{folder}/data",
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
        )
        self.start()

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        settings = "-c fsync=off -c unix_socket_directories= -c listen_addresses=127.0.0.1"
        options = [
            "-D",
            f"{self.folder}/data",
            "-W",
            "-l",
            f"{self.folder}/log",
            "-o",
            f"-p {self.port} {settings}",
        ]
        self._run(self._ctl, *options, "start")
        command = [
            str(Path(self._ctl).with_name("pg_isready")),
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
        ]
        wait_until(
            lambda: subprocess.run(command, check=False).returncode == 0, what="PostgreSQL does not start"
        )

    def stop(self, mode: str = "immediate") -> None:
        self._run(self._ctl, "-D", f"{self.folder}/data", "-m", mode, "stop")

    def _run(self, *command: str) -> None:
        account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **account)
