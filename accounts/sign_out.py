"""Signing an account out everywhere."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest

from .events import record_event
from .models import DeskSession, EventType


@transaction.atomic
def end_sessions(
    account: AbstractBaseUser,
    *,
    by: AbstractBaseUser | None = None,
    request: HttpRequest | None = None,
    except_digest: str = "",
) -> int:
    """Delete the sessions of an account, apart from one; return how many open ones have ended.

    It is recorded even if none was open: the event ends what else lets somebody in.
    """
    count = len({session.pk for session in DeskSession.objects.of(account)} - {except_digest})
    DeskSession.objects.filter(account=account).exclude(session_key=except_digest).delete()
    record_event(EventType.SESSIONS_ENDED, account, by=by, request=request)
    return count
