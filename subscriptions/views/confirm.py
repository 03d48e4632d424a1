"""The link of the mail that asks to confirm. A GET changes nothing, since programs that read mail open links."""

from collections.abc import Collection
from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from subscriptions.addresses import shorten_address
from subscriptions.locks import LockWaitTooLong
from subscriptions.models import CONFIRMATION_HOURS, Subscriber, Subscription, Timing
from subscriptions.periods import next_end
from subscriptions.signup import NAMED_UNTIL, confirm_subscriptions, list_unconfirmed
from subscriptions.tokens import TokenPurpose

from .pages import (
    METHODS,
    answer_who_left,
    as_busy,
    describe_busy,
    describe_times,
    find_subscriber,
    list_subscriptions,
    list_texts,
    read_keys,
    render,
    render_message,
    token_path,
    token_paths,
)


@csrf_exempt
@answer_who_left
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what waits for the confirmation of the reader, with a button that confirms it.

    Who has just pressed it can go on to change all that they get; the link itself opens nothing else, whoever gets it.
    So its pages show the address shortened: the mail may have been passed on.
    """
    subscriber = find_subscriber(TokenPurpose.CONFIRM, token)
    waiting = list(list_unconfirmed(subscriber)) if subscriber else []
    if not waiting:
        return _render_no_longer_waiting(request, subscriber)
    named_until = max(read_keys(request.GET.getlist(NAMED_UNTIL)), default=0)
    if request.method != "POST":
        return _render_unconfirmed(request, token, subscriber, waiting, named_until=named_until)
    chosen = read_keys(request.POST.getlist("chosen"))
    page = {"named_until": named_until, "chosen": chosen}
    try:
        if confirm_subscriptions(subscriber, chosen, named_until=named_until):
            return _render_confirmed(request, subscriber, manage_url=token_path("manage", subscriber))
    except LockWaitTooLong:
        return as_busy(
            _render_unconfirmed(request, token, subscriber, waiting, error=describe_busy(), **page)
        )
    if not list_unconfirmed(subscriber).exists():  # another request has confirmed it in between
        return _render_no_longer_waiting(request, subscriber)
    error = _("Please tick what you want to get, or close this page.")
    return _render_unconfirmed(request, token, subscriber, waiting, error=error, **page)


def _render_unconfirmed(
    request: HttpRequest,
    token: str,
    subscriber: Subscriber,
    waiting: list[Subscription],
    *,
    named_until: int,
    chosen: Collection[int] | None = None,
    error: str = "",
) -> HttpResponse:
    """Show what the mail with the link has named, ticked, and apart from it what was requested later.

    Args:
        chosen: what is ticked in a form that was not stored.
    """
    ticked = {row.pk for row in waiting if row.pk <= named_until} if chosen is None else chosen
    rows = [{**row, "is_ticked": row["pk"] in ticked} for row in list_subscriptions(waiting)]
    named, later = (
        [row for row in rows if (row["pk"] <= named_until) == is_named] for is_named in (True, False)
    )
    return render(
        request,
        "confirm",
        status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        title=_("Confirm your alerts"),
        alternates={
            code: f"{path}?{NAMED_UNTIL}={named_until}"
            for code, path in token_paths("confirm", token).items()
        },
        only=named[0] if len(named) == 1 and not later else None,
        named=named,
        later=later,
        timing_hint=describe_times({row.timing for row in waiting}),
        email=shorten_address(subscriber.address),
        error=error,
        hours=CONFIRMATION_HOURS,
    )


def _render_no_longer_waiting(request: HttpRequest, subscriber: Subscriber | None) -> HttpResponse:
    """Show what is confirmed already, if anything is: the link was opened again, or the button pressed twice."""
    if subscriber and not subscriber.failed_at and subscriber.subscriptions.confirmed().exists():
        return _render_confirmed(request, subscriber)
    return _render_nothing_waits(request)


def _render_nothing_waits(request: HttpRequest) -> HttpResponse:
    sentences = [
        _("You may have unsubscribed since."),
        _("Otherwise the link is older than %(hours)d hours. Please sign up again.")
        % {"hours": CONFIRMATION_HOURS},
    ]
    return render_message(request, _("Nothing to confirm"), sentences, status=HTTPStatus.NOT_FOUND)


def _render_confirmed(request: HttpRequest, subscriber: Subscriber, *, manage_url: str = "") -> HttpResponse:
    subscriber.refresh_from_db()
    confirmed = subscriber.subscriptions.confirmed().select_related("condition").order_by("pk")
    return render(
        request,
        "confirmed",
        title=_("You are signed up"),
        subscriptions=list_subscriptions(confirmed),
        email=shorten_address(subscriber.address),
        next_mails=_describe_next_mails({row.timing for row in confirmed}, subscriber),
        texts=list_texts(row.condition.publication_id for row in confirmed),
        paused_until=subscriber.is_paused and subscriber.paused_until,
        has_unconfirmed=list_unconfirmed(subscriber).exists(),
        manage_url=manage_url,
    )


def _describe_next_mails(timings: Collection[str], subscriber: Subscriber) -> list[str]:
    """Return when mails of these timings come next, in words, after a pause if there is one."""
    sentences = {
        Timing.AT_ONCE: _("What you get at once comes as soon as it is published or changed."),
        Timing.DAILY: _("The next daily email comes on %(day)s at %(time)s, if there is something new."),
        Timing.WEEKLY: _("The next weekly email comes on %(day)s at %(time)s, if there is something new."),
    }
    after = max(timezone.now(), subscriber.paused_until or timezone.now())
    return [
        sentence if timing == Timing.AT_ONCE else sentence % _describe_moment(timing, after)
        for timing, sentence in sentences.items()
        if timing in timings
    ]


def _describe_moment(timing: Timing, after: datetime) -> dict[str, str]:
    end = timezone.localtime(next_end(timing, after))
    return {
        "day": f"{WEEKDAYS[end.weekday()]} {date_format(end, 'j F')}",
        "time": date_format(end, "TIME_FORMAT"),
    }


confirm.allowed_methods = METHODS
