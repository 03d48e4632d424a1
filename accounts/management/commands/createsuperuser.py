"""Django's `createsuperuser`, which also records that the account was created."""

from django.contrib.auth import get_user_model
from django.contrib.auth.management.commands import createsuperuser
from django.db.models.signals import post_save

from accounts.events import record_event
from accounts.models import EventType


class Command(createsuperuser.Command):
    def handle(self, *args, **options) -> None:
        post_save.connect(_record_creation, sender=get_user_model())
        try:
            super().handle(*args, **options)
        finally:
            post_save.disconnect(_record_creation, sender=get_user_model())


def _record_creation(instance, created: bool, **_signal) -> None:
    if created:
        record_event(EventType.CREATED, instance)
