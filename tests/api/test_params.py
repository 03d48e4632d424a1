"""Parameters of the API: filters, words, errors, methods, other sites and conditional requests."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications import actions, search
from publications.api.params import MAX_LIMIT
from publications.locales import LOCALES
from tests.factories import make_author, make_live, make_publication, make_tag

pytestmark = pytest.mark.django_db

LIST = "/api/v1/publications"
EVERY = (LIST, "/api/v1/authors", "/api/v1/topics", "/api/v1/openapi.json", "/api/v1/nowhere", "/api/v1/")
START = datetime(2026, 5, 3, 10, 0, 30, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def titles(client, **query: str) -> set[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200, response.content
    return {item["title"] for item in response.json()["items"]}


# Filters


@pytest.fixture
def two_publications():
    make_live(
        title="Hers", kind="report", language="uk", author=make_author("Ann Berg"), published_at=datetime(2024, 3, 1, tzinfo=UTC),
        tags=(make_tag("Aid"), make_tag("Belarus", kind="country"), make_tag("Papers", kind="series")),
        body="The grain corridor.",
    )  # fmt: skip
    make_live(title="Another", body="The corridor of power.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "report"),
        ("topic", "aid"),
        ("country", "belarus"),
        ("series", "papers"),
        ("author", "ann-berg"),
        ("year", "2024"),
        ("language", "uk"),
        ("q", "grain corridor"),
    ],
)
def test_each_filter_limits_the_list(client, two_publications, name, value):
    assert titles(client, **{name: value}) == {"Hers"}
    assert titles(client) == {"Hers", "Another"}


@pytest.mark.parametrize("year", ["0000", "0001", "0002", "9999"])
def test_a_year_without_publications_has_an_empty_list(client, two_publications, year):
    assert titles(client, year=year) == set()


def test_filters_and_words_combine(client, two_publications):
    assert titles(client, q="corridor") == {"Hers", "Another"}
    assert titles(client, q="corridor", kind="report", year="2024") == {"Hers"}
    assert titles(client, q="power", kind="report") == set()


@pytest.mark.parametrize("name", ["kind", "topic", "country", "series", "author"])
def test_a_value_without_a_public_text_gives_nothing_known_or_unknown(client, name):
    make_publication(kind="report", authors=[make_author("Ann")], tags=(make_tag("Ann"),))

    assert titles(client, **{name: "ann"}) == titles(client, **{name: "nobody"}) == set()


def test_a_topic_is_no_country(client, two_publications):
    assert titles(client, country="aid") == titles(client, topic="belarus") == set()


def test_a_text_and_its_translations_are_publications_of_their_own(client):
    english = make_live(title="English").publication
    actions.publish(make_publication(title="Svenska", language="sv", translation_of=english), by=None)

    assert titles(client) == {"English", "Svenska"}
    assert [titles(client, language=locale) for locale in LOCALES] == [{"English"}, {"Svenska"}]


# Errors


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("sort=title", "sort", "it takes kind, topic, country, series, author, year, language, q, limit, cursor"),
        ("page=2", "page", "no parameter “page”"),
        ("kind=report&kind=report", "kind", "more than once"),
        ("topic=", "topic", "empty"),
        ("q=%20", "q", "empty"),
        (f"q={'a' * 251}", "q", "250 characters"),
        ("year=26", "year", "year of four digits, such as 2026"),
        ("year=%EF%BC%92%EF%BC%90%EF%BC%92%EF%BC%96", "year", "four digits"),
        ("language=english", "language", "code of a language"),
        ("limit=0", "limit", "from 1 to 100"),
        ("limit=101", "limit", "from 1 to 100"),
        ("limit=1e1", "limit", "whole number"),
        ("cursor=x", "cursor", "follow “next”"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named_with_the_reason(client, query, parameter, words):
    response = client.get(f"{LIST}?{query}")

    values = response.json()
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert (values["status"], values["title"], values["parameter"]) == (400, "Bad Request", parameter)
    assert words in values["detail"]


def test_the_length_of_a_page_is_limited(client):
    for _number in range(3):
        make_live()

    assert len(client.get(LIST, {"limit": 2}).json()["items"]) == 2
    assert client.get(LIST, {"limit": MAX_LIMIT}).status_code == 200


@pytest.mark.parametrize("path", ["publications/{uid}", "authors/ann", "topics/aid", "openapi.json"])
def test_a_single_object_takes_no_parameters(client, path):
    publication = make_live(author=make_author("Ann"), tags=(make_tag("Aid"),)).publication
    address = f"/api/v1/{path.format(uid=publication.uid)}"

    assert client.get(address).status_code == 200
    assert client.get(f"{address}?fields=title").json()["parameter"] == "fields"


def test_topics_have_three_kinds(client):
    values = client.get("/api/v1/topics?kind=person").json()

    assert values["detail"] == "“kind” must be one of theme, country, series."


@pytest.mark.parametrize(
    "path", ["", "nowhere", "publications/", "publications/on-minsk", "publications/00000000-0000-4000-8000-000000000000", "authors/nobody", "topics/nothing"]
)  # fmt: skip
def test_an_unknown_address_is_answered_in_json(client, path):
    response = client.get(f"/api/v1/{path}")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["title"] == "Not Found"


def test_a_search_over_the_limit_says_when_to_retry(client, monkeypatch):
    def raise_busy(*_params, **_how):
        raise search.SearchBusy

    monkeypatch.setattr(search, "search", raise_busy)

    response = client.get(LIST, {"q": "minsk"})

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"] == "application/problem+json"


# Methods and other sites


@pytest.mark.parametrize("path", EVERY)
def test_head_is_answered_like_get_without_a_body(client, path):
    get_response, response = client.get(path), client.head(path)

    assert (response.status_code, response.content) == (get_response.status_code, b"")
    assert response.get("ETag") == get_response.get("ETag")


@pytest.mark.parametrize("path", EVERY)
def test_a_preflight_request_is_answered(client, path):
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}

    response = client.options(path, headers=headers)

    assert (response.status_code, response.content) == (204, b"")
    assert response["Allow"] == response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(client, path, method):
    response = getattr(client, method)(path)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", [*EVERY, f"{LIST}?sort=x"])
def test_scripts_of_any_site_may_read_every_response_without_credentials(client, path):
    response = client.get(path, headers={"Origin": "https://example.org"})

    assert response["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in response["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response
    assert "Origin" not in response.get("Vary", "") and not response.cookies


@pytest.mark.parametrize("path", ["/en/", "/en/feeds/publications.atom", "/desk/login/"])
def test_only_the_api_is_open_to_other_sites(client, path):
    assert "Access-Control-Allow-Origin" not in client.get(path)


def test_every_response_links_to_the_description(client):
    for path in EVERY:
        assert '/api/v1/openapi.json>; rel="service-desc"' in client.get(path)["Link"]


# Conditional requests


def status_if_none_match(client, response, path: str = LIST) -> int:
    return client.get(path, headers={"If-None-Match": response["ETag"]}).status_code


def test_an_unchanged_list_is_answered_with_304_in_few_queries(client):
    make_live()
    response = client.get(f"{LIST}?limit=5")

    with CaptureQueriesContext(connection) as captured:
        status = status_if_none_match(client, response, f"{LIST}?limit=5")

    assert status == 304 and len(captured) <= 4


def test_each_address_has_an_etag_of_its_own(client):
    make_live()

    etags = [client.get(path)["ETag"] for path in (LIST, f"{LIST}?limit=5", f"{LIST}?kind=report", EVERY[1])]

    assert len(set(etags)) == 4


def test_an_action_and_the_start_of_a_window_change_the_etag(client, clock):
    make_live()
    actions.publish(make_publication(), by=None, at=START + timedelta(hours=1))
    first = client.get(LIST)
    before_start = status_if_none_match(client, first)
    clock.shift(timedelta(hours=1))
    second = client.get(LIST)
    make_live()

    assert (before_start, status_if_none_match(client, first), status_if_none_match(client, second)) == (
        304,
        200,
        200,
    )


def test_errors_are_never_answered_with_304(client):
    publication = make_live().publication
    actions.withdraw(publication, by=None)

    statuses = {
        f"{LIST}?cursor=x": 400,
        f"{LIST}?q=%20": 400,
        f"{LIST}/{publication.uid}": 410,
        "/api/v1/x": 404,
    }

    assert {
        path: client.get(path, headers={"If-None-Match": "*"}).status_code for path in statuses
    } == statuses


def test_responses_are_compressed(client):
    make_live(summary="So it goes. " * 50)

    assert client.get(LIST, headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"
