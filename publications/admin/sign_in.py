"""Views around the sign-in: forms with an outdated CSRF token, the question who typed them, and who is signed in."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from . import carried_forms
from .site import admin_site


def carry_refused_form(request: HttpRequest) -> HttpResponse | None:
    """Carry a form that CSRF protection refused: it was opened before the last sign-in, or its cookies are gone.

    Returns None for other requests: only forms from a page of this site, by their Origin or Referer, are carried.
    """
    is_desk = request.path.startswith(settings.DESK)
    if not (is_desk and carried_forms.is_form_submission(request) and carried_forms.is_same_origin(request)):
        return None
    carried = carried_forms.build_carried_form(request)
    if carried.is_empty and carried.path == reverse("desk:index"):
        return None  # nobody was signed in on that page, or nothing was typed
    if not admin_site.has_permission(request):
        return admin_site.render_sign_in(request, carried)
    if carried.is_empty:
        messages.warning(
            request, _("Nothing has been done: this page was opened before you signed in. Do it again.")
        )
        return HttpResponseRedirect(carried.path)
    return admin_site.restore_or_confirm(request, carried)


@require_POST
def confirm_carried_form(request: HttpRequest) -> HttpResponse:
    """Perform a button of the question who typed a carried form: restore it, let its owner sign in, or leave it."""
    carried = carried_forms.read_carried_form(request)
    if not carried:
        return HttpResponseRedirect(reverse("desk:index"))
    if "take" in request.POST:
        url = carried_forms.restore_form_if_allowed(request, carried)
        if not url:
            return admin_site.render_confirmation(request, carried, is_refused=True)
        return HttpResponseRedirect(url)
    if "other" in request.POST:
        admin_site.logout(request)
        return admin_site.render_sign_in(request, carried)
    return HttpResponseRedirect(carried.path)


def signed_in_user(request: HttpRequest) -> JsonResponse:
    """Return who is signed in, with the CSRF token that an open form needs after a sign-in in another window."""
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})
