"""Record digests of all rows for a backup. Called by deploy/backup."""

from django.core.management.base import BaseCommand

from publications.integrity import record_rows


class Command(BaseCommand):
    help = (
        "Record a digest of each row of the database in a file among the originals, which a backup contains. On a site "
        "that was restored from it, “manage.py verify --restored” then finds each row that differs. deploy/backup runs "
        "this command before (--before) and after it copies the database: rows that people change in between are left "
        "out."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--before", action="store_true", help="a copy of the database is about to be made"
        )

    def handle(self, *args, **options) -> None:
        rows = record_rows(before=options["before"])
        if options["verbosity"] > 1:
            self.stdout.write(f"{rows} rows recorded.")
