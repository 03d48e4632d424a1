"""Django's `migrate`, after which the guards of the database are in place also where a migration fails."""

from contextlib import suppress

from django.core.management.commands import migrate
from django.db import DatabaseError

from publications.models import guards


class Command(migrate.Command):
    def handle(self, *args, **options) -> None:
        try:
            super().handle(*args, **options)
        except (Exception, KeyboardInterrupt):  # not SystemExit, by which --check answers: it writes nothing
            with suppress(DatabaseError):  # what failed first is what there is to say
                guards.install_guards(options["database"])
            raise
