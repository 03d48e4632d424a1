"""The mirror in front of an app server."""

from collections.abc import Iterator
from pathlib import Path

from .measurements import Measurement, no_failures
from .proxies import nginx
from .readers import Reader, read_for
from .servers import manage, wait_until
from .sites import PAGES, one_site, stopping


def mirror_in_front(folder: Path) -> Iterator[Measurement]:
    """The mirror in front: pages without an app server, the headers of the application, no secrets in logs."""
    with one_site(folder) as server:
        address = f"sqlite:///{folder}/site.sqlite3"
        manage("mirror", str(folder / "mirror"), SITE_DATA=str(folder), DATABASE_URL=address)
        for path in (folder, folder / "mirror", *(folder / "mirror").rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        with stopping(nginx(folder, [server.port] * 2, mirror=str(folder / "mirror"))) as balancer:
            reader = Reader(balancer.port)
            mirrored, rendered = (
                reader.get("/en/", Accept_Encoding="gzip")[1],
                Reader(server.port).get("/en/")[1],
            )
            missing = [name for name in SECURITY_HEADERS if _field(mirrored, name) != _field(rendered, name)]
            yield Measurement(
                "headers that differ from the application's",
                ", ".join(missing) or "none",
                "none",
                not missing,
            )
            reader.get("/desk/review/open-sesame/", Referer="http://localhost/desk/review/open-sesame/")
            wait_until(
                lambda: "/desk/review" in (folder / "access.log").read_text(),
                what="nothing is logged",
                seconds=5,
            )
            is_logged = "open-sesame" in (folder / "access.log").read_text()
            yield Measurement(
                "a review link in the access log",
                "logged" if is_logged else "masked",
                "masked",
                not is_logged,
            )
            server.kill()
            yield no_failures("pages of the mirror, no app server", read_for(balancer.port, PAGES, 3))


SECURITY_HEADERS = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cache-control",
)


def _field(head: bytes, name: str) -> list[str]:
    lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")]
    return [value for field, _, value in lines if field.lower() == name]
