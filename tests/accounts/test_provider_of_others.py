"""The whole way with an OpenID provider that others wrote: registration, sign-in, roles, refusal, sign-out."""

import json
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode, urlsplit

import oidc_provider_mock
import pytest
import urllib3
from django.test import Client
from lxml import html

from accounts import provider_requests
from accounts.models import ProviderIdentity
from accounts.provider_settings import read_provider
from tests.openid_provider import EMAIL, SETTINGS, is_signed_in, roles_of, start

pytestmark = pytest.mark.django_db

RETURN_URL = "http://localhost/desk/login/provider/return/"


class ProviderOfOthers:
    """The provider as administrators and people use it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.pool = urllib3.PoolManager()

    def register(self, redirect_uri: str) -> dict:
        response = self.pool.request(
            "POST", f"{self.issuer}/oauth2/clients", json={"redirect_uris": [redirect_uri]}
        )
        return response.json()

    def set_person(self, subject: str, **claims) -> None:
        assert self.pool.request("PUT", f"{self.issuer}/users/{subject}", json=claims).status == 204

    def sign_in(self, url: str, **fields) -> str:
        """Sign in at the address that the browser is sent to; return the path that it is sent back to."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        response = self.pool.request("POST", url, body=urlencode(fields), headers=headers, redirect=False)
        assert response.status == 302, response.data
        assert response.headers["Location"].startswith(RETURN_URL)
        parts = urlsplit(response.headers["Location"])
        return f"{parts.path}?{parts.query}"


@pytest.fixture
def others(settings, monkeypatch) -> Iterator[ProviderOfOthers]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    provider_requests.clear_cache()
    settings.SITE_URL = "http://localhost"
    with oidc_provider_mock.run_server_in_thread(
        require_client_registration=True, require_nonce=True
    ) as server:
        others = ProviderOfOthers(f"http://localhost:{server.server_port}")
        client = others.register(RETURN_URL)
        values = {"client_id": client["client_id"], "client_secret": client["client_secret"]}
        settings.OIDC_PROVIDER = read_provider(others.issuer, **{**SETTINGS, **values})
        yield others
        others.pool.clear()


def test_somebody_signs_in_gets_roles_loses_them_and_signs_out(client, others, ann):
    others.set_person("ann", email=EMAIL, email_verified=True, groups=["/desk/editors"])

    response = client.get(others.sign_in(start(client, next="/desk/help/"), sub="ann"))

    assert response.status_code == 302 and response["Location"] == "/desk/help/"
    assert is_signed_in(client) and roles_of(ann) == ["Editors"]
    assert ProviderIdentity.objects.get().subject == "ann"

    page = client.post("/desk/logout/")
    (link,) = html.fromstring(page.text).xpath("//a[starts-with(@href, 'http')]/@href")
    assert others.pool.request("GET", link).status == 200

    others.set_person("ann", email=EMAIL, email_verified=True, groups=["/staff"])
    refused = Client().get(others.sign_in(start(client), sub="ann"))
    assert refused.status_code == 403
    refused = client.get(others.sign_in(start(client), sub="ann"))
    assert "None of your groups" in unescape(refused.text) and roles_of(ann) == []


def test_somebody_who_declines_there_is_not_signed_in_here(client, others, ann):
    page = client.get(others.sign_in(start(client), action="deny"))

    assert page.status_code == 403 and "signed nobody in" in page.text


def test_a_code_that_was_used_is_refused_by_the_provider(client, others, ann):
    others.set_person("ann", email=EMAIL, email_verified=True, groups=["/desk/editors"])
    path = others.sign_in(start(client), sub="ann")
    sign_ins = json.loads(json.dumps(client.session["provider_sign_ins"]))
    client.get(path)
    client.post("/desk/logout/")
    session = client.session
    session["provider_sign_ins"] = sign_ins
    session.save()

    page = client.get(path)

    assert page.status_code == 403 and not is_signed_in(client)
