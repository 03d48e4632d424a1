"""Django's `createsuperuser`, which also records that the account was created."""

from django.contrib.auth import get_user_model
from django.contrib.auth.management.commands import createsuperuser

from accounts.events import record_event
from accounts.models import EventType


class Command(createsuperuser.Command):
    def handle(self, *args, **options) -> None:
        accounts = get_user_model().objects.order_by("-pk")
        last = accounts.values_list("pk", flat=True).first() or 0
        super().handle(*args, **options)
        for account in accounts.filter(pk__gt=last, is_superuser=True):
            record_event(EventType.CREATED, account)
