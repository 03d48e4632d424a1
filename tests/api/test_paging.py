"""Pages of the API: together they are the list as of the first request, whatever changes between them."""

import base64
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from publications import actions
from publications.api.params import Cursor, _encode, write_cursor
from publications.models import Kind
from tests.factories import make_author, make_live, make_many, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db

HERE = "http://127.0.0.1:8000"
LIST = "/api/v1/publications"
START = datetime(2026, 5, 3, 10, 0, 30, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def pages(client, path: str, between: Callable[[], object] | None = None) -> Iterator[list[dict]]:
    """Yield the items of every page and call a function after each."""
    address: str | None = path
    while address:
        response = client.get(address)
        assert response.status_code == 200, response.content
        values = response.json()
        yield values["items"]
        address = values["next"] and values["next"].removeprefix(HERE)
        assert bool(address) == ('rel="next"' in response["Link"])
        if between:
            between()


def titles(client, path: str, between: Callable[[], object] | None = None) -> list[str]:
    return [item["title"] for page in pages(client, path, between) for item in page]


def make_in_order(clock, count: int, **fields) -> list:
    """Return live publications, the newest last."""
    publications = []
    for number in range(count):
        clock.shift(timedelta(minutes=1))
        publications.append(make_live(title=f"Text {number}", **fields).publication)
    return publications


def test_every_publication_comes_once_newest_first(client, clock):
    make_in_order(clock, 7)

    page_list = list(pages(client, f"{LIST}?limit=3"))

    assert [len(page) for page in page_list] == [3, 3, 1]
    assert [item["title"] for page in page_list for item in page] == [f"Text {n}" for n in range(6, -1, -1)]


def test_a_list_of_one_page_has_no_next(client, clock):
    make_in_order(clock, 3)

    assert client.get(f"{LIST}?limit=3").json()["next"] is None


def test_many_of_the_same_time_come_once(client):
    make_many(25, author=make_author(), tag=make_tag())

    ids = [item["id"] for page in pages(client, f"{LIST}?limit=4") for item in page]

    assert len(ids) == len(set(ids)) == 26


def test_actions_between_pages_repeat_and_hide_nothing(client, clock):
    publications = make_in_order(clock, 9)
    remaining_actions = [
        lambda: actions.publish(saved(publications[8], title="Shown, then fixed"), by=None),
        lambda: actions.withdraw(publications[2], by=None),
        lambda: actions.publish(saved(publications[1], title="Moved up"), by=None, change="update"),
        lambda: actions.publish(saved(publications[0], title="Fixed"), by=None),
        lambda: make_live(title="New"),
    ]

    def between() -> None:
        clock.shift(timedelta(minutes=1))
        if remaining_actions:
            remaining_actions.pop(0)()

    found_titles = titles(client, f"{LIST}?limit=2", between)

    assert found_titles == [
        "Text 8", "Text 7", "Text 6", "Text 5", "Text 4", "Text 3", "Moved up", "Fixed"
    ]  # fmt: skip
    assert "New" in titles(client, LIST)


@pytest.mark.parametrize("seed", range(5))
def test_random_actions_between_pages_repeat_and_hide_nothing(client, clock, seed):
    chance, publications, withdrawn = random.Random(seed), make_in_order(clock, 12), set()

    def between() -> None:
        clock.shift(timedelta(seconds=chance.randrange(1, 90)))
        publication, action = chance.choice(publications), chance.choice(("fix", "update", "withdraw", "new"))
        if action == "new":
            make_live()
        elif publication not in withdrawn and action == "withdraw":
            withdrawn.add(publication)
            actions.withdraw(publication, by=None)
        elif publication not in withdrawn:
            actions.publish(saved(publication, body=f"{chance.random()}"), by=None, change="update" if action == "update" else "silent")  # fmt: skip

    ids = [item["id"] for page in pages(client, f"{LIST}?limit=2", between) for item in page]

    own = {str(publication.uid) for publication in publications}
    assert len(ids) == len(set(ids)) and set(ids) <= own
    assert own - set(ids) <= {str(publication.uid) for publication in withdrawn}


def test_a_publication_that_leaves_the_filter_leaves_the_list(client, clock):
    publications = make_in_order(clock, 4)

    def between() -> None:
        clock.shift(timedelta(minutes=1))
        if publications[0].kind.slug != "report":
            actions.publish(saved(publications[0], kind=Kind.objects.get(slug="report")), by=None)

    assert titles(client, f"{LIST}?limit=3&kind=quick-comment", between) == ["Text 3", "Text 2", "Text 1"]


def test_the_next_page_has_the_same_filters(client, clock):
    tag = make_tag("Жыве Belarus", kind="country")
    for number in range(5):
        make_live(title=f"On it {number}", tags=(tag,))
        make_live()

    found_titles = titles(client, f"{LIST}?country={tag.slug}&limit=2")

    assert sorted(found_titles) == [f"On it {number}" for number in range(5)]


@pytest.mark.parametrize("path", ["authors", "topics"])
def test_authors_and_topics_come_once_although_new_ones_appear(client, path):
    def make(number: int) -> None:
        make_live(author=make_author(f"Author {number}"), tags=(make_tag(f"Tag {number}"),))

    for number in range(5):
        make(number)
    numbers = iter(range(5, 7))
    first = client.get(f"/api/v1/{path}?limit=2").json()["items"][0]

    def between() -> None:
        make(next(numbers, 99)) if next(numbers, None) else None

    hrefs = [item["href"] for page in pages(client, f"/api/v1/{path}?limit=2", between) for item in page]

    assert len(hrefs) == len(set(hrefs)) >= 5 and hrefs[0] == first["href"]


# Cursors


def test_a_cursor_never_expires_and_reveals_nothing_scheduled(client, clock):
    make_in_order(clock, 3)
    actions.publish(make_publication(title="Waits"), by=None, at=START + timedelta(days=1))
    next_path = client.get(f"{LIST}?limit=1").json()["next"].removeprefix(HERE)

    clock.shift(timedelta(days=400))

    assert titles(client, next_path) == ["Text 1", "Text 0"]


@pytest.mark.parametrize(
    ("cursor", "status"),
    [*((text, 400) for text in ("x", "e30", "WyJwIl0", "%FF", "x" * 10_000, "x." * 9, ".x", "x.%0A")), *((text, 404) for text in ("x.y", "WyJhdXRob3JzIiwxXQ.c2lnbmVk"))],
)  # fmt: skip
def test_a_foreign_cursor_is_refused(client, cursor, status):
    response = client.get(f"{LIST}?cursor={cursor}")

    assert (response.status_code, response.json()["parameter"]) == (status, "cursor")


def test_the_time_of_a_cursor_cannot_be_forged(client, clock):
    make_in_order(clock, 3)
    cursor = client.get(f"{LIST}?limit=1").json()["next"].rpartition("cursor=")[2]
    packed, _dot, signature = cursor.rpartition(".")
    values = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    values[1] = "2020-01-01T00:00:00+00:00"
    forged = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

    assert client.get(f"{LIST}?cursor={forged}.{signature}").status_code == 404
    assert client.get(f"{LIST}?cursor={cursor}").status_code == 200


def test_a_cursor_of_the_future_is_refused(client, clock):
    future_cursor = Cursor(START + timedelta(days=1), START + timedelta(days=2), 10**9)
    actions.publish(make_publication(), by=None, at=START + timedelta(hours=1))

    response = client.get(LIST, {"cursor": write_cursor(future_cursor)})

    assert response.status_code == 404


@pytest.mark.parametrize(
    "values", [["p", "2026", "2026", 1], ["p", "2026-05-03T10:00:00+00:00", "", 1], ["p", "0001-01-01T00:00:00+23:59"] * 2, ["authors", True], ["authors", -1], ["authors", 2**70]]
)  # fmt: skip
def test_a_malformed_cursor_is_refused(client, values):
    path = "authors" if values[0] == "authors" else "publications"

    assert client.get(f"/api/v1/{path}", {"cursor": _encode(values)}).status_code == 404
