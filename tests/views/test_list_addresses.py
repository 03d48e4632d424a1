"""The list of publications: which feed goes with what is chosen, and addresses that are short enough to copy."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from publications.models import TagKind
from tests.factories import make_author, make_live, make_tag

pytestmark = pytest.mark.django_db

LIST = "/en/publications/"
FEED = re.compile(r'<a href="([^"]+\.atom)"[^>]*>Follow by feed')


@pytest.fixture
def publication():
    return make_live(
        by_whom=make_author("Ann Berg"),
        tags=(
            make_tag("Energy"),
            make_tag("Belarus", kind=TagKind.COUNTRY),
            make_tag("Papers", kind=TagKind.SERIES),
        ),
    )


@pytest.mark.parametrize(("query", "feed"), [
    ("", "publications"), ("?page=1", "publications"), ("?kind=quick-comment", "kinds/quick-comment"),
    ("?topic=energy", "topics/energy"), ("?country=belarus", "topics/belarus"), ("?series=papers", "topics/papers"),
    ("?author=ann-berg", "authors/ann-berg"), ("?language=en", "languages/en"),
])  # fmt: skip
def test_a_list_of_one_choice_offers_the_feed_of_that_choice(client, publication, query, feed):
    page = client.get(LIST + query).text

    assert FEED.findall(page) == [f"/en/feeds/{feed}.atom"]
    assert f'type="application/atom+xml" href="/en/feeds/{feed}.atom"' in page


@pytest.mark.parametrize(
    "query", ["?year={year}", "?topic=energy&country=belarus", "?q=piece", "?q=piece&topic=energy"]
)
def test_a_list_that_no_feed_follows_offers_none_but_names_that_of_the_site(client, publication, query):
    page = client.get(LIST + query.format(year=publication.year)).text

    assert FEED.findall(page) == []
    assert page.count('type="application/atom+xml" href=') == 1
    assert 'href="/en/feeds/publications.atom"' in page


@pytest.mark.parametrize(("sent", "short"), [
    ("?q=&kind=&topic=&country=belarus&page=", "?country=belarus"),
    ("?q=+&kind=", ""),
    ("?q=%C3%84pple&kind=&utm_source=x", "?q=%C3%84pple&utm_source=x"),
])  # fmt: skip
def test_a_form_sent_without_scripts_leads_to_its_short_address(client, publication, sent, short):
    answer = client.get(LIST + sent)

    assert (answer.status_code, answer["Location"]) == (302, LIST + short)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=some.lists(some.sampled_from(["q", "kind=", "q=%20", "q=x", "=", "%3D=", "é=+", "q=%FF", "page=1"]), max_size=6).map("&".join))  # fmt: skip
def test_nobody_is_led_on_twice(client, query):
    answer = client.get(f"{LIST}?{query}")

    if answer.status_code == 302:
        assert client.get(answer["Location"]).status_code != 302
