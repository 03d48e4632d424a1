"""Serve the site to readers with granian, the production server."""

import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

READERS = 64
"""Threads of a process: readers who wait for a page hold up none whose page is in memory. Granian warns of so many, as
it cannot know that they wait; it is told to speak of errors alone."""


class Command(BaseCommand):
    help = "Serve the site on HOST:PORT (127.0.0.1:8000) with the production server. Ctrl-C stops it."

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
            "--reload", action="store_true", help="start again when a file of the project changes"
        )

    def handle(self, *args, **options) -> None:
        if options["prepare"]:
            call_command("prepare")
        self.stdout.write(f"Serving on http://{options['host']}:{options['port']}/  (Ctrl-C stops)")
        self.stdout.flush()
        granian = Path(sys.executable).with_name("granian")
        arguments = [
            str(granian), "--interface", "wsgi", "--host", options["host"], "--port", str(options["port"]),
            "--workers", str(options["workers"]), "--blocking-threads", str(READERS), "--no-ws",
            "--log-level", "error",
            *(["--reload"] if options["reload"] else []), "sceeus.wsgi:application",
        ]  # fmt: skip
        os.chdir(settings.BASE_DIR)
        os.execv(granian, arguments)  # noqa: S606
