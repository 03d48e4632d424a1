"""Record what happens to accounts at the desk, as rows of `AccountEvent`."""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from .client_address import client_address, client_network
from .devices import device_key
from .limits import account_key
from .models import AccountEvent, EventType


def record_event(
    type: EventType,
    account: AbstractBaseUser | None,
    *,
    by: AbstractBaseUser | None = None,
    request: HttpRequest | None = None,
    device: str = "",
    **detail: object,
) -> AccountEvent:
    """Store an event of an account.

    Args:
        account: None where a command has done what accounts do at the desk.
        by: who did it; None for the command line.
        request: the source of the network address.
        device: the identifier of a device that becomes known for this account.
        detail: further values, stored as JSON.
    """
    address = client_address(request) if request else ""
    name = account.get_username() if account else ""
    return AccountEvent.objects.create(
        type=type,
        account=account if account and account.pk else None,
        account_name=name,
        account_key=account_key(name) if account else "",
        by=by,
        by_name=by.get_username() if by else "",
        address=address or None,
        network=client_network(address),
        device=device_key(device) if device else "",
        detail=detail,
    )


def record_changes(
    account: AbstractBaseUser,
    changed: Iterable[str],
    *,
    by: AbstractBaseUser,
    request: HttpRequest,
    **detail: object,
) -> None:
    """Store that fields of an account were changed: only their names, not their values."""
    if names := list(changed):
        record_event(EventType.CHANGED, account, by=by, request=request, fields=names, **detail)
