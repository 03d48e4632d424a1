"""The open sessions of a person, in words: their own, and for administrators those of an account."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.events import record_event
from accounts.models import DeskSession, EventType
from accounts.names import full_name_of
from accounts.sign_out import end_sessions
from accounts.user_agents import describe_user_agent

from .site import render_desk_page
from .user_managers import for_account


@dataclass(frozen=True)
class SessionRow:
    """A session on the page: its browser in words, and whether it is that of the request."""

    session: DeskSession
    browser: str
    is_current: bool


def session_rows(request: HttpRequest, account: User) -> list[SessionRow]:
    """Return the open sessions of an account, that of the request first."""
    rows = [
        SessionRow(
            session,
            describe_user_agent(session.user_agent),
            session.session_key == request.session.key_digest,
        )
        for session in DeskSession.objects.of(account)
    ]
    return sorted(rows, key=lambda row: not row.is_current)


@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions_page(request: HttpRequest) -> HttpResponse:
    """List where the user is signed in, and sign out one of these, or all others."""
    rows = session_rows(request, request.user)
    if request.method == "POST":
        if "_others" in request.POST:
            count = end_sessions(
                request.user, by=request.user, request=request, except_digest=request.session.key_digest
            )
            messages.success(request, _describe_ended(count))
        else:
            _end_one(request, [row for row in rows if not row.is_current])
        return HttpResponseRedirect(reverse("desk:own-sessions"))
    title = _("Where you are signed in")
    return render_desk_page(request, "own_sessions", title=title, rows=rows, has_others=len(rows) > 1)


def _end_one(request: HttpRequest, rows: list[SessionRow]) -> None:
    reference = request.POST.get("_end", "")
    row = next((row for row in rows if row.session.reference == reference), None)
    if not row:
        messages.info(request, _("It had ended already."))
        return
    row.session.delete()
    record_event(EventType.SIGNED_OUT, request.user, by=request.user, request=request)
    messages.success(request, _("Signed out: %(browser)s.") % {"browser": row.browser})


@for_account
@require_http_methods(["GET", "HEAD", "POST"])
def account_sessions_page(request: HttpRequest, account: User) -> HttpResponse:
    """List where an account is signed in, and sign it out everywhere."""
    if request.method == "POST":
        digest = request.session.key_digest if account == request.user else ""
        messages.success(
            request,
            _describe_ended(end_sessions(account, by=request.user, request=request, except_digest=digest)),
        )
        return HttpResponseRedirect(reverse("desk:account-sessions", args=[account.pk]))
    title = _("Where %(name)s is signed in") % {"name": full_name_of(account)}
    rows = session_rows(request, account)
    return render_desk_page(request, "account_sessions", title=title, account=account, rows=rows)


def offer_to_end_others(request: HttpRequest) -> None:
    """Lead a user who is signed in elsewhere too to the page that ends these sessions."""
    if len(DeskSession.objects.of(request.user)) > 1:
        text = _("You are signed in elsewhere too.")
        link = format_html(
            '<a href="{}">{}</a>', reverse("desk:own-sessions"), _("See where, and sign out there")
        )
        messages.info(request, format_html("{} {}", text, link))


def _describe_ended(count: int) -> str:
    if not count:
        return _("There was no other session.")
    return ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", count) % {
        "count": count
    }
