"""ID tokens: signature and claims are checked before anything in them is used (OpenID Connect Core 1.0, 3.1.3.7).

The algorithms are pinned to those with a public key, so neither a token without a signature nor one that is signed with
the public key as if it were a shared secret is accepted. `joserfc` is optional (requirements/sso.in).
"""

import time

from django.utils.crypto import constant_time_compare

from .provider_requests import read_keys
from .provider_settings import ProviderSettings

ALGORITHMS = ("RS256", "PS256", "ES256")
CLOCK_SKEW = 60  # seconds
MAX_TOKEN_CHARACTERS = 64 * 1024
MAX_SUBJECT_CHARACTERS = 255


class TokenRefused(Exception):
    """An ID token is not for this sign-in. The message is for the log."""


def read_id_token(token: str, provider: ProviderSettings, *, nonce: str) -> dict:
    """Return the claims of an ID token. Raises TokenRefused or ProviderUnavailable."""
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise TokenRefused("too long")
    claims = _verify_signature(token, provider)
    _check_claims(claims, provider, nonce)
    return claims


def is_fresh(claims: dict, since: float) -> bool:
    """Return whether the person showed at the provider who they are after a time in seconds since 1970."""
    shown_at = auth_time_of(claims)
    return shown_at is not None and shown_at >= since - CLOCK_SKEW


def auth_time_of(claims: dict) -> float | None:
    """Return when the person showed at the provider who they are, or None if it says no time that can be."""
    value, now = claims.get("auth_time"), time.time()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(min(value, now)) if is_number and 0 <= value <= now + CLOCK_SKEW else None


def _verify_signature(token: str, provider: ProviderSettings) -> dict:
    from joserfc import jwt
    from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError

    try:
        try:
            return jwt.decode(token, read_keys(provider), algorithms=ALGORITHMS).claims
        except (InvalidKeyIdError, BadSignatureError):  # a new key may have the former name, or none
            keys = read_keys(provider, is_key_unknown=True)
            return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise TokenRefused(f"signature: {type(error).__name__}") from error


def _check_claims(claims: dict, provider: ProviderSettings, nonce: str) -> None:
    from joserfc.errors import JoseError
    from joserfc.jwt import JWTClaimsRegistry

    registry = JWTClaimsRegistry(
        leeway=CLOCK_SKEW,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        registry.validate(claims)
    except (JoseError, ValueError, TypeError, OverflowError) as error:
        raise TokenRefused(f"claims: {error}") from error
    sent = claims.get("nonce")
    if not (isinstance(sent, str) and sent.isascii() and constant_time_compare(sent, nonce)):
        raise TokenRefused("claims: another nonce")
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp", provider.client_id if len(audiences) == 1 else "")
    if party != provider.client_id:
        raise TokenRefused("claims: issued for another client")
    if len(claims["sub"]) > MAX_SUBJECT_CHARACTERS or not claims["sub"].isprintable():
        raise TokenRefused("claims: unusable subject")
