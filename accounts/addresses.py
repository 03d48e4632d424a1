"""A new mail address of an account takes effect when its owner, signed in, follows the link that is mailed to it.

Otherwise a typing mistake would let a stranger set a new password.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest

from .events import record_event
from .models import AddressChange, EventType, link_expiry, new_nonce


@transaction.atomic
def request_address_change(account: AbstractBaseUser, email: str, *, request: HttpRequest) -> AddressChange:
    """Store a new address in place of one that is not confirmed yet."""
    values = {"email": email, "nonce": new_nonce(), "expires_at": link_expiry()}
    change, _is_new = AddressChange.objects.update_or_create(account=account, defaults=values)
    record_event(EventType.ADDRESS_REQUESTED, account, by=account, request=request)
    return change


@transaction.atomic
def confirm_address(change: AddressChange, *, request: HttpRequest) -> str:
    """Let the new address take effect; return the former one."""
    account = get_user_model().objects.select_for_update().get(pk=change.account_id)
    former, account.email = account.email, change.email
    account.save(update_fields=["email"])
    change.delete()
    record_event(EventType.ADDRESS_CHANGED, account, by=account, request=request)
    return former


def is_address_taken(email: str, *, except_for: AbstractBaseUser | None = None) -> bool:
    """Return whether another account has this address."""
    users = get_user_model().objects.filter(email__iexact=email)
    return users.exclude(pk=except_for.pk if except_for else None).exists()
