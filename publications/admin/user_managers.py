"""The users who may change accounts: one of them always remains. Only superusers change superusers."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .site import require_permissions


class LastUserManager(Exception):
    """Raised if no active user who may change users would remain."""

    message = gettext_lazy(
        "Nobody could manage accounts any more: this is the last active account that may. Let another one be an "
        "administrator first."
    )


def user_managers() -> QuerySet:
    """Return the active users who may change users at the desk."""
    users = User.objects.with_perm("auth.change_user", backend=settings.AUTHENTICATION_BACKENDS[0])
    return users.filter(is_staff=True)


def lock_user_managers() -> None:
    """Lock the users who may change users, so that two of them cannot deactivate or delete each other at once."""
    list(user_managers().order_by("pk").select_for_update(no_key=True))


def check_user_managers_remain() -> None:
    """Raise LastUserManager if no active user may change users."""
    if not user_managers().exists():
        raise LastUserManager


def refuse_superuser(request: HttpRequest) -> HttpResponse:
    """Redirect to the list of users with a message that only a superuser may change this account."""
    messages.error(request, _("Only a superuser may change the account of a superuser."))
    return HttpResponseRedirect(reverse("desk:auth_user_changelist"))


def for_account(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call a view with the account of the address, for users who may change it."""

    @require_permissions("change_user", app="auth")
    @wraps(view)
    def wrapper(request: HttpRequest, user_pk: int) -> HttpResponse:
        account = get_object_or_404(User, pk=user_pk)
        if account.is_superuser and not request.user.is_superuser:
            return refuse_superuser(request)
        return view(request, account)

    return wrapper
