"""The walk through the public site: from its doors and sitemap along every link, on all cores."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connections
from django.urls import reverse

from publications.addresses import in_tree
from publications.languages import TREES
from publications.models import ADDING, Address, AuditLine, Edition, Generation

from .asking import OK, ask
from .folder import Folder
from .links import as_asked, is_mirrored, links_of

TOGETHER = 16  # addresses that one process is given at a time
AHEAD = 4  # parcels that wait for each process
NOT_THERE = (404, 410)
KEPT = ("static", "media")
MOVED = (301, 302, 303, 307, 308)
DOORS = (
    "/", "/robots.txt", "/llms.txt", "/favicon.ico", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png",
)  # fmt: skip


class Failing(Exception):
    """The application does not answer an address as it should: `path`, `status`."""

    def __init__(self, path: str, status: int) -> None:
        super().__init__(f"{path} answers {status}")
        self.path, self.status = path, status


@dataclass
class Told:
    """What a walk found. `broken` are links to what is not there, with the page that has each."""

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


class Walk:
    """One walk into a folder. `made` takes along what is made on request: PDFs and social images."""

    def __init__(self, root: Path, *, processes: int = 0, made: bool = False) -> None:
        self.folder, self.made = Folder(root), made
        self.processes = processes or os.cpu_count() or 1
        self.told = Told()
        self._from: dict[str, str] = {}  # each address that is known, and the first page that led there
        self._ahead: deque[str] = deque()
        self._kept: set[str] = set()

    def go(self, progress: Callable[[int, int], None] = lambda done, known: None) -> Told:
        """Bring the folder up to date. Broken off, it leaves a folder of whole pages, and the next goes on.

        Raises Failing where the application fails, and then removes nothing that it may still have.
        """
        generation = Generation.objects.get().number
        self._drop_what_is_gone()
        for door in (*DOORS, *(in_tree(tree, "publications:home") for tree in TREES), reverse("sitemap")):
            self._meet(as_asked(door), "")
        for visited in self._visits():
            self._note(visited)
            progress(self.told.pages, len(self._from))
        self.told.removed += self.folder.keep_only(self._kept)
        self.folder.generation = generation
        return self.told

    def _drop_what_is_gone(self) -> None:
        """First of all what readers may no longer see, and all that may tell of it.

        The application answers for it meanwhile.
        """
        taking = AuditLine.objects.filter(generation__gt=self.folder.generation).exclude(deed__in=ADDING)
        if taking.filter(publication=None).exists():  # a name that changed may stand anywhere
            self.told.removed += self.folder.drop_all_but([], KEPT)
            return
        touched = Address.objects.filter(publication__in=taking.values("publication"))
        stays = set(Edition.objects.live().order_by().values_list("tree", "slug"))
        stays -= set(touched.values_list("tree", "slug"))
        held = [(tree, piece) for tree in TREES for piece in self.folder.below(_section(tree))]
        gone = [each for each in held if each not in stays]
        for tree, piece in gone:
            self.told.removed += self.folder.drop_under(f"{_section(tree)}/{piece}")
        if gone or taking.exists():
            self.told.removed += self.folder.drop_all_but([_section(tree) for tree in TREES], KEPT)

    def _meet(self, path: str, page: str) -> None:
        if path not in self._from and is_mirrored(path, made=self.made):
            self._from[path] = page
            self._ahead.append(path)

    def _note(self, visited: Visited) -> None:
        self.told.pages += 1
        for path in visited.links:
            self._meet(path, visited.path)
        if visited.status not in (OK, *MOVED, *NOT_THERE):
            raise Failing(visited.path, visited.status)
        if visited.status == OK and not visited.left:
            self._kept.add(visited.path)
            self.told.written += visited.written
        elif visited.left:
            self.told.left.append(visited.path)
        elif visited.status not in MOVED and self._from[visited.path]:
            self.told.broken.append((visited.path, self._from[visited.path]))

    def _visits(self) -> Iterator[Visited]:
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
            while self._ahead and len(under_way) < self.processes * AHEAD:
                parcel = [self._ahead.popleft() for _ in range(min(TOGETHER, len(self._ahead)))]
                under_way.add(pool.submit(visit_all, parcel, self.folder))
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                yield from future.result()


def visit_all(paths: list[str], folder: Folder) -> list[Visited]:
    return [visit(path, folder) for path in paths]


def visit(path: str, folder: Folder) -> Visited:
    """Ask for one address, keep what stands there, and tell where it leads."""
    page = ask(path)
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


def _section(tree: str) -> str:
    """The folder of the pieces of a tree."""
    return in_tree(tree, "publications:list").strip("/")
