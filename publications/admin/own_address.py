"""Changing one's own mail address: it takes effect when the link that is mailed to the new one is followed.

What is submitted needs recent authentication (`reauthentication.py`), so that an open session alone does not lead to a
new password by mail.
"""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.addresses import confirm_address, is_address_taken, request_address_change
from accounts.mail import can_send_mail
from accounts.models import LINK_DAYS, AddressChange
from publications.news import queue_address_notice, queue_link

from .form_data import RedisplayMixin
from .review_link import make_private
from .site import render_desk_page


class OwnAddressForm(RedisplayMixin, forms.Form):
    email = forms.EmailField(label=gettext_lazy("New email address"), max_length=254)

    def __init__(self, *args, user: User, **kwargs) -> None:
        self.user = user
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if email == self.user.email:
            raise forms.ValidationError(_("This is your address already."))
        if is_address_taken(email, except_for=self.user):
            raise forms.ValidationError(_("Another account has this address."))
        return email


@require_http_methods(["GET", "HEAD", "POST"])
def own_address_page(request: HttpRequest) -> HttpResponse:
    """Ask for a new address, or give up one that is not confirmed yet."""
    if "_cancel" in request.POST:
        AddressChange.objects.filter(account=request.user).delete()
        return HttpResponseRedirect(reverse("desk:own-address"))
    form = OwnAddressForm(request.POST or None, user=request.user)
    if request.method == "POST" and can_send_mail() and form.is_valid():
        with transaction.atomic():
            change = request_address_change(request.user, form.cleaned_data["email"], request=request)
            queue_link(change)
        return HttpResponseRedirect(reverse("desk:own-address"))
    return render_desk_page(
        request,
        "own_address",
        title=_("Your email address"),
        form=form,
        change=AddressChange.objects.filter(account=request.user).first(),
        is_mail_on=can_send_mail(),
        link_days=LINK_DAYS,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def address_confirm_page(request: HttpRequest, token: str) -> HttpResponse:
    """Let a new address take effect, for its owner. Opening the page changes nothing: mail scanners do so."""
    change = AddressChange.objects.get_by_token(token)
    if not change or change.account_id != request.user.pk:
        return _render_ended(request)
    if is_address_taken(change.email, except_for=request.user):
        change.delete()
        return _render_ended(request)
    if request.method == "POST":
        with transaction.atomic():
            former = confirm_address(change, request=request)
            queue_address_notice(request.user, former)
        messages.success(request, _("Your email address is %(address)s now.") % {"address": change.email})
        return HttpResponseRedirect(reverse("desk:my-settings"))
    title = _("Confirm your email address")
    page = render_desk_page(request, "address_confirm", title=title, change=change)
    page.headers["Referrer-Policy"] = "same-origin"
    return page


def _render_ended(request: HttpRequest) -> HttpResponse:
    page = render_desk_page(request, "address_ended", title=_("This link leads nowhere"))
    return make_private(page, HTTPStatus.NOT_FOUND)
