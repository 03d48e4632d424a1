"""What stands around the sign-in: forms whose token has run out, whose words they are, and who is signed in now."""

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
    """Offer what was typed into a form that was opened before the last sign-in, or whose cookies are gone.

    Returns None for all else: only a form that a page of this site sent, as browsers say of each, is carried.
    """
    at_desk = request.path.startswith(settings.DESK)
    if not (at_desk and carried_forms.is_page_sent(request) and carried_forms.is_from_this_site(request)):
        return None
    carried = carried_forms.carry(request)
    if carried.is_empty and carried.path == reverse("desk:index"):
        return None  # nobody was signed in on that page, or nothing was typed
    if not admin_site.has_permission(request):
        return admin_site.ask_to_sign_in(request, carried)
    if carried.is_empty:
        messages.warning(
            request, _("Nothing has been done: this page was opened before you signed in. Do it again.")
        )
        return HttpResponseRedirect(carried.path)
    return admin_site.return_form(request, carried)


@require_POST
def carried(request: HttpRequest) -> HttpResponse:
    """Do what was answered: take the words, leave them, or let their owner sign in."""
    words = carried_forms.read_carried(request)
    if not words:
        return HttpResponseRedirect(reverse("desk:index"))
    if "take" in request.POST:
        address = carried_forms.give_if_allowed(request, words)
        return (
            HttpResponseRedirect(address)
            if address
            else admin_site.ask_who_typed(request, words, is_refused=True)
        )
    if "other" in request.POST:
        admin_site.logout(request)
        return admin_site.ask_to_sign_in(request, words)
    return HttpResponseRedirect(words.path)


def signed_in(request: HttpRequest) -> JsonResponse:
    """Say who is signed in, with the token that an open form needs after a sign-in in another window."""
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})
