"""What readers do with the links of their mails beside changing what they get: take their data along, leave, refuse.

Whoever has a link may do what it opens, and nothing else; a forged form would need its token.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts.client_address import client_address, client_network
from accounts.mail import can_send_mail
from subscriptions.locks import LockWaitTooLong
from subscriptions.models import CONFIRMATION_HOURS, Subscriber
from subscriptions.personal_data import describe_subscriber
from subscriptions.refusals import refuse_sign_ups
from subscriptions.removal import remove_subscriber
from subscriptions.signup import TooManySignUps, request_link
from subscriptions.tokens import TokenPurpose, read_token

from .pages import (
    METHODS,
    as_busy,
    describe_busy,
    find_subscriber,
    render,
    render_left,
    render_mail_is_off,
    render_message,
    render_refusal,
    render_unknown,
    token_paths,
    with_headers,
)


def my_data(request: HttpRequest, token: str) -> HttpResponse:
    """Send all that is stored about a reader, as JSON."""
    subscriber = find_subscriber(TokenPurpose.MANAGE, token)
    if not subscriber:
        return render_unknown(request)
    response = JsonResponse(
        describe_subscriber(subscriber), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response.headers["Content-Disposition"] = 'attachment; filename="alerts.json"'
    return with_headers(response)


@csrf_exempt
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button to leave; any POST leaves, as programs that show mail send it (RFC 8058, section 3.1).

    Who has left before may have signed up anew since: the page says of the link only that it has ended.
    """
    if not read_token(TokenPurpose.LEAVE, token):
        return render_unknown(request)
    subscriber = find_subscriber(TokenPurpose.LEAVE, token)
    if not subscriber:
        return _render_ended(request)
    if request.method == "POST":
        remove_subscriber(subscriber)
        return render_left(request)
    return _render_leave(request, token, subscriber)


def _render_ended(request: HttpRequest) -> HttpResponse:
    """Answer 200, which programs that show mail take for done. It says nothing of another subscription."""
    sentences = [
        _("This link is of a subscription that has ended, and its address is deleted."),
        _(
            "If you still get emails from us, you have signed up again: use the link in the newest one. "
            "You can also enter your address in the form for alerts, and we email you a link."
        ),
    ]
    return render_message(request, _("This subscription has ended"), sentences)


def _render_leave(
    request: HttpRequest, token: str, subscriber: Subscriber, *, error: str = ""
) -> HttpResponse:
    return render(
        request,
        "leave",
        title=_("Unsubscribe"),
        alternates=token_paths("leave", token),
        leave_url=reverse("subscriptions:leave", args=[token]),
        alerts=subscriber.subscriptions.confirmed().count(),
        link_url=reverse("subscriptions:send_link", args=[token]) if can_send_mail() else "",
        error=error,
    )


@csrf_exempt
def send_link(request: HttpRequest, token: str) -> HttpResponse:
    """Mail the link to change what a reader gets to their address: the link to leave does not open it.

    Who has left gets the same answer.
    """
    if not read_token(TokenPurpose.LEAVE, token):
        return render_unknown(request)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("subscriptions:leave", args=[token]))
    if not can_send_mail():
        return render_mail_is_off(request)
    try:
        if subscriber := find_subscriber(TokenPurpose.LEAVE, token):
            request_link(subscriber, network=client_network(client_address(request)))
    except TooManySignUps as refusal:
        return render_refusal(request, refusal)
    except LockWaitTooLong:
        return as_busy(_render_leave(request, token, subscriber, error=describe_busy()))
    sentences = [
        _("We are sending the link to the address that gets these emails, unless it has unsubscribed."),
        _(
            "It comes within ten minutes, most often at once. One address gets at most three such emails a day."
        ),
    ]
    return render_message(request, _("Check your inbox"), sentences, offers_sign_up=False)


@csrf_exempt
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button by which no form mails an address any more, whoever enters it."""
    if not read_token(TokenPurpose.REFUSE, token):
        return render_unknown(request)
    subscriber = find_subscriber(TokenPurpose.REFUSE, token)
    if not subscriber:
        return _render_nothing_stored(request)
    if request.method != "POST":
        return _render_refuse(request, token)
    try:
        refuse_sign_ups(subscriber)
    except Subscriber.DoesNotExist:  # the button was pressed twice
        return _render_nothing_stored(request)
    except LockWaitTooLong:
        return as_busy(_render_refuse(request, token, error=describe_busy()))
    sentences = [
        _(
            "Whoever enters your address in the form for alerts: we send no email. What you confirmed before goes on."
        ),
        _("We keep only a code that cannot be turned back into your address."),
        _("Would you like to sign up one day? Write to us, and we allow it again."),
    ]
    return render_message(request, _("You get no more such emails"), sentences, offers_sign_up=False)


def _render_refuse(request: HttpRequest, token: str, *, error: str = "") -> HttpResponse:
    title = _("Never get such emails again")
    return render(request, "refuse", title=title, alternates=token_paths("refuse", token), error=error)


def _render_nothing_stored(request: HttpRequest) -> HttpResponse:
    sentences = [
        _("Your address is no longer stored. If you have chosen to get no such emails, that holds."),
        _(
            "Otherwise the link is too old: if another email comes, please follow the one in it within %(hours)d hours."
        )
        % {"hours": CONFIRMATION_HOURS},
    ]
    return render_message(request, _("Nothing is left to do"), sentences)


leave.allowed_methods = send_link.allowed_methods = refuse.allowed_methods = METHODS
