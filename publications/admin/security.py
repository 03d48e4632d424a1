"""The page "Security" of each person, and those below it: passkeys, authenticator app and recovery codes."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import passkeys, recovery_codes, totp
from accounts.events import record_event
from accounts.factors import (
    APP,
    CODES,
    PASSKEY,
    Factors,
    LastFactor,
    factor_due_on,
    may_remove_factor,
    remove_own_factor,
    requires_factor,
)
from accounts.models import AuthenticatorApp, EventType, Passkey, RecoveryCode
from accounts.reauthentication import record_authentication
from publications.locales import format_day
from publications.models import SiteSettings
from publications.news import describe_factors

from .encryption import decrypt, encrypt
from .form_data import RedisplayMixin
from .reauthentication import AFTER_ENROLMENT
from .sessions import offer_to_end_others
from .shown_once import keep_secret, take_secret
from .site import render_desk_page

SETUP_SALT = "publications.authenticator_app"
NEW_CODES = "recovery codes"
METHODS = ["GET", "HEAD", "POST"]


class PasskeyNameForm(RedisplayMixin, forms.ModelForm):
    class Meta:
        model = Passkey
        fields = ("name",)
        help_texts = {"name": gettext_lazy("So that you recognize it in the list: “Telephone”, “Blue key”.")}


class PasskeyAddForm(PasskeyNameForm):
    credential = forms.CharField(required=False, widget=forms.HiddenInput)


class AppForm(forms.Form):
    """The first code of an authenticator app. The secret travels encrypted in the page until the code is right."""

    setup = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("Code that the app shows"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    step: int

    def clean(self) -> dict:
        cleaned = super().clean()
        secret = read_setup(cleaned.get("setup", ""))
        step = totp.find_step(secret, cleaned.get("code", "")) if secret else None
        if step is None and "code" in cleaned:
            text = _(
                "This code is not right. Wait for the next one, and see whether the clock of the device is right."
            )
            self.add_error("code", text)
        self.step = step or 0
        return cleaned


def read_setup(text: str) -> str:
    """Return the secret that a page carries, or ""."""
    try:
        return str(decrypt(text, salt=SETUP_SALT))
    except (BadSignature, ValueError):
        return ""


@require_safe
def security_page(request: HttpRequest) -> HttpResponse:
    """List the second factors of the user, with what can be done with each."""
    factors = Factors.of(request.user)
    is_missing = requires_factor(request.user) and not factors.count
    return render_desk_page(
        request,
        "security",
        title=_("Security"),
        factors=factors,
        is_missing=is_missing,
        lacks_codes=bool(factors.count and not factors.codes),
        port=settings.PORT,
        due_on=factor_due_on(request.user),
        may_add_passkey=passkeys.can_have_passkeys() and len(factors.passkeys) < passkeys.MAX_PASSKEYS,
        can_have_passkeys=passkeys.can_have_passkeys(),
        interrupted_url="" if is_missing else request.session.get(AFTER_ENROLMENT, ""),
    )


@require_http_methods(METHODS)
def passkey_add_page(request: HttpRequest) -> HttpResponse:
    """Add the passkey that the browser has made; a script asks it for one."""
    form = PasskeyAddForm(request.POST or None, label_suffix="", initial={"name": _("Passkey")})
    if form.is_bound and form.is_valid():
        try:
            name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
            passkey = passkeys.add_passkey(request, request.user, credential, name)
        except passkeys.PasskeyRefused:
            form.add_error(
                None, _("The passkey was not added: the browser made none, or took too long. Try again.")
            )
        else:
            _record_addition(request, PASSKEY, name=passkey.name)
            text = _("The passkey “%(name)s” is added: from now on you sign in with it.") % {
                "name": passkey.name
            }
            messages.success(request, text)
            return passkeys.forget_challenge(HttpResponseRedirect(reverse("desk:security")))
    return render_desk_page(
        request,
        "passkey_add",
        title=_("Add a passkey"),
        form=form,
        site_url=settings.SITE_URL,
        port=settings.PORT,
        can_have_passkeys=passkeys.can_have_passkeys(),
    )


@require_POST
def passkey_creation_options(request: HttpRequest) -> HttpResponse:
    return passkeys.respond_with_creation_options(request.user, SiteSettings.current().short_name)


@require_http_methods(METHODS)
def passkey_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename or remove a passkey of the user."""
    passkey = get_object_or_404(Passkey, pk=pk, owner=request.user)
    if "_remove" in request.POST:
        return _remove(request, Passkey.objects.filter(pk=pk), PASSKEY, name=passkey.name)
    form = PasskeyNameForm(request.POST or None, instance=passkey, label_suffix="")
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("The name is saved."))
        return HttpResponseRedirect(reverse("desk:security"))
    return render_desk_page(
        request,
        "passkey",
        title=_("Passkey"),
        form=form,
        passkey=passkey,
        may_remove=may_remove_factor(request.user, PASSKEY),
    )


@require_http_methods(METHODS)
def app_page(request: HttpRequest) -> HttpResponse:
    """Set up the authenticator app of the user, or remove it."""
    app = Factors.of(request.user).app
    if "_remove" in request.POST:
        return _remove(request, AuthenticatorApp.objects.all(), APP)
    secret = read_setup(request.POST.get("setup", "")) or totp.new_secret()
    setup = encrypt(secret, salt=SETUP_SALT)
    form = AppForm(request.POST or None, label_suffix="", initial={"setup": setup})
    if form.is_bound and form.is_valid():
        totp.add_app(request.user, secret, form.step)
        _record_addition(request, APP)
        messages.success(request, _("The app is set up: from now on you sign in with its codes."))
        return HttpResponseRedirect(reverse("desk:security"))
    uri = totp.secret_uri(secret, request.user, SiteSettings.current().short_name)
    return render_desk_page(
        request,
        "authenticator_app",
        title=_("Authenticator app"),
        form=form,
        app=app,
        setup=setup,
        uri=uri,
        copied_secret=secret,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        qr_code=mark_safe(totp.render_qr_code(uri, _("QR code for the authenticator app"))),
        may_remove=may_remove_factor(request.user, APP),
    )


@require_http_methods(METHODS)
def recovery_codes_page(request: HttpRequest) -> HttpResponse:
    """Make recovery codes, which are shown once to be printed, or remove them."""
    factors = Factors.of(request.user)
    if "_remove" in request.POST:
        return _remove(request, RecoveryCode.objects.all(), CODES)
    if request.method == "POST":
        keep_secret(request, NEW_CODES, recovery_codes.replace_codes(request.user))
        _record_addition(request, CODES)
        return HttpResponseRedirect(reverse("desk:recovery-codes"))
    new_codes = take_secret(request, NEW_CODES)
    heading = _("%(site)s, %(host)s: recovery codes of %(name)s, %(day)s") % {
        "site": SiteSettings.current().short_name,
        "host": passkeys.rp_id(),
        "name": request.user.get_username(),
        "day": format_day(timezone.localdate()),
    }
    return render_desk_page(
        request,
        "recovery_codes",
        title=_("Recovery codes"),
        factors=factors,
        new_codes=new_codes,
        heading=heading,
        codes_text="\n".join([heading, "", *(new_codes or ()), ""]),
        may_remove=may_remove_factor(request.user, CODES),
    )


def _record_addition(request: HttpRequest, kind: str, **detail: str) -> None:
    """Record a factor as added; the session, which has just shown it, remains signed in."""
    type = EventType.CODES_PRINTED if kind == CODES else EventType.FACTOR_ADDED
    record_event(type, request.user, by=request.user, request=request, factors=[kind], **detail)
    record_authentication(request, with_factor_of=request.user)
    offer_to_end_others(request)


def _remove(request: HttpRequest, rows: QuerySet, kind: str, **detail: str) -> HttpResponse:
    """Ask first; then remove a factor."""
    what = capfirst(describe_factors({"factors": [kind], **detail}))
    if request.POST["_remove"] != "yes":
        title = _("Remove it? %(what)s") % {"what": what}
        return render_desk_page(request, "factor_question", title=title)
    try:
        remove_own_factor(rows, kind, request=request, **detail)
    except LastFactor:
        text = _(
            "You need a second factor, and this is your last one. Add another first, then remove this one."
        )
        messages.error(request, text)
    else:
        text = _("Removed: %(what)s. Nobody can sign in that way any more.") % {"what": what}
        messages.success(request, text)
        offer_to_end_others(request)
    return HttpResponseRedirect(reverse("desk:security"))
