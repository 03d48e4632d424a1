"""What readers do with the links of their mails: change what they get, pause it, take their data along, leave.

Whoever has a link may do what it opens, and nothing else; a forged form would need its token.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts.client_address import client_address, client_network
from accounts.mail import can_send_mail
from subscriptions.forms import ChoiceList, OptionsForm, PauseForm
from subscriptions.manage import change_subscriptions, describe_subscriber, pause
from subscriptions.models import Subscriber, Subscription, Timing
from subscriptions.refusals import refuse_sign_ups
from subscriptions.signup import TooManySignUps, remove_subscriber, request_link
from subscriptions.tokens import TokenPurpose, read_token

from .pages import (
    METHODS,
    answer_busy,
    answer_who_left,
    find_subscriber,
    list_subscriptions,
    option_fields,
    read_keys,
    render,
    render_mail_is_off,
    render_message,
    render_refusal,
    render_unknown,
    token_path,
    token_paths,
    with_headers,
)


@csrf_exempt
@answer_busy
@answer_who_left
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a reader gets; change it, pause it, or add to it."""
    subscriber = find_subscriber(TokenPurpose.MANAGE, token)
    if not subscriber:
        return render_unknown(request)
    if request.method != "POST":
        return _render_manage(request, token, subscriber)
    if "pause" in request.POST:
        return _pause(request, token, subscriber)
    if "resume" in request.POST:
        pause(subscriber, None)
        return _render_manage(request, token, subscriber, done=_("You get emails again."))
    return _change(request, token, subscriber)


def _pause(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _render_manage(request, token, subscriber, pause_error=form.errors["paused_until"][0])
    pause(subscriber, form.cleaned_data["paused_until"])
    return _render_manage(request, token, subscriber, done=_("Your emails are paused."))


def _change(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    choices, options = ChoiceList.from_form(request.POST), OptionsForm(request.POST)
    if choices.error or not options.is_valid():
        error = choices.error or _("Please choose one of the languages.")
        return _render_manage(request, token, subscriber, choices=choices, error=error)
    values = options.cleaned_data
    try:
        gets_anything = change_subscriptions(
            subscriber,
            locale=values["locale"],
            timings=_read_timings(request.POST),
            removed=read_keys(request.POST.getlist("removed")),
            added=choices.choices,
            timing=values["timing"],
        )
    except ValidationError as error:
        return _render_manage(request, token, subscriber, choices=choices, error=error.message)
    if not gets_anything:
        return _render_left(request)
    subscriber.refresh_from_db()
    return _render_manage(request, token, subscriber, done=_("Your changes are stored."))


def _render_manage(
    request: HttpRequest,
    token: str,
    subscriber: Subscriber,
    *,
    choices: ChoiceList | None = None,
    done: str = "",
    error: str = "",
    pause_error: str = "",
) -> HttpResponse:
    rows = subscriber.subscriptions.select_related("condition").order_by("pk")
    return render(
        request,
        "manage",
        status=HTTPStatus.BAD_REQUEST if error or pause_error else HTTPStatus.OK,
        title=_("Your alerts"),
        alternates=token_paths("manage", token),
        subscriptions=list_subscriptions(row for row in rows if row.confirmed_at),
        has_unconfirmed=any(not row.confirmed_at for row in rows),
        choices=choices or ChoiceList(),
        email=subscriber.address,
        paused_until=subscriber.is_paused and subscriber.paused_until,
        failed_at=subscriber.failed_at,
        done=done,
        error=error,
        pause_error=pause_error,
        leave_url=token_path("leave", subscriber),
        data_url=reverse("subscriptions:my_data", args=[token]),
        **option_fields(
            {"locale": subscriber.locale, "timing": request.POST.get("timing", _usual_timing(rows))}
        ),
    )


def _usual_timing(subscriptions: Iterable[Subscription]) -> str:
    """Return how often a reader gets all that they have chosen; "" if it differs."""
    timings = {row.timing for row in subscriptions if row.confirmed_at}
    return timings.pop() if len(timings) == 1 else ""


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

    Who has left before gets the same answer.
    """
    if not read_token(TokenPurpose.LEAVE, token):
        return render_unknown(request)
    subscriber = find_subscriber(TokenPurpose.LEAVE, token)
    if request.method == "POST" and subscriber:
        remove_subscriber(subscriber)
    if request.method == "POST" or not subscriber:
        return _render_left(request)
    return render(
        request,
        "leave",
        title=_("Unsubscribe"),
        alternates=token_paths("leave", token),
        link_url=reverse("subscriptions:send_link", args=[token]) if can_send_mail() else "",
    )


@csrf_exempt
@answer_busy
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
    sentences = [
        _("We are sending the link to the address that gets these emails, unless it has unsubscribed."),
        _(
            "It comes within ten minutes, most often at once. One address gets at most three such emails a day."
        ),
    ]
    return render_message(request, _("Check your inbox"), sentences, offers_sign_up=False)


@csrf_exempt
@answer_busy
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button by which no form mails an address any more, whoever enters it."""
    if not read_token(TokenPurpose.REFUSE, token):
        return render_unknown(request)
    subscriber = find_subscriber(TokenPurpose.REFUSE, token)
    if not subscriber:
        return _render_nothing_stored(request)
    if request.method != "POST":
        title = _("Never get such emails again")
        return render(request, "refuse", title=title, alternates=token_paths("refuse", token))
    try:
        refuse_sign_ups(subscriber)
    except Subscriber.DoesNotExist:  # the button was pressed twice
        return _render_nothing_stored(request)
    sentences = [
        _(
            "Whoever enters your address in the form for alerts: we send no email. What you confirmed before goes on."
        ),
        _("We keep only a code that cannot be turned back into your address."),
        _("Would you like to sign up one day? Write to us, and we allow it again."),
    ]
    return render_message(request, _("You get no more such emails"), sentences, offers_sign_up=False)


def _render_nothing_stored(request: HttpRequest) -> HttpResponse:
    sentences = [
        _("Your address is no longer stored. If you have chosen to get no such emails, that holds."),
        _(
            "Otherwise the link is too old: if another email comes, please follow the one in it within two days."
        ),
    ]
    return render_message(request, _("Nothing is left to do"), sentences)


def _render_left(request: HttpRequest) -> HttpResponse:
    sentences = [
        _("You get no more alerts. Your address is deleted."),
        _(
            "We keep only a code that cannot be turned back into your address, so that no list adds you again."
        ),
    ]
    return render_message(request, _("You are unsubscribed"), sentences)


def _read_timings(data: Mapping[str, str]) -> dict[int, Timing]:
    """Return the timings of a form by the primary keys of subscriptions: its fields are "timing-12"."""
    fields = {
        name.removeprefix("timing-"): value for name, value in data.items() if name.startswith("timing-")
    }
    return {int(key): Timing(fields[key]) for key in fields if read_keys([key]) and fields[key] in Timing}


manage.allowed_methods = leave.allowed_methods = METHODS
send_link.allowed_methods = refuse.allowed_methods = METHODS
