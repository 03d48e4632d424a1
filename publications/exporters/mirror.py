"""The public site as static files: a crawl from its entry paths and sitemap along every link, on all cores.

Pages are rendered in this process and its children, without a server between.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import reverse

from publications.locales import LOCALES, localized_path
from publications.models import ADDING, Address, AuditEntry, Edition, SiteVersion, site_state_scope
from publications.page_cache import SiteStateWatcher

from .mirror_folder import MirrorFolder, is_mirrored, links_of, normalize_path

OK = 200
PATHS_PER_TASK = 16  # addresses that one process is given at a time
TASKS_AHEAD = 4  # parcels that wait for each process
NOT_THERE = (404, 410)
KEPT = ("static", "media")
MOVED = (301, 302, 303, 307, 308)
ENTRY_PATHS = (
    "/", "/robots.txt", "/llms.txt", "/favicon.ico", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png",
)  # fmt: skip


class SiteUnavailable(Exception):
    """The application does not answer an address as it should: `path`, `status`."""

    def __init__(self, path: str, status: int) -> None:
        super().__init__(f"{path} answers {status}")
        self.path, self.status = path, status


@dataclass
class MirrorReport:
    """What a crawl found. `broken` are links to what is not there, with the page that has each."""

    pages: int = 0
    written: int = 0
    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Visited:
    path: str
    status: int
    written: bool = False
    left: bool = False
    links: tuple[str, ...] = ()


class Crawl:
    """One crawl into a folder. `with_renditions` includes what is made on request: PDFs and social images."""

    def __init__(self, root: Path, *, processes: int = 0, with_renditions: bool = False) -> None:
        self.folder, self.with_renditions = MirrorFolder(root), with_renditions
        self.processes = processes or os.cpu_count() or 1
        self.report = MirrorReport()
        self._from: dict[str, str] = {}  # each address that is known, and the first page that led there
        self._ahead: deque[str] = deque()
        self._kept: set[str] = set()

    def run(self, progress: Callable[[int, int], None] = lambda done, known: None) -> MirrorReport:
        """Bring the folder up to date. Broken off, it leaves a folder of whole pages, and the next goes on.

        Raises SiteUnavailable where the application fails, and then removes nothing that it may still have.
        """
        generation = SiteVersion.objects.get().number
        self._remove_withdrawn()
        for entry in (
            *ENTRY_PATHS,
            *(localized_path(locale, "publications:home") for locale in LOCALES),
            reverse("sitemap"),
        ):
            self._enqueue(normalize_path(entry), "")
        for visited in self._visit_all():
            self._record(visited)
            progress(self.report.pages, len(self._from))
        self.report.removed += self.folder.keep_only(self._kept)
        self.folder.generation = generation
        return self.report

    def _remove_withdrawn(self) -> None:
        """First of all what readers may no longer see, and all that may tell of it.

        The application answers for it meanwhile.
        """
        taking = AuditEntry.objects.filter(site_version__gt=self.folder.generation).exclude(action__in=ADDING)
        if taking.filter(publication=None).exists():  # a name that changed may stand anywhere
            self.report.removed += self.folder.drop_all_but([], KEPT)
            return
        touched = Address.objects.filter(publication__in=taking.values("publication"))
        stays = set(Edition.objects.live().order_by().values_list("locale", "slug"))
        stays -= set(touched.values_list("locale", "slug"))
        held = [(locale, piece) for locale in LOCALES for piece in self.folder.below(_section(locale))]
        gone = [each for each in held if each not in stays]
        for locale, piece in gone:
            self.report.removed += self.folder.drop_under(f"{_section(locale)}/{piece}")
        if gone or taking.exists():
            self.report.removed += self.folder.drop_all_but([_section(locale) for locale in LOCALES], KEPT)

    def _enqueue(self, path: str, page: str) -> None:
        if path not in self._from and is_mirrored(path, with_renditions=self.with_renditions):
            self._from[path] = page
            self._ahead.append(path)

    def _record(self, visited: Visited) -> None:
        self.report.pages += 1
        for path in visited.links:
            self._enqueue(path, visited.path)
        if visited.status not in (OK, *MOVED, *NOT_THERE):
            raise SiteUnavailable(visited.path, visited.status)
        if visited.status == OK and not visited.left:
            self._kept.add(visited.path)
            self.report.written += visited.written
        elif visited.left:
            self.report.left.append(visited.path)
        elif visited.status not in MOVED and self._from[visited.path]:
            self.report.broken.append((visited.path, self._from[visited.path]))

    def _visit_all(self) -> Iterator[Visited]:
        if self.processes == 1:
            while self._ahead:
                yield visit(self._ahead.popleft(), self.folder)
            return
        for _door in range(len(self._ahead)):  # what they work out is there in all processes
            yield visit(self._ahead.popleft(), self.folder)
        connections.close_all()  # processes that are forked must not share one
        fork = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(self.processes, mp_context=fork) as pool:
            try:
                yield from self._shared(pool)
            finally:
                pool.shutdown(cancel_futures=True)

    def _shared(self, pool: ProcessPoolExecutor) -> Iterator[Visited]:
        under_way: set[Future] = set()
        while self._ahead or under_way:
            while self._ahead and len(under_way) < self.processes * TASKS_AHEAD:
                parcel = [self._ahead.popleft() for _ in range(min(PATHS_PER_TASK, len(self._ahead)))]
                under_way.add(pool.submit(visit_paths, parcel, self.folder))
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                yield from future.result()


def visit_paths(paths: list[str], folder: MirrorFolder) -> list[Visited]:
    return [visit(path, folder) for path in paths]


def visit(path: str, folder: MirrorFolder) -> Visited:
    """Ask for one address, keep what stands there, and tell where it leads."""
    page = fetch(path)
    if page.status in MOVED:
        return Visited(path, page.status, links=tuple(links_of(path, "text/html", _as_link(page.location))))
    if page.status != OK:
        return Visited(path, page.status)
    links = tuple(links_of(path, page.media_type, page.body))
    try:
        return Visited(path, OK, written=folder.put(path, page.body), links=links)
    except ValueError:
        return Visited(path, OK, left=True, links=links)


def _as_link(location: str) -> bytes:
    return f'<a href="{location}">'.encode()


def _section(locale: str) -> str:
    """The folder of the pieces of a tree."""
    return localized_path(locale, "publications:list").strip("/")


@dataclass(frozen=True)
class CrawledPage:
    """What stands at an address."""

    path: str
    status: int
    media_type: str
    body: bytes
    location: str = ""


@cache
def _site():
    return get_wsgi_application()


@cache
def _watcher() -> SiteStateWatcher:
    return SiteStateWatcher(threaded=False)


def fetch(path: str) -> CrawledPage:
    """The answer to GET for the path, which is percent-encoded as in a link.

    What pages have in common is worked out once for all that are asked for in one epoch.
    """
    epoch = _watcher().state()
    with site_state_scope(epoch) if epoch else nullcontext():
        return _get(path)


def _get(path: str) -> CrawledPage:
    started: list = []
    parts = _site()(_environ(path), lambda status, headers, error=None: started.extend((status, headers)))
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    headers = {name.lower(): value for name, value in started[1]}
    media_type = headers.get("content-type", "").partition(";")[0]
    return CrawledPage(path, int(started[0][:3]), media_type, body, headers.get("location", ""))


def _environ(path: str) -> dict[str, object]:
    site = urlsplit(settings.SITE_URL)
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname,
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": site.netloc,
        "HTTP_X_FORWARDED_PROTO": site.scheme,
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
