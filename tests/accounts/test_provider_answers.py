"""Answers of a provider that a client must not follow, and how often it is requested."""

import json
import socket
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts import provider_requests
from accounts.models import AccountEvent, EventType
from accounts.provider_requests import ProviderUnavailable, read_metadata
from accounts.provider_settings import is_allowed_url
from tests.openid_provider import (
    CLIENT_ID,
    START,
    Provider,
    assert_refused,
    assert_unavailable,
    is_signed_in,
    sign_in,
    start,
)

pytestmark = pytest.mark.django_db

RETURN = f"{START}return/"
HOUR = 3600


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "value", [None, 1, "", "http://169.254.169.254/", "file:///etc/passwd", "http://a:b@127.0.0.1/", "//x"]
)
def test_an_endpoint_that_is_not_by_https_is_never_requested(client, provider, name, value):
    provider.metadata[name] = value

    page = client.post(START)

    assert_unavailable(client, page)
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

    assert_unavailable(client, client.post(START))


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

    assert_unavailable(client, page)
    assert "GET /elsewhere" not in provider.requests


def test_an_answer_that_is_too_large_is_given_up(client, provider):
    provider.metadata["padding"] = "x" * provider_requests.MAX_RESPONSE_BYTES

    assert_unavailable(client, client.post(START))


def test_an_answer_that_comes_byte_by_byte_is_given_up(client, provider, ann, monkeypatch):
    monkeypatch.setattr(provider_requests, "CONNECT_SECONDS", 0.001)
    monkeypatch.setattr(provider_requests, "RESPONSE_SECONDS", -0.001)
    monkeypatch.setattr("urllib3.Timeout", lambda **_limits: 5)

    assert_unavailable(client, client.post(START))


def drip(connection: socket.socket) -> None:
    """Send the header of an answer one byte at a time, without end."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)


def test_a_header_that_comes_byte_by_byte_is_given_up(provider, settings, monkeypatch):
    """Each byte is in time for the limit of one reading."""
    monkeypatch.setattr(provider_requests, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(provider_requests, "RESPONSE_SECONDS", 0.1)
    failure = Future()

    def read() -> None:
        with pytest.raises(ProviderUnavailable) as raised:
            read_metadata(replace(settings.OIDC_PROVIDER, issuer=f"http://127.0.0.1:{port}"))
        failure.set_result(raised.value)

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=lambda: drip(server.accept()[0]), daemon=True).start()
        threading.Thread(target=read, daemon=True).start()

        assert "takes too long" in str(failure.result(timeout=10))


def test_requests_that_never_end_are_few(provider, settings, monkeypatch):
    monkeypatch.setattr(provider_requests, "_slots", threading.BoundedSemaphore(1))
    monkeypatch.setattr(provider_requests, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(provider_requests, "RESPONSE_SECONDS", 0.1)
    provider_requests._slots.acquire()

    with pytest.raises(ProviderUnavailable, match="other requests"):
        read_metadata(settings.OIDC_PROVIDER)

    assert provider.requests == []


def test_a_thread_that_cannot_be_started_takes_no_place(provider, settings, monkeypatch):
    class Refused(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    slots = threading.BoundedSemaphore(1)
    monkeypatch.setattr(provider_requests, "_slots", slots)
    monkeypatch.setattr(provider_requests, "Thread", Refused)
    with pytest.raises(ProviderUnavailable, match="no thread"):
        read_metadata(settings.OIDC_PROVIDER)

    assert slots.acquire(blocking=False)


def test_a_provider_that_does_not_answer_is_not_requested_at_once_again(client, provider):
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


@pytest.mark.parametrize("keys", [[], {}, None, [{"kty": "oct", "k": "AA"}]], ids=json.dumps)
def test_a_set_without_usable_keys_is_not_kept(client, provider, ann, keys):
    provider.answers["/jwks"] = (200, {}, json.dumps({"keys": keys}).encode())
    assert_unavailable(client, sign_in(client, provider))
    provider.answers.clear()

    sign_in(client, provider)

    assert is_signed_in(client)


def test_a_set_without_usable_keys_does_not_replace_those_that_are_kept(client, provider, ann, monkeypatch):
    sign_in(Client(), provider)
    monkeypatch.setattr(provider_requests, "NEW_KEYS_SECONDS", -1)
    provider.answers["/jwks"] = (200, {}, b'{"keys": []}')
    provider.header["kid"] = "unknown"
    sign_in(Client(), provider)
    provider.header["kid"] = "one"

    sign_in(client, provider)

    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b'{"error": "invalid_client", "error_description": "secret"}', "status 401, invalid_client"),
        (400, b'{"error": "unauthorized_client"}', "status 400, unauthorized_client"),
        (429, b"slow down", "status 429, no error code"),
        (400, b'{"error": "a\\nb"}', "status 400, no error code"),
        (400, b'{"error": ["invalid_grant"]}', "status 400, no error code"),
        (403, b"\xff", "status 403, no error code"),
    ],
)
def test_a_fault_of_the_settings_is_not_one_of_the_user(client, provider, ann, caplog, status, body, said):
    provider.answers["/token"] = (status, {}, body)

    page = sign_in(client, provider)

    assert_unavailable(client, page)
    assert said in caplog.text and "secret" not in caplog.text


def test_the_reason_of_a_refused_code_is_logged(client, provider, ann, caplog):
    provider.answers["/token"] = (400, {}, b'{"error": "invalid_grant", "error_description": "secret"}')

    assert_refused(client, sign_in(client, provider))

    assert "invalid_grant" in caplog.text and "secret" not in caplog.text


@pytest.mark.parametrize(
    ("error", "said"), [("invalid_scope", "invalid_scope"), ("a\nb", "no error code"), ("", "no error code")]
)
def test_the_error_that_a_browser_comes_back_with_is_logged(client, provider, ann, caplog, error, said):
    (state,) = parse_qs(urlsplit(start(client)).query)["state"]

    page = client.get(RETURN, {"state": state, "error": error, "error_description": "secret"})

    assert_refused(client, page, "signed nobody in")
    assert f"sent somebody back: {said}" in caplog.text and "secret" not in caplog.text


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

    assert_unavailable(client, page)
