"""Crowds of strangers who want what takes long, while readers read on."""

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
    "in at the desk": ["/desk/login/?next=/desk/*", "/desk/*"],
}


def crowds(folder: Path) -> Iterator[Measurement]:
    """Crowds that want PDFs, records, or in at the desk: pages that an action has made old are made meanwhile."""
    address = f"sqlite:///{folder}/site.sqlite3"
    with one_site(folder) as server, publishing(folder, {"DATABASE_URL": address}) as publish:
        papers = [f"{path.rstrip('/')}.pdf" for path in _publication_urls(server)]
        for who, paths in {"nothing": [], "PDFs": papers, **CROWDS}.items():
            crowd = Crowd(server.port, paths, readers=40) if paths else None
            took = [_made_anew(server, folder, publish, f"Rye {number}, {who}") for number in range(9)]
            results = crowd.stop() if crowd else Results()
            yield Measurement(
                f"pages made anew, 40 who want {who}" if crowd else "pages made anew, nobody else",
                f"{sorted(took)[4]:.0f} ms, at most {max(took):.0f}; {results.statuses[503]} of {results.answers} 503",
                "1000 ms",
                max(took) <= 1_000 and not results.failures,
            )


def _publication_urls(server: Server) -> list[str]:
    """The addresses of pieces on the list."""
    found = re.findall(
        rb'href="(/en/publications/[^/"?]+/)"', Reader(server.port).get("/en/publications/")[2]
    )
    return [path.decode() for path in dict.fromkeys(found)]


def _made_anew(server: Server, folder: Path, publish: Callable[[str], float], title: str) -> float:
    """Milliseconds for the list after an action, with no paper left on its shelf."""
    publish(title)
    shutil.rmtree(folder / "renditions" / "pieces", ignore_errors=True)
    params = time.monotonic()
    Reader(server.port).get("/en/publications/")
    return (time.monotonic() - params) * 1000
