"""Giving an account other roles, which are groups of Django."""

from django.contrib.auth.models import AbstractBaseUser, Group
from django.db import transaction
from django.http import HttpRequest

from .events import record_event
from .invitations import revoke_invitations_without_inviter
from .models import EventType


@transaction.atomic
def set_roles(
    account: AbstractBaseUser,
    groups: list[Group],
    *,
    by: AbstractBaseUser | None,
    request: HttpRequest,
) -> bool:
    """Give an account these roles in place of those that it has; return whether that changed any.

    Args:
        by: who decided it; None for the provider.
    """
    before = sorted(account.groups.values_list("name", flat=True))
    after = sorted(group.name for group in groups)
    if before == after:
        return False
    account.groups.set(groups)
    names = {"groups_before": before, "groups_after": after}
    record_event(EventType.CHANGED, account, by=by, request=request, fields=["groups"], **names)
    revoke_invitations_without_inviter(by=by, request=request)
    return True
