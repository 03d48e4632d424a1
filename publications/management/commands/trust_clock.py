"""Let deeds go on after the clock of the server had been ahead."""

from django.core.management.base import BaseCommand

from publications import deeds


class Command(BaseCommand):
    help = (
        "After the clock of the server was ahead when something was published, everything that changes the public "
        "site is refused until that moment. When the clock is right again, this command says so: deeds go on from now, "
        "and the audit trail holds a line about it. Editions that began in that future are cancelled by the next "
        "publication of their piece."
    )

    def handle(self, *args, **options) -> None:
        deeds.trust_clock()
        self.stdout.write("The clock is trusted. Publishing goes on.")
