"""Every request is answered with a page, a redirect or a refusal, never with a server error.

Every route of the resolver is requested with generated values, valid and invalid, and with invalid queries, methods and
headers. EXAMPLES=5000 runs more of them.
"""

import hashlib
import os
import re
from urllib.parse import quote, quote_from_bytes

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from publications import actions, slugs
from publications.locales import LOCALES
from publications.metadata import FEED_FORMATS, RECORD_FORMATS
from publications.models import Attachment, Redirect, SitePage, store_original
from tests.factories import make_author, make_image, make_live, make_person, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("EXAMPLES", "75"))
BACKEND = "django.contrib.auth.backends.ModelBackend"
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
NAMED_GROUP = re.compile(r"\^?\(\?P<(\w+)>[^)]*\)([^$]*)\$")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get")

generated_requests = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


# Requests ----------------------------------------------------------------------------------------------


def routes() -> list[str]:
    """Return every route of every locale: "en/publications/<unicode_slug:slug>/"."""
    found = set()
    for locale in LOCALES:
        with translation.override(locale):
            found |= set(_walk(get_resolver(), ""))
    return sorted(found)


def _walk(resolver, before: str):
    for pattern in resolver.url_patterns:
        route = before + NAMED_GROUP.sub(r"<path:\1>\2", str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _walk(pattern, route)


PUBLIC = [route for route in routes() if not route.startswith(("desk/", "admin/"))]
DESK = [route for route in routes() if route.startswith(("desk/", "admin/"))]

PICTURE = "picture"
PDF = b"%PDF-1.4"
UID = "6b1f6f0e-6d5c-4c0b-9a58-5f4d2d0c3a71"
KNOWN = {
    "key": [PICTURE],
    "digest": [hashlib.sha256(PDF).hexdigest()[:32]],
    "slug": ["on-minsk", "withdrawn", "belarus", "ann-berg", "method", "metod", "old-minsk"],
    "number": ["1", "2", "3"],
    "kind": ["quick-comment"],
    "tag": ["belarus"],
    "author": ["ann-berg"],
    "code": ["en", "sv", "uk"],
    "record_format": list(RECORD_FORMATS),
    "format": list(FEED_FORMATS),
    "uid": [UID],
    "rest": ["nowhere"],
    "source": ["pages", "topics", "authors", "publications"],
    "filename": ["r.pdf"],
    "size": ["480", "960", "960c", "192s"],
    "extension": ["webp", "jpg"],
    "what": ["publications", "authors", "tags", "images"],
    "app_label": ["publications", "auth"],
    "object_id": ["1", "2", "3"],
    "content_type_id": ["1", "2", "3"],
    "pk": ["1", "2", "3"],
}
FITTING = {
    "number": some.integers(min_value=0, max_value=10**40).map(str),
    "words": some.from_regex(slugs.SLUG, fullmatch=True),
    "slug": some.from_regex(r"[-a-zA-Z0-9_]{1,120}", fullmatch=True),
}
ODD = [
    "\0", "a\0b", "-1", "0", "1e9", "１２", "²", "٣", "9" * 40, "-" + "9" * 40, "nan", "None", "..", "../../etc/passwd", "%", "%s",
    "{}", "' OR 1=1--", "<script>", "a" * 5000, "Ω" * 400, "\u202e", "\ufeff", "\U0001f600", "İ", "ß", " ", "\t", "\n", "\r\nX: y",
    "/", "//", "//evil.example", ".", "a.pdf", "A", "on-minsk.", "on-minsk/", "_", "-",
]  # fmt: skip
anything = some.sampled_from(ODD) | some.text(alphabet=some.characters(codec="utf-8"), max_size=40)
any_bytes = some.binary(max_size=20) | some.sampled_from(
    [b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\x80" * 50, b"\0"]
)


def written(value: str | bytes) -> str:
    """As it stands in an address."""
    return quote_from_bytes(value) if isinstance(value, bytes) else quote(value, safe="")


@some.composite
def paths(draw, among: list[str]) -> str:
    """The path of a route with a value in each place."""
    route = draw(some.sampled_from(among))

    def value(match: re.Match[str]) -> str:
        kind, name = match.groups()
        known = some.sampled_from(KNOWN.get(name, ["on-minsk"]))
        return written(draw(known | FITTING.get(kind, anything) | anything | any_bytes))

    return "/" + PARAMETER.sub(value, route)


NAMES = ("q", "order", "page", "kind", "topic", "tag", "country", "series", "author", "year", "language", "server", "next",
         "from", "to", "o", "p", "all", "e", "_popup", "state__exact", "app_label", "model_name", "field_name", "term",
         "verb", "metadataPrefix", "resumptionToken", "identifier", "set", "until", "cursor", "limit")  # fmt: skip
KNOWN_IN_QUERIES = [
    "quick-comment",
    "belarus",
    "ann-berg",
    "2026",
    "en",
    "uk",
    "1",
    "2",
    "999",
    "on minsk",
    "mastodon.social",
    "ListRecords",
    "GetRecord",
    "oai_dc",
    "kind-quick-comment",
    "2026-05-03T10:00:00Z",
    "WyIiLCIiLCIiLCIwMDAxLTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwwXQ",
    "WyJwIiwiMDAwMS0wMS0wMVQwMDowMDowMCswMDowMCIsIjk5OTktMTItMzFUMjM6NTk6NTkrMDA6MDAiLDBd",
]
pair = some.builds(
    lambda name, value: f"{name}={written(value)}",
    some.sampled_from(NAMES) | anything.map(written),
    some.sampled_from(KNOWN_IN_QUERIES) | anything | any_bytes,
)
queries = some.lists(pair, max_size=4).map("&".join) | some.sampled_from(
    [
        "&",
        "=",
        "&&=&",
        "page",
        "page=",
        "a=" * 50,
        "&".join(f"a{n}=1" for n in range(1100)),
        "q=" + "a" * 20000,
    ]
)

header_text = some.text(alphabet=some.characters(min_codepoint=32, max_codepoint=255), max_size=60)
headers = some.dictionaries(
    some.sampled_from(
        [
            "Host",
            "Accept-Language",
            "If-None-Match",
            "If-Modified-Since",
            "If-Match",
            "If-Unmodified-Since",
            "Range",
            "If-Range",
            "Accept",
            "Accept-Encoding",
            "Content-Type",
            "Cookie",
            "Referer",
            "Origin",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Requested-With",
            "User-Agent",
            "X-HTTP-Method-Override",
            "X-CSRFToken",
        ]
    ),
    header_text
    | some.sampled_from(
        [
            "*",
            '"',
            'W/"',
            'W/"a", "b"',
            "*, *",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Sun, 06 Nov 99999999 08:49:37 GMT",
            "Mon, 31 Feb 2026 00:00:00 GMT",
            "bytes=0-",
            "bytes=-1",
            "bytes=9999999999-",
            "bytes=5-1",
            "lines=1",
            "sv;q=nan",
            "sv;q=9e999, *;q=-1",
            "sv-" * 200,
            "zz",
            "localhost",
            "127.0.0.1:80",
            "[::1]:99999",
            "localhost:-1",
            "multipart/form-data",
            "multipart/form-data; boundary=\x7f",
            "text/html; charset=nowhere",
            "application/json; charset=utf-7",
            "sessionid=\xff; django_language=\xe5\xe4",
            "django_language=sv-zz",
            "sessionid=" + "a" * 5000,
            "csrftoken=x",
            "; ; =;",
            "a" * 8000,
            "1.1.1.1, ::1, nonsense",
        ]
    ),
    max_size=4,
)
bodies = some.binary(max_size=200) | some.sampled_from(
    [b"", b"username=%00&password=%FF", b"--a\r\n\r\n", b"{"]
)


# Clients and responses ---------------------------------------------------------------------------------


@pytest.fixture
def site(editor):
    """A site with publications in every state, and one of everything else."""
    make_image(key=PICTURE, size=(1000, 500))
    author, tag = (
        make_author("Ann Berg", portrait=make_image(colour="red")),
        make_tag("Belarus", kind="country"),
    )
    publication = make_publication(
        uid=UID, title="On Minsk", authors=[author], tags=(tag,), body=f"A.\n\n![](image:{PICTURE})"
    )
    Attachment.objects.create(
        publication=publication, original=store_original(PDF, "pdf"), filename="r.pdf", size=8
    )
    edition = actions.publish(saved(publication), by=editor)
    actions.publish(saved(publication, body="B."), by=editor, change="correction", note="It was A.")
    actions.publish(make_publication(title="Мінськ", language="uk", translation_of=publication), by=editor)
    actions.withdraw(make_live(title="Withdrawn").publication, by=editor)
    SitePage.objects.create(
        title_en="Method", slug_en="method", body_en="So.", title_sv="Metod", slug_sv="metod", body_sv="Så."
    )
    Redirect.objects.create(path="/en/publications/old-minsk", publication=publication)
    return edition


@pytest.fixture
def anonymous_client():
    return Client()


@pytest.fixture
def superuser_client():
    client = Client()
    client.force_login(make_person("Administrators"), backend=BACKEND)
    return client


def get_status(
    client: Client, path: str, query: str = "", method: str = "GET", body: bytes = b"", **sent
) -> int:
    """Return the status of the response after reading its body; exceptions of views are raised."""
    content_type = sent.pop("Content-Type", "application/x-www-form-urlencoded")
    sent.setdefault("Host", "localhost")
    cookies = sent.pop("Cookie", None)
    extra = {} if cookies is None else {"HTTP_COOKIE": cookies}
    address = f"{path}?{query}" if query else path
    response = client.generic(method, address, body, content_type=content_type, headers=sent, **extra)
    b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code


def is_expected_response(status: int) -> bool:
    return 200 <= status < 500


@generated_requests
@given(path=paths(PUBLIC), query=queries, sent=headers)
@example(path="/en/publications/%00/", query="", sent={})
@example(path="/en/publications/%FF%FE/", query="", sent={})
@example(path="/media/%00/480.jpg", query="", sent={})
@example(path="/en/publications/" + "a" * 5000 + "/", query="", sent={})
@example(path="/en/publications/on-minsk/editions/" + "9" * 40 + "/", query="", sent={})
@example(path="/sitemap-publications-" + "9" * 40 + ".xml", query="", sent={})
@example(path="/en/", query="page=%00", sent={})
@example(
    path="/oai", query="verb=ListRecords&metadataPrefix=oai_dc&from=0001-01-01&until=9999-12-31", sent={}
)
@example(path="/oai", query="verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:%FF", sent={})
@example(path="/api/v1/publications", query="q=%22&limit=100&year=2026", sent={"If-None-Match": "*"})
@example(
    path="/api/v1/publications",
    query="cursor=WyJwIiwiMDAwMS0wMS0wMVQwMDowMDowMCswMDowMCIsIjk5OTktMTItMzFUMjM6NTk6NTkrMDA6MDAiLDBd",
    sent={},
)
@example(path="/api/v1/authors", query="cursor=WyJhdXRob3JzIiw5OTk5OTk5OTk5OTk5OTk5OTk5XQ", sent={})
@example(path="/en/", query="", sent={"If-Modified-Since": "Sun, 06 Nov 99999999 08:49:37 GMT"})
@example(path="/en/feeds/publications.atom", query="", sent={"If-None-Match": "*", "Range": "bytes=5-1"})
@example(path="/en/", query="", sent={"Cookie": "sessionid=\xff; django_language=\xe5"})
@example(path="/en/", query="", sent={"Host": "[::1]:99999"})
def test_no_get_request_of_the_public_site_is_a_server_error(site, anonymous_client, path, query, sent):
    assert is_expected_response(get_status(anonymous_client, path, query, **sent))


@generated_requests
@given(path=paths(PUBLIC), method=some.sampled_from(METHODS), body=bodies, sent=headers)
@example(path="/en/", method="POST", body=b"--a", sent={"Content-Type": "multipart/form-data; boundary=\x7f"})
@example(path="/en/", method="BREW", body=b"", sent={})
@example(path="/oai", method="POST", body=b"verb=ListRecords&metadataPrefix=oai_dc&set=%00", sent={})
def test_no_method_on_the_public_site_is_a_server_error(site, anonymous_client, path, method, body, sent):
    assert is_expected_response(get_status(anonymous_client, path, "", method, body, **sent))


@generated_requests
@given(path=paths(DESK), query=queries, method=some.sampled_from(METHODS), body=bodies, sent=headers)
@example(path="/desk/login/", query="", method="POST", body=b"username=%00&password=%00", sent={})
@example(path="/desk/password_reset/", query="", method="POST", body=b"email=%00", sent={})
def test_no_anonymous_request_of_the_desk_is_a_server_error(
    site, anonymous_client, path, query, method, body, sent
):
    assert is_expected_response(get_status(anonymous_client, path, query, method, body, **sent))


@generated_requests
@given(path=paths([route for route in DESK if "logout" not in route]), query=queries, sent=headers)
@example(path="/desk/publications/publication/" + "9" * 40 + "/change/", query="", sent={})
@example(path="/desk/publications/publication/", query="p=" + "9" * 40, sent={})
@example(path="/desk/publications/publication/", query="q=%00", sent={})
def test_no_request_of_a_superuser_is_a_server_error(site, superuser_client, path, query, sent):
    sent.pop("Cookie", None)

    assert is_expected_response(get_status(superuser_client, path, query, **sent))


@generated_requests
@given(
    path=some.lists(
        any_bytes | anything | some.sampled_from(["en", "sv", "publications", "feeds"]), max_size=5
    ),
    query=queries,
)
def test_no_path_is_a_server_error(site, anonymous_client, path, query):
    assert is_expected_response(
        get_status(anonymous_client, "/" + "/".join(written(part) for part in path), query)
    )


LISTS = ["/en/publications/", "/sv/publikationer/", "/en/authors/", "/sv/forfattare/"]
NO_PAGES = ["0", "-1", "99", "9" * 40, "-" + "9" * 40, "x", "1.5", "nan", "%EF%BC%92%EF%BC%92", "%FF"]
NO_VALUES = ["nowhere", "-1", "9" * 40, "a" * 5000, "%FF", "%C2%B2%C2%B2%C2%B2%C2%B2", "'"]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_beyond_the_last_of_a_list_is_404(site, anonymous_client, path):
    found = {number: get_status(anonymous_client, path, f"page={number}") for number in NO_PAGES}

    assert found == dict.fromkeys(NO_PAGES, 404)


@pytest.mark.parametrize("name", ["kind", "topic", "country", "series", "author", "year", "language"])
def test_a_filter_by_a_private_value_is_404(site, anonymous_client, name):
    found = {
        value: get_status(anonymous_client, "/en/publications/", f"{name}={value}") for value in NO_VALUES
    }

    assert found == dict.fromkeys(NO_VALUES, 404)


def test_no_route_without_parameters_is_a_server_error(site, anonymous_client):
    plain = [route for route in routes() if not PARAMETER.search(route)]

    assert [
        route for route in plain if not is_expected_response(get_status(anonymous_client, f"/{route}"))
    ] == []


def test_the_routes_of_both_locales_and_the_desk_are_requested():
    assert {
        "en/publications/<unicode_slug:slug>/",
        "sv/publikationer/<unicode_slug:slug>/",
        "sitemap.xml",
    } <= set(PUBLIC)
    assert {"desk/<path:url>", "desk/publications/publication/<path:object_id>/change/"} <= set(DESK)


@pytest.mark.parametrize("slug", ["Ann Berg!", "b" * 120, "", "ann.berg", "../x", "Ő"])
def test_no_slug_of_an_author_breaks_the_pages_that_name_them(anonymous_client, slug):
    make_author("a" * 110)
    edition = make_live(author=make_author("a" * 110, slug=slug))

    assert get_status(anonymous_client, edition.get_absolute_url()) == 200
