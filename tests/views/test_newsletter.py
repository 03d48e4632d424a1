"""Issues of the newsletter: what they show of the publications that they have, and what no longer."""

import pytest

from publications import actions
from publications.models import Edition
from tests.factories import make_live, make_person, make_publication, saved

pytestmark = pytest.mark.django_db

FEED = "/en/feeds/kinds/newsletter.atom"


@pytest.fixture
def items() -> list[Edition]:
    return [make_live(title=f"Text on {name}", summary=f"All on {name}.") for name in ("rye", "hay", "oats")]


@pytest.fixture
def issue(items) -> Edition:
    """An issue without a text of its own: the title, the summary, and what it has."""
    draft = make_publication(kind="newsletter", title="What is new", body="")
    actions.set_related_links(
        draft, [items[1].publication, items[2].publication, items[0].publication], by=None
    )
    return actions.publish(draft, by=None)


def titles(text: str) -> list[str]:
    return sorted((name for name in ("rye", "hay", "oats") if f"Text on {name}" in text), key=text.index)


def test_an_issue_shows_what_it_has_in_order(client, issue):
    page = client.get(issue.get_absolute_url()).text

    assert titles(page) == ["hay", "oats", "rye"]
    assert "In this issue" in page and "All on hay." in page
    assert "/en/publications/?kind=newsletter" in page
    assert "Related Publications" not in page


def test_what_is_withdrawn_goes_and_what_is_corrected_is_shown_as_it_is_now(client, issue, items):
    for path in (issue.get_absolute_url(), FEED):
        assert titles(client.get(path).text) == ["hay", "oats", "rye"]

    actions.withdraw(items[0].publication, by=None, note="Made up.")
    actions.publish(saved(items[1].publication, title="Text on straw"), by=None, change="silent")
    actions.redact(items[2].publication, "oats", by=make_person("Administrators"))

    for path in (issue.get_absolute_url(), FEED):
        text = client.get(path).text
        assert "Text on straw" in text
        assert not [words for words in ("rye", "Text on hay", "oats") if words in text]


def test_an_issue_without_publications_and_without_a_text_is_not_ready():
    draft = make_publication(kind="newsletter", body="")

    assert [field for field, _message in draft.publish_errors()] == ["body"]


def test_an_issue_without_a_text_of_its_own_has_no_reading_time(client, issue):
    page, listed = (
        client.get(issue.get_absolute_url()).text,
        client.get("/en/publications/?kind=newsletter").text,
    )

    assert page.count("min read") == 3  # of what it has
    assert issue.title in listed and "min read" not in listed
