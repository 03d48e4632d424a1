"""Save an old site as a WARC file, from which `import_publications` imports it."""

from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from publications.importers.old_site import WARC_SUFFIXES
from publications.importers.old_site.crawler import (
    ArchiveUnusable,
    CrawlOptions,
    CrawlRefused,
    CrawlReport,
    crawl_site,
)
from publications.importers.options import is_site_address
from publications.importers.report_text import Progress
from publications.management.option_types import names_own_machine, non_empty_path, seconds, whole_number

MAX_LISTED = 20
MEGABYTE = 1_000_000
HELP = """Save all pages, pictures and files of one site as a WARC file, the format of web archives.

URL is the address of the site. The second argument is a file (.warc or .warc.gz), or a folder, in which the file
gets the name of the host. Links, sitemaps, style sheets and widths of pictures are followed on this host alone;
redirects are kept, so that old addresses go on working after an import.

It is polite: one request at a time, a pause between two, more for a slow server, and what robots.txt says. It can be
stopped at any time, also by a kill: the same command goes on where it ended, and requests again only the start page,
robots.txt, the sitemaps, and what failed. Once all is saved, look at it and import it (docs/moving-in.md).

  manage.py save_old_site https://old.example copies/
  manage.py import_publications copies/old.example.warc.gz --propose-mapping old.yaml

Exit status: 0 all is saved; 1 nothing was done, and a sentence says why; 2 the command was mistyped; 3 it is saved up
to a limit, or without some addresses, which are listed; 130 it was stopped."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args, **kwargs):
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser) -> None:
        parser.add_argument("url", metavar="URL", type=_site_address, help="such as https://old.example")
        parser.add_argument(
            "path",
            metavar="FOLDER_OR_WARC",
            type=non_empty_path,
            help="where the copy is written, or goes on",
        )
        parser.add_argument(
            "--delay",
            type=seconds,
            default=CrawlOptions.delay,
            help="seconds between two requests (default: %(default)s)",
        )
        parser.add_argument(
            "--max-pages",
            type=whole_number(1, 1_000_000),
            default=CrawlOptions.max_pages,
            help="after how many pages it ends; files of these are still saved (default: %(default)s)",
        )
        parser.add_argument(
            "--max-megabytes",
            type=whole_number(1, 1_000_000),
            default=CrawlOptions.max_bytes // MEGABYTE,
            help="the size of the copy at which it ends (default: %(default)s)",
        )
        parser.add_argument(
            "--ignore-robots",
            action="store_true",
            help="save also what robots.txt forbids: for a site of your own",
        )
        parser.add_argument(
            "--ignore-certificate",
            action="store_true",
            help="save a site whose certificate is wrong or has ended: for a site of your own",
        )
        parser.add_argument(
            "--private",
            action="store_true",
            help="the site may be in the own network. Without it only public addresses are requested, and those of "
            "the own machine if URL names it, such as http://127.0.0.1:8000",
        )

    def handle(self, *args, **options) -> None:
        url = options["url"]
        crawl_options = CrawlOptions(
            address=url,
            path=_file_in(options["path"], url),
            delay=options["delay"],
            max_pages=options["max_pages"],
            max_bytes=options["max_megabytes"] * MEGABYTE,
            obeys_robots=not options["ignore_robots"],
            allows_private=options["private"] or names_own_machine(url),
            checks_certificates=not options["ignore_certificate"],
            progress=Progress(message=_("%(done)d of %(total)d known addresses")),
        )
        try:
            report = crawl_site(crawl_options)
        except (CrawlRefused, ArchiveUnusable) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            message = _("Broken off. The same command goes on where this one stopped.")
            raise CommandError(message, returncode=130) from error
        for line in _render_report(report):
            self.stdout.write(line)
        if report.limit:
            message = _("It ended at a limit: %(limit)s. %(count)d known addresses are left.")
            raise CommandError(message % {"limit": report.limit, "count": report.left}, returncode=3)
        if report.failed:
            message = _("%(count)d addresses could not be saved. The same command requests them again.")
            raise CommandError(message % {"count": len(report.failed)}, returncode=3)


def _site_address(value: str) -> str:
    if not is_site_address(value):
        raise ArgumentTypeError(
            f"“{value}” is no address of a site. Write it whole, such as https://old.example"
        )
    return value


def _file_in(path: Path, url: str) -> Path:
    """Return the file to write: that which is named, or one with the name of the host in a folder."""
    if path.name.lower().endswith(WARC_SUFFIXES):
        return path
    return path / f"{urlsplit(url).netloc.rpartition('@')[2].lower().replace(':', '+')}.warc.gz"


def _render_report(report: CrawlReport) -> Iterator[str]:
    values = {
        "path": report.path,
        "size": filesizeformat(report.size),
        "pages": report.pages,
        "files": report.files,
        "redirects": report.redirects,
        "requests": report.requests,
    }
    yield (
        _(
            "%(path)s (%(size)s) has %(pages)d pages, %(files)d files and %(redirects)d redirects; "
            "%(requests)d requests were made now."
        )
        % values
    )
    lists = (
        (_("Addresses that the site itself links to and does not have:"), report.missing),
        (_("Addresses that robots.txt forbids:"), report.forbidden),
        (_("Paths with endlessly many addresses; of these only the first are saved:"), list(report.endless)),
        (
            _("Addresses that could not be saved:"),
            [f"{address}: {reason}" for address, reason in report.failed.items()],
        ),
    )
    for title, items in lists:
        if items:
            yield f"{title} {len(items)}"
            yield from (f"    {item}" for item in items[:MAX_LISTED])
            if len(items) > MAX_LISTED:
                yield f"    {_('… and %d more') % (len(items) - MAX_LISTED)}"
