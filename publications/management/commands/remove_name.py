"""Remove a name from everything that the site stores or shows."""

import sys

from django.core.management.base import BaseCommand, CommandError

from publications import actions
from publications.management.name_check import search_everything
from publications.models import Author, NameRemovalRecord
from publications.name_removal import RemovalOptions, create_record, run_removal

EXIT_FOUND = 3  # 0: it stands nowhere any more; 1: it failed, or not everything could be read


class Command(BaseCommand):
    help = (
        "Remove a name from all publications, authors, tags, images, pages, logs and files, then search for what is "
        "left (as find_name does) and store the report, which the desk shows under “Remove a name”. The desk starts "
        "this by itself. Give each spelling: “Vera Holm” “Holm, Vera”. Without NAME the names are read from standard "
        "input, one a line, so that no list of processes shows them. It may be stopped and started again: what is done "
        "stays done. This cannot be undone. Ends with 0 where the name stands nowhere any more, with 3 where it does."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("names", metavar="NAME", nargs="*", help="a spelling of the name")
        parser.add_argument(
            "--author", metavar="SLUG", help="the author whose name it is, by the address of the page"
        )
        parser.add_argument(
            "--pen-name",
            metavar="NAME",
            help="what stands in its place: a name, “N. N.” or “…”; otherwise “[redacted]”",
        )
        parser.add_argument(
            "--many", action="store_true", help="also if more than half of all publications hold it"
        )
        parser.add_argument(
            "--record", type=int, metavar="NUMBER", help="used by the desk: options are read as JSON"
        )

    def handle(self, *args, **options) -> None:
        stored = self._find_record(options["record"])
        removal = self._read_removal(options)
        try:
            actions.check_name(removal)
            if not (stored or options["many"]):  # the desk has shown how many
                self._check_extent(removal)
        except actions.ActionRefused as refusal:
            raise CommandError(" ".join(refusal.reasons)) from refusal
        record = stored or create_record(by=None)
        if not record:
            raise CommandError("Another name is being removed. Remove this one when that has ended.")
        run_removal(removal, record, search=search_everything)
        self._report(record, options["verbosity"])

    def _check_extent(self, removal: actions.NameRemoval) -> None:
        preview = actions.preview_name_removal(removal, by=None)
        if preview.is_broad:
            raise CommandError(
                f"{preview.extent} If it is no common word, add --many to remove it from all of them."
            )

    def _find_record(self, pk: int | None) -> NameRemovalRecord | None:
        if pk is None:
            return None
        record = NameRemovalRecord.objects.filter(pk=pk).first()
        if not record:
            raise CommandError(f"There is no removal {pk}.")
        return record

    def _read_removal(self, options: dict) -> actions.NameRemoval:
        if options["record"] is not None:
            try:
                return RemovalOptions.read(sys.stdin.read()).build_removal()
            except (ValueError, TypeError, KeyError) as error:
                raise CommandError("Give the options of the desk on standard input.") from error
        names = options["names"] or [line.strip() for line in sys.stdin if line.strip()]
        author = Author.objects.filter(slug=options["author"]).first() if options["author"] else None
        if options["author"] and not author:
            raise CommandError(f"There is no author at the address {options['author']}.")
        return actions.NameRemoval(
            spellings=tuple(dict.fromkeys(names)), replacement=options["pen_name"] or None, author=author
        )

    def _report(self, record: NameRemovalRecord, verbosity: int) -> None:
        report = record.report
        if error := report.get("error"):
            raise CommandError(error)
        for kind in ("places", "unread"):
            for place in report[kind] if verbosity else ():
                self.stdout.write(f"- {'not read: ' if kind == 'unread' else ''}{place}")
        if report["count"]:
            raise CommandError(f"Left in {report['count']} places.", returncode=EXIT_FOUND)
        if report["unread"]:
            raise CommandError("Found nowhere any more, but not everything could be read.", returncode=1)
        if verbosity:
            self.stdout.write("Found nowhere any more.")
