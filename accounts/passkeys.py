"""Passkeys (WebAuthn Level 3): their options, and the verification of what browsers answer.

Origin and RP ID are those of `SITE_URL`, never those of the request. User verification (PIN, fingerprint) is required,
so a passkey is two factors. A challenge is in a signed cookie for a few minutes; `PasskeyQuerySet.accept` lets each
be answered once.
"""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from .cookies import PASSKEY
from .events import record_event
from .models import AccountEvent, EventType, Passkey
from .names import full_name_of

SALT = "accounts.passkeys"
CHALLENGE_BYTES = 32
CHALLENGE_SECONDS = 300
MAX_ANSWER_CHARACTERS = 20_000
MAX_PASSKEYS = 20
CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
DEFAULT_PORTS = {"http": 80, "https": 443}


class PasskeyRefused(Exception):
    """Raised for an answer that is malformed, replayed, of another site, or of an unknown or cloned passkey."""


@dataclass(frozen=True)
class Challenge:
    """A challenge that a browser was given.

    Attributes:
        purpose: what it may be used for, such as signing in.
    """

    value: bytes
    purpose: str
    made_at: datetime


def rp_id() -> str:
    return (urlsplit(settings.SITE_URL).hostname or "").encode("idna").decode("ascii")


def site_origin() -> str:
    """Return the origin of the site as browsers write it: without the default port."""
    url = urlsplit(settings.SITE_URL)
    is_default = url.port in (None, DEFAULT_PORTS.get(url.scheme))
    return f"{url.scheme}://{rp_id()}" if is_default else f"{url.scheme}://{rp_id()}:{url.port}"


def can_have_passkeys() -> bool:
    """Return whether browsers make passkeys for this site: its address is a name, with https or on this machine."""
    try:
        ip_address(rp_id())
    except ValueError:
        return urlsplit(settings.SITE_URL).scheme == "https" or rp_id() == "localhost"
    return False


def respond_with_creation_options(account: AbstractBaseUser, site_name: str) -> HttpResponse:
    """Return the options with which a browser makes a passkey for this account, as JSON."""
    challenge = _new_challenge(creation_purpose(account))
    options = webauthn.generate_registration_options(
        rp_id=rp_id(),
        rp_name=site_name,
        user_id=_user_handle(account),
        user_name=account.get_username(),
        user_display_name=full_name_of(account),
        challenge=challenge.value,
        timeout=CHALLENGE_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_describe_passkeys(account),
    )
    return _respond(options, challenge)


def respond_with_request_options(purpose: str, account: AbstractBaseUser | None = None) -> HttpResponse:
    """Return the options with which a browser asks for a passkey: of an account, or of whichever one has it."""
    challenge = _new_challenge(purpose)
    options = webauthn.generate_authentication_options(
        rp_id=rp_id(),
        challenge=challenge.value,
        timeout=CHALLENGE_SECONDS * 1000,
        allow_credentials=_describe_passkeys(account) if account else [],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _respond(options, challenge)


def creation_purpose(account: AbstractBaseUser) -> str:
    return f"create:{account.pk}"


def add_passkey(request: HttpRequest, account: AbstractBaseUser, text: str, name: str) -> Passkey:
    """Store the passkey that a browser has made. Raises PasskeyRefused, also if the account has the most it may."""
    if Passkey.objects.filter(owner=account).count() >= MAX_PASSKEYS:
        raise PasskeyRefused
    challenge = _read_challenge(request, creation_purpose(account))
    try:
        verified = webauthn.verify_registration_response(
            credential=_parse_answer(text),
            expected_challenge=challenge.value,
            expected_rp_id=rp_id(),
            expected_origin=site_origin(),
            require_user_verification=True,
        )
    except Exception as error:  # the library raises errors of many classes for what it cannot parse
        raise PasskeyRefused from error
    try:
        with transaction.atomic():
            return Passkey.objects.create(
                owner=account,
                name=name,
                credential_id=bytes_to_base64url(verified.credential_id),
                public_key=verified.credential_public_key,
                sign_count=verified.sign_count,
            )
    except IntegrityError as error:  # the answer was sent twice
        raise PasskeyRefused from error


def find_passkey(text: str) -> Passkey | None:
    """Return the passkey that an answer says it is of, which is not verified yet."""
    try:
        credential_id = _parse_answer(text).get("id")
    except PasskeyRefused:
        return None
    if not isinstance(credential_id, str) or not CREDENTIAL_ID.fullmatch(credential_id):
        return None
    return Passkey.objects.select_related("owner").filter(credential_id=credential_id).first()


def use_passkey(request: HttpRequest, passkey: Passkey, text: str, purpose: str) -> None:
    """Verify the answer of a browser to a challenge of this purpose. Raises PasskeyRefused."""
    challenge = _read_challenge(request, purpose)
    try:
        verified = webauthn.verify_authentication_response(
            credential=_parse_answer(text),
            expected_challenge=challenge.value,
            expected_rp_id=rp_id(),
            expected_origin=site_origin(),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=0,  # compared below, once the signature is known to be right
            require_user_verification=True,
        )
    except Exception as error:  # the library raises errors of many classes for what it cannot parse
        raise PasskeyRefused from error
    rows = Passkey.objects.filter(pk=passkey.pk)
    if not rows.accept(sign_count=verified.new_sign_count, challenged_at=challenge.made_at):
        if rows.filter(last_used_at__gte=challenge.made_at).exists():
            raise PasskeyRefused  # a replay
        _record_clone(request, passkey)
        raise PasskeyRefused


def forget_challenge(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(PASSKEY.name, path=settings.SESSION_COOKIE_PATH, samesite="Strict")
    return response


def _record_clone(request: HttpRequest, passkey: Passkey) -> AccountEvent:
    return record_event(EventType.PASSKEY_CLONED, passkey.owner, request=request, passkey=passkey.name)


def _user_handle(account: AbstractBaseUser) -> bytes:
    """Return bytes that stand for an account in its passkeys and say nothing of it (WebAuthn, section 14.6.1)."""
    return salted_hmac("accounts.user_handle", str(account.pk), algorithm="sha256").digest()


def _describe_passkeys(account: AbstractBaseUser) -> list[PublicKeyCredentialDescriptor]:
    ids = Passkey.objects.filter(owner=account).values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(id)) for id in ids]


def _parse_answer(text: str) -> dict:
    try:
        answer = json.loads(text) if len(text) <= MAX_ANSWER_CHARACTERS else None
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused from error
    if not isinstance(answer, dict):
        raise PasskeyRefused
    return answer


def _new_challenge(purpose: str) -> Challenge:
    return Challenge(secrets.token_bytes(CHALLENGE_BYTES), purpose, timezone.now())


def _respond(options, challenge: Challenge) -> HttpResponse:
    response = JsonResponse(json.loads(webauthn.options_to_json(options)))
    values = [bytes_to_base64url(challenge.value), challenge.purpose, challenge.made_at.timestamp()]
    response.set_cookie(
        PASSKEY.name,
        signing.dumps(values, salt=SALT),
        max_age=CHALLENGE_SECONDS,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def _read_challenge(request: HttpRequest, purpose: str) -> Challenge:
    try:
        values = signing.loads(request.COOKIES.get(PASSKEY.name, ""), salt=SALT, max_age=CHALLENGE_SECONDS)
        value, cookie_purpose, made_at = values
    except (signing.BadSignature, ValueError) as error:
        raise PasskeyRefused from error
    if cookie_purpose != purpose:
        raise PasskeyRefused
    return Challenge(webauthn.base64url_to_bytes(value), purpose, datetime.fromtimestamp(made_at, UTC))
