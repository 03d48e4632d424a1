"""Asking the API: filters, words, what is wrong and how it is said, methods, other sites, and what is held already."""

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
    with time_machine.travel(START, tick=False) as moved:
        yield moved


def titles(client, **query: str) -> set[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200, response.content
    return {item["title"] for item in response.json()["items"]}


# Filters


@pytest.fixture
def several():
    make_live(
        title="Hers", kind="report", language="uk", by_whom=make_author("Ann Berg"), published_at=datetime(2024, 3, 1, tzinfo=UTC),
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
def test_each_filter_narrows_the_list(client, several, name, value):
    assert titles(client, **{name: value}) == {"Hers"}
    assert titles(client) == {"Hers", "Another"}


def test_filters_and_words_go_together(client, several):
    assert titles(client, q="corridor") == {"Hers", "Another"}
    assert titles(client, q="corridor", kind="report", year="2024") == {"Hers"}
    assert titles(client, q="power", kind="report") == set()


@pytest.mark.parametrize("name", ["kind", "topic", "country", "series", "author"])
def test_what_no_public_text_has_gives_nothing_known_or_not(client, name):
    make_publication(kind="report", by=[make_author("Ann")], tags=(make_tag("Ann"),))

    assert titles(client, **{name: "ann"}) == titles(client, **{name: "nobody"}) == set()


def test_a_topic_is_no_country(client, several):
    assert titles(client, country="aid") == titles(client, topic="belarus") == set()


def test_a_text_and_its_translations_are_publications_of_their_own(client):
    english = make_live(title="English").publication
    actions.publish(make_publication(title="Svenska", language="sv", translation_of=english), by=None)

    assert titles(client) == {"English", "Svenska"}
    assert [titles(client, language=locale) for locale in LOCALES] == [{"English"}, {"Svenska"}]


# What is wrong


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
def test_what_is_wrong_is_said_exactly(client, query, parameter, words):
    response = client.get(f"{LIST}?{query}")

    values = response.json()
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert (values["status"], values["title"], values["parameter"]) == (400, "Bad Request", parameter)
    assert words in values["detail"]


def test_no_page_is_longer_than_it_may_be(client):
    for _number in range(3):
        make_live()

    assert len(client.get(LIST, {"limit": 2}).json()["items"]) == 2
    assert client.get(LIST, {"limit": MAX_LIMIT}).status_code == 200


@pytest.mark.parametrize("path", ["publications/{uid}", "authors/ann", "topics/aid", "openapi.json"])
def test_a_single_thing_takes_no_parameters(client, path):
    publication = make_live(by_whom=make_author("Ann"), tags=(make_tag("Aid"),)).publication
    address = f"/api/v1/{path.format(uid=publication.uid)}"

    assert client.get(address).status_code == 200
    assert client.get(f"{address}?fields=title").json()["parameter"] == "fields"


def test_topics_are_of_three_sorts(client):
    values = client.get("/api/v1/topics?kind=person").json()

    assert values["detail"] == "“kind” must be one of theme, country, series."


@pytest.mark.parametrize(
    "path", ["", "nowhere", "publications/", "publications/on-minsk", "publications/00000000-0000-4000-8000-000000000000", "authors/nobody", "topics/nothing"]
)  # fmt: skip
def test_what_is_not_there_is_said_in_json(client, path):
    response = client.get(f"/api/v1/{path}")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["title"] == "Not Found"


def test_when_many_search_it_is_said_when_to_ask_again(client, monkeypatch):
    def busy(*_params, **_how):
        raise search.SearchBusy

    monkeypatch.setattr(search, "search", busy)

    response = client.get(LIST, {"q": "minsk"})

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"] == "application/problem+json"


# Methods and other sites


@pytest.mark.parametrize("path", EVERY)
def test_head_is_answered_like_get_without_a_body(client, path):
    got, params = client.get(path), client.head(path)

    assert (params.status_code, params.content) == (got.status_code, b"")
    assert params.get("ETag") == got.get("ETag")


@pytest.mark.parametrize("path", EVERY)
def test_a_browser_that_asks_first_is_told_what_it_may(client, path):
    asking = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}

    response = client.options(path, headers=asking)

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
def test_pages_of_any_site_may_read_every_answer_without_credentials(client, path):
    response = client.get(path, headers={"Origin": "https://example.org"})

    assert response["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in response["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response
    assert "Origin" not in response.get("Vary", "") and not response.cookies


@pytest.mark.parametrize("path", ["/en/", "/en/feeds/publications.atom", "/desk/login/"])
def test_nothing_but_the_api_is_opened_to_other_sites(client, path):
    assert "Access-Control-Allow-Origin" not in client.get(path)


def test_every_answer_leads_to_the_description(client):
    for path in EVERY:
        assert '/api/v1/openapi.json>; rel="service-desc"' in client.get(path)["Link"]


# What is held already


def again(client, response, path: str = LIST) -> int:
    return client.get(path, headers={"If-None-Match": response["ETag"]}).status_code


def test_who_has_the_answer_is_told_so_in_a_few_queries(client):
    make_live()
    response = client.get(f"{LIST}?limit=5")

    with CaptureQueriesContext(connection) as captured:
        status = again(client, response, f"{LIST}?limit=5")

    assert status == 304 and len(captured) <= 4


def test_each_question_has_a_tag_of_its_own(client):
    make_live()

    queries = [
        client.get(path)["ETag"] for path in (LIST, f"{LIST}?limit=5", f"{LIST}?kind=report", EVERY[1])
    ]

    assert len(set(queries)) == 4


def test_a_deed_and_a_window_make_the_answer_new(client, clock):
    make_live()
    actions.publish(make_publication(), by=None, at=START + timedelta(hours=1))
    first = client.get(LIST)
    waiting = again(client, first)
    clock.shift(timedelta(hours=1))
    second = client.get(LIST)
    make_live()

    assert (waiting, again(client, first), again(client, second)) == (304, 200, 200)


def test_what_is_wrong_or_gone_is_never_held_to_be_unchanged(client):
    publication = make_live().publication
    actions.withdraw(publication, by=None)

    params = {
        f"{LIST}?cursor=x": 400,
        f"{LIST}?q=%20": 400,
        f"{LIST}/{publication.uid}": 410,
        "/api/v1/x": 404,
    }

    assert {path: client.get(path, headers={"If-None-Match": "*"}).status_code for path in params} == params


def test_an_answer_travels_compressed(client):
    make_live(summary="So it goes. " * 50)

    assert client.get(LIST, headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"
