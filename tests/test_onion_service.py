"""The onion service: `Onion-Location` on public pages, the same pages over plain http at the onion host, no desk."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from sceeus import service_urls
from sceeus.onion_service import OnionService
from tests.factories import make_live
from tests.page_caches import CachedClient

pytestmark = pytest.mark.django_db
ONION = "http://sceeusexample.onion"
HOST = "sceeusexample.onion"
SITE = "https://publications.example"


@pytest.fixture
def onion_site(settings):
    """A client of a site by https only with an onion service, and with a page cache."""
    settings.ONION_URL, settings.SITE_URL = ONION, SITE
    settings.BEHIND_TLS = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 1000
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS = ["publications.example", HOST]
    client = CachedClient()
    client.cache = OnionService(client.cache, onion_url=ONION, site_url=SITE)
    return client


def get_by_https(client, path: str, **headers: str):
    return client.get(path, host="publications.example", x_forwarded_proto="https", **headers)


def test_public_pages_name_their_address_at_the_onion_service(onion_site):
    make_live(title="Grain")

    first, stored = (get_by_https(onion_site, "/en/publications/?q=grain&order=date") for _ in range(2))

    assert (first.status, stored.cache_status) == (200, "pages; hit")
    for response in (first, stored):
        assert response.headers["Onion-Location"] == f"{ONION}/en/publications/?order=date&q=grain"
    assert get_by_https(onion_site, "/sv/författare/").headers["Onion-Location"].isascii()


@pytest.mark.parametrize(
    "path", ["/desk/login/", "/robots.txt", "/en/feeds/publications.atom", "/favicon.ico"]
)
def test_the_desk_and_files_name_no_onion_service(onion_site, path):
    response = get_by_https(onion_site, path)

    assert response.status == 200 and "Onion-Location" not in response.headers


def test_a_site_without_an_onion_service_names_none(client):
    assert "Onion-Location" not in client.get("/en/").headers


@pytest.mark.parametrize("is_first", [True, False])
def test_the_onion_host_has_the_pages_of_the_site(onion_site, is_first):
    path = make_live(title="Grain").get_absolute_url()
    if not is_first:
        get_by_https(onion_site, path)

    page = onion_site.get(path, host=HOST, x_forwarded_proto="http")
    of_the_site = get_by_https(onion_site, path)

    assert (page.status, of_the_site.cache_status) == (200, "pages; hit")
    assert page.body == of_the_site.body and f'<link rel="canonical" href="{SITE}{path}">' in page.text
    assert "Strict-Transport-Security" not in page.headers
    assert of_the_site.headers["Strict-Transport-Security"] == "max-age=1000"


@pytest.mark.parametrize(
    "path", ["/", "/en/publications/grain", "/en/publications/grain.bib", "/oai?verb=Identify"]
)
def test_nothing_leads_from_the_onion_host_to_https(onion_site, path):
    make_live(title="Grain", slug="grain")

    response = onion_site.get(path, host=f"{HOST}:80", x_forwarded_proto="http")

    assert response.status in (200, 301, 302)
    assert response.headers.get("Location", "/").startswith("/")


@pytest.mark.parametrize("path", ["/desk/", "/desk/login/", "/desk/review/abc/", "/admin/"])
def test_the_onion_host_has_no_desk(onion_site, path):
    response = onion_site.get(path, host=HOST, x_forwarded_proto="http")

    assert response.status == 404 and "Set-Cookie" not in response.headers
    assert onion_site.site.request_count == 0


def test_plain_http_at_the_site_itself_is_still_redirected(onion_site):
    response = onion_site.get("/en/", host="publications.example", x_forwarded_proto="http")

    assert (response.status, response.headers["Location"]) == (301, f"{SITE}/en/")


@pytest.mark.parametrize(
    "url", ["https://example.org", "ftp://a.onion", "a.onion", "http://a.onion/en/", "http://a.onion?x=1"]
)
def test_an_address_that_is_no_onion_service_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match=r"^ONION_URL .* http://NAME\.onion"):
        service_urls.parse_onion_url(url)


def test_an_onion_service_may_be_written_with_a_slash():
    assert service_urls.parse_onion_url("http://Abc.onion/") == "http://abc.onion"
