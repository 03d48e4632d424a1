"""Find a name in everything that the site stores or shows."""

import sys
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from publications.management.name_check import search_everything
from publications.management.option_types import non_empty_path
from publications.name_search import NameMatcher, Occurrence, Searched, compact_database

EXIT_FOUND = 3  # 0: it stands nowhere; 1: not everything could be searched
MAX_LISTED = 50  # files that could not be read, and pictures


class Command(BaseCommand):
    help = (
        "Search for names, such as after a redaction: in every row of every table, in the file of an SQLite "
        "database as it lies on the disk, in the uploaded files (Word files unzipped, PDFs decompressed, metadata "
        "of pictures), in the other files of SITE_DATA, and in the public site with all PDFs, which is rendered "
        "into a temporary folder. Give every spelling: “Vera Holm” “Holm, Vera”. A name is found in any case, "
        "inflected, and in addresses; it needs at least three letters. Without NAME the names are read from "
        "standard input, one a line, so that no list of processes shows them. No text is changed: --compact "
        "rewrites the database, and rendering the site stores PDFs in the cache and records each in the "
        "database, as a request for it does; --without-site renders none. Lettering in pictures is not "
        "searched: the pictures are listed with -v 2. Ends with 0 where the names stand nowhere, with 3 where "
        "they do, with 1 where not everything could be read."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("names", metavar="NAME", nargs="*", help="a spelling of the name")
        parser.add_argument(
            "--also",
            metavar="FOLDER",
            action="append",
            default=[],
            type=non_empty_path,
            help="search this folder too, such as one with backups or a mirror; may be given several times",
        )
        parser.add_argument(
            "--compact",
            action="store_true",
            help="first rewrite the database without what was deleted from it (VACUUM); others wait while it lasts",
        )
        parser.add_argument(
            "--without-site",
            action="store_true",
            help="leave the public site out, whose PDFs take long to render",
        )

    def handle(self, *args, **options) -> None:
        self.verbosity = options["verbosity"]
        names = options["names"] or [line.strip() for line in sys.stdin if line.strip()]
        matcher, searched = NameMatcher(names), Searched()
        short = [name for name in matcher.names if sum(map(str.isalnum, name)) < 3]
        if short or not matcher.names:
            raise CommandError("Give at least one name, of three letters or more.")
        for folder in options["also"]:
            if not folder.is_dir():
                raise CommandError(f"There is no folder {folder}.")
        try:
            if options["compact"]:
                self._say("Rewriting the database …")
                compact_database()
            count = self._list(self._search(matcher, searched, options))
        except KeyboardInterrupt as error:
            raise CommandError("Broken off. What was not searched is not known. Run it again.") from error
        except DatabaseError as error:
            raise CommandError(f"The database could not be read: {error}") from error
        self._report(searched)
        if count:
            places = "1 place" if count == 1 else f"{count} places"
            raise CommandError(f"Found in {places}.", returncode=EXIT_FOUND)
        if searched.unread:
            raise CommandError("Found nowhere, but not everything could be read.", returncode=1)
        self._say("Found nowhere.")

    def _search(self, matcher: NameMatcher, searched: Searched, options: dict) -> Iterator[Occurrence]:
        return search_everything(
            matcher,
            searched,
            also=options["also"],
            with_site=not options["without_site"],
            progress=lambda what, _done, _total: self._show(what),
        )

    def _list(self, occurrences: Iterator[Occurrence]) -> int:
        count = 0
        for occurrence in occurrences:
            count += 1
            self._clear()
            self.stdout.write(f"- {occurrence}")
        self._clear()
        return count

    def _report(self, searched: Searched) -> None:
        self._say(
            f"{searched.files} files searched. {len(searched.pictures)} are pictures: what is lettered in them is for "
            "people to look at."
        )
        listed = searched.pictures if self.verbosity > 1 else []
        for kind, places in (("picture", listed), ("not read", searched.unread)):
            for place in places[:MAX_LISTED]:
                self.stdout.write(f"- {kind}: {place}")
            if len(places) > MAX_LISTED:
                self.stdout.write(f"- … and {len(places) - MAX_LISTED} more")

    def _show(self, what: str) -> None:
        if self.verbosity and self.stdout.isatty():
            self.stdout.write(f"\r… {what}\x1b[K", ending="")
            self.stdout.flush()

    def _clear(self) -> None:
        if self.verbosity and self.stdout.isatty():
            self.stdout.write("\r\x1b[K", ending="")

    def _say(self, text: str) -> None:
        if self.verbosity:
            self.stdout.write(text)
