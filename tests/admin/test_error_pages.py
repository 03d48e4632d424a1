"""Error pages of the desk have its layout and a link back, also without a database."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from publications.models import SiteSettings
from sceeus.urls import urlpatterns as site_urlpatterns
from tests.factories import make_person

BACKEND = "django.contrib.auth.backends.ModelBackend"
SECRET = "a word of a secret draft"


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


def lose_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError(SECRET)


def refuse_space(request: HttpRequest) -> HttpResponse:
    raise OSError(28, SECRET)


urlpatterns = [
    path("desk/fails/", fail),
    path("desk/loses-its-database/", lose_database),
    path("desk/has-no-space/", refuse_space),
    *site_urlpatterns,
]
handler400 = "publications.views.bad_request"
handler403 = "publications.views.forbidden"
handler404 = "publications.views.not_found"
handler500 = "publications.views.server_error"


@pytest.fixture(autouse=True)
def _failing_pages(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def desk(client, db):
    SiteSettings.objects.update(short_name="ECFR")
    client.force_login(make_person("Linkers"), backend=BACKEND)
    client.raise_request_exception = False
    return client


def forged(client: Client) -> HttpResponse:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    return strict.post("/desk/links/", {"x": "1"})


ERRORS = {
    "a null byte": (400, lambda desk: desk.get("/desk/?q=%00")),
    "too many fields": (413, lambda desk: desk.post("/desk/login/", {f"f{n}": "" for n in range(2000)})),
    "more than any form": (413, lambda desk: desk.post("/desk/login/", CONTENT_LENGTH=str(10**9))),
    "not for this role": (403, lambda desk: desk.get("/desk/publications/author/")),
    "a forged form": (403, forged),
    "no such page": (404, lambda desk: desk.get("/desk/nothing/here/")),
    "no such publication": (404, lambda desk: desk.get("/desk/links/999999/")),
    "a failure": (500, lambda desk: desk.get("/desk/fails/")),
    "a failure of a form": (500, lambda desk: desk.post("/desk/fails/")),
    "no database": (503, lambda desk: desk.get("/desk/loses-its-database/")),
    "no space": (503, lambda desk: desk.get("/desk/has-no-space/")),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_has_the_layout_of_the_desk_and_a_link_back(desk, name):
    status, request = ERRORS[name]

    page = request(desk)

    assert page.status_code == status
    assert '<header class="masthead">' in page.text and 'href="/desk/"' in page.text
    assert "css/desk.css" in page.text and "css/public.css" not in page.text
    assert SECRET not in page.text


@pytest.mark.parametrize("name", sorted(set(ERRORS) - {"no database", "no space"}))
def test_an_error_page_has_the_menu_if_the_database_answers(desk, name):
    page = ERRORS[name][1](desk).text

    assert '<span class="wordmark__short">ECFR</span>' in page
    assert "Related links" in page and "Sign out" in page


@pytest.mark.parametrize("name", ERRORS)
def test_error_pages_are_translated(desk, name):
    desk.cookies["django_language"] = "sv"

    page = ERRORS[name][1](desk).text

    assert '<html lang="sv">' in page and "Redaktionen" in page
    assert "Something" not in page and " the " not in page


@pytest.mark.parametrize(
    "path", ["/desk/fails/", "/desk/loses-its-database/", "/desk/has-no-space/", "/desk/", "/desk/login/"]
)
def test_an_error_page_needs_no_database(client, path):
    client.raise_request_exception = False  # no mark for the database: whoever asks it fails

    page = client.get(path, headers={"Cookie": "sessionid=abcdefghijklmnop"})

    assert page.status_code in (500, 503)
    assert '<header class="masthead">' in page.text and 'href="/desk/"' in page.text


def test_an_error_page_links_to_the_page_before(desk):
    page = desk.get("/desk/fails/", headers={"Referer": "http://testserver/desk/links/?q=x"}).text

    assert 'href="/desk/links/?q=x"' in page


@pytest.mark.parametrize(
    "referer",
    [
        "https://evil.example/",
        'https://evil.example/desk" onclick=x/',
        "/en/",
        "javascript:alert(1)",
        "http://[",
        "//evil.example",
    ],
)
def test_an_error_page_links_only_to_addresses_of_the_desk(desk, referer):
    page = desk.get("/desk/fails/", headers={"Referer": referer}).text

    assert "evil.example" not in page and "javascript:" not in page and "onclick" not in page
    assert "Back to the page before" not in page


def test_the_error_page_of_a_form_says_what_happened_to_its_values(desk):
    assert "what you typed is still there" in desk.post("/desk/fails/").text
    assert "what you typed" not in desk.get("/desk/fails/").text


def test_an_error_page_has_no_menu_for_strangers(client, db):
    page = client.get("/desk/?q=%00").text

    assert '<header class="masthead">' in page
    assert "Sign out" not in page


def test_public_error_pages_are_unchanged(client, db):
    assert "css/desk.css" not in client.get("/en/nothing-here/").text
    assert "css/desk.css" not in client.get("/en/?q=%00").text
