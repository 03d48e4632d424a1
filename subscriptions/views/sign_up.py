"""Sign up for alerts. No answer depends on what is stored: nobody learns who gets mails."""

from http import HTTPStatus
from time import monotonic
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts.client_address import client_address, client_network
from accounts.mail import can_send_mail
from publications.locales import LOCALES, localized_path
from publications.models import KIND, NEWSLETTER, Edition, EditionWithRows
from publications.presentation import ORIGIN_FIELD, offer_alerts
from subscriptions.conditions import Choice, read_choice
from subscriptions.forms import LINKED_NAMES, ChoiceList, SignUpForm
from subscriptions.labels import find_list
from subscriptions.locks import LockWaitTooLong
from subscriptions.models import CONFIRMATION_HOURS
from subscriptions.signup import MAX_CHOICES, TooManySignUps, count_form, request_subscriptions

from .pages import (
    METHODS,
    as_busy,
    describe_busy,
    list_texts,
    option_fields,
    render,
    render_mail_is_off,
    render_refusal,
    wait_for_answer,
)

MAX_SHOWN_CHARACTERS = 300
"""Of what was typed as an address, to be shown again."""


@csrf_exempt
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
    if ORIGIN_FIELD in request.POST and not (choices.listed or choices.error):
        return _render_unticked(request, form)
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
    except LockWaitTooLong:
        error, status = describe_busy(), HTTPStatus.SERVICE_UNAVAILABLE
        return as_busy(_render_sign_up(request, choices, form, status=status, error=error))
    wait_for_answer(since)
    return _render_sent_form(request, "sent", _("Check your inbox"), choices, form)


def _render_sent_form(
    request: HttpRequest, template: str, title: str, choices: ChoiceList, form: SignUpForm
) -> HttpResponse:
    """Return a page that has all of a valid form, to be sent again."""
    origin = _find_origin(request.POST)
    publications = [choice.publication for choice in choices.choices]
    return render(
        request,
        template,
        title=title,
        hours=CONFIRMATION_HOURS,
        choices=choices,
        texts=list_texts([*publications, origin and origin.publication_id]),
        origin_field=ORIGIN_FIELD,
        origin=request.POST.get(ORIGIN_FIELD, "") if origin else "",
        suggestion=form.suggestion,
        website=form.cleaned_data["website"],
        **{name: form.cleaned_data[name] for name in ("email", "timing", "locale")},
    )


def _find_origin(data: QueryDict) -> Edition | None:
    """Return the live edition on whose page a form is, if it is on one."""
    if uid := data.get(ORIGIN_FIELD, ""):
        try:
            publication = read_choice({"publication": uid}).publication
        except ValidationError:
            return None
        return Edition.objects.live().filter(publication=publication).first()
    return None


def _render_unticked(request: HttpRequest, form: SignUpForm) -> HttpResponse:
    """Return the form of the page of a publication again, in which nothing was ticked: that is not the whole site."""
    error, status = _("Please tick what you want emails about."), HTTPStatus.BAD_REQUEST
    if not (edition := _find_origin(request.POST)):
        return _render_sign_up(request, ChoiceList(), form, status=status, error=error)
    offered = offer_alerts(EditionWithRows.get(edition))
    offered["alert_choices"] = [{**choice, "is_ticked": False} for choice in offered["alert_choices"]]
    typed = {"typed_email": form.data.get("email", "")[:MAX_SHOWN_CHARACTERS]}
    title = _("Alerts by email")
    return render(
        request, "ticks", status=status, title=title, texts=[edition], tick_error=error, **typed, **offered
    )


def _describe_page(choices: ChoiceList) -> dict[str, str]:
    """Return what the page is called; that of the newsletter leads to its issues, if there are any."""
    if not choices.has_only_issues:
        title = _("Alerts by email")
        return {"title": title, "document_title": ": ".join([title, *(row.label for row in choices.listed)])}
    issues = Choice({KIND: NEWSLETTER}).build_condition()
    has_issues = Edition.objects.live().filter(publication__kind__slug=NEWSLETTER).exists()
    title = _("The newsletter by email")
    return {
        "title": title, "document_title": title, "issues_url": find_list(issues) if has_issues else "",
    }  # fmt: skip


def _render_sign_up(
    request: HttpRequest,
    choices: ChoiceList,
    form: SignUpForm,
    *,
    status: HTTPStatus,
    error: str = "",
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
        **_describe_page(choices),
        alternates=alternates,
        canonical=reverse("subscriptions:sign_up"),
        robots="noindex" if query or request.method == "POST" else "",
        choices=choices,
        max_choices=MAX_CHOICES,
        email=form.data.get("email", "")[:MAX_SHOWN_CHARACTERS],
        checked=form.data.get("checked", "")[:MAX_SHOWN_CHARACTERS],
        email_error=email_error,
        error=error or choices.error or email_error,
        **option_fields(form.data),
    )
    if not query and request.method != "POST":
        del response.headers["X-Robots-Tag"]
    return response


sign_up.allowed_methods = METHODS
