"""What nginx and Caddy, with the files of deploy/, write into their logs while no application answers."""

from collections.abc import Iterator
from pathlib import Path

from .measurements import Measurement
from .readers import Reader
from .servers import caddy, free_port, nginx
from .sites import stopping

SECRET = "zzqsecret"
SECRET_PATHS = (
    f"/desk/review/{SECRET}/",
    f"/desk/review/{SECRET}/key/large.webp?a={SECRET}",
    f"//desk/review/{SECRET}/",
    f"/desk/password_reset/Mg/{SECRET}/",
    f"/desk/password%5Freset/Mg/{SECRET}/",
)


def logs(folder: Path) -> Iterator[Measurement]:
    """Review links and links of reset mails while no application answers: they stand in no log of nginx or Caddy."""
    for name, front in {"nginx": nginx, "Caddy": caddy}.items():
        own = folder / name
        own.mkdir()
        with stopping(front(own, [free_port(), free_port()])) as balancer:
            statuses = {_ask(balancer.port, path) for path in (*SECRET_PATHS, "/desk/")}
        written = "".join(each.read_text("utf-8") for each in own.iterdir() if each.is_file())
        found = sum(SECRET in line for line in written.splitlines())
        answer = f"{found} of {len(SECRET_PATHS)} secret addresses, answers {statuses}"
        is_logged = "connect" in written and "/desk/review" in written
        yield Measurement(
            f"{name}: no application", answer, "0", not found and is_logged and statuses == {502}
        )


def _ask(port: int, path: str) -> int:
    reader = Reader(port)
    try:
        return reader.get(path)[0]
    finally:
        reader.close()
