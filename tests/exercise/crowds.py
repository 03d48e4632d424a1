"""Crowds of clients that request slow responses, while others read on."""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .measurements import Measurement
from .readers import Crowd, Reader, Results
from .servers import Server
from .sites import one_site, publishing

CROWDS = {
    "records": ["/oai?verb=ListRecords&metadataPrefix=oai_dc", "/api/v1/publications"],
    "sign-ins at the desk": ["/desk/login/?next=/desk/*", "/desk/*"],
}


def crowds(folder: Path) -> Iterator[Measurement]:
    """Crowds that request PDFs, records or sign-ins at the desk: pages outdated by an action are rendered in time."""
    address = f"sqlite:///{folder}/site.sqlite3"
    with one_site(folder) as server, publishing(folder, {"DATABASE_URL": address}) as publish:
        pdfs = [f"{path.rstrip('/')}.pdf" for path in _publication_urls(server)]
        for target, paths in {"nothing": [], "PDFs": pdfs, **CROWDS}.items():
            crowd = Crowd(server.port, paths, readers=40) if paths else None
            times = [_render_list(server, folder, publish, f"Rye {number}, {target}") for number in range(9)]
            results = crowd.stop() if crowd else Results()
            yield Measurement(
                f"pages rendered, 40 clients request {target}"
                if crowd
                else "pages rendered, no other client",
                f"{sorted(times)[4]:.0f} ms, at most {max(times):.0f}; {results.statuses[503]} of {results.responses} 503",
                "1000 ms",
                max(times) <= 1_000 and not results.failures,
            )


def _publication_urls(server: Server) -> list[str]:
    """Return the addresses of the publications on the list."""
    paths = re.findall(
        rb'href="(/en/publications/[^/"?]+/)"', Reader(server.port).get("/en/publications/")[2]
    )
    return [path.decode() for path in dict.fromkeys(paths)]


def _render_list(server: Server, folder: Path, publish: Callable[[str], float], title: str) -> float:
    """Return the milliseconds that the list takes after an action, with no stored PDF left."""
    publish(title)
    shutil.rmtree(folder / "renditions" / "pieces", ignore_errors=True)
    started = time.monotonic()
    Reader(server.port).get("/en/publications/")
    return (time.monotonic() - started) * 1000
