"""Methods, odd bytes and codings on every public address: taken from the URLconf, so that new addresses are included."""

import xml.etree.ElementTree as etree
from io import BytesIO
from urllib.parse import quote

import brotli
import pytest
from PIL import Image

from publications.page_cache.keys import VERIFY_PATHS
from publications.path_prefixes import ALERT_PREFIXES
from tests.factories import make_live
from tests.views.test_any_request import KNOWN, PARAMETER, PUBLIC

pytestmark = pytest.mark.django_db

OTHER_METHODS = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "BREW", "get")
TAKES_POST = {"/oai", *VERIFY_PATHS}
ODD = ["%00", "a%00b", "%01", "%7F", "%0D%0Ax:y", "%FF", "%ED%A0%80"]
FITTING = {"slug": "on-minsk", "number": "1", "uid": KNOWN["uid"][0], "source": "pages", "digest": "0" * 32}


def filled(route: str, value: str = "") -> str:
    """The path of a route with a fitting value, or this one, in each place."""

    def given(match):
        return value or quote(FITTING.get(match[2]) or KNOWN.get(match[2], ["x"])[0])

    return "/" + PARAMETER.sub(given, route)


PATHS = sorted({filled(route) for route in PUBLIC})
TAKES_POST |= {path for path in PATHS if path.startswith(ALERT_PREFIXES) and not path.endswith(".json")}


@pytest.mark.parametrize("path", PATHS)
def test_other_methods_get_405_with_the_allowed_ones(client, path):
    refused = [method for method in OTHER_METHODS if not (method == "POST" and path in TAKES_POST)]

    for method in refused:
        response = client.generic(method, path)
        assert (method, response.status_code) == (method, 405)
        assert {"GET", "HEAD", "OPTIONS"} <= set(response["Allow"].split(", "))
        assert not {method} & set(response["Allow"].split(", "))


@pytest.mark.parametrize("path", PATHS)
def test_options_lists_the_allowed_methods(client, path):
    response = client.options(path)

    methods = ["GET", "HEAD", "OPTIONS", *(["POST"] if path in TAKES_POST else [])]
    assert (response.status_code, response.content) == (204, b"")
    assert sorted(response["Allow"].split(", ")) == sorted(methods)


def test_options_of_the_whole_server_is_answered(client):
    assert client.options("*").status_code == 204


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_the_405_page_is_in_the_language_of_the_address(client, method):
    response = client.generic(method, "/sv/publikationer/")

    assert (response["Content-Language"], response["Content-Type"]) == ("sv", "text/html; charset=utf-8")
    assert 'lang="sv"' in response.text


@pytest.mark.parametrize("path", ["/en/nowhere/at/all/", "/nowhere.php"])
def test_an_unknown_path_is_404_for_every_method(client, path):
    assert client.post(path).status_code == 404


def test_the_desk_handles_methods_itself(desk):
    assert desk.post("/desk/logout/").status_code in (200, 302)


@pytest.mark.parametrize("route", PUBLIC)
def test_invalid_bytes_in_an_address_cause_no_server_error(client, route):
    in_path = [filled(route, odd) for odd in ODD]
    in_query = [f"{filled(route)}?q={odd}&page={odd}&{odd}={odd}" for odd in ODD]
    for path in dict.fromkeys([*in_path, *in_query]):
        response = client.get(path)

        assert (path, response.status_code < 500) == (path, True)
        if path.startswith("/api/v1/") and response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["q", "cursor", "limit", "kind", "author", "year", "language", "other"])
def test_invalid_bytes_in_an_api_parameter_are_named_in_the_problem(client, name):
    for odd in ODD:
        response = client.get(f"/api/v1/publications?{name}={odd}")

        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
        assert response.json()["parameter"] == name


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("verb=ListRecords&resumptionToken={}", "badResumptionToken"),
        ("verb=ListIdentifiers&resumptionToken={}", "badResumptionToken"),
        ("verb=ListSets&resumptionToken={}", "badResumptionToken"),
        ("verb={}", "badVerb"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from={}", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set={}", "badArgument"),
        ("verb=ListRecords&metadataPrefix={}", "cannotDisseminateFormat"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier={}", "idDoesNotExist"),
        ("verb=Identify&{}=x", "badArgument"),
    ],
)
def test_invalid_bytes_in_an_oai_request_get_a_protocol_error(client, query, code):
    for odd in ODD:
        response = client.get(f"/oai?{query.format(odd)}")

        root = etree.fromstring(response.content)
        assert response.status_code == 200
        assert [each.get("code") for each in root.iter("{http://www.openarchives.org/OAI/2.0/}error")] == [
            code
        ]


def test_a_resumption_token_with_a_suffix_is_invalid(client):
    token = "WyIiLCIiLCIiLCIwMDAxLTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwwXQ"
    assert b"badResumptionToken" not in client.get(f"/oai?verb=ListRecords&resumptionToken={token}").content

    for odd in ("%00", "%0A", "!", "%FF"):
        address = f"/oai?verb=ListRecords&resumptionToken={token}{odd}"
        assert b"badResumptionToken" in client.get(address).content


def test_the_icon_at_favicon_ico(client):
    response = client.get("/favicon.ico")

    assert response.status_code == 200
    assert response["Content-Type"] == "image/vnd.microsoft.icon"
    assert {(16, 16), (32, 32), (48, 48)} <= Image.open(BytesIO(response.content)).info["sizes"]


@pytest.mark.parametrize("path", ["/apple-touch-icon.png", "/apple-touch-icon-precomposed.png"])
def test_the_icon_at_the_paths_that_phones_request(client, path):
    response = client.get(path)

    assert response.status_code == 200 and response["Content-Type"] == "image/png"
    icon = Image.open(BytesIO(response.content))
    assert icon.size == (180, 180) and not icon.has_transparency_data
    assert '<link rel="apple-touch-icon" href="/static/apple-touch-icon.png">' in client.get("/en/").text


@pytest.mark.parametrize(
    "path", ["/api/v1/publications", "/api/v1/openapi.json", "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/en/"]
)  # fmt: skip
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br", "br"), ("br;q=1, gzip;q=0.5", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")],
)
def test_api_and_oai_responses_are_compressed_with_the_best_coding(client, path, accepted, coding):
    make_live(body="So it is. " * 100)

    response = client.get(path, headers={"Accept-Encoding": accepted})

    assert (response["Content-Encoding"], response["Vary"]) == (coding, "Accept-Encoding")
    assert int(response["Content-Length"]) == len(response.content)
    plain = client.get(path)
    assert "Content-Encoding" not in plain and plain["Vary"] == "Accept-Encoding"
    if coding == "br" and "oai" not in path:
        assert brotli.decompress(response.content) == plain.content


def test_identify_lists_the_codings(client):
    assert b"<compression>br</compression>" in client.get("/oai?verb=Identify").content
