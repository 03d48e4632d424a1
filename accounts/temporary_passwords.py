"""Passwords that somebody else knows: those of the set-up, and those that an administrator sets for others.

Who signs in with one chooses another before anything else; who signs in with a passkey or at the provider may not
know it. The session says so, so that no page reads it from the
database: a password that an administrator sets ends all sessions.
"""

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from .models import AccountRecord

IS_TEMPORARY = "password_is_temporary"


def mark_temporary(account: AbstractBaseUser) -> None:
    AccountRecord.objects.update_or_create(account=account, defaults={"has_temporary_password": True})


def mark_chosen(account: AbstractBaseUser) -> None:
    """Record that the owner has chosen the password."""
    AccountRecord.objects.filter(account=account).update(has_temporary_password=False)


def note_in_session(request: HttpRequest, account: AbstractBaseUser) -> None:
    """Store in a new session, or after a change of the password, whether the password is temporary."""
    if AccountRecord.objects.filter(account=account, has_temporary_password=True).exists():
        request.session[IS_TEMPORARY] = True
    else:
        request.session.pop(IS_TEMPORARY, None)


def forget_in_session(request: HttpRequest) -> None:
    """Let somebody go on who has not typed the password: it may not be theirs to change."""
    request.session.pop(IS_TEMPORARY, None)


def has_temporary_password(request: HttpRequest) -> bool:
    return bool(request.session.get(IS_TEMPORARY))
