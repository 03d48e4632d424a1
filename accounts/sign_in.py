"""What surrounds Django's own view for signing in: refused attempts and known devices."""

import math
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from .devices import remember_device
from .forms import LimitedFormMixin


def finish_sign_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Complete the response of Django's view: 429 for a refused attempt, a cookie for a device that is now known."""
    if device := getattr(request, "device_to_remember", ""):
        remember_device(response, device)
    return mark_refusal(response)


def mark_refusal(response: HttpResponse) -> HttpResponse:
    """Answer 429 with `Retry-After` where the response shows a form whose attempt was refused."""
    form = (getattr(response, "context_data", None) or {}).get("form")
    if isinstance(form, LimitedFormMixin) and form.wait:
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        response.headers["Retry-After"] = str(math.ceil(form.wait.total_seconds()))
    return response
