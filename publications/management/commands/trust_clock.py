"""Allow actions again after the clock of the server was ahead."""

from django.core.management.base import BaseCommand

from publications import actions


class Command(BaseCommand):
    help = (
        "Allow publishing again after the clock of the server was ahead. If something was published while the "
        "clock showed a time in the future, every change to the public site is refused until that time is "
        "reached. Set the clock right, then run this command: changes are accepted from now on, and the audit "
        "trail has an entry about it. Editions that were to begin in that future are cancelled when their "
        "publication is published again."
    )

    def handle(self, *args, **options) -> None:
        actions.trust_clock()
        if options["verbosity"] > 0:
            self.stdout.write("The clock is trusted. Publishing goes on.")
