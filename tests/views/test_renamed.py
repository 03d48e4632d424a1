"""A topic or an author with a new address: their feeds and filtered lists lead there from the address before."""

import pytest

from publications import actions
from tests.factories import make_author, make_live, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def people_and_places(editor):
    author, tag = make_author("Ann Berg"), make_tag("Moldova", kind="country")
    make_live(by_whom=author, tags=(tag,))
    author.slug, tag.slug = "ann-lind", "republic-of-moldova"
    actions.save_instance(author, by=editor)
    actions.save_instance(tag, by=editor)
    return author, tag


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/en/feeds/topics/moldova.atom", "/en/feeds/topics/republic-of-moldova.atom"),
        ("/sv/feeds/topics/moldova.rss", "/sv/feeds/topics/republic-of-moldova.rss"),
        ("/en/feeds/authors/ann-berg.json", "/en/feeds/authors/ann-lind.json"),
        ("/en/publications/?country=moldova", "/en/publications/?country=republic-of-moldova"),
        ("/sv/publikationer/?author=ann-berg&page=1", "/sv/publikationer/?author=ann-lind&page=1"),
    ],
)
def test_feeds_and_lists_lead_on(client, people_and_places, before, after):
    answer = client.get(before)

    assert (answer.status_code, answer["Location"]) == (301, after)
    assert client.get(after).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/en/feeds/authors/nobody.atom",
        "/en/publications/?author=nobody",
        "/en/publications/?author=" + "a" * 300,
        "/en/publications/?author=%2F%00",
    ],
)
def test_what_never_was_is_not_found(client, people_and_places, path):
    assert client.get(path).status_code in (400, 404)


def test_a_pen_name_is_led_to_from_nowhere(client, editor, people_and_places):
    author, _tag = people_and_places
    author.name, author.slug, author.is_pseudonymous = "A Historian", "a-historian", True
    actions.save_instance(author, by=editor)

    for path in ("/en/feeds/authors/ann-berg.atom", "/en/publications/?author=ann-berg"):
        assert client.get(path).status_code == 404
