"""Other ways to reach the site: a page, a list and its signature."""

import shutil
import subprocess

import pytest
from django.core.exceptions import ImproperlyConfigured

from publications.minisign import SecretKey
from sceeus import service_urls

pytestmark = pytest.mark.django_db
KEY = SecretKey.generate()
ONION = "http://sceeusexample.onion"
MIRROR = "https://mirror.example/sceeus/"
PAGES = {"/en/other-addresses/": "Other ways to reach us", "/sv/andra-adresser/": "Andra vägar hit"}
LIST, SIGNATURE = "/.well-known/mirrors.txt", "/.well-known/mirrors.txt.minisig"


@pytest.fixture
def addresses(settings, tmp_path):
    settings.ONION_URL, settings.MIRROR_URLS = ONION, [MIRROR]
    settings.MIRRORS_SIGNATURE = tmp_path / "mirrors.txt.minisig"


@pytest.fixture
def server_key(settings, tmp_path):
    (tmp_path / "key").write_text(KEY.serialize())
    settings.SIGNING_KEY = str(tmp_path / "key")


@pytest.mark.parametrize("path", PAGES)
def test_the_page_lists_the_addresses_and_the_footer_leads_to_it(client, addresses, path):
    page = client.get(path).text

    assert f'<a href="{ONION}">' in page and f'<a href="{MIRROR}">' in page
    assert f'<a href="{path}">{PAGES[path]}</a>' in client.get(path[:4]).text
    assert "minisig" not in page and "<code>" not in page


def test_a_site_without_other_addresses_has_no_page_and_no_link(client):
    assert [client.get(path).status_code for path in (*PAGES, LIST, SIGNATURE)] == [404] * 4
    assert "other-addresses" not in client.get("/en/").text


def test_one_kind_of_address_is_enough(client, settings, addresses):
    settings.ONION_URL = ""

    assert "Tor Browser" not in client.get("/en/other-addresses/").text
    assert client.get(LIST).text.splitlines()[2:] == ["http://127.0.0.1:8000", MIRROR]


def test_the_list_is_signed_by_the_key_of_the_server(client, addresses, server_key, tmp_path):
    content, signature = client.get(LIST).content, client.get(SIGNATURE).text

    assert content.decode().splitlines()[2:] == ["http://127.0.0.1:8000", ONION, MIRROR]
    assert KEY.public.verify([content], signature) == "mirrors.txt of http://127.0.0.1:8000"
    assert client.get(SIGNATURE).text == signature
    page = client.get("/en/other-addresses/").text
    assert f"minisign -Vm mirrors.txt -P {KEY.public}" in page and SIGNATURE in page
    if tool := shutil.which("minisign"):
        (tmp_path / "mirrors.txt").write_bytes(content)
        (tmp_path / "mirrors.txt.minisig").write_text(signature)
        command = [tool, "-Vm", tmp_path / "mirrors.txt", "-P", str(KEY.public)]
        assert subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_a_signature_made_elsewhere_is_sent_while_it_is_right(client, settings, addresses):
    settings.SIGNING_PUBLIC_KEY = str(KEY.public)
    assert client.get(SIGNATURE).status_code == 404
    settings.MIRRORS_SIGNATURE.write_text(KEY.sign([client.get(LIST).content], comment="by hand"))
    assert client.get(SIGNATURE).status_code == 200

    settings.MIRROR_URLS = [MIRROR, "https://other.example"]

    assert client.get(SIGNATURE).status_code == 404
    assert client.get("/en/other-addresses/").status_code == 200


@pytest.mark.parametrize("url", ["mirror.example", "ftp://mirror.example", "https://", "https://a b"])
def test_an_address_that_is_no_mirror_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match=r"^MIRROR_URLS "):
        service_urls.parse_mirror_urls([url])


def test_spaces_and_empty_addresses_are_ignored():
    assert service_urls.parse_mirror_urls([" https://a.example ", ""]) == ["https://a.example"]
