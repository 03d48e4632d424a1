"""Throw away what time has made useless."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from publications import renditions
from publications.desk import waiting_files
from publications.disk_reserve import keep_disk_reserve
from publications.models import originals

DAYS_OF_SIGN_INS = 90


class Command(BaseCommand):
    help = (
        "Throw away sessions that have ended, who signed in or failed to more than ninety days ago, files that "
        "waited longer than a day for a form that was never stored, and files that a killed process had begun to "
        "write. Meant for each night."
    )

    def handle(self, *args, **options) -> None:
        call_command("clearsessions", stdout=self.stdout)
        call_command("axes_reset_logs", age=DAYS_OF_SIGN_INS, stdout=self.stdout)
        waiting_files.sweep()
        originals().remove_unfinished()
        renditions.remove_unfinished()
        keep_disk_reserve()
