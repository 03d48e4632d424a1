"""nginx and Caddy with the files of deploy/, in front of app servers."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .servers import ROOT, Server, find_program, free_port

NGINX = """
worker_processes 1; pid {folder}/nginx.pid; daemon off;
events {{ worker_connections 2048; }}
http {{
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    {site}
}}
"""


def nginx(folder: Path, ports: Sequence[int], *, mirror: str = "", has_limits: bool = False) -> Server:
    """The balancer of deploy/ in front of two app servers, with a mirror if there is one; log in `folder`/access.log.

    Without `has_limits` clients are not limited, since most readers of the exercise share an address.
    """
    port = free_port()
    replacements = {
        "127.0.0.1:8001": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:8002": f"127.0.0.1:{ports[1]}",
        "listen 80": f"listen 127.0.0.1:{port}",
        "/srv/mirror": mirror or f"{folder}/no-mirror",
        "/var/log/nginx/publications.log": f"{folder}/access.log",
        "publications.example": "localhost",
    }
    if not has_limits:
        replacements |= {
            "rate=10r/s": "rate=100000r/s",
            "rate=20r/s": "rate=100000r/s",
            "rate=1r/s": "rate=1000r/s",
            " delay=20": " nodelay",
        }
    text = (ROOT / "deploy/nginx-mirror.conf").read_text("utf-8")
    for old, new in replacements.items():
        assert old in text, f"deploy/nginx-mirror.conf has no {old}."
        text = text.replace(old, new)
    file = folder / "nginx.conf"
    file.write_text(NGINX.format(folder=folder, site=text), "utf-8")
    command = [find_program("nginx", "nginx-light"), "-c", str(file), "-e", str(folder / "nginx.log")]
    return Server(command, port, log=folder / "nginx.out").wait_for_port()


def caddy(folder: Path, ports: Sequence[int], *, mirror: str = "") -> Server:
    """Caddy with the file of deploy/ in front of two app servers, as a plain HTTP server on this machine."""
    port, caddy_program = free_port(), find_program("caddy", "caddy", "usr/bin")
    variables = {
        "SITE": f"http://localhost:{port}, http://127.0.0.1:{port}",
        "FIRST": f"127.0.0.1:{ports[0]}",
        "SECOND": f"127.0.0.1:{ports[1]}",
        "MIRROR": mirror or f"{folder}/no-mirror",
        "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
        **_request_buffers(caddy_program),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    command = [caddy_program, "run", "--adapter", "caddyfile", "--config", str(ROOT / "deploy/Caddyfile")]
    return Server(command, port, log=folder / "caddy.log", **variables).wait_for_port()


def _request_buffers(caddy_program: str) -> dict[str, str]:
    """Return the variable that makes an old Caddy buffer request bodies."""
    version = subprocess.run([caddy_program, "version"], check=True, capture_output=True, text=True).stdout
    numbers = [int(number) for number in re.findall(r"\d+", version)[:2]]
    return {"REQUEST_BUFFERS": "buffer_requests"} if numbers < [2, 7] else {}
