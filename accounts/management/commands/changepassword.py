"""Django's `changepassword`, which also records the change and removes a generated password from its file.

Whoever runs it knows the password, so its owner chooses another one at the next sign-in."""

import getpass

from django.contrib.auth import get_user_model
from django.contrib.auth.management.commands import changepassword

from accounts.events import record_event
from accounts.first_login import remove_first_login
from accounts.models import EventType
from accounts.temporary_passwords import mark_temporary


class Command(changepassword.Command):
    def handle(self, *args, **options) -> str:
        options["username"] = options["username"] or getpass.getuser()
        message = super().handle(*args, **options)
        account = get_user_model().objects.get_by_natural_key(options["username"])
        mark_temporary(account)
        record_event(EventType.PASSWORD_CHANGED, account)
        remove_first_login(account.get_username())
        return message
