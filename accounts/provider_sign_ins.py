"""Signing in through the OpenID provider: the way there, what comes back, and the way out.

State, nonce and the secret of PKCE (RFC 7636) are in the session of the browser that started, each for one use.
"""

import hashlib
import json
import logging
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.contrib.auth import SESSION_KEY as USER_KEY
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language

from .id_tokens import TokenRefused, read_id_token
from .limits import begin_provider_attempt
from .models import AccountEvent, DeskSession, EventType
from .provider_accounts import ISSUER_KEY, Refusal, SignInRefused, refuse
from .provider_requests import (
    CodeRefused,
    ProviderUnavailable,
    describe_error,
    exchange_code,
    read_metadata,
)
from .provider_settings import ProviderSettings, current_provider

logger = logging.getLogger(__name__)

SESSION_KEY = "provider_sign_ins"
MAX_OPEN = 5  # of one browser, in several windows
OPEN_SECONDS = 15 * 60
SECRET_BYTES = 32
MAX_CODE_CHARACTERS = 4096
UNANSWERED = {"refusal": Refusal.UNAVAILABLE.value}
"""What an event says while the provider is requested, and from then on if this process ends before the answer."""
CLAIMS = json.dumps({"id_token": {"auth_time": {"essential": True}}})
"""What is requested beyond the scopes (OpenID Connect Core 1.0, 5.5): the time of authentication."""


@dataclass(frozen=True)
class OpenSignIn:
    """A sign-in for which the browser is at the provider.

    Attributes:
        attempt: the primary key of its event.
        account: whose session re-authenticates; None for a sign-in.
        carried: the form that the sign-in page carried, as the desk has encrypted it.
    """

    nonce: str
    verifier: str
    started_at: float
    attempt: int
    next_url: str
    carried: str
    account: int | None

    @property
    def is_open(self) -> bool:
        return 0 <= time.time() - self.started_at < OPEN_SECONDS

    def claim_event(self) -> AccountEvent | None:
        """Return the event for the first response alone: of two that arrive at once, one goes on with it."""
        events = AccountEvent.objects.filter(pk=self.attempt, type=EventType.PROVIDER_FAILED)
        is_claimed = events.filter(detail={}).update(detail=UNANSWERED)
        return events.first() if is_claimed else None


def begin(
    request: HttpRequest,
    provider: ProviderSettings,
    *,
    redirect_uri: str,
    next_url: str = "",
    carried: str = "",
    reauthenticates: bool = False,
) -> str:
    """Store a sign-in in the session; return the address at the provider where it goes on.

    Args:
        redirect_uri: the address of this site that the provider sends the browser back to, as registered there.
        reauthenticates: whether the user of the session re-authenticates; the provider asks even if it knows them.

    Raises:
        TooManyAttempts: a limit is reached.
        SignInRefused: the provider does not answer.
    """
    attempt = begin_provider_attempt(request)
    try:
        endpoint = read_metadata(provider).authorization_endpoint
    except ProviderUnavailable as error:
        raise _unavailable(error, attempt) from error
    state, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
    account = request.user.pk if reauthenticates else None
    sign_in = OpenSignIn(nonce, verifier, time.time(), attempt.pk, next_url, carried, account)
    others = list(request.session.get(SESSION_KEY, {}).items())[1 - MAX_OPEN :]
    request.session[SESSION_KEY] = dict([*others, (state, asdict(sign_in))])
    _limit_session(request)
    query = _authorization_query(provider, sign_in, state) | {"redirect_uri": redirect_uri}
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def _limit_session(request: HttpRequest) -> None:
    """Let the session of a stranger, which may hold a form, end soon, and delete those that have ended."""
    if USER_KEY not in request.session:
        request.session.set_expiry(OPEN_SECONDS)
    DeskSession.objects.filter(account=None, expire_date__lte=timezone.now()).delete()


def _authorization_query(provider: ProviderSettings, sign_in: OpenSignIn, state: str) -> dict[str, str]:
    digest = hashlib.sha256(sign_in.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": sign_in.nonce,
        "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "ui_locales": get_language() or "en",
        "claims": CLAIMS,
    }
    return {**query, "prompt": "login", "max_age": "0"} if sign_in.account else query


def take_open(request: HttpRequest) -> OpenSignIn | None:
    """Return the sign-in that the state of a response belongs to, for the one time that it is taken."""
    sign_ins = request.session.get(SESSION_KEY, {})
    values = sign_ins.get(request.GET.get("state", ""))
    if not values:
        return None
    request.session[SESSION_KEY] = {
        state: others for state, others in sign_ins.items() if others is not values
    }
    return OpenSignIn(**values)


def read_response(
    request: HttpRequest, provider: ProviderSettings, sign_in: OpenSignIn, *, redirect_uri: str
) -> tuple[dict, AccountEvent]:
    """Return the claims of the person whom the provider sends back, and the event. Raises SignInRefused."""
    attempt = sign_in.claim_event() if sign_in.is_open else None
    if not attempt:
        raise SignInRefused(Refusal.EXPIRED)
    code = request.GET.get("code", "")
    try:
        _check_issuer(request, provider)
        if "error" in request.GET:
            logger.warning("The provider sent somebody back: %s", describe_error(request.GET["error"]))
        if "error" in request.GET or not 0 < len(code) <= MAX_CODE_CHARACTERS:
            raise refuse(attempt, Refusal.DENIED)
        id_token = exchange_code(provider, code, redirect_uri=redirect_uri, verifier=sign_in.verifier)
        return read_id_token(id_token, provider, nonce=sign_in.nonce), attempt
    except ProviderUnavailable as error:
        raise _unavailable(error, attempt) from error
    except (CodeRefused, TokenRefused) as error:
        logger.warning("A sign-in through the provider was refused: %s", error)
        raise refuse(attempt, Refusal.INVALID) from error


def _check_issuer(request: HttpRequest, provider: ProviderSettings) -> None:
    """Raise TokenRefused if the response is that of another provider (RFC 9207)."""
    issuer = request.GET.get("iss", "" if read_metadata(provider).names_issuer else provider.issuer)
    if not constant_time_compare(issuer, provider.issuer):
        raise TokenRefused("the response names another issuer")


def _unavailable(error: ProviderUnavailable, attempt: AccountEvent) -> SignInRefused:
    logger.error("The OpenID provider cannot be used: %s", error)
    return refuse(attempt, Refusal.UNAVAILABLE)


def sign_out_url(request: HttpRequest, *, return_url: str) -> str:
    """Return the address that ends the session at the provider too, or "" if the session is not from there."""
    provider = current_provider()
    if not provider or request.session.get(ISSUER_KEY) != provider.issuer:
        return ""
    try:
        endpoint = read_metadata(provider).end_session_endpoint
    except ProviderUnavailable:
        return ""
    query = {"client_id": provider.client_id, "post_logout_redirect_uri": return_url}
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}" if endpoint else ""
