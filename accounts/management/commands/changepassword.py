"""Django's `changepassword`, which also records that the password was changed."""

import getpass

from django.contrib.auth import get_user_model
from django.contrib.auth.management.commands import changepassword

from accounts.events import record_event
from accounts.models import EventType


class Command(changepassword.Command):
    def handle(self, *args, **options) -> str:
        options["username"] = options["username"] or getpass.getuser()
        message = super().handle(*args, **options)
        record_event(
            EventType.PASSWORD_CHANGED, get_user_model().objects.get_by_natural_key(options["username"])
        )
        return message
