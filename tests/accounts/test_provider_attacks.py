"""Attacks on signing in through a provider: false tokens, codes and states, and answers that a client must not follow."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from joserfc import jwk

from accounts import id_tokens, provider_requests
from accounts.models import AccountEvent, EventType, ProviderIdentity
from accounts.provider_settings import is_allowed_url
from tests.accounts.test_provider_sign_in import START, error_of, is_signed_in, sign_in, start
from tests.openid_provider import CLIENT_ID, Provider

pytestmark = pytest.mark.django_db

RETURN = f"{START}return/"
INVALID = "is not valid for this sign-in"
HOUR = 3600


def state_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


def assert_refused(client: Client, page, text: str = INVALID) -> None:
    assert page.status_code == 403 and text in error_of(page)
    assert not is_signed_in(client)
    assert not ProviderIdentity.objects.exists()


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
    ],
    ids=json.dumps,
)
def test_a_token_with_a_false_claim_is_refused(client, provider, ann, falsified):
    provider.falsified = falsified

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


def test_unknown_keys_do_not_make_requests_without_end(client, provider, ann):
    provider.header["kid"] = "unknown"
    for _ in range(3):
        sign_in(client, provider)

    assert provider.requests.count("GET /jwks") == 1


@pytest.mark.parametrize("falsified", [{}, {"nonce": "another"}], ids=["valid", "refused"])
def test_a_response_counts_once(client, provider, ann, falsified):
    path, provider.falsified = provider.authorize(start(client)), falsified
    client.get(path)
    client.get(path)
    client.post("/desk/logout/")

    page = client.get(path)

    assert "another browser, too long ago, or is finished" in error_of(page) and not is_signed_in(client)
    assert len(provider.token_requests) == 1


def test_a_code_that_was_used_elsewhere_is_refused(client, provider, ann):
    url = start(client)
    path = provider.authorize(url)
    provider.codes.clear()

    assert_refused(client, client.get(path))


def test_a_code_of_another_sign_in_is_refused_by_its_verifier(client, provider, ann):
    """Somebody puts the code of another person into their own response: PKCE and nonce are those of one browser."""
    victim_path = provider.authorize(start(Client()))
    code = parse_qs(urlsplit(victim_path).query)["code"][0]
    url = start(client)

    page = client.get(f"{RETURN}?{urlencode({'code': code, 'state': state_of(url)})}")

    assert_refused(client, page)


def test_the_state_of_another_browser_signs_nobody_in(client, provider, ann):
    path = provider.authorize(start(Client()))

    assert_refused(client, client.get(path), "another browser")
    assert provider.token_requests == []


@pytest.mark.parametrize(
    "query", ["", "state=", "state=x", "code=x", "state=x&state=y", "state=%00", "error=x", "state=é"]
)
def test_a_response_without_its_state_is_refused(client, provider, ann, query):
    start(client)

    page = client.get(f"{RETURN}?{query}")

    assert page.status_code in (400, 403)
    assert provider.token_requests == [] and not is_signed_in(client)


@pytest.mark.parametrize("answer", [{"error": "access_denied"}, {}, {"code": ""}, {"code": "x" * 5000}])
def test_a_person_who_is_refused_there_is_not_signed_in_here(client, provider, ann, answer):
    url = start(client)

    page = client.get(f"{RETURN}?{urlencode({'state': state_of(url), **answer})}")

    assert_refused(client, page, "signed nobody in")
    assert provider.token_requests == []


def test_the_response_of_another_provider_is_refused(client, provider, ann):
    path = provider.authorize(start(client))

    assert_refused(client, client.get(f"{path}&iss=https%3A%2F%2Fevil.example"))
    assert provider.token_requests == []


def test_a_provider_that_names_itself_in_responses_must_do_so(client, provider, ann):
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    assert_refused(client, client.get(provider.authorize(start(client))))

    client.get(f"{provider.authorize(start(client))}&{urlencode({'iss': provider.issuer})}")

    assert is_signed_in(client)


def test_a_response_that_comes_too_late_is_refused(client, provider, ann, monkeypatch):
    path = provider.authorize(start(client))
    monkeypatch.setattr("accounts.provider_sign_ins.OPEN_SECONDS", 0)

    assert_refused(client, client.get(path), "too long ago")


def test_only_a_few_sign_ins_of_a_browser_are_open(client, provider, ann):
    paths = [provider.authorize(start(client)) for _ in range(6)]

    assert_refused(client, client.get(paths[0]), "too long ago")
    client.get(paths[1])
    assert is_signed_in(client)


def test_a_page_of_another_site_starts_no_sign_in(provider):
    client = Client(enforce_csrf_checks=True)

    assert client.post(START).status_code == 403
    assert client.get(START).status_code == 405
    assert provider.requests == []


def test_the_way_back_leads_nowhere_else(client, provider, ann):
    response = sign_in(client, provider, next="https://evil.example/")

    assert response["Location"] == "/desk/"


def test_the_session_gets_a_new_key(client, provider, ann):
    url = start(client)
    before = client.session.session_key
    client.get(provider.authorize(url))

    assert client.session.session_key != before


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "value", [None, 1, "", "http://169.254.169.254/", "file:///etc/passwd", "http://a:b@127.0.0.1/", "//x"]
)
def test_an_endpoint_that_is_not_by_https_is_never_requested(client, provider, name, value):
    provider.metadata[name] = value

    page = client.post(START)

    assert "does not answer as it should" in error_of(page)
    assert provider.requests == ["GET /.well-known/openid-configuration"]


@pytest.mark.parametrize(
    ("url", "issuer", "is_allowed"),
    [
        ("https://login.example/token", "https://login.example", True),
        ("https://other.example/token", "https://login.example", True),
        ("http://127.0.0.1:1/token", "https://login.example", False),
        ("http://127.0.0.1:1/token", "http://127.0.0.1:1", True),
        ("http://[::1]:1/token", "http://127.0.0.1:1", True),
        ("http://127.0.0.1.evil.example/", "http://127.0.0.1:1", False),
        ("http://10.0.0.1/", "http://127.0.0.1:1", False),
        ("https://login.example:99999/", "https://login.example", False),
        ("https://login.example/#x", "https://login.example", False),
        ("https://login.example/\r\nX: y", "https://login.example", False),
    ],
)
def test_which_addresses_may_be_requested(url, issuer, is_allowed):
    assert is_allowed_url(url, issuer=issuer) == is_allowed


def test_metadata_of_another_issuer_are_refused(client, provider):
    provider.metadata["issuer"] = "https://evil.example"

    assert "does not answer as it should" in error_of(client.post(START))


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize(
    "answer",
    [
        (302, {"Location": "/elsewhere"}, b""),
        (200, {}, b"[" * 100_000),
        (200, {}, b"null"),
        (200, {}, b"{}"),
        (200, {}, b"\xff"),
        (200, {"Content-Encoding": "gzip"}, b"x"),
        (500, {}, b""),
    ],
    ids=["redirect", "deep", "null", "empty", "bytes", "gzip", "error"],
)
def test_an_answer_that_is_none_is_refused_with_a_sentence(client, provider, ann, path, answer):
    provider.answers[path] = answer

    page = client.post(START)
    if page.status_code == 200:
        page = sign_in(client, provider)

    assert_refused(client, page, "does not answer as it should")
    assert "GET /elsewhere" not in provider.requests


def test_an_answer_that_is_too_large_is_given_up(client, provider):
    provider.metadata["padding"] = "x" * provider_requests.MAX_RESPONSE_BYTES

    assert_refused(client, client.post(START), "does not answer as it should")


def test_an_answer_that_comes_byte_by_byte_is_given_up(client, provider, ann, monkeypatch):
    monkeypatch.setattr(provider_requests, "CONNECT_SECONDS", 0.001)
    monkeypatch.setattr(provider_requests, "RESPONSE_SECONDS", -0.001)
    monkeypatch.setattr("urllib3.Timeout", lambda **_limits: 5)

    assert_refused(client, client.post(START), "does not answer as it should")


def test_a_provider_that_does_not_answer_is_not_asked_at_once_again(client, provider):
    provider.answers["/.well-known/openid-configuration"] = (500, {}, b"")
    client.post(START)
    client.post(START)

    assert len(provider.requests) == 1


def test_metadata_and_keys_are_kept(client, provider, ann):
    for _ in range(3):
        sign_in(Client(), provider)

    assert sorted(provider.requests) == [
        "GET /.well-known/openid-configuration", "GET /jwks", *["POST /token"] * 3
    ]  # fmt: skip


def test_the_secret_is_sent_as_the_provider_takes_it(client, provider, ann):
    sign_in(client, provider)
    provider_requests.clear_cache()
    provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    sign_in(Client(), provider)

    first, second = provider.token_requests
    assert "client_secret" not in first
    assert second["client_id"] == CLIENT_ID and second["client_secret"]


def test_no_secret_is_in_events_or_in_the_log(client, provider, ann, caplog):
    provider.falsified = {"nonce": "another"}
    sign_in(client, provider)

    said = caplog.text + json.dumps(list(AccountEvent.objects.values_list("detail", flat=True)))
    fields = provider.token_requests[0]
    assert "another nonce" in said
    assert [
        value for value in (fields["code"], fields["code_verifier"], provider.id_token) if value in said
    ] == []
    assert AccountEvent.objects.get(type=EventType.PROVIDER_FAILED).detail == {"refusal": "invalid"}


def test_a_provider_that_lies_about_its_type_makes_no_error(client, provider: Provider, ann):
    provider.published = [{"kty": "EC"}, "x", None, {"kty": "RSA", "n": "!", "e": 1}]

    page = sign_in(client, provider)

    assert page.status_code == 403 and not is_signed_in(client)
