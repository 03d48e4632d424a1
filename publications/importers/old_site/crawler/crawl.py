"""Crawl one site: what is requested, in which order, how fast, and when it ends.

The frontier is no file of its own: a run reads what is saved, finds the links in it again, and requests what is left.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.utils.translation import gettext as _

from ..addresses import host_of, path_of, resolve_address
from ..content_types import parse_content_type
from ..site_copy import HTML_TYPES, MAX_PAGE_BYTES, REDIRECT_STATUSES
from .crawl_archive import CSS_TYPE, CrawlArchive, SavedAnswer, has_links
from .crawl_start import find_start, read_sitemaps
from .found_links import find_links, find_style_links, is_media
from .http_fetcher import FetchedResponse, FetchFailed, HttpFetcher
from .robots import RobotRules

MAX_ATTEMPTS = 3
MAX_FAILURES_IN_A_ROW = 10
"""Addresses: after these the server is taken to be down."""
RETRY_SECONDS, MAX_RETRY_SECONDS = 2.0, 120.0
MISSING_STATUSES = (404, 410)
"""Of what is not there. Any other error may pass, such as the 403 of a server that is requested too often."""
DOWN_STATUSES = (429, 502, 503, 504)
"""Of a server that is down or overloaded."""
INTERNAL_ERROR = 500
MAX_QUERIES_OF_PATH = 300
"""More addresses with one path are a calendar or a filter, which never ends."""
MAX_PATH_PARTS, MAX_EQUAL_PARTS = 20, 3


@dataclass(frozen=True)
class CrawlOptions:
    """What to save, and how.

    Args:
        delay: seconds between two requests; a slow server or its robots.txt gets more.
        max_pages, max_bytes: after which it ends; a later run with more goes on.
        obeys_robots: whether robots.txt counts.
        progress: called with the number of addresses done and of those known.
        sleep: waits; replaced in tests.
    """

    address: str
    path: Path
    delay: float = 1.0
    max_pages: int = 20_000
    max_bytes: int = 20_000_000_000
    max_file_bytes: int = 200_000_000
    timeout: float = 30.0
    obeys_robots: bool = True
    allows_private: bool = False
    checks_certificates: bool = True
    user_agent: str = "Mozilla/5.0 (compatible; save_old_site)"
    progress: Callable[[int, int], object] = lambda done, total: None
    sleep: Callable[[float], object] = time.sleep


@dataclass
class CrawlReport:
    """What is saved, and what is not and why.

    Args:
        requests: of this run; the other numbers are those of the file.
        failed: reasons by address; they are requested again by the next run.
        limit: the limit that ended the run, or "".
        left: the number of known addresses that are not requested.
    """

    path: Path
    requests: int = 0
    pages: int = 0
    files: int = 0
    redirects: int = 0
    missing: list[str] = field(default_factory=list)
    size: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    forbidden: list[str] = field(default_factory=list)
    endless: Counter[str] = field(default_factory=Counter)
    limit: str = ""
    left: int = 0


def crawl_site(options: CrawlOptions) -> CrawlReport:
    """Save a site, or go on where the last run into the same file ended.

    Raises:
        CrawlRefused: the site cannot be reached, or forbids it.
        ArchiveUnusable: the file cannot be written.
    """
    fetcher = HttpFetcher(
        options.user_agent,
        options.allows_private,
        options.timeout,
        options.max_file_bytes,
        options.checks_certificates,
    )
    start = find_start(fetcher, options.address, obeys_robots=options.obeys_robots)
    archive = CrawlArchive.open(options.path)
    try:
        crawl = _Crawl(options, fetcher, archive, start.site, start.rules)
        crawl.resume()
        crawl.add(f"{start.site}/")
        crawl.add(start.address)
        for address in read_sitemaps(fetcher, start, pause=crawl.pause):
            crawl.add(crawl.place_on_site(address))
        crawl.run()
        return crawl.report
    finally:
        archive.close()


@dataclass
class _Crawl:
    options: CrawlOptions
    fetcher: HttpFetcher
    archive: CrawlArchive
    site: str
    rules: RobotRules
    report: CrawlReport = field(init=False)
    known: set[str] = field(default_factory=set)
    done: int = 0
    pages: deque[str] = field(default_factory=deque)
    files: deque[str] = field(default_factory=deque)
    queries: Counter[str] = field(default_factory=Counter)
    failures_in_a_row: int = 0
    response_seconds: float = 0.0
    """Of the last request, which the next waits for: a slow server has half of the time for others."""

    def __post_init__(self) -> None:
        self.report = CrawlReport(self.options.path)

    def resume(self) -> None:
        """Read what is saved, and find what it links to."""
        links: dict[str, None] = {}
        for answer in self.archive.read_answers(self.site):
            self.known.add(answer.address)
            self.queries[urlsplit(answer.address).path] += "?" in answer.address
            self._count(answer)
            links |= dict.fromkeys(self._find_links(answer))
        for address in links:
            self.add(address)

    def place_on_site(self, address: str) -> str:
        """Return an address with the scheme and host of the site, which pages name with and without `www.`."""
        if host_of(address) != host_of(self.site):
            return address
        parts = urlsplit(address)
        return urlunsplit((*urlsplit(self.site)[:2], parts.path or "/", parts.query, ""))

    def add(self, address: str) -> None:
        """Let an address be requested, if it is of the site and neither known nor forbidden."""
        if host_of(address) != host_of(self.site) or address in self.known:
            return
        self.known.add(address)
        if not self.rules.allows(path_of(address)):
            self.report.forbidden.append(address)
        elif self._is_endless(address):
            self.report.endless[urlsplit(address).path[:200]] += 1
        else:
            (self.files if is_media(address) else self.pages).append(address)

    def _is_endless(self, address: str) -> bool:
        """Whether an address is one of a calendar, or of links that each add to the path."""
        parts = urlsplit(address)
        names = [name for name in parts.path.split("/") if name]
        if len(names) > MAX_PATH_PARTS or max(Counter(names).values(), default=0) > MAX_EQUAL_PARTS:
            return True
        if parts.query:
            self.queries[parts.path] += 1
        return bool(parts.query) and not is_media(address) and self.queries[parts.path] > MAX_QUERIES_OF_PATH

    def run(self) -> None:
        """Request what is left, within the limits."""
        while not self.report.limit and (queue := self._choose_queue()):
            address = queue.popleft()
            self._save(address)
            self.done += 1
            self.options.progress(self.done, self.done + len(self.pages) + len(self.files))
            if self.archive.size > self.options.max_bytes:
                self.report.limit = _("the size of the file (--max-megabytes)")
        if self.pages and not self.report.limit:
            self.report.limit = _("the number of pages (--max-pages)")
        self.report.left = len(self.pages) + len(self.files)
        self.report.size = self.archive.size

    def _choose_queue(self) -> deque[str]:
        """Return the addresses to go on with: pages first, files once there are no more or enough of them."""
        has_enough = self.report.pages >= self.options.max_pages
        return self.files if has_enough or not self.pages else self.pages

    def _save(self, address: str) -> None:
        """Request an address and store the answer; repeat it after a failure that may pass."""
        reason, is_down = "", False
        for attempt in range(MAX_ATTEMPTS):
            self.pause(RETRY_SECONDS * 4 ** (attempt - 1) if attempt else 0)
            started_at = time.monotonic()
            try:
                with self.fetcher.fetch(address) as response:
                    self.report.requests += 1
                    self.response_seconds = time.monotonic() - started_at
                    if response.status < 400 or response.status in MISSING_STATUSES:
                        self._store(response)
                        self.failures_in_a_row = 0
                        return
                    reason, is_down = (
                        _("The server answered %d.") % response.status,
                        response.status in DOWN_STATUSES,
                    )
                    if not is_down and response.status != INTERNAL_ERROR:
                        break
                    self._wait_as_requested(response.get_header("retry-after"))
            except FetchFailed as error:
                reason, is_down = str(error), not error.is_final
                if error.is_final:
                    break
        self.report.failed[address] = reason
        self.failures_in_a_row = self.failures_in_a_row + 1 if is_down else 0
        if self.failures_in_a_row >= MAX_FAILURES_IN_A_ROW:
            self.report.limit = _("%d addresses in a row that could not be read") % self.failures_in_a_row

    def pause(self, seconds: float = 0.0) -> None:
        """Wait before a request, at least some seconds; not before the first one."""
        delay = max(
            self.options.delay,
            self.rules.crawl_delay if self.options.obeys_robots else 0,
            self.response_seconds,
            seconds,
        )
        if self.report.requests:
            self.options.sleep(min(delay, MAX_RETRY_SECONDS))

    def _wait_as_requested(self, header: str) -> None:
        if header.isdigit():
            self.options.sleep(min(float(header), MAX_RETRY_SECONDS))

    def _store(self, response: FetchedResponse) -> None:
        content_type = response.get_header("content-type").lower()
        self.archive.add(response)
        response.body.seek(0)
        answer = SavedAnswer(
            response.address,
            response.status,
            content_type,
            response.get_header("location"),
            response.size,
            response.body.read(MAX_PAGE_BYTES) if has_links(response.status, content_type) else b"",
        )
        self._count(answer)
        for address in self._find_links(answer):
            self.add(address)

    def _count(self, answer: SavedAnswer) -> None:
        report = self.report
        if answer.status in REDIRECT_STATUSES:
            report.redirects += 1
        elif answer.status != 200:
            report.missing.append(answer.address)
        elif parse_content_type(answer.content_type)[0] in HTML_TYPES:
            report.pages += 1
        else:
            report.files += 1

    def _find_links(self, answer: SavedAnswer) -> Iterator[str]:
        """Yield the addresses that an answer leads to."""
        content_type, charset = parse_content_type(answer.content_type)
        if answer.status in REDIRECT_STATUSES:
            target = resolve_address(answer.location, answer.address)
            place = self.place_on_site(target)
            yield target if place == answer.address else place
        elif content_type in HTML_TYPES and answer.body:
            yield from map(self.place_on_site, find_links(answer.body, charset, answer.address))
        elif content_type == CSS_TYPE:
            yield from map(self.place_on_site, find_style_links(answer.body, answer.address))
