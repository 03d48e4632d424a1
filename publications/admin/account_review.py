"""The yearly review of accounts: who still needs to be here. Administrators confirm each account, or deactivate it."""

from collections.abc import Sequence
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.events import record_event
from accounts.models import AccountRecord, EventType

from .form_data import get_pks
from .groups import describe_group
from .site import render_desk_page, require_permissions

REVIEW_INTERVAL = timedelta(days=365)
"""An account is due so long after it was made or last confirmed …"""
MAX_UNUSED = timedelta(days=180)
"""… or when nobody has signed in with it or confirmed it for so long."""


def reviewed_accounts(user: User) -> QuerySet[User]:
    """Return the active accounts that a user reviews, with `confirmed_at` and `seen_at`."""
    accounts = User.objects.filter(is_active=True, is_staff=True).select_related("record")
    if not user.is_superuser:
        accounts = accounts.filter(is_superuser=False)
    return accounts.annotate(
        confirmed_at=Greatest("date_joined", Coalesce("record__kept_at", "date_joined")),
        seen_at=Greatest(F("confirmed_at"), Coalesce("last_login", "date_joined")),
    )


def due_accounts(user: User) -> QuerySet[User]:
    """Return those of whom nobody has said for a year that they are needed, or who were not here for half a year."""
    now = timezone.now()
    is_due = Q(confirmed_at__lte=now - REVIEW_INTERVAL) | Q(seen_at__lte=now - MAX_UNUSED)
    return reviewed_accounts(user).filter(is_due)


def count_due_accounts(user: User) -> int:
    """Return how many accounts an administrator is to review; 0 for everybody else."""
    return due_accounts(user).count() if user.has_perm("auth.change_user") else 0


@require_permissions("change_user", app="auth")
@require_http_methods(["GET", "HEAD", "POST"])
def account_review_page(request: HttpRequest) -> HttpResponse:
    """List every active account; record those that stay."""
    if request.method == "POST":
        pks = get_pks(request.POST, "stays")
        _confirm(request, list(reviewed_accounts(request.user).filter(pk__in=pks)))
        return HttpResponseRedirect(reverse("desk:account-review"))
    due = set(due_accounts(request.user).values_list("pk", flat=True))
    accounts = reviewed_accounts(request.user).prefetch_related("groups").order_by("seen_at", "pk")
    ticked = get_pks(request.POST, "stays")  # of a form that was sent after the session had ended
    rows = [
        (
            account,
            ", ".join(map(describe_group, account.groups.all())),
            account.pk in due,
            account.pk in ticked,
        )
        for account in accounts
    ]
    rows.sort(key=lambda row: not row[2])
    title = _("Who still needs to be here")
    return render_desk_page(request, "account_review", title=title, rows=rows, due_count=len(due))


@transaction.atomic
def _confirm(request: HttpRequest, accounts: Sequence[User]) -> None:
    for account in accounts:
        values = {"kept_at": timezone.now(), "kept_by_name": request.user.get_username()}
        AccountRecord.objects.update_or_create(account=account, defaults=values)
        record_event(EventType.REVIEWED, account, by=request.user, request=request)
    if not accounts:
        messages.warning(request, _("Tick the accounts that stay, or deactivate the others."))
        return
    text = ngettext("%(count)d account stays.", "%(count)d accounts stay.", len(accounts))
    messages.success(request, text % {"count": len(accounts)})
