"""Run the imports of archives that were requested at the desk."""

from django.core.management.base import BaseCommand

from publications.importers.archive_imports import run_unfinished, runner_lock


class Command(BaseCommand):
    help = (
        "Run the imports that were asked for at the desk (Import texts), one after the other. The desk starts this by "
        "itself; run by a timer each minute, it also takes up imports whose process was stopped, as by a restart. "
        "Several runs may overlap, and a run may be stopped at any moment: the next goes on."
    )

    def handle(self, *args, **options) -> None:
        with runner_lock() as is_free:
            count = 0
            if is_free:
                count = run_unfinished()
        if options["verbosity"] > 0:
            self.stdout.write(f"Imports run: {count}." if is_free else "Another process runs the imports.")
