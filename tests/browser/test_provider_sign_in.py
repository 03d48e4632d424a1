"""Single sign-on in a real browser: the way to a provider that others wrote, back to the desk, and out."""

import json

import oidc_provider_mock
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serve_site, sign_in

pytestmark = pytest.mark.browser

EMAIL = "ann@university.example"


@pytest.fixture(scope="module")
def provider():
    """The address of a provider with one person; it takes plain http only where the environment says so."""
    claims = {"email": EMAIL, "email_verified": True, "groups": ["/desk/editors"]}
    person = oidc_provider_mock.User(sub="ann", claims=claims)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        with oidc_provider_mock.run_server_in_thread(user_claims=[person]) as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def site(prepared_site, tmp_path_factory, provider):
    settings = {
        "SITE_URL": f"http://localhost:{prepared_site.variables['PORT']}",
        "OIDC_ISSUER": provider,
        "OIDC_CLIENT_ID": "desk",
        "OIDC_CLIENT_SECRET": "secret",
        "OIDC_NAME": "The University",
        "OIDC_ROLES": json.dumps({"/desk/editors": "Editors"}),
        "OIDC_LINK_BY_MAIL": "1",
    }
    with serve_site(
        prepared_site, tmp_path_factory.mktemp("provider") / "data", "localhost", **settings
    ) as site:
        yield site


def give_address(open_page, site) -> None:
    """Let the editor have the mail address that the provider confirms."""
    page = open_page("/desk/login/")
    sign_in(page, site, "administrator")
    page.goto("/desk/auth/user/?q=editor")
    page.get_by_role("link", name="editor", exact=True).click()
    page.fill("[name=email]", EMAIL)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_somebody_signs_in_with_the_university_and_signs_out_at_both(open_page, site, provider, has_scripts):
    give_address(open_page, site)
    page = open_page("/desk/login/?next=/desk/help/", java_script_enabled=has_scripts)

    page.get_by_role("button", name="Sign in with The University").click()
    page.wait_for_url(f"{provider}/oauth2/authorize?**")
    page.get_by_role("button", name="ann").click()
    page.wait_for_url(f"{site.url}/desk/help/")
    page.goto("/desk/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("link", name="Sign out at The University too").click()

    page.wait_for_url(f"{provider}/**")
    page.goto(f"{site.url}/desk/")
    expect(page.get_by_role("button", name="Sign in with The University")).to_be_visible()
