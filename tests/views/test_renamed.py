"""Feeds and filtered lists of renamed topics and authors redirect to the current slug."""

from functools import partial

import pytest

from publications import actions
from tests.factories import make_author, make_live, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed_author_and_tag(editor):
    author, tag = make_author("Ann Berg"), make_tag("Moldova", kind="country")
    make_live(author=author, tags=(tag,))
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
def test_feeds_and_lists_of_renamed_topics_and_authors_redirect(
    client, renamed_author_and_tag, before, after
):
    response = client.get(before)

    assert (response.status_code, response["Location"]) == (301, after)
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
def test_feeds_and_lists_of_unknown_slugs_are_404(client, renamed_author_and_tag, path):
    assert client.get(path).status_code in (400, 404)


def test_no_redirect_leads_to_a_pseudonymous_author(client, editor, renamed_author_and_tag):
    author, _tag = renamed_author_and_tag
    author.name, author.slug, author.is_pseudonymous = "A Historian", "a-historian", True
    actions.save_instance(author, by=editor)

    for path in ("/en/feeds/authors/ann-berg.atom", "/en/publications/?author=ann-berg"):
        assert client.get(path).status_code == 404


def rename(row, slug: str, *, by) -> None:
    row.slug = slug
    actions.save_instance(row, by=by)


@pytest.mark.parametrize("kind", ["theme", "country", "author"])
def test_topics_and_authors_that_take_the_names_of_others_never_redirect_in_a_circle(client, editor, kind):
    make = make_author if kind == "author" else partial(make_tag, kind=kind)
    first, second = make("Alpha", slug="a"), make("Beta", slug="b")
    for row in (first, second):
        make_live(author=row) if kind == "author" else make_live(tags=(row,))
    folder, name = ("authors", "author") if kind == "author" else ("topics", kind.replace("theme", "topic"))
    for row, slug in ((second, "x"), (first, "b"), (second, "a"), (first, "c"), (second, "b"), (first, "a")):
        rename(row, slug, by=editor)

        for old in "abcx":
            for parameter in {name, "topic", "country"}:
                _follow(client, f"/en/publications/?{parameter}={old}&year=2020")
                _follow(client, f"/en/publications/?{parameter}={old}")
            for address in (
                f"/en/{folder}/{old}/",
                f"/en/feeds/{folder}/{old}.atom",
                f"/en/{folder}/{old}/?page=9",
            ):
                final = _follow(client, address)
                current = {first.slug: "Alpha", second.slug: "Beta"}.get(old)
                if current and "page" not in address:
                    assert current in final.text
                assert "page" not in address or not current or final.status_code == 404 or "topics" in address
    assert _follow(client, f"/en/publications/?{name}=x").status_code == 200


def _follow(client, address: str):
    """Return the last response, after one redirect at most."""
    response = client.get(address)
    if response.status_code == 301:
        response = client.get(response.headers["Location"])
    assert response.status_code in (200, 404)
    return response
