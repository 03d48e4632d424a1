"""Serve the site to readers with granian, the production server."""

import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from publications.disk_reserve import keep_disk_reserve
from publications.migration_state import read_migration_state, refuse_newer_database
from publications.pagecache import SERVER_THREADS

HEADERS = 65_536  # bytes of a request before its body; more is answered 431
HEADERS_WITHIN = 10_000  # milliseconds for them to come; who says nothing for so long is let go
CONNECTIONS = 4_096  # at a time; those who are silent or slow hold a little memory and no thread
BARE = 64  # threads where no pages are in memory: each may come to hold a connection to the database
LEAVE_WITHIN = 35  # seconds for an old process to finish what it has begun


class Command(BaseCommand):
    help = (
        "Serve the site on HOST:PORT (127.0.0.1:8000) with the production server. Ctrl-C stops it; kill -HUP starts "
        "new processes, with the code as it is then, before the old ones go, so that no reader notices."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--host", default=os.environ.get("HOST", "127.0.0.1"), help="address to listen on"
        )
        parser.add_argument("--port", type=int, default=settings.PORT, help="port to listen on")
        parser.add_argument(
            "--workers", type=int, default=int(os.environ.get("WORKERS", "1")), help="processes"
        )
        parser.add_argument(
            "--prepare", action="store_true", help="first bring the site up to date, see prepare"
        )
        parser.add_argument(
            "--overlap",
            type=float,
            default=15.0,
            help="seconds after kill -HUP in which old processes go on serving; longer than a start takes (15)",
        )
        parser.add_argument(
            "--reload", action="store_true", help="start again when a file of the project changes"
        )

        parser.add_argument(
            "--allow-newer-database",
            action="store_true",
            help="serve from a database that a newer release has migrated, at your own risk",
        )

    def handle(self, *args, **options) -> None:
        if options["prepare"]:
            call_command("prepare")
        else:
            self._check_database(allow_newer=options["allow_newer_database"])
        self.stdout.write(f"Serving on http://{options['host']}:{options['port']}/  (Ctrl-C stops)")
        self.stdout.flush()
        threads = SERVER_THREADS if settings.PAGES_IN_MEMORY else BARE
        granian = Path(sys.executable).with_name("granian")
        arguments = [
            str(granian), "--interface", "wsgi", "--host", options["host"], "--port", str(options["port"]),
            "--workers", str(options["workers"]), "--blocking-threads", str(threads), "--no-ws", "--http", "1",
            "--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS),
            "--http1-buffer-size", str(HEADERS), "--http1-header-read-timeout", str(HEADERS_WITHIN),
            "--respawn-failed-workers", "--respawn-interval", str(options["overlap"]),
            "--workers-kill-timeout", str(LEAVE_WITHIN),
            "--log-level", "error",  # it warns of so many threads, as it cannot know that they wait
            *(["--reload"] if options["reload"] else []), "sceeus.wsgi:application",
        ]  # fmt: skip
        keep_disk_reserve()
        os.chdir(settings.BASE_DIR)
        os.execv(granian, arguments)  # noqa: S606

    def _check_database(self, *, allow_newer: bool) -> None:
        """Refuse a database of another release; one that does not answer may yet come, and pages are in memory."""
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
