"""Django's `migrate`, which installs the guards of the database even if a migration fails."""

from contextlib import suppress

from django.core.management.commands import migrate
from django.db import DatabaseError, transaction

from publications.models import guards


class Command(migrate.Command):
    def handle(self, *args, **options) -> None:
        try:
            super().handle(*args, **options)
        except (Exception, KeyboardInterrupt):  # not SystemExit, by which --check answers: it writes nothing
            # The first error is the one to raise: a second one, of the guards, is suppressed.
            with suppress(DatabaseError), transaction.atomic(options["database"]):
                guards.install_guards(options["database"])
            raise
