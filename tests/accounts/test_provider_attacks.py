"""Attacks on signing in through a provider: codes, states and responses of others, and pages of other sites."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from accounts.models import AccountEvent, EventType
from accounts.provider_requests import exchange_code
from tests.openid_provider import START, assert_refused, error_of, is_signed_in, sign_in, start

pytestmark = pytest.mark.django_db

RETURN = f"{START}return/"
HOUR = 3600


def state_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


@pytest.mark.parametrize("falsified", [{}, {"nonce": "another"}], ids=["valid", "refused"])
def test_a_response_counts_once(client, provider, ann, falsified):
    path, provider.falsified = provider.authorize(start(client)), falsified
    client.get(path)
    client.get(path)
    client.post("/desk/logout/")

    page = client.get(path)

    assert "another browser, too long ago, or is finished" in error_of(page) and not is_signed_in(client)
    assert len(provider.token_requests) == 1


def test_of_two_responses_at_once_one_signs_in_and_keeps_its_event(client, provider, ann, monkeypatch):
    """As by a browser that loads the page a second time while the code is exchanged."""
    path, second = provider.authorize(start(client)), Client()
    second.cookies = client.cookies.copy()
    pages = []

    def exchange_while_another_arrives(*args, **kwargs):
        if not pages:
            pages.append(None)
            pages[0] = second.get(path)
        return exchange_code(*args, **kwargs)

    monkeypatch.setattr("accounts.provider_sign_ins.exchange_code", exchange_while_another_arrives)
    client.get(path)

    assert pages[0].status_code == 403 and "is finished already" in error_of(pages[0])
    assert len(provider.token_requests) == 1
    assert [
        event.type for event in AccountEvent.objects.filter(type__in=("provider_failed", "signed_in"))
    ] == [EventType.SIGNED_IN]


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
