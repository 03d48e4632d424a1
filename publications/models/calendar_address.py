"""Calendar addresses: secret addresses at which calendar programs of staff read the planning, without a sign-in."""

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.events import record_event
from accounts.models import AccountEvent, EventType

from .review import TOKEN_BYTES, hash_token

CALENDAR_PERMISSION = "publications.view_publication"
ENDING_EVENTS = (
    EventType.SESSIONS_ENDED,
    EventType.PASSWORD_CHANGED,
    EventType.PASSWORD_RESET,
    EventType.DEACTIVATED,
)
"""Events of an account that end its calendar address, as somebody else may have made it."""


class CalendarAddressQuerySet(models.QuerySet):
    def get_by_token(self, token: str) -> "CalendarAddress | None":
        """Return the address of a token while its owner may read drafts at the desk, else None."""
        address = self.filter(token_hash=hash_token(token)).select_related("owner").first()
        return address if address and address.is_open else None

    def replace(self, owner, *, language: str, is_own: bool) -> str:
        """Create the address of a person, in place of an earlier one; return its token, which is stored as a hash.

        Args:
            language: the language of the calendar.
            is_own: whether it has only what the person writes or edits.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        values = {"language": language, "is_own": is_own, "created_at": timezone.now()}
        self.update_or_create(owner=owner, defaults={"token_hash": hash_token(token), **values})
        return token


class CalendarAddress(models.Model):
    """The one calendar address of a person. It is deleted when it is revoked, by `ENDING_EVENTS`, with the account."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="calendar_address"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(max_length=2)
    is_own = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CalendarAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.owner)

    @property
    def is_open(self) -> bool:
        """Whether the owner may still read drafts at the desk."""
        owner = self.owner
        return owner.is_active and owner.is_staff and owner.has_perm(CALENDAR_PERMISSION)


def revoke_calendar_address(instance: AccountEvent, *, raw: bool = False, **_signal: object) -> None:
    """Delete the calendar address of an account after an event that ends it. Receives `post_save` of events."""
    if raw or instance.type not in ENDING_EVENTS or not instance.account:
        return
    if CalendarAddress.objects.filter(owner=instance.account).delete()[0]:
        event = record_event(EventType.CALENDAR_REVOKED, instance.account, by=instance.by)
        AccountEvent.objects.filter(pk=event.pk).update(address=instance.address, network=instance.network)
