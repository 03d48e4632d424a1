"""How the pages of subscribers are sent: never cached, never indexed, and no other site learns their addresses."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from time import monotonic, sleep

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.mail import can_send_mail
from publications.locales import LANGUAGE_NAMES, LOCALES, current_locale, localized_path
from publications.models import Edition
from publications.news import DIGEST_TIME
from publications.path_prefixes import PRIVATE_HEADERS
from publications.presentation import breadcrumb, render_page
from subscriptions.conditions import list_timings
from subscriptions.labels import describe_condition, find_list
from subscriptions.locks import BUSY_SECONDS
from subscriptions.models import Subscriber, Subscription, Timing
from subscriptions.periods import DIGEST_WEEKDAY
from subscriptions.signup import TooManySignUps
from subscriptions.tokens import TokenPurpose, make_token, read_token

METHODS = ("GET", "HEAD", "POST")
MAX_KEY_DIGITS = 18
NO_DATA = QueryDict()
MAX_TEXTS = 3
"""That readers may go on reading once they have sent the form, or confirmed."""
ANSWER_SECONDS = 0.2
"""How long a form with an address takes at least: what is stored of the address makes it some milliseconds longer."""


def render(request: HttpRequest, template: str, *, title: str, **context) -> HttpResponse:
    response = render_page(
        request,
        f"subscriptions/{template}.html",
        title=title,
        breadcrumb=breadcrumb(title),
        **{"robots": "noindex", "alternates": _sign_up_paths()} | context,
    )
    return with_headers(response)


def with_headers(response: HttpResponse) -> HttpResponse:
    for name, value in PRIVATE_HEADERS.items():
        response.headers[name] = value
    return response


def _sign_up_paths() -> dict[str, str]:
    return {code: localized_path(code, "subscriptions:sign_up") for code in LOCALES}


def token_paths(name: str, token: str) -> dict[str, str]:
    return {code: localized_path(code, f"subscriptions:{name}", token=token) for code in LOCALES}


def token_path(name: str, subscriber: Subscriber) -> str:
    return reverse(f"subscriptions:{name}", args=[make_token(TokenPurpose(name), subscriber.uid)])


def find_subscriber(purpose: TokenPurpose, token: str) -> Subscriber | None:
    uid = read_token(purpose, token)
    return Subscriber.objects.filter(uid=uid).first() if uid else None


def wait_for_answer(since: float) -> None:
    """Wait until `ANSWER_SECONDS` have passed since a moment of `monotonic`."""
    sleep(max(0, since + ANSWER_SECONDS - monotonic()))


def answer_who_left[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Let a view say that the link does not work where its reader leaves while it runs, by another request."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Subscriber.DoesNotExist:
            return render_unknown(request)

    return answer


def describe_busy() -> str:
    """Return why a form was not stored where it would have waited long, as for a mail that is being sent.

    It does not say to whom: anybody can send the form with anybody's address.
    """
    return _(
        "Emails are just being sent, so nothing of what you chose is stored yet. "
        "Please send the form again in a minute."
    )


def as_busy(response: HttpResponse) -> HttpResponse:
    """Return the page of a form, which has what was typed and `describe_busy`, as one that is to be sent again."""
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response


def render_message(
    request: HttpRequest,
    title: str,
    sentences: list[str],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    offers_sign_up: bool = True,
) -> HttpResponse:
    """Return a page of a few sentences.

    Args:
        offers_sign_up: whether it links to the form, which is of no use to who gets mails or has refused them.
    """
    context = {"sentences": sentences, "offers_sign_up": offers_sign_up and can_send_mail()}
    return render(request, "message", status=status, title=title, **context)


def render_mail_is_off(request: HttpRequest) -> HttpResponse:
    text = _("This site sends no emails at present. Its feed has all that is new.")
    return render_message(request, _("No alerts by email"), [text], status=HTTPStatus.NOT_FOUND)


def render_refusal(request: HttpRequest, refusal: TooManySignUps) -> HttpResponse:
    text = _("The form was sent too many times. Please try again in an hour.")
    title = _("Please try again later")
    response = render_message(request, title, [text], status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(int(refusal.retry_after.total_seconds()) + 1)
    return response


def render_unknown(request: HttpRequest) -> HttpResponse:
    sentences = [
        _("The link may not be complete, or you have unsubscribed."),
        _("Please follow the link in the last email that you got from us, or sign up again."),
    ]
    return render_message(request, _("This link does not work"), sentences, status=HTTPStatus.NOT_FOUND)


def render_left(request: HttpRequest) -> HttpResponse:
    return render(request, "left", title=_("You are unsubscribed"))


def list_subscriptions(
    subscriptions: Iterable[Subscription], data: QueryDict = NO_DATA
) -> list[dict[str, object]]:
    """Return what pages show of subscriptions.

    Args:
        data: a form that could not be stored, whose values are shown in place of the stored ones.
    """
    removed = read_keys(data.getlist("removed"))
    return [
        {
            "pk": subscription.pk,
            "label": describe_condition(subscription.condition),
            "url": find_list(subscription.condition),
            "timing": subscription.get_timing_display(),
            "timings": select_options(
                [(timing, timing.label) for timing in list_timings(subscription.condition.filters)],
                data.get(timing_field(subscription.pk), subscription.timing),
            ),
            "timing_field": timing_field(subscription.pk),
            "is_removed": subscription.pk in removed,
        }
        for subscription in subscriptions
    ]


def list_texts(publications: Iterable[int | None]) -> QuerySet[Edition]:
    """Return the texts that readers go on reading: the newest of those whose changes they follow."""
    followed = Edition.objects.live().filter(publication__in=set(publications) - {None})
    return followed.without_texts().newest_first()[:MAX_TEXTS]


def timing_field(pk: int | str) -> str:
    """Return the name of the field that says how often mails of a subscription come."""
    return f"timing-{pk}"


def option_fields(values: Mapping[str, str]) -> dict[str, object]:
    locales = [(code, LANGUAGE_NAMES[code]) for code in LOCALES]
    return {
        "timing_hint": describe_times(),
        "timings": select_options(Timing.choices, values.get("timing") or Timing.AT_ONCE),
        "locales": select_options(locales, values.get("locale") or current_locale()),
    }


def describe_times(timings: Collection[str] = (Timing.DAILY, Timing.WEEKLY)) -> str:
    """Return when daily and weekly mails come, in words, of these timings; "" if neither is one of them."""
    sentences = {
        (True, True): _("Daily emails come at %(time)s, weekly ones each %(day)s at that time."),
        (True, False): _("Daily emails come at %(time)s."),
        (False, True): _("Weekly emails come each %(day)s at %(time)s."),
    }
    times = {"time": date_format(DIGEST_TIME, "TIME_FORMAT"), "day": WEEKDAYS[DIGEST_WEEKDAY]}
    return sentences.get((Timing.DAILY in timings, Timing.WEEKLY in timings), "") % times


def select_options(choices: Iterable[tuple[str, str]], selected: str) -> list[dict[str, object]]:
    return [{"value": value, "label": label, "selected": value == selected} for value, label in choices]


def read_keys(values: Iterable[str]) -> set[int]:
    return {
        int(value) for value in values if value.isascii() and value.isdigit() and len(value) <= MAX_KEY_DIGITS
    }
