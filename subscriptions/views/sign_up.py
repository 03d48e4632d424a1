"""Sign up for alerts, and confirm it by the link of a mail.

Neither answer depends on what is stored: nobody learns who gets mails. A GET changes nothing, since programs that read
mail open links.
"""

from collections.abc import Iterable
from http import HTTPStatus
from time import monotonic
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts.client_address import client_address, client_network
from accounts.mail import can_send_mail
from publications.locales import LOCALES, localized_path
from publications.models import Edition
from subscriptions.conditions import Choice
from subscriptions.forms import LINKED_NAMES, ChoiceList, SignUpForm
from subscriptions.models import CONFIRMATION_PERIOD, Subscriber, Subscription, Timing
from subscriptions.signup import (
    MAX_CHOICES,
    NAMED_UNTIL,
    TooManySignUps,
    confirm_subscriptions,
    count_form,
    list_unconfirmed,
    request_subscriptions,
)
from subscriptions.tokens import TokenPurpose

from .pages import (
    METHODS,
    answer_busy,
    answer_who_left,
    describe_times,
    find_subscriber,
    list_subscriptions,
    option_fields,
    read_keys,
    render,
    render_mail_is_off,
    render_message,
    render_refusal,
    token_path,
    token_paths,
    wait_for_answer,
)

HOURS = int(CONFIRMATION_PERIOD.total_seconds() // 3600)
MAX_TEXTS = 3
"""That readers may go on reading once they have sent the form, or confirmed."""
MAX_SHOWN_CHARACTERS = 300
"""Of what was typed as an address, to be shown again."""


@csrf_exempt
@answer_busy
def sign_up(request: HttpRequest) -> HttpResponse:
    """Show the form; after it is sent, say that a mail is on its way, whatever address it is."""
    if not can_send_mail():
        return render_mail_is_off(request)
    if request.method != "POST":
        choices, form = ChoiceList.from_address(request.GET), SignUpForm()
        return _render_sign_up(request, choices, form, status=_status_of(choices))
    choices, form = ChoiceList.from_form(request.POST), SignUpForm(request.POST)
    is_valid = form.is_valid()
    if {"add", "remove"} & request.POST.keys():
        return _render_sign_up(request, choices, form, with_errors=False, status=_status_of(choices))
    if not is_valid or choices.error:
        return _render_sign_up(request, choices, form, status=HTTPStatus.BAD_REQUEST)
    if form.suggestion:
        return _render_sent_form(request, "suggestion", _("Is the address right?"), choices, form)
    return _request(request, choices, form)


def _status_of(choices: ChoiceList) -> HTTPStatus:
    return HTTPStatus.BAD_REQUEST if choices.error else HTTPStatus.OK


def _request(request: HttpRequest, choices: ChoiceList, form: SignUpForm) -> HttpResponse:
    values, since = form.cleaned_data, monotonic()
    network = client_network(client_address(request))
    try:
        if form.is_spam:
            count_form(values["email"], network=network)
        else:
            request_subscriptions(
                values["email"],
                choices.choices or [Choice()],
                timing=values["timing"],
                locale=values["locale"],
                network=network,
            )
    except TooManySignUps as refusal:
        return render_refusal(request, refusal)
    wait_for_answer(since)
    return _render_sent_form(request, "sent", _("Check your inbox"), choices, form)


def _render_sent_form(
    request: HttpRequest, template: str, title: str, choices: ChoiceList, form: SignUpForm
) -> HttpResponse:
    """Return a page that has all of a valid form, to be sent again."""
    return render(
        request,
        template,
        title=title,
        hours=HOURS,
        choices=choices,
        texts=_list_texts(choice.publication for choice in choices.choices),
        suggestion=form.suggestion,
        website=form.cleaned_data["website"],
        **{name: form.cleaned_data[name] for name in ("email", "timing", "locale")},
    )


def _list_texts(publications: Iterable[int | None]) -> QuerySet[Edition]:
    """Return the texts that readers go on reading: the newest of those whose changes they follow."""
    followed = Edition.objects.live().filter(publication__in=set(publications) - {None})
    return followed.without_texts().newest_first()[:MAX_TEXTS]


def _render_sign_up(
    request: HttpRequest,
    choices: ChoiceList,
    form: SignUpForm,
    *,
    status: HTTPStatus,
    with_errors: bool = True,
) -> HttpResponse:
    query = urlencode({name: request.GET[name] for name in LINKED_NAMES if name in request.GET})
    ending = f"?{query}" if query else ""
    email_error = form.errors.get("email", [""])[0] if with_errors and form.is_bound else ""
    alternates = {code: localized_path(code, "subscriptions:sign_up") + ending for code in LOCALES}
    response = render(
        request,
        "sign_up",
        status=status,
        title=_("Alerts by email"),
        document_title=": ".join([_("Alerts by email"), *(listed.label for listed in choices.listed)]),
        alternates=alternates,
        canonical=reverse("subscriptions:sign_up"),
        robots="noindex" if query or request.method == "POST" else "",
        choices=choices,
        max_choices=MAX_CHOICES,
        email=form.data.get("email", "")[:MAX_SHOWN_CHARACTERS],
        checked=form.data.get("checked", "")[:MAX_SHOWN_CHARACTERS],
        email_error=email_error,
        error=choices.error or email_error,
        **option_fields(form.data),
    )
    if not query and request.method != "POST":
        del response.headers["X-Robots-Tag"]
    return response


@csrf_exempt
@answer_busy
@answer_who_left
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what waits for the confirmation of the reader, with a button that confirms it.

    Who has just pressed it can go on to change all that they get; the link itself opens nothing else, whoever gets it.
    """
    subscriber = find_subscriber(TokenPurpose.CONFIRM, token)
    waiting = list(list_unconfirmed(subscriber)) if subscriber else []
    if not waiting:
        is_confirmed = (
            subscriber and not subscriber.failed_at and subscriber.subscriptions.confirmed().exists()
        )
        return _render_confirmed(request, subscriber) if is_confirmed else _render_nothing_waits(request)
    error, named_until = "", max(read_keys(request.GET.getlist(NAMED_UNTIL)), default=0)
    if request.method == "POST":
        chosen = read_keys(request.POST.getlist("chosen"))
        if confirm_subscriptions(subscriber, chosen, named_until=named_until):
            return _render_confirmed(request, subscriber, manage_url=token_path("manage", subscriber))
        if not list_unconfirmed(subscriber).exists():  # another request has confirmed it in between
            return _render_nothing_waits(request)
        error = _("Please tick what you want to get, or close this page.")
    return _render_unconfirmed(request, token, waiting, named_until=named_until, error=error)


def _render_unconfirmed(
    request: HttpRequest, token: str, waiting: list[Subscription], *, named_until: int, error: str
) -> HttpResponse:
    """Show what the mail with the link has named, ticked, and apart from it what was requested later."""
    return render(
        request,
        "confirm",
        status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        title=_("Confirm your alerts"),
        alternates={
            code: f"{path}?{NAMED_UNTIL}={named_until}"
            for code, path in token_paths("confirm", token).items()
        },
        named=list_subscriptions(row for row in waiting if row.pk <= named_until),
        later=list_subscriptions(row for row in waiting if row.pk > named_until),
        timing_hint=describe_times() if any(row.timing != Timing.AT_ONCE for row in waiting) else "",
        error=error,
        hours=HOURS,
    )


def _render_nothing_waits(request: HttpRequest) -> HttpResponse:
    sentences = [
        _("You may have unsubscribed since."),
        _("Otherwise the link is older than %(hours)d hours. Please sign up again.") % {"hours": HOURS},
    ]
    return render_message(request, _("Nothing to confirm"), sentences, status=HTTPStatus.NOT_FOUND)


def _render_confirmed(request: HttpRequest, subscriber: Subscriber, *, manage_url: str = "") -> HttpResponse:
    subscriber.refresh_from_db()
    confirmed = subscriber.subscriptions.confirmed().select_related("condition").order_by("pk")
    followed = [row.condition.publication_id for row in confirmed]
    return render(
        request,
        "confirmed",
        title=_("You are signed up"),
        subscriptions=list_subscriptions(confirmed),
        texts=_list_texts(followed),
        paused_until=subscriber.is_paused and subscriber.paused_until,
        manage_url=manage_url,
    )


sign_up.allowed_methods = confirm.allowed_methods = METHODS
