"""Django's `migrate`, after which the guards of the database are in place also where a migration fails."""

from contextlib import suppress

from django.core.management.commands import migrate
from django.db import DatabaseError, transaction

from publications.models import guards


class Command(migrate.Command):
    def handle(self, *args, **options) -> None:
        try:
            super().handle(*args, **options)
        except (Exception, KeyboardInterrupt):  # not SystemExit, by which --check answers: it writes nothing
            # What failed first is what there is to say; all guards come back, or the transaction stays usable.
            with suppress(DatabaseError), transaction.atomic(options["database"]):
                guards.install_guards(options["database"])
            raise
