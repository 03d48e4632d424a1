"""Who gets to the pages behind a press link: the state of the link, the password, and the signed part of the address.

A page without the password names neither title nor author, so that previews of messengers tell nothing. The password
leads to an address that is signed, works for a limited time and opens this publication alone: no cookie is set. When
the publication is public, every address redirects to its public page.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from publications.locales import datetime_with_zone
from publications.models import (
    ACCESS_DURATION,
    FAILURE_PERIOD,
    PressLink,
    PressLinkEventType,
    PressLinkState,
)

from .review_link import make_private
from .site import render_desk_page

PressView = Callable[..., HttpResponseBase]
Credentials = tuple[str, str]
"""The token and the signed access in an address."""


class PressPasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=100,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "size": 20}
        ),
    )


def for_embargoed_text(view: PressView) -> PressView:
    """Call a view with the link of a token while its text is under embargo; redirect or answer 404 otherwise."""

    @csrf_exempt
    @wraps(view)
    def wrapper(request: HttpRequest, token: str, *args, **kwargs) -> HttpResponseBase:
        link = PressLink.objects.get_by_token(token)
        if link and link.state == PressLinkState.PUBLIC:
            response = HttpResponseRedirect(link.live_edition.get_absolute_url())
        elif not link or link.state in (PressLinkState.ENDED, PressLinkState.OVERDUE):
            response = _render_ended(request, link)
        else:
            response = _answer(view, request, link, token, *args, **kwargs)
        return make_private(response)

    return wrapper


def _answer(view: PressView, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
    """Call a view; a file that the text does not show is answered here, so that the answer is private too."""
    try:
        return view(request, *args, **kwargs)
    except Http404:
        return render_notice(
            request, _("Page not found"), _("This text has no such file."), HTTPStatus.NOT_FOUND
        )


def _render_ended(request: HttpRequest, link: PressLink | None) -> HttpResponse:
    if link and link.state == PressLinkState.OVERDUE:
        title = _("Not public yet")
        text = _(
            "The embargo has ended, but the publication is not public yet. Try again in a few minutes, or ask whoever "
            "sent you the link."
        )
    else:
        title = _("This link leads nowhere")
        text = _("It was closed, or the address is not complete. Ask whoever sent it to you for another.")
    return render_notice(request, title, text, HTTPStatus.NOT_FOUND)


def render_notice(request: HttpRequest, title: str, text: str, status: HTTPStatus, **context) -> HttpResponse:
    """Render a page that says why there is no text."""
    response = render_desk_page(request, "press_notice", title=title, text=text, **context)
    response.status_code = status
    return response


def with_password(view: PressView) -> PressView:
    """Call a view whose address has a valid access; others are redirected to the page that asks for the password."""

    @wraps(view)
    def wrapper(request: HttpRequest, link: PressLink, token: str, access: str, *args, **kwargs):
        if link.state != PressLinkState.OPEN or not link.accepts_access(access):
            return HttpResponseRedirect(reverse("desk:press", args=[token]))
        return view(request, link, (token, access), *args, **kwargs)

    return wrapper


@for_embargoed_text
@require_http_methods(["GET", "HEAD", "POST"])
def press_password_page(request: HttpRequest, link: PressLink, token: str) -> HttpResponse:
    """Ask for the password, and redirect to the text. Opening this page is not recorded: it shows nothing."""
    form = PressPasswordForm(request.POST if request.method == "POST" else None, label_suffix="")
    status = HTTPStatus.OK
    if link.state == PressLinkState.OPEN and form.is_bound:
        status = _check_password(link, form)
        if status == HTTPStatus.FOUND:
            return HttpResponseRedirect(reverse("desk:press-page", args=[token, link.sign_access()]))
    response = render_desk_page(
        request,
        "press",
        title=_("A publication under embargo"),
        link=link,
        form=form,
        embargo_end=datetime_with_zone(link.embargo_end),
        opens_at=datetime_with_zone(link.opens_at) if link.state == PressLinkState.WAITING else "",
        hours=ACCESS_DURATION.seconds // 3600,
    )
    response.status_code = status
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = str(FAILURE_PERIOD.seconds)
    return response


def _check_password(link: PressLink, form: PressPasswordForm) -> HTTPStatus:
    """Return 302 for the right password, else the status of the page with the reason as an error of the form."""
    if not form.is_valid():
        return HTTPStatus.BAD_REQUEST
    attempt = link.begin_attempt()
    if not attempt:
        minutes = FAILURE_PERIOD.seconds // 60
        form.add_error(
            "password", _("Too many wrong passwords. Try again in %(count)d minutes.") % {"count": minutes}
        )
        return HTTPStatus.TOO_MANY_REQUESTS
    if not link.check_password(form.cleaned_data["password"]):
        form.add_error(
            "password",
            _("This is not the password of this link. Ask whoever sent you the link if you have no other."),
        )
        return HTTPStatus.FORBIDDEN
    attempt.delete()
    link.record_opening(PressLinkEventType.PAGE)
    return HTTPStatus.FOUND
