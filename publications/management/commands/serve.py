"""Serve the site to readers with granian, the production server."""

import os
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from publications.management.option_types import MAX_PROCESSES, MAX_SECONDS, host, seconds, whole_number
from publications.migration_state import read_migration_state, refuse_newer_database
from publications.page_cache import SERVER_THREADS
from publications.reserved_disk_space import reserve_disk_space

THREADS_WITHOUT_CACHE = 64  # each may hold a connection to the database


class Command(BaseCommand):
    help = (
        "Serve the site at http://HOST:PORT/ (127.0.0.1:8000) with the production server. Ctrl-C stops it. kill "
        "-HUP with its process id starts new processes with the code as it is then, and stops the old ones once "
        "those serve, so that no reader notices."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--host",
            type=host,
            default=os.environ.get("HOST", "127.0.0.1"),
            help="IP address to listen on: 127.0.0.1 answers this machine alone, 0.0.0.0 every one (HOST)",
        )
        parser.add_argument(
            "--port",
            type=whole_number(1, 65535),
            default=str(settings.PORT),
            help="port to listen on (PORT, 8000)",
        )
        parser.add_argument(
            "--workers",
            type=whole_number(1, MAX_PROCESSES),
            default=os.environ.get("WORKERS", "1"),
            help="how many processes serve (WORKERS, 1)",
        )
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="first bring the site up to date, as “manage.py prepare” does",
        )
        parser.add_argument(
            "--overlap",
            type=seconds,
            default=15.0,
            help="seconds after kill -HUP in which old processes go on serving; longer than a start takes (15)",
        )
        parser.add_argument(
            "--grace",
            type=whole_number(0, MAX_SECONDS),
            default=35,
            help="seconds that a process has to finish its requests when it is told to stop (35)",
        )
        parser.add_argument(
            "--reload",
            action="store_true",
            help="start again when a file of the project changes, for work on the code",
        )
        parser.add_argument(
            "--allow-newer-database",
            action="store_true",
            help="serve from a database that a newer release has migrated, at your own risk",
        )

    def handle(self, *args, **options) -> None:
        if options["prepare"]:
            call_command("prepare", allow_newer_database=options["allow_newer_database"])
        else:
            self._check_database(allow_newer=options["allow_newer_database"])
        self.stdout.write(f"Serving on http://{options['host']}:{options['port']}/  (Ctrl-C stops)")
        self.stdout.flush()
        has_page_cache = settings.PAGES_IN_MEMORY > 0
        threads = SERVER_THREADS if has_page_cache else THREADS_WITHOUT_CACHE
        arguments = [
            sys.executable, "-m", "sceeus.server", "--host", options["host"], "--port", str(options["port"]),
            "--workers", str(options["workers"]), "--threads", str(threads), "--overlap", str(options["overlap"]),
            "--grace", str(options["grace"]), *(["--reload"] if options["reload"] else []),
        ]  # fmt: skip
        reserve_disk_space()
        os.chdir(settings.BASE_DIR)
        os.environ["PORT"] = str(options["port"])  # SITE_URL, without a value of its own, has this port
        # Workers that start after kill -HUP would inherit the modules that this process has imported.
        os.execv(sys.executable, arguments)  # noqa: S606

    def _check_database(self, *, allow_newer: bool) -> None:
        """Refuse a database of another release; one that does not answer yet is no reason to stop."""
        try:
            state = read_migration_state()
        except DatabaseError as error:
            self.stderr.write(f"The database does not answer yet: {error}")
            return
        if not allow_newer:
            refuse_newer_database(
                state, remedy="“manage.py serve --allow-newer-database” serves all the same."
            )
        if state.unapplied:
            raise CommandError(
                f"The database lacks {', '.join(state.unapplied)}. Run “manage.py prepare” first."
            )
        connection.close()
