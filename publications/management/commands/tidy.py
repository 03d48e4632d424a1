"""Throw away what time has made useless."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import EVENT_DAYS, AccountEvent
from publications import renditions
from publications.desk import waiting_files
from publications.disk_reserve import keep_disk_reserve
from publications.models import originals


class Command(BaseCommand):
    help = (
        f"Delete sessions that have ended, account events older than {EVENT_DAYS} days, files that "
        "waited longer than a day for a form that was never stored, and files that a killed process had begun to "
        "write. Meant for each night."
    )

    def handle(self, *args, **options) -> None:
        call_command("clearsessions", stdout=self.stdout)
        AccountEvent.objects.outdated().delete()
        waiting_files.sweep()
        originals().remove_unfinished()
        renditions.remove_unfinished()
        keep_disk_reserve()
