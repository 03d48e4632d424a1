"""Passkeys in a real browser, with its virtual authenticator: adding one, signing in, and what is refused."""

import json
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serve_site

pytestmark = pytest.mark.browser

SIGN_IN = "**/desk/login/passkey/"


@pytest.fixture(scope="module")
def site(prepared_site, tmp_path_factory):
    """A site whose address is a name, as passkeys need it; it is reached at three, of which only one is its own."""
    url = f"http://localhost:{prepared_site.variables['PORT']}"
    folder = tmp_path_factory.mktemp("passkeys") / "data"
    hosts = "localhost,127.0.0.1,lure.localhost"
    with serve_site(prepared_site, folder, "localhost", SITE_URL=url, ALLOWED_HOSTS=hosts) as site:
        yield site


@pytest.fixture
def desk(open_page, site):
    """A page with a security key in its browser, and the key's handle."""
    page = open_page("/desk/login/")
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    key = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return page, cdp, key


def type_password(page, site, username: str) -> None:
    page.goto("/desk/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", site.passwords[username])
    page.press("[name=password]", "Enter")


def add_passkey(page, name: str = "Blue key") -> None:
    page.goto("/desk/security/passkeys/add/")
    page.fill("[name=name]", name)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("from now on you sign in with it")).to_be_visible()


def sign_out(page) -> None:
    page.context.clear_cookies()
    page.goto("/desk/login/")


def passkey_button(page):
    return page.get_by_role("button", name="passkey")


def answers(page) -> list[tuple[dict, str]]:
    """Collect what the button sends: the fields of each form, and its cookies. It is sent on."""
    sent = []

    def keep(route):
        fields = {name: values[0] for name, values in parse_qs(route.request.post_data).items()}
        sent.append((fields, route.request.all_headers()["cookie"]))
        route.continue_()

    page.route(SIGN_IN, keep)
    return sent


def post_again(page, site, fields: dict, cookies: str) -> tuple[int, str]:
    """Post an answer once more, as somebody does who has recorded it with its cookies."""
    headers = {"Cookie": cookies, "Origin": site.url, "Referer": f"{site.url}/desk/login/"}
    request = page.context.browser.new_context().request
    response = request.post(f"{site.url}/desk/login/passkey/", form=fields, headers=headers, max_redirects=0)
    return response.status, response.text()


def test_a_passkey_signs_in_here_once_for_each_challenge_and_nowhere_else(desk, site):
    page, cdp, key = desk
    type_password(page, site, "editor")
    add_passkey(page)
    (credential,) = cdp.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    sign_out(page)

    # A page of another origin, as of somebody who lures people there
    page.goto(f"{site.url.replace('localhost', 'lure.localhost')}/desk/login/")
    passkey_button(page).click()
    expect(page.get_by_text("No passkey was used")).to_be_visible()

    # An address without a name, for which browsers have no passkeys
    page.goto(f"{site.url.replace('localhost', '127.0.0.1')}/desk/login/")
    page.wait_for_load_state("networkidle")
    expect(passkey_button(page)).to_be_hidden()

    type_password(page, site, "editor")
    expect(page.get_by_text("Now show your second factor")).to_be_visible()
    page.goto("/desk/")
    assert "/desk/login/" in page.url
    type_password(page, site, "editor")
    passkey_button(page).click()
    page.wait_for_url("**/desk/")

    sign_out(page)
    sent = answers(page)
    passkey_button(page).click()
    page.wait_for_url("**/desk/")
    fields, cookies = sent[0]

    status, text = post_again(page, site, fields, cookies)
    assert status == 403 and "was not accepted" in text

    altered = json.loads(fields["credential"])
    altered["response"]["signature"] = altered["response"]["signature"][:-6] + "AAAAAA"
    assert post_again(page, site, {**fields, "credential": json.dumps(altered)}, cookies)[0] == 403

    # A copy of the key that has counted less
    sign_out(page)
    cdp.send(
        "WebAuthn.removeCredential", {"authenticatorId": key, "credentialId": credential["credentialId"]}
    )
    cdp.send("WebAuthn.addCredential", {"authenticatorId": key, "credential": {**credential, "signCount": 0}})
    passkey_button(page).click()
    expect(page.get_by_text("was not accepted")).to_be_visible()
    page.goto("/desk/")
    assert "/desk/login/" in page.url


def test_without_scripts_the_code_of_the_app_and_the_printed_ones_are_the_second_step(open_page, site):
    page = open_page("/desk/login/", java_script_enabled=False)
    type_password(page, site, "administrator")
    page.goto("/desk/security/codes/")
    page.get_by_role("button", name="Make new codes").click()
    code = page.locator(".recovery-codes code").first.inner_text()
    sign_out(page)

    type_password(page, site, "administrator")
    page.fill("[name=code]", code)
    page.press("[name=code]", "Enter")

    page.wait_for_url("**/desk/")
    assert not page.locator("[data-passkey]").count()
