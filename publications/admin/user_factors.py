"""The page with which an administrator removes the second factors of somebody who has lost them."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.factors import Factors, remove_factors
from accounts.mail import can_send_mail

from .site import render_desk_page
from .user_managers import for_account


@for_account
@require_http_methods(["GET", "HEAD", "POST"])
def user_factors_page(request: HttpRequest, account: User) -> HttpResponse:
    """Show which factors a user has, and remove all of them; an event of accounts mails the user."""
    if account == request.user:
        return HttpResponseRedirect(reverse("desk:security"))
    if request.method == "POST":
        if remove_factors(account, by=request.user, request=request):
            text = _("The second factors of “%(name)s” are removed: signing in needs none now.")
            messages.success(request, text % {"name": account.get_username()})
        return HttpResponseRedirect(reverse("desk:auth_user_change", args=[account.pk]))
    return render_desk_page(
        request,
        "user_factors",
        title=_("Remove second factors"),
        subtitle=account.get_username(),
        account=account,
        factors=Factors.of(account),
        will_mail=can_send_mail() and bool(account.email),
    )
