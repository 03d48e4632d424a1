"""What nginx and Caddy, with the files of deploy/, log while no application answers."""

from collections.abc import Iterator
from pathlib import Path

from .measurements import Measurement
from .proxies import caddy, nginx
from .readers import Reader
from .servers import free_port
from .sites import stopping

SECRET = "zzqsecret"
SECRET_PATHS = (
    f"/desk/review/{SECRET}/",
    f"/desk/review/{SECRET}/key/large.webp?a={SECRET}",
    f"//desk/review/{SECRET}/",
    f"/desk/password_reset/Mg/{SECRET}/",
    f"/desk/calendar/{SECRET}.ics",
    f"/desk/password%5Freset/Mg/{SECRET}/",
)


def logs(folder: Path) -> Iterator[Measurement]:
    """Review links and links of reset mails while no application answers: they are in no log of nginx or Caddy."""
    for name, start_server in {"nginx": nginx, "Caddy": caddy}.items():
        server_folder = folder / name
        server_folder.mkdir()
        with stopping(start_server(server_folder, [free_port(), free_port()])) as balancer:
            statuses = {_request(balancer.port, path) for path in (*SECRET_PATHS, "/desk/")}
        logged = "".join(file.read_text("utf-8") for file in server_folder.iterdir() if file.is_file())
        count = sum(SECRET in line for line in logged.splitlines())
        answer = f"{count} of {len(SECRET_PATHS)} secret addresses, answers {statuses}"
        is_logged = "/desk/review" in logged
        yield Measurement(
            f"{name}: no application", answer, "0", not count and is_logged and statuses == {502}
        )


def _request(port: int, path: str) -> int:
    reader = Reader(port)
    try:
        return reader.get(path)[0]
    finally:
        reader.close()
