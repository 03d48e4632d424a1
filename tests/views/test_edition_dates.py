"""The date of an edition: the same on every page."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.utils.html import strip_tags

from publications import actions
from publications.metadata import RECORD_FORMATS
from publications.presentation import changes_url, editions_url
from tests.factories import make_live, make_publication, saved

pytestmark = pytest.mark.django_db

TODAY = "2026-11-25 10:00Z"
ADDRESSES = {
    "page": lambda live: live.get_absolute_url(),
    "editions": editions_url,
    "changes": lambda live: changes_url(live, 2),
    **{
        format.extension: lambda live, format=format: (
            live.get_absolute_url().removesuffix("/") + format.path_ending
        )
        for format in RECORD_FORMATS.values()
    },
}
UTC_DAY = re.compile(r"25 november|november 25|2026[-/]11[-/]25(?!T)", re.IGNORECASE)
ORIGINAL_DATE = datetime(2024, 10, 24, 7, tzinfo=UTC)


def words_at(client, address: str) -> str:
    return " ".join(strip_tags(client.get(address).text.partition("<main")[2]).split())


@pytest.fixture
def republished_edition(editor):
    """A text first published elsewhere in another year, published here today and corrected at once."""
    with time_machine.travel(TODAY, tick=False) as clock:
        publication = make_publication(title="Moldova", body="It was so.", published_at=ORIGINAL_DATE)
        actions.publish(publication, by=editor)
        clock.shift(60)
        yield actions.publish(
            saved(publication, body="It is so."), by=editor, change="correction", note="It is."
        )


def test_the_first_edition_of_a_text_that_was_taken_over_bears_its_own_date(client, republished_edition):
    address = republished_edition.get_absolute_url()

    assert "Published 24 October 2024" in words_at(client, address)
    assert "First publication 24 October 2024 " in words_at(client, f"{address}editions/")
    assert "edition 1, of 24 October 2024" in words_at(client, f"{address}editions/1/")
    assert "From Edition 1, 24 October 2024" in words_at(client, f"{address}editions/2/changes/")


def test_a_correction_has_the_time_at_which_it_became_public(client, republished_edition):
    address = republished_edition.get_absolute_url()

    assert "Corrected 25 November 2026" in words_at(client, address)
    assert "Correction 25 November 2026 11:01 CET" in words_at(client, f"{address}editions/")


@time_machine.travel(TODAY, tick=False)
def test_the_date_that_an_update_moved_to_stands_everywhere(client, editor):
    publication = make_publication(title="Corridor", body="Three.", published_at=ORIGINAL_DATE)
    actions.publish(publication, by=editor)
    moved = datetime(2026, 3, 5, 8, tzinfo=UTC)
    with time_machine.travel("2026-11-25 10:01Z", tick=False):
        live = actions.publish(
            saved(publication, body="Four.", published_at=moved), by=editor, change="update", note="One more."
        )
        address = live.get_absolute_url()
        page = client.get(address).text

        assert "Updated 5 March 2026" in words_at(client, address)
        assert "Update 5 March 2026 " in words_at(client, f"{address}editions/")
        assert '"dateModified":"2026-03-05' in page
        assert "25 November 2026" not in words_at(client, address)


@time_machine.travel(TODAY, tick=False)
def test_an_edition_of_the_same_day_has_its_time(client):
    edition = make_live()

    assert "First publication 25 November 2026 11:00 CET" in words_at(
        client, f"{edition.get_absolute_url()}editions/"
    )


@time_machine.travel(TODAY, tick=False)
def test_an_edition_that_took_another_back_has_its_text_and_nothing_to_compare(client, editor):
    publication = make_publication(body="Right.")
    actions.publish(publication, by=editor)
    for minute in (1, 2):
        with time_machine.travel(f"2026-11-25 10:0{minute}Z", tick=False):
            live = (
                actions.publish(saved(publication, body="Wrong."), by=editor)
                if minute == 1
                else actions.undo(publication, by=editor)
            )
    with time_machine.travel("2026-11-25 10:03Z", tick=False):
        address = live.get_absolute_url()

        assert "Edition 3 has the same text as edition 1: nothing differs." in words_at(
            client, f"{address}editions/3/changes/"
        )
        assert f'href="{address}editions/3/changes/"' not in client.get(f"{address}editions/").text


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_dates_are_those_of_the_time_zone_of_the_site(client, editor, name, language):
    """In Stockholm it is the next day already, as a text is published and corrected."""
    with time_machine.travel("2026-11-25 23:20Z", tick=False) as clock:
        publication = make_publication(body="It was so.", language=language)
        actions.publish(publication, by=editor)
        clock.shift(60)
        live = actions.publish(
            saved(publication, body="It is so."), by=editor, change="correction", note="It is."
        )
        clock.shift(60)
        text = client.get(ADDRESSES[name](live)).text

    assert "26" in text and not UTC_DAY.search(text)
