"""Run the imports of archives that were requested at the desk."""

import os

from django.core.management.base import BaseCommand
from django.urls import get_resolver

from publications.importers.archive_imports import run_unfinished, runner_lock
from publications.models import ArchiveImport

NICENESS = 10


class Command(BaseCommand):
    help = (
        "Run the imports that were asked for at the desk (Import texts), one after the other. The desk starts this by "
        "itself; run by a timer each minute, it also takes up imports whose process was stopped, as by a restart. "
        "Several runs may overlap, and a run may be stopped at any moment: the next goes on."
    )
    requires_system_checks = ()  # somebody waits for the start, of which they are a third

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--low-priority",
            action="store_true",
            help="leave the processors to the server as soon as this has started, as the desk does",
        )

    def handle(self, *args, **options) -> None:
        count, is_first = 0, True
        while is_first or ArchiveImport.objects.unfinished().exists():  # requested just before the release
            with runner_lock() as is_free:
                if not is_free:
                    break
                if is_first and options["low_priority"]:
                    _lower_priority()
                count += run_unfinished()
            is_first = False
        if options["verbosity"] > 0:
            self.stdout.write(f"Imports run: {count}." if is_free else "Another process runs the imports.")


def _lower_priority() -> None:
    """Let the server go first, but load the views before, in which every import looks up addresses."""
    get_resolver().url_patterns  # noqa: B018
    os.nice(NICENESS)
