"""False ID tokens: claims, signatures and keys that a client must not believe."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from django.test import Client
from joserfc import jwk, jws

from accounts import id_tokens, provider_requests
from tests.openid_provider import (
    CLIENT_ID,
    START,
    assert_refused,
    is_signed_in,
    sign_in,
)

pytestmark = pytest.mark.django_db

RETURN = f"{START}return/"
HOUR = 3600


@pytest.mark.parametrize(
    "falsified",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["another"]},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"iss": ["http://127.0.0.1"]},
        {"aud": "another client"},
        {"aud": None},
        {"aud": []},
        {"aud": {CLIENT_ID: 1}},
        {"aud": [CLIENT_ID, "another client"]},
        {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
        {"azp": "another client"},
        {"exp": int(time.time()) - HOUR},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": int(time.time()) + HOUR},
        {"nbf": int(time.time()) + HOUR},
        {"sub": None},
        {"sub": ""},
        {"sub": 1},
        {"sub": "x" * 256},
        {"sub": "x\0"},
        {"sub": "x\ud800"},
        {"nonce": "\ud800"},
        {"exp": float("nan")},
        {"iat": float("inf")},
    ],
    ids="-".join,  # the same in each process: some values depend on the time
)
def test_a_token_with_a_false_claim_is_refused(client, provider, ann, falsified):
    provider.falsified = falsified

    assert_refused(client, sign_in(client, provider))


@pytest.mark.parametrize(
    "email", [None, "", 1, ["ann@university.example"], "ann\0@x.example", "\ud800@x.example", "ann"]
)
def test_a_false_address_links_nobody_and_makes_no_error(client, provider, ann, email):
    provider.falsified = {"email": email}

    assert_refused(client, sign_in(client, provider), "does not confirm your mail address")


@pytest.mark.parametrize(
    "value",
    [
        10**400,
        float("nan"),
        float("inf"),
        True,
        "1",
        -HOUR,
        -(10**400),
        time.time() * 1000,
        time.time() + HOUR,
    ],
    ids=["huge", "nan", "inf", "true", "text", "negative", "most negative", "milliseconds", "in an hour"],
)
def test_a_time_of_authentication_that_cannot_be_is_none(value):
    """Milliseconds, say, would be later than any request, so that each old session counted as recent."""
    assert id_tokens.auth_time_of({"auth_time": value}) is None
    assert not id_tokens.is_fresh({"auth_time": value}, time.time())


def test_the_clock_of_the_provider_may_be_a_little_ahead():
    now = time.time()

    assert now <= id_tokens.auth_time_of({"auth_time": int(now) + 30}) <= time.time()


def test_a_token_that_is_nested_without_end_is_refused(client, provider, ann):
    provider.sign = lambda _claims: jws.serialize_compact(
        provider.header, "[" * 20_000, provider.key, algorithms=["ES256"]
    )

    assert_refused(client, sign_in(client, provider))


def test_a_token_for_several_clients_is_accepted_if_it_names_this_one(client, provider, ann):
    provider.falsified = {"aud": [CLIENT_ID, "another client"], "azp": CLIENT_ID}

    sign_in(client, provider)

    assert is_signed_in(client)


def test_a_token_without_a_signature_is_refused(client, provider, ann):
    provider.header = {"alg": "none"}

    assert_refused(client, sign_in(client, provider))


@pytest.mark.parametrize("form", ["pem", "jwk"])
def test_the_public_key_is_no_shared_secret(client, provider, ann, form):
    public = (
        provider.key.as_pem(private=False) if form == "pem" else json.dumps(provider.published[0]).encode()
    )

    def sign(claims: dict) -> str:
        head = {"alg": "HS256", "kid": "one"}
        parts = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (head, claims)]
        mac = hmac.digest(public, b".".join(parts), hashlib.sha256)
        return b".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()

    provider.sign = sign

    assert_refused(client, sign_in(client, provider))


def test_a_shared_secret_among_the_keys_is_not_used(client, provider, ann):
    provider.key = jwk.generate_key("oct", 256, {"kid": "one"})
    provider.published.insert(0, provider.key.as_dict(private=True))
    provider.header = {"alg": "HS256", "kid": "one"}

    assert_refused(client, sign_in(client, provider))


def test_a_token_that_is_signed_with_another_key_is_refused(client, provider, ann):
    provider.key = jwk.generate_key("EC", "P-256", {"kid": "one", "use": "sig"})

    assert_refused(client, sign_in(client, provider))


def test_a_key_that_comes_with_the_token_is_not_used(client, provider, ann):
    provider.key = jwk.generate_key("EC", "P-256", {"kid": "one"})
    provider.header["jwk"] = provider.key.as_dict(private=False)

    assert_refused(client, sign_in(client, provider))


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "....", "é.é.é", "x" * (id_tokens.MAX_TOKEN_CHARACTERS + 1)]
)
def test_what_is_no_token_is_refused(client, provider, ann, token):
    provider.sign = lambda _claims: token

    assert_refused(client, sign_in(client, provider))


def test_a_new_key_of_the_provider_is_found(client, provider, ann, monkeypatch):
    sign_in(client, provider)
    monkeypatch.setattr(provider_requests, "NEW_KEYS_SECONDS", -1)
    provider.key = jwk.generate_key("RSA", 2048, {"kid": "two", "use": "sig"})
    provider.published.append(provider.key.as_dict(private=False))
    provider.header = {"alg": "RS256", "kid": "two"}

    second = Client()
    sign_in(second, provider)

    assert is_signed_in(second)


def test_a_new_key_without_a_name_of_its_own_is_found(client, provider, ann, monkeypatch):
    """A provider with one key need not name it, and some keep the name."""
    sign_in(client, provider)
    monkeypatch.setattr(provider_requests, "NEW_KEYS_SECONDS", -1)
    provider.key = jwk.generate_key("EC", "P-256", {"kid": "one", "use": "sig"})
    provider.published = [provider.key.as_dict(private=False)]

    second = Client()
    sign_in(second, provider)

    assert is_signed_in(second)


@pytest.mark.parametrize(
    "key",
    [{"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "x"}, {"kty": "OKP", "crv": "Ed25519", "x": "A", "kid": "x"},
     {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}, {"kid": "one"}, {"kty": ["EC"]}, {"kty": "RSA", "n": "AA", "e": "AA"},
     {"kty": "EC"}, "x", None],
    ids=json.dumps,
)  # fmt: skip
def test_a_key_that_is_not_understood_is_left_out(client, provider, ann, key):
    """RFC 7517, section 5: a provider may publish keys of kinds that come later."""
    provider.published.insert(0, key)

    sign_in(client, provider)

    assert is_signed_in(client)


def test_unknown_keys_do_not_make_requests_without_end(client, provider, ann):
    provider.header["kid"] = "unknown"
    for _ in range(3):
        sign_in(client, provider)

    assert provider.requests.count("GET /jwks") == 1
