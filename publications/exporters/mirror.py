"""The crawl: the public site as static files, from its entry paths and sitemap along every link, on all cores.

Pages are rendered by the WSGI application in this process and its children, without a server.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db import connections
from django.db.models import QuerySet
from django.urls import reverse

from publications.child_processes import fork_processes
from publications.locales import LOCALES, localized_path
from publications.models import Address, AuditEntry, Edition, SiteState, read_site_state

from .mirror_folder import MirrorFolder
from .mirror_paths import is_mirrored, is_rendition, links_of, normalize_path
from .responses import fetch_with_retries, forget_site_state

OK = 200
PATHS_PER_TASK = 16
TASKS_AHEAD = 4  # queued for each process
ADDRESS_PARTS = 4  # of the path of a publication, split at its slashes: "", locale, section, slug
NOT_FOUND = (404, 410)
UNAVAILABLE = 503
FILE_FOLDERS = ("static", "media")  # without pages
REDIRECTS = (301, 302, 303, 307, 308)
ENTRY_PATHS = (
    "/", "/robots.txt", "/.well-known/security.txt", "/.well-known/mirrors.txt", "/.well-known/mirrors.txt.minisig",
    "/llms.txt", "/favicon.ico", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png",
)  # fmt: skip


class SiteUnavailable(Exception):
    """The application answers a path with an unexpected status."""

    def __init__(self, path: str, status: int) -> None:
        super().__init__(f"{path} answers {status}")
        self.path, self.status = path, status


@dataclass
class MirrorReport:
    """What a crawl did.

    Attributes:
        removed: names of files.
        skipped: paths that the file system cannot store.
        unavailable: PDFs and social images that cannot be rendered.
        broken: paths that are not found, each with a page that links to it.
    """

    pages: int = 0
    written: int = 0
    removed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    unavailable: list[str] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class VisitedPage:
    """A visited path, the status of the response, and the paths it links to."""

    path: str
    status: int
    is_written: bool = False
    is_skipped: bool = False
    links: tuple[str, ...] = ()


class Crawl:
    """One crawl into a folder.

    `with_renditions` includes PDFs and social images. `with_query_pages` includes the further pages of lists (?page=2)
    and comparisons with earlier editions (?from=1), which a copy without a server needs: a web server passes requests
    with a query to the application.

    The pages of publications that no action has changed since the last crawl are not rendered again, unless a window
    has started or ended since then, or midnight has passed; their links are read from the folder.
    """

    def __init__(
        self, root: Path, *, processes: int = 0, with_renditions: bool = False, with_query_pages: bool = False
    ) -> None:
        self.folder = MirrorFolder(root)
        self._options = {"with_renditions": with_renditions, "with_query_pages": with_query_pages}
        self.processes = processes or os.cpu_count() or 1
        self.report = MirrorReport()
        self._linked_from: dict[str, str] = {}  # every known path, and the first page that links to it
        self._queue: deque[str] = deque()
        self._mirrored: set[str] = set()
        self._unchanged: frozenset[str] = frozenset()

    def run(
        self,
        progress: Callable[[int, int], None] = lambda done, total: None,
        *,
        after_removal: Callable[[], None] = lambda: None,
    ) -> MirrorReport:
        """Bring the folder up to date. An interrupted run leaves whole pages, and the next one continues.

        Args:
            progress: called with how many of how many known paths are done.
            after_removal: called before the crawl if a page was removed since the folder was last whole; also in a run
                that continues an interrupted one.

        Raises:
            SiteUnavailable: the application fails; no page that it may still have is removed.
        """
        shown = self.folder.read_state()
        state = read_site_state(shown)
        forget_site_state()  # no page is rendered in an older state than the folder is said to show
        self._unchanged = find_unchanged_publications(state, shown)
        if self._remove_withdrawn(shown.site_version):  # first: it needs no space on the disk
            after_removal()
        self.folder.begin_crawl(shown.site_version)
        for entry_path in (
            *ENTRY_PATHS,
            *(localized_path(locale, "publications:home") for locale in LOCALES),
            reverse("sitemap"),
        ):
            self._enqueue(normalize_path(entry_path), "")
        for visited in self._visit_all():
            self._record(visited)
            progress(self.report.pages, len(self._linked_from))
        self.report.removed += self.folder.remove_unlisted(self._mirrored)
        removals_during_crawl = removals_after(state.site_version).exclude(publication=None)
        self._remove_publications(removals_during_crawl)
        self.folder.write_sums()
        self.folder.finish_crawl(state)
        return self.report

    def _remove_withdrawn(self, site_version: int) -> bool:
        """Remove pages that are not public any more, and all pages that may mention them, before the crawl.

        Until the crawl restores them, the web server falls back to the application.

        Args:
            site_version: the version that the folder shows.

        Returns:
            Whether anything was withdrawn since that version.
        """
        removals = removals_after(site_version)
        if removals.filter(publication=None).exists():  # any page may have the old name
            self.report.removed += self.folder.remove_all_but([], FILE_FOLDERS)
        else:
            self._remove_publications(removals)
        return bool(self.report.removed) or removals.exists()

    def _remove_publications(self, removals: QuerySet[AuditEntry]) -> None:
        """Remove the pages of publications that are not public any more or that removals are of; then lists, feeds."""
        changed = Address.objects.filter(publication__in=removals.values("publication"))
        public = set(Edition.objects.live().order_by().values_list("locale", "slug"))
        public -= set(changed.values_list("locale", "slug"))
        mirrored = [(locale, slug) for locale in LOCALES for slug in self.folder.subfolders(_section(locale))]
        outdated = [address for address in mirrored if address not in public]
        for locale, slug in outdated:
            self.report.removed += self.folder.remove_page(f"{_section(locale)}/{slug}")
        if outdated or removals.exists():
            self.report.removed += self.folder.remove_all_but(
                [_section(locale) for locale in LOCALES], FILE_FOLDERS
            )

    def _enqueue(self, path: str, page: str) -> None:
        if path not in self._linked_from and is_mirrored(path, **self._options):
            self._linked_from[path] = page
            self._queue.append(path)

    def _record(self, visited: VisitedPage) -> None:
        self.report.pages += 1
        for path in visited.links:
            self._enqueue(path, visited.path)
        if visited.status == UNAVAILABLE and is_rendition(visited.path):
            self.report.unavailable.append(visited.path)
            return
        if visited.status not in (OK, *REDIRECTS, *NOT_FOUND):
            raise SiteUnavailable(visited.path, visited.status)
        if visited.status == OK and not visited.is_skipped:
            self._mirrored.add(visited.path)
            self.report.written += visited.is_written
        elif visited.is_skipped:
            self.report.skipped.append(visited.path)
        elif visited.status not in REDIRECTS and self._linked_from[visited.path]:
            self.report.broken.append((visited.path, self._linked_from[visited.path]))

    def _visit_all(self) -> Iterator[VisitedPage]:
        for _entry in range(len(self._queue)):  # fills caches before the processes fork
            yield from visit_paths(self._take(1), self.folder)
        if self.processes == 1:
            while self._queue:
                yield from visit_paths(self._take(PATHS_PER_TASK), self.folder)
            return
        connections.close_all()  # forked processes must not share one
        with fork_processes(self.processes) as pool:
            try:
                yield from self._visit_in_pool(pool)
            finally:
                pool.shutdown(cancel_futures=True)

    def _visit_in_pool(self, pool: ProcessPoolExecutor) -> Iterator[VisitedPage]:
        pending: set[Future] = set()
        while self._queue or pending:
            while self._queue and len(pending) < self.processes * TASKS_AHEAD:
                pending.add(pool.submit(visit_paths, self._take(PATHS_PER_TASK), self.folder))
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield from future.result()

    def _take(self, count: int) -> dict[str, bool]:
        """Take paths from the queue, each with whether it is unchanged since the last crawl."""
        paths = [self._queue.popleft() for _ in range(min(count, len(self._queue)))]
        return {path: self._is_unchanged(path) for path in paths}

    def _is_unchanged(self, path: str) -> bool:
        """Return whether the path is that of a publication not changed since the last crawl, or below it."""
        address, _dot, _ending = "/".join(path.split("/")[:ADDRESS_PARTS]).partition(".")
        return address in self._unchanged


def removals_after(site_version: int) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.removals().filter(site_version__gt=site_version)


def find_unchanged_publications(state: SiteState, shown: SiteState) -> frozenset[str]:
    """Return the paths, without the last slash, of live publications whose pages are the same in both states."""
    live = Edition.objects.live().order_by().values_list("locale", "slug", "publication")
    return frozenset(
        normalize_path(f"/{_section(locale)}/{slug}")
        for locale, slug, publication in live.iterator()
        if state.is_page_unchanged(publication, shown.id)
    )


def visit_paths(paths: Mapping[str, bool], folder: MirrorFolder) -> list[VisitedPage]:
    """Visit paths; those that are unchanged since the last crawl are read from the folder, if they are there."""
    return [
        visit_stored(path, folder) if is_unchanged and folder.has_page(path) else visit(path, folder)
        for path, is_unchanged in paths.items()
    ]


def visit_stored(path: str, folder: MirrorFolder) -> VisitedPage:
    """Return the paths that a page in the folder links to, without fetching it."""
    links = links_of(path, "text/html", folder.file_of(path).read_bytes()) if path.endswith("/") else ()
    return VisitedPage(path, OK, links=tuple(links))


def visit(path: str, folder: MirrorFolder) -> VisitedPage:
    """Fetch a path, write its page into the folder, and return the paths it links to."""
    page = fetch_with_retries(path)
    if page.status in REDIRECTS:
        return VisitedPage(
            path, page.status, links=tuple(links_of(path, "text/html", _as_link(page.location)))
        )
    if page.status != OK:
        return VisitedPage(path, page.status)
    links = tuple(links_of(path, page.media_type, page.body))
    try:
        return VisitedPage(path, OK, is_written=folder.write_page(path, page.body), links=links)
    except ValueError:
        return VisitedPage(path, OK, is_skipped=True, links=links)


def _as_link(location: str) -> bytes:
    return f'<a href="{location}">'.encode()


@cache
def _section(locale: str) -> str:
    """Return the folder of the publications of a locale."""
    return localized_path(locale, "publications:list").strip("/")
