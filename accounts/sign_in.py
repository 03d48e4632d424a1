"""What is added to the responses of Django's sign-in view: status 429 and the cookie of a known device."""

import math
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from .devices import remember_device
from .forms import LimitedFormMixin


def finish_sign_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the response of Django's view with status 429 for a refused attempt and the cookie of a known device."""
    if device := getattr(request, "device_to_remember", ""):
        remember_device(response, device)
    return mark_refusal(response)


def mark_refusal(response: HttpResponse) -> HttpResponse:
    """Set status 429 and `Retry-After` if the response shows a form whose attempt was refused."""
    form = (getattr(response, "context_data", None) or {}).get("form")
    if isinstance(form, LimitedFormMixin) and form.wait:
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        response.headers["Retry-After"] = str(math.ceil(form.wait.total_seconds()))
    return response
