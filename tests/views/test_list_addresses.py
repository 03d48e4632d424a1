"""The list of publications: the feed of the chosen facet, and URLs without empty parameters."""

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
        author=make_author("Ann Berg"),
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
def test_a_list_with_one_facet_links_to_the_feed_of_that_facet(client, publication, query, feed):
    page = client.get(LIST + query).text

    assert FEED.findall(page) == [f"/en/feeds/{feed}.atom"]
    assert f'type="application/atom+xml" href="/en/feeds/{feed}.atom"' in page


@pytest.mark.parametrize(
    "query", ["?year={year}", "?topic=energy&country=belarus", "?q=piece", "?q=piece&topic=energy"]
)
def test_a_list_without_a_feed_of_its_own_names_that_of_the_site(client, publication, query):
    page = client.get(LIST + query.format(year=publication.year)).text

    assert FEED.findall(page) == []
    assert page.count('type="application/atom+xml" href=') == 1
    assert 'href="/en/feeds/publications.atom"' in page


@pytest.mark.parametrize(("sent", "short"), [
    ("?q=&kind=&topic=&country=belarus&page=", "?country=belarus"),
    ("?q=+&kind=", ""),
    ("?q=%C3%84pple&kind=&utm_source=x", "?q=%C3%84pple&utm_source=x"),
])  # fmt: skip
def test_empty_parameters_are_removed_by_a_redirect(client, publication, sent, short):
    response = client.get(LIST + sent)

    assert (response.status_code, response["Location"]) == (302, LIST + short)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=some.lists(some.sampled_from(["q", "kind=", "q=%20", "q=x", "=", "%3D=", "é=+", "q=%FF", "page=1"]), max_size=6).map("&".join))  # fmt: skip
def test_the_redirect_without_empty_parameters_happens_once(client, query):
    response = client.get(f"{LIST}?{query}")

    if response.status_code == 302:
        assert client.get(response["Location"]).status_code != 302
