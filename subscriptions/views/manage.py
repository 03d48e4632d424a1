"""The page of a reader: all that they get, in one form that stores all of it, or says what is wrong and keeps it."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from subscriptions.forms import PAUSE_DAY, SHOWN_FIELD, ChoiceList, ManageForm, Pause
from subscriptions.locks import LockWaitTooLong
from subscriptions.manage import NothingLeftError, change_subscriptions
from subscriptions.models import Subscriber, Subscription, Timing
from subscriptions.tokens import TokenPurpose

from .pages import (
    METHODS,
    NO_DATA,
    answer_who_left,
    as_busy,
    describe_busy,
    find_subscriber,
    list_subscriptions,
    option_fields,
    read_keys,
    render,
    render_unknown,
    select_options,
    timing_field,
    token_path,
    token_paths,
    with_headers,
)

IS_STORED = "stored"
"""In the address of the page to which a form that was stored leads: loaded again, it stores nothing."""


@csrf_exempt
@answer_who_left
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a reader gets; change it, pause it, or add to it."""
    subscriber = find_subscriber(TokenPurpose.MANAGE, token)
    if not subscriber:
        return render_unknown(request)
    if request.method != "POST":
        done = _("Your changes are stored.") if IS_STORED in request.GET else ""
        return _render_manage(request, token, subscriber, done=done)
    return _change(request, token, subscriber)


def _change(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    choices, form = ChoiceList.from_form(request.POST), ManageForm(request.POST)
    if not form.is_valid() or choices.error or "remove" in request.POST:
        return _render_manage(request, token, subscriber, form=form, choices=choices, error=choices.error)
    try:
        change_subscriptions(
            subscriber,
            timings=_read_timings(form),
            removed=read_keys(request.POST.getlist("removed")),
            added=choices.choices,
            timing=form.cleaned_data["timing"],
            **form.subscriber_values,
        )
    except NothingLeftError as error:
        return _render_manage(
            request, token, subscriber, form=form, choices=choices, removed_error=error.message
        )
    except LockWaitTooLong:
        error = describe_busy()
        return as_busy(_render_manage(request, token, subscriber, form=form, choices=choices, error=error))
    except ValidationError as error:
        return _render_manage(request, token, subscriber, form=form, choices=choices, error=error.message)
    address = reverse("subscriptions:manage", args=[token], query={IS_STORED: 1})
    return with_headers(HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER))


def _render_manage(
    request: HttpRequest,
    token: str,
    subscriber: Subscriber,
    *,
    form: ManageForm | None = None,
    choices: ChoiceList | None = None,
    done: str = "",
    error: str = "",
    removed_error: str = "",
) -> HttpResponse:
    """Return the page, with what is stored or with a form that could not be stored."""
    data: QueryDict = form.data if form else NO_DATA
    pause_error = form.errors.get(PAUSE_DAY, [""])[0] if form else ""
    if form and not (error or pause_error) and form.errors:
        error = _("Please choose one of the languages.")
    rows = subscriber.subscriptions.select_related("condition").order_by("pk")
    return render(
        request,
        "manage",
        status=HTTPStatus.BAD_REQUEST if error or pause_error or removed_error else HTTPStatus.OK,
        title=_("Your alerts"),
        alternates=token_paths("manage", token),
        subscriptions=list_subscriptions((row for row in rows if row.confirmed_at), data),
        has_unconfirmed=any(not row.confirmed_at for row in rows),
        choices=choices or ChoiceList(),
        email=subscriber.address,
        paused_until=subscriber.is_paused and subscriber.paused_until,
        shown_field=SHOWN_FIELD,
        shown=_describe_shown(subscriber, rows, form),
        pauses=_pause_options(subscriber, form),
        pause_day=data.get(PAUSE_DAY, ""),
        failed_at=subscriber.failed_at,
        done=done,
        error=error,
        removed_error=removed_error,
        pause_error=pause_error,
        added_timings=_added_timings(data),
        leave_url=token_path("leave", subscriber),
        data_url=reverse("subscriptions:my_data", args=[token]),
        **option_fields({"locale": subscriber.locale, **data.dict()}),
    )


def _added_timings(data: Mapping[str, str]) -> list[dict[str, object]]:
    """Return how often what is added may come; it need not be chosen."""
    return select_options(
        [("", _("As your other alerts; at once if they differ")), *Timing.choices], data.get("timing", "")
    )


def _describe_shown(
    subscriber: Subscriber, subscriptions: Iterable[Subscription], form: ManageForm | None
) -> str:
    """Return what a form carries along to tell what its reader has changed: see `ManageForm.is_changed`."""
    stored = {timing_field(row.pk): row.timing for row in subscriptions} | {"locale": subscriber.locale}
    return form.write_shown(stored) if form else urlencode(stored)


def _pause_options(subscriber: Subscriber, form: ManageForm | None) -> list[dict[str, object]]:
    """Return what may be chosen: who is paused may go on, or keep the day as it is."""
    labels = dict(Pause.choices)
    if subscriber.is_paused:
        day = date_format(timezone.localtime(subscriber.paused_until), "DATE_FORMAT")
        labels[Pause.KEEP] = _("Paused until %(day)s, as now") % {"day": day}
    else:
        del labels[Pause.RESUME]
    return select_options(labels.items(), form.cleaned_data.get("pause", Pause.KEEP) if form else Pause.KEEP)


def _read_timings(form: ManageForm) -> dict[int, Timing]:
    """Return the timings that a form changes, by the primary keys of subscriptions (`timing_field`)."""
    prefix = timing_field("")
    changed = {
        name.removeprefix(prefix): value
        for name, value in form.data.items()
        if name.startswith(prefix) and form.is_changed(name)
    }
    return {int(key): Timing(value) for key, value in changed.items() if read_keys([key]) and value in Timing}


manage.allowed_methods = METHODS
