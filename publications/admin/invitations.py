"""Invitations: the page where administrators invite somebody, and the page behind the link of an invitation.

Without mail the page shows the link once, to be handed over by another way. The page behind the link is open to
whoever has it: it shows the name that was invited and asks for a password.
"""

from http import HTTPStatus

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.addresses import is_address_taken
from accounts.devices import device_to_remember, remember_device
from accounts.invitations import (
    accept_invitation,
    build_account,
    has_inviter,
    invite,
    repeat_invitation,
    revoke_invitation,
)
from accounts.mail import can_send_mail
from accounts.models import LINK_DAYS, Invitation
from accounts.provider_settings import current_provider
from publications.locales import current_locale
from publications.news import link_url, queue_link

from .form_data import RedisplayMixin, get_pk
from .groups import RoleField, describe_group
from .review_link import make_private
from .shown_once import keep_secret, take_secret
from .site import render_desk_page, require_permissions

NEW_LINK = "invitation"


class InvitationForm(RedisplayMixin, forms.Form):
    email = forms.EmailField(label=gettext_lazy("Email address"), max_length=254)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=150)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=150)
    role = RoleField()
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the mail"), choices=settings.LANGUAGES, required=False
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if is_address_taken(email):
            raise forms.ValidationError(_("An account has this address already: look among the users."))
        if Invitation.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(
                _("This address is invited already: send that invitation again, or revoke it, below.")
            )
        return email


@require_permissions("add_user", app="auth")
@require_http_methods(["GET", "HEAD", "POST"])
def invite_page(request: HttpRequest) -> HttpResponse:
    """Invite somebody, or repeat or revoke an invitation that is open."""
    for button, view in (("_repeat", _repeat), ("_revoke", _revoke)):
        if button in request.POST:
            return view(request, Invitation.objects.filter(pk=get_pk(request.POST, button)).first())
    initial = {"language": current_locale(get_language())}
    form = InvitationForm(
        request.POST if request.method == "POST" else None, initial=initial, label_suffix=""
    )
    if request.method == "POST" and form.is_valid():
        try:
            _invite(request, form)
        except IntegrityError:  # somebody got the same user name at the same moment
            form.add_error(None, _("Somebody else was invited at this moment. Press “Invite” again."))
        else:
            return HttpResponseRedirect(request.path)
    return render_desk_page(
        request,
        "invite",
        title=_("Invite somebody"),
        form=form,
        fields_with_errors=[field for field in form.visible_fields() if field.errors],
        new_link=take_secret(request, NEW_LINK),
        invitations=[
            (invitation, describe_group(invitation.group))
            for invitation in Invitation.objects.select_related("group", "invited_by")
        ],
        is_mail_on=can_send_mail(),
        link_days=LINK_DAYS,
    )


@transaction.atomic
def _invite(request: HttpRequest, form: InvitationForm) -> None:
    fields = form.cleaned_data
    invitation = invite(
        fields["email"],
        first_name=fields["first_name"],
        last_name=fields["last_name"],
        group=fields["role"],
        language=fields["language"] or current_locale(get_language()),
        request=request,
    )
    _send(request, invitation)


@transaction.atomic
def _repeat(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    if invitation:
        repeat_invitation(invitation, request=request)
        _send(request, invitation)
    return _redirect(request, is_gone=not invitation)


@transaction.atomic
def _revoke(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    if invitation:
        revoke_invitation(invitation, by=request.user, request=request)
        text = _("The invitation of %(address)s is revoked: its link leads nowhere.")
        messages.success(request, text % {"address": invitation.email})
    return _redirect(request, is_gone=not invitation)


def _redirect(request: HttpRequest, *, is_gone: bool) -> HttpResponse:
    if is_gone:
        messages.warning(request, _("This invitation has been accepted or revoked in between."))
    return HttpResponseRedirect(reverse("desk:auth_user_add"))


def _send(request: HttpRequest, invitation: Invitation) -> None:
    """Put the mail into the outbox; where no mail is sent, keep the link for the next page instead."""
    if can_send_mail():
        queue_link(invitation)
        text = _("The invitation is on its way to %(address)s.")
        messages.success(request, text % {"address": invitation.email})
    else:
        keep_secret(request, NEW_LINK, [invitation.email, link_url(invitation)])


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Let the person who was invited set a password. Opening the page uses nothing up: mail scanners do so."""
    invitation = Invitation.objects.get_by_token(token)
    if not invitation or not has_inviter(invitation):
        return _render_ended(request)
    account = build_account(invitation)
    form = SetPasswordForm(account, request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_bound and form.is_valid():
        return _accept(request, invitation, form)
    role = describe_group(invitation.group)
    page = render_desk_page(
        request,
        "invitation",
        title=_("Choose your password"),
        form=form,
        account=account,
        role=role,
        provider=current_provider(),
    )
    return _make_private(page)


def _accept(request: HttpRequest, invitation: Invitation, form: SetPasswordForm) -> HttpResponse:
    account: User = form.user
    form.save(commit=False)
    device = device_to_remember(request)
    try:
        accept_invitation(invitation, account, request=request, device=device)
    except ObjectDoesNotExist:
        return _render_ended(request)
    except IntegrityError:  # somebody got the user name at this moment: the next attempt proposes another
        return HttpResponseRedirect(request.path)
    page = render_desk_page(request, "invitation_accepted", title=_("Your account is ready"), account=account)
    remember_device(page, device)
    return _make_private(page)


def _render_ended(request: HttpRequest) -> HttpResponse:
    title = _("This invitation leads nowhere")
    page = render_desk_page(request, "invitation_ended", title=title, link_days=LINK_DAYS)
    page.status_code = HTTPStatus.NOT_FOUND
    return _make_private(page)


def _make_private(page: HttpResponse) -> HttpResponse:
    """Keep the address from others. Without any referrer browsers send no origin, which CSRF protection needs."""
    make_private(page)
    page.headers["Referrer-Policy"] = "same-origin"
    return page
