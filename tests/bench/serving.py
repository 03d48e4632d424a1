"""Servers to measure, each with all its processes on one core, and the client on another."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from tests.ports import first_free, ports_from_environment
from tests.processes import cpu_seconds, cpu_seconds_of_children, process_tree

from .databases import Backends, Site
from .site import ROOT

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
SERVER_CORE, CLIENT_CORE = (CORES[0], CORES[-1]) if CORES else (None, None)
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{ worker_connections 256; }}
http {{
  access_log off; types {{ }} default_type "text/html; charset=utf-8"; keepalive_requests 1000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port}; root {folder}/pages; gzip_static on; open_file_cache max=2000;
    add_header Cache-Control no-cache;
  }}
}}
"""


class Server:
    """A running server: its port, and the CPU and memory of its processes.

    Args:
        backends: the processes of its database, whose CPU is part of the server's.
    """

    def __init__(self, process: subprocess.Popen, port: int, backends: Backends | None = None) -> None:
        self.process, self.port, self._backends = process, port, backends

    def cpu(self) -> float:
        """Return the seconds of CPU of all its processes, ended ones and its database included."""
        return self.own_cpu() + self.database_cpu()

    def own_cpu(self) -> float:
        return sum(cpu_seconds(pid) + cpu_seconds_of_children(pid) for pid in process_tree(self.process.pid))

    def database_cpu(self) -> float:
        """Return the seconds of CPU of PostgreSQL for this server; SQLite works within the process."""
        return self._backends.cpu() if self._backends else 0

    def memory(self) -> float:
        """Return the megabytes of its processes (proportional set size)."""
        return sum(_memory_kilobytes(pid) for pid in process_tree(self.process.pid)) / 1024

    def load(self, requests: list[tuple[str, dict[str, str]]], seconds: float) -> dict[str, float]:
        """Send requests over sixteen connections; return what `load` measures and the server's microseconds of CPU for each."""
        before = self.cpu()
        command = [sys.executable, "-m", "tests.bench.load", str(self.port), str(seconds)]
        measured = json.loads(_run_on(CLIENT_CORE, command, input=json.dumps(requests)))
        return {**measured, "cpu": (self.cpu() - before) * 1e6 / max(measured["responses"], 1)}

    def fetch(self, path: str, **headers: str) -> tuple[bytes, dict[str, str]]:
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": "localhost", **headers})
        with urlopen(request, timeout=60) as response:
            return response.read(), {name.lower(): value for name, value in response.headers.items()}


@contextmanager
def site_server(site: Site, application: str = "") -> Iterator[Server]:
    """Serve a site as in production, with one process; with `application` another WSGI module than that of the site."""
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    if application:
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "128", "--no-ws",
            "--log-level", "error", f"{application}:application",
        ]  # fmt: skip
    with Backends(site) as backends, _running(command, port, backends, env=site.environment()) as server:
        yield server


@contextmanager
def nginx_server(pages: dict[str, bytes], folder: Path) -> Iterator[Server | None]:
    """Serve the same pages as compressed files with nginx; yield None if nginx is not installed."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not nginx:
        print(
            "nginx is not installed: there is nothing to compare with (Debian: apt-get install nginx-light)."
        )
        yield None
        return
    (folder / "pages").mkdir(parents=True)
    for name, body in pages.items():
        (folder / "pages" / name).touch()
        (folder / "pages" / f"{name}.gz").write_bytes(body)
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=user))
    with _running([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")], port) as server:
        yield server


def free_port() -> int:
    """Return a free port; with BENCH_PORTS=8120-8129 one of these."""
    ports = ports_from_environment("BENCH_PORTS", "0-0")
    if port := first_free(ports):
        return port
    raise SystemExit(f"No port of BENCH_PORTS={ports[0]}-{ports[-1]} is free.")


@contextmanager
def _running(command: list[str], port: int, backends: Backends | None = None, **options) -> Iterator[Server]:
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, preexec_fn=lambda: _pin(SERVER_CORE), **options
    )
    try:
        _wait_for(port, process)
        yield Server(process, port, backends)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The server did not start: {process.args}")


def _pin(core: int | None) -> None:
    if core is not None:
        os.sched_setaffinity(0, {core})


def _run_on(core: int | None, command: list[str], **options) -> str:
    completed = subprocess.run(
        command,
        cwd=ROOT,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: _pin(core),
        **options,
    )
    return completed.stdout


def _memory_kilobytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
