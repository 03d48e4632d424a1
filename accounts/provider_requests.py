"""Requests to the OpenID provider: its metadata and keys, kept for an hour, and the exchange of a code.

Only addresses that the configured issuer names are requested, by https (by http on this machine, in tests). No redirect
is followed, and size and time of a response are limited. `urllib3` and `joserfc` are optional (requirements/sso.in), so
they are imported where they are used.
"""

import json
import re
import time
from base64 import b64encode
from concurrent.futures import Future
from dataclasses import dataclass
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlencode

from .provider_settings import ProviderSettings, is_allowed_url

if TYPE_CHECKING:
    from joserfc.jwk import Key, KeySet

MAX_RESPONSE_BYTES = 256 * 1024
CONNECT_SECONDS = 3
RESPONSE_SECONDS = 5
MAX_REQUESTS = 8  # at once
CACHE_SECONDS = 60 * 60
FAILURE_SECONDS = 10
"""How long a provider that did not answer is not asked again for its metadata."""
NEW_KEYS_SECONDS = 60
"""How often at most keys are read again because a token names one that is not known."""
KEY_TYPES = ("RSA", "EC")
ERROR_CODE = re.compile(r"[a-z_]{1,50}")


class ProviderUnavailable(Exception):
    """The provider does not answer, or not as the specification says. The message is for the log."""


class CodeRefused(Exception):
    """The provider refuses a code: it was used before, is too old, or belongs to another sign-in."""


@dataclass(frozen=True)
class ProviderMetadata:
    """What the provider says about itself (OpenID Connect Discovery 1.0, section 3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    takes_secret_in_body: bool
    names_issuer: bool


_metadata: dict[str, tuple[float, ProviderMetadata | None]] = {}
_keys: dict[str, tuple[float, "KeySet"]] = {}
_slots = BoundedSemaphore(MAX_REQUESTS)


def clear_cache() -> None:
    _metadata.clear()
    _keys.clear()


def read_metadata(provider: ProviderSettings) -> ProviderMetadata:
    """Return the metadata of the provider. Raises ProviderUnavailable, and for some seconds without a request."""
    now = time.monotonic()
    read_at, metadata = _metadata.get(provider.issuer, (0.0, None))
    if metadata and now - read_at < CACHE_SECONDS:
        return metadata
    if read_at and not metadata and now - read_at < FAILURE_SECONDS:
        raise ProviderUnavailable("it did not answer some seconds ago")
    try:
        metadata = _fetch_metadata(provider)
    except ProviderUnavailable:
        _metadata[provider.issuer] = (now, None)
        raise
    _metadata[provider.issuer] = (now, metadata)
    return metadata


def read_keys(provider: ProviderSettings, *, is_key_unknown: bool = False) -> "KeySet":
    """Return the keys of the provider for signatures. Raises ProviderUnavailable if none can be read.

    Args:
        is_key_unknown: whether a token names a key that is not among those kept: the provider may have new ones.
    """
    now, url = time.monotonic(), read_metadata(provider).jwks_uri
    read_at, keys = _keys.get(url, (0.0, None))
    if not keys or now - read_at > (NEW_KEYS_SECONDS if is_key_unknown else CACHE_SECONDS):
        keys = _import_keys(_read_json(*_request("GET", url)))
        _keys[url] = (now, keys)
    return keys


def _import_keys(values: dict) -> "KeySet":
    """Return the keys for signatures. Those for encryption, or not understood, are left out (RFC 7517, section 5)."""
    from joserfc.jwk import KeySet

    entries = values.get("keys")
    imported = map(_import_key, entries if isinstance(entries, list) else ())
    keys = [key for key in imported if key]
    if not keys:
        raise ProviderUnavailable("none of its keys can be read")
    return KeySet(keys)


def _import_key(entry: object) -> "Key | None":
    """Return a public key for signatures, or None."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or entry.get("kty") not in KEY_TYPES:
        return None
    try:
        return import_key(entry)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def exchange_code(provider: ProviderSettings, code: str, *, redirect_uri: str, verifier: str) -> str:
    """Return the ID token for a code. Raises CodeRefused or ProviderUnavailable."""
    metadata = read_metadata(provider)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if not provider.client_secret or metadata.takes_secret_in_body:
        secret = {"client_secret": provider.client_secret} if provider.client_secret else {}
        fields |= {"client_id": provider.client_id, **secret}
    else:
        headers["Authorization"] = _basic_authorization(provider)
    status, body = _request("POST", metadata.token_endpoint, headers=headers, body=urlencode(fields).encode())
    if 400 <= status < 500:
        raise _token_error(status, body)
    id_token = _read_json(status, body).get("id_token")
    if not isinstance(id_token, str):
        raise ProviderUnavailable("its answer has no ID token")
    return id_token


def _token_error(status: int, body: bytes) -> CodeRefused | ProviderUnavailable:
    """Return the error of a refused code. Only `invalid_grant` is about the code (RFC 6749, section 5.2)."""
    try:
        error = json.loads(body).get("error")
    except (ValueError, RecursionError, AttributeError):
        error = None
    if error == "invalid_grant":
        return CodeRefused("the provider answers invalid_grant")
    return ProviderUnavailable(f"it refuses to exchange a code: status {status}, {describe_error(error)}")


def describe_error(error: object) -> str:
    """Return an error code of OAuth for the log, if it is one."""
    return error if isinstance(error, str) and ERROR_CODE.fullmatch(error) else "no error code"


def _basic_authorization(provider: ProviderSettings) -> str:
    """Return the header with name and secret of the client (RFC 6749, section 2.3.1)."""
    pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def _fetch_metadata(provider: ProviderSettings) -> ProviderMetadata:
    url = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    values = _read_json(*_request("GET", url))
    if values.get("issuer") != provider.issuer:
        raise ProviderUnavailable(
            f"it names itself {str(values.get('issuer'))[:200]!r}, not as OIDC_ISSUER does"
        )
    endpoints = {name: values.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    for name, endpoint in endpoints.items():
        if not is_allowed_url(endpoint, issuer=provider.issuer):
            raise ProviderUnavailable(f"its {name} is missing or not by https")
    end_session, methods = (
        values.get("end_session_endpoint"),
        values.get("token_endpoint_auth_methods_supported"),
    )
    has_methods = isinstance(methods, list)
    return ProviderMetadata(
        **endpoints,
        end_session_endpoint=end_session if is_allowed_url(end_session, issuer=provider.issuer) else "",
        takes_secret_in_body=has_methods and "client_secret_basic" not in methods,
        names_issuer=values.get("authorization_response_iss_parameter_supported") is True,
    )


def _read_json(status: int, body: bytes) -> dict:
    if status != 200:
        raise ProviderUnavailable(f"it answers with status {status}")
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ProviderUnavailable("its answer is no JSON object")
    return values


def _request(
    method: str, url: str, *, headers: dict[str, str] | None = None, body: bytes | None = None
) -> tuple[int, bytes]:
    """Return status and body of a response, without following redirects.

    The limits of a connection are for each reading of it, so a header that comes byte by byte would last for days.
    Hence the request has a thread of its own, which is left to itself if it takes too long. There are few of these.
    """
    deadline = time.monotonic() + CONNECT_SECONDS + RESPONSE_SECONDS
    if not _slots.acquire(timeout=CONNECT_SECONDS):
        raise ProviderUnavailable("too many other requests wait for it")
    answer: Future[tuple[int, bytes]] = Future()

    def fetch() -> None:
        try:
            answer.set_result(_fetch(method, url, headers or {}, body, deadline))
        except BaseException as error:  # raised where the answer is awaited
            answer.set_exception(error)
        finally:
            _slots.release()

    try:
        Thread(target=fetch, name="openid-provider", daemon=True).start()
    except RuntimeError as error:  # the limit of threads or of memory
        _slots.release()
        raise ProviderUnavailable("no thread can be started for the request") from error
    try:
        return answer.result(timeout=deadline - time.monotonic())
    except TimeoutError as error:
        raise ProviderUnavailable("its answer takes too long") from error


def _fetch(
    method: str, url: str, headers: dict[str, str], body: bytes | None, deadline: float
) -> tuple[int, bytes]:
    import urllib3

    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=RESPONSE_SECONDS)
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
    try:
        with urllib3.PoolManager() as pool:
            response = pool.request(
                method, url, body=body, headers=sent, timeout=timeout, retries=False, redirect=False,
                preload_content=False, decode_content=False,
            )  # fmt: skip
            try:
                return response.status, _read_body(response, deadline)
            finally:
                response.close()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise ProviderUnavailable(f"it does not answer: {type(error).__name__}") from error


def _read_body(response, deadline: float) -> bytes:
    body = b""
    while chunk := response.read1(16 * 1024):
        body += chunk
        if len(body) > MAX_RESPONSE_BYTES:
            raise ProviderUnavailable(f"its answer has more than {MAX_RESPONSE_BYTES} bytes")
        if time.monotonic() > deadline:
            raise ProviderUnavailable("its answer takes too long")
    return body
