"""Bring a site up to date before it is served: database, accounts, demonstration content, styles."""

from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from publications import actions
from publications.management.site_setup import is_up_to_date, mark_up_to_date, set_up_empty_site
from publications.migration_state import read_migration_state, refuse_newer_database
from subscriptions.events import begin_reading


class Command(BaseCommand):
    help = (
        "Bring the site up to date before it is served: migrate the database, collect the static files and, when "
        "the database is empty, make the first accounts and load demonstration content. With DEMO=0 in the "
        "environment there is no demonstration; the name of the site and of an administrator are asked for "
        "instead. Safe to repeat: when nothing has changed it does nothing. A database that a newer release has "
        "migrated is refused."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--allow-newer-database",
            action="store_true",
            help="go on with a database that a newer release has migrated, at your own risk",
        )

    def handle(self, *args, **options) -> None:
        Path(settings.SITE_DATA).mkdir(parents=True, exist_ok=True, mode=0o700)
        self.verbosity = options["verbosity"]
        message = "The site is up to date: nothing had to be done."
        if not is_up_to_date():
            message = "The site is up to date."
            self._bring_up_to_date(allow_newer=options["allow_newer_database"])
            mark_up_to_date()
        set_up_empty_site(write=self.stdout.write)  # writes the first passwords at any verbosity
        begin_reading()  # what is published before the first run of send_mail is news, other than the demonstration
        self._say(message)

    def _say(self, text: str) -> None:
        if self.verbosity > 0:
            self.stdout.write(text)

    def _bring_up_to_date(self, *, allow_newer: bool) -> None:
        call_command("check_services", stdout=StringIO())
        if not allow_newer:
            refuse_newer_database(
                read_migration_state(), remedy="“--allow-newer-database” goes on all the same."
            )
        self._say("Bringing the database up to date …")
        call_command("migrate", verbosity=0, interactive=False)
        for name, index in actions.INDEXES.items():
            if index.is_outdated():
                self._say(f"Building the index “{name}” …")
                actions.rebuild_index(name)
        if not settings.DEBUG:
            self._say("Collecting static files …")
            call_command("collectstatic", verbosity=0, interactive=False)
