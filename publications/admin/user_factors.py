"""The page with which an administrator removes the second factors of somebody who has lost them."""

import logging

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.factors import Factors, remove_factors
from accounts.mail import can_send_mail
from publications.locales import absolute_url
from publications.models import SiteSettings, UserSettings

from .site import render_desk_page
from .user_managers import for_account

logger = logging.getLogger(__name__)


@for_account
@require_http_methods(["GET", "HEAD", "POST"])
def user_factors_page(request: HttpRequest, account: User) -> HttpResponse:
    """Show which factors a user has, and remove all of them; the user is mailed."""
    if account == request.user:
        return HttpResponseRedirect(reverse("desk:security"))
    if request.method == "POST":
        if remove_factors(account, by=request.user, request=request):
            mail_removal(account)
            text = _("The second factors of “%(name)s” are removed: the password alone signs in again.")
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


def mail_removal(account: User) -> None:
    """Mail a user, in their language, that their second factors were removed."""
    if not (account.email and can_send_mail()):
        return
    with override(UserSettings.language_of(account) or get_language()):
        site = SiteSettings.current().short_name
        subject = _("%(site)s: your second factors were removed") % {"site": site}
        text = _(
            "An administrator has removed the second factors of your account “%(name)s”, so that your password alone "
            "signs you in. Add a new one at the desk: %(url)s\n\n"
            "If this is not what you had agreed on, tell an administrator at once: your account may be under attack.\n"
        ) % {"name": account.get_username(), "url": absolute_url(reverse("desk:security"))}
    try:
        send_mail(subject, text, None, [account.email])
    except OSError:  # of the connection, or of the mail server: SMTPException is one
        logger.exception("The mail on removed second factors could not be sent.")
