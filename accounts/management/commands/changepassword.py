"""Django's `changepassword`, which also records the change and removes a generated password from its file.

Whoever runs it knows the password, so its owner chooses another one at the next sign-in."""

import getpass
from contextlib import ExitStack

from django.contrib.auth import get_user_model
from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from accounts.events import record_event
from accounts.first_login import remove_first_login
from accounts.models import EventType
from accounts.temporary_passwords import mark_temporary


class Command(changepassword.Command):
    def handle(self, *args, **options) -> str:
        options["username"] = options["username"] or getpass.getuser()
        with ExitStack() as self._transaction:
            message = super().handle(*args, **options)
            account = get_user_model().objects.get_by_natural_key(options["username"])
            mark_temporary(account)
            record_event(EventType.PASSWORD_CHANGED, account)
        remove_first_login(account.get_username())
        return message

    def _get_pass(self, prompt: str = "Password: ") -> str:
        """Return what is typed. A transaction begins after it: on SQLite, one that waits would stop all writing."""
        self._transaction.close()
        password = super()._get_pass(prompt)
        self._transaction.enter_context(transaction.atomic())
        return password
