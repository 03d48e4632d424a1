"""Invitations: an administrator gives address, name and role; whoever follows the link in the mail sets a password.

So nobody else ever knows it, and following the link confirms the address.
"""

import re
import unicodedata

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, Group
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import HttpRequest

from .addresses import is_address_taken
from .events import record_event
from .models import AccountRecord, EventType, Invitation, link_expiry, new_nonce

NOT_IN_USER_NAMES = re.compile(r"[^a-z0-9_.+-]+")
FALLBACK_USER_NAME = "user"


def propose_username(email: str) -> str:
    """Return a free user name: the part of an address before "@", with a number if somebody has it."""
    local_part = unicodedata.normalize("NFKD", email.partition("@")[0].lower())  # é becomes e and an accent
    base = NOT_IN_USER_NAMES.sub("", local_part)[:100] or FALLBACK_USER_NAME
    taken = {
        name.lower()
        for model in (get_user_model(), Invitation)
        for name in model.objects.filter(username__istartswith=base).values_list("username", flat=True)
    }
    numbered = (f"{base}{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (base, *numbered) if name not in taken)


@transaction.atomic
def invite(
    email: str, *, first_name: str, last_name: str, group: Group, language: str, request: HttpRequest
) -> Invitation:
    """Store an invitation by the user of the request."""
    invitation = Invitation.objects.create(
        email=email,
        nonce=new_nonce(),
        expires_at=link_expiry(),
        username=propose_username(email),
        first_name=first_name,
        last_name=last_name,
        group=group,
        language=language,
        invited_by=request.user,
    )
    _record(EventType.INVITED, invitation, request, by=request.user)
    return invitation


@transaction.atomic
def repeat_invitation(invitation: Invitation, *, request: HttpRequest) -> None:
    """Make a new link, which ends the former one. It is an invitation by the user of the request from now on."""
    invitation.invited_by = request.user
    invitation.save(update_fields=["invited_by"])
    invitation.renew()
    _record(EventType.INVITED, invitation, request, by=request.user)


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: AbstractBaseUser | None, request: HttpRequest) -> None:
    _record(EventType.INVITATION_REVOKED, invitation, request, by=by)
    invitation.delete()


def revoke_invitations_without_inviter(*, by: AbstractBaseUser | None, request: HttpRequest) -> None:
    """Revoke the open invitations by people who may not invite any more, after whatever took that from them."""
    invitations = Invitation.objects.select_related("invited_by")
    by_inviter = {invitation.invited_by_id: invitation for invitation in invitations}
    may_invite = {pk: has_inviter(invitation) for pk, invitation in by_inviter.items()}
    for invitation in invitations:
        if not may_invite[invitation.invited_by_id]:
            revoke_invitation(invitation, by=by, request=request)


def has_inviter(invitation: Invitation) -> bool:
    """Return whether the person who invited may still do so: nobody gives a role after losing their own."""
    return bool(invitation.invited_by) and invitation.invited_by.has_perm("auth.add_user")


def build_account(invitation: Invitation) -> AbstractBaseUser:
    """Return the account of an invitation, not stored yet. The name is another one if somebody took it since."""
    users = get_user_model()
    is_taken = users.objects.filter(username__iexact=invitation.username).exists()
    return users(
        username=propose_username(invitation.email) if is_taken else invitation.username,
        email=invitation.email,
        first_name=invitation.first_name,
        last_name=invitation.last_name,
        is_staff=True,
    )


@transaction.atomic
def accept_invitation(
    invitation: Invitation, account: AbstractBaseUser, *, request: HttpRequest, device: str
) -> None:
    """Store the account, which has its password, and end the invitation.

    Raises:
        ObjectDoesNotExist: the invitation was accepted or revoked in between, its inviter may not invite any more, or
            an account has its address.
        IntegrityError: an account got its user name in between.
    """
    deleted, _by_model = Invitation.objects.filter(pk=invitation.pk, nonce=invitation.nonce).delete()
    if not deleted or not has_inviter(invitation) or is_address_taken(invitation.email):
        raise ObjectDoesNotExist
    account.save()
    account.groups.add(invitation.group)
    by = invitation.invited_by
    AccountRecord.objects.create(account=account, invited_by_name=by.get_username())
    groups = {"groups_before": [], "groups_after": [invitation.group.name]}
    record_event(EventType.CREATED, account, by=by, request=request, device=device, **groups)


def _record(
    type: EventType, invitation: Invitation, request: HttpRequest, *, by: AbstractBaseUser | None
) -> None:
    record_event(type, get_user_model()(username=invitation.username), by=by, request=request)
