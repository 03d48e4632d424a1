"""Searches that match more editions than are ranked: which of them are found, and what the page says."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from publications import search
from publications.models import Edition
from tests.factories import make_live, make_tag
from tests.search.test_search_page import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limits(monkeypatch):
    """Rank four editions and return three."""
    monkeypatch.setattr("publications.search.results.MAX_RESULTS", 3)
    monkeypatch.setattr("publications.search.results.MAX_RANKED", 4)


def results_of(text: str, **options) -> search.SearchResults:
    return search.search(search.parse_query(text), locale="en", **options)


def titles(text: str, **options) -> list[str]:
    results = results_of(text, **options)
    editions = Edition.objects.in_bulk(results.edition_ids)
    return [editions[pk].title for pk in results.edition_ids]


def make_pairs(count: int, **fields) -> None:
    for number in range(count):
        original = make_live(title=f"Grain {number}", **fields).publication
        make_live(title=f"Grain {number} på svenska", language="sv", translation_of=original, **fields)


# Counts --------------------------------------------------------------------------------------------


def test_more_results_than_are_returned_are_marked_as_partial():
    for number in range(4):
        make_live(title=f"Grain {number}")

    assert results_of("grain").count == search.ResultCount(3, is_partial=True)


def test_more_translations_than_are_ranked_are_marked_as_partial():
    make_pairs(3)

    results = results_of("grain")

    assert results.count == search.ResultCount(2, is_partial=True)
    assert (len(results.edition_ids), results.has_partial_facet_counts) == (2, True)


def test_the_result_of_a_filter_is_exact_if_only_other_filters_match_more():
    for _number in range(4):
        make_live(title="Grain")
    make_live(title="Grain", tags=(make_tag("Energy"),))

    results = results_of("grain", filters={"topic": "energy"})

    assert results.count == search.ResultCount(1)
    assert results.has_partial_facet_counts


@pytest.mark.parametrize(("pairs", "expected"), [(1, "1 publication "), (3, "2+ publications ")])
def test_the_page_marks_a_partial_count(client, pairs, expected):
    make_pairs(pairs)

    assert expected in page_of(client, "grain").replace("<", " <")


@pytest.mark.parametrize(
    ("pairs", "expected"), [(1, "there is 1 publication with"), (3, "there are 2+ publications with")]
)
def test_the_page_without_results_marks_the_partial_count_of_the_query_alone(client, pairs, expected):
    make_pairs(pairs)
    make_live(title="Barley", tags=(make_tag("Energy"),))

    assert expected in page_of(client, "grain", topic="energy")


def test_the_number_beside_a_suggested_word_is_that_of_its_results(monkeypatch):
    monkeypatch.setattr("publications.search.results.MAX_RANKED", 8)
    make_pairs(3)

    suggestion = search.suggest_spelling(search.parse_query("grain zzyzx"), locale="en")

    assert suggestion.parts == (("grain", results_of("grain").count),)


# Which editions are ranked ---------------------------------------------------------------------------------


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("filters", [{}, {"language": "en"}])
def test_the_newest_editions_are_ranked_whenever_they_were_stored(newest_first, filters):
    now = timezone.now()
    days_by_title = {"Grain, new": 1, "Grain, archive 1": 900, "Grain, newest": 0, "Grain, archive 2": 800}
    days_by_title |= {f"Grain, archive {n}": 700 + n for n in range(3, 8)}
    for title, days in days_by_title.items():
        make_live(title=title, published_at=now - timedelta(days=days))

    found = titles("grain", newest_first=newest_first, filters=filters)

    assert {"Grain, new", "Grain, newest"} <= set(found)
    if newest_first:
        assert found == ["Grain, newest", "Grain, new", "Grain, archive 3"]


@pytest.mark.postgresql
def test_a_row_that_an_earlier_release_stored_since_the_upgrade_counts_as_the_newest():
    """On SQLite no app server of an earlier release runs then: see docs/deploying.md, Upgrade."""
    newest = make_live(title="Grain of today", body="Grain.")
    for number in range(5):
        make_live(
            title=f"Grain {number}", body="Grain.", published_at=timezone.now() - timedelta(days=number + 1)
        )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH row AS (DELETE FROM publications_search WHERE edition_id = %s RETURNING edition_id, vector, marks)
            INSERT INTO publications_search (edition_id, vector, marks) SELECT * FROM row
            """,
            [newest.pk],
        )

    assert titles("grain", newest_first=True)[0] == "Grain of today"


def test_facets_count_the_newest_editions():
    make_live(title="Grain")
    for number in range(4):
        make_live(title=f"Grain {number}", published_at=timezone.now() - timedelta(days=800 + number))

    assert results_of("grain").facet_counts["year"][str(timezone.localtime().year)] == 1


# Exact titles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ["", "2019"])
def test_the_page_offers_every_year_of_the_list_if_not_all_results_are_counted(client, year):
    for day in range(1, 9):
        make_live(title=f"Grain {day}", published_at=datetime(2024, 5, day, tzinfo=UTC))
    make_live(title="Old grain", published_at=datetime(2019, 5, 1, tzinfo=UTC))

    page = client.get("/en/publications/", {"q": "grain", **({"year": year} if year else {})}).text
    years = page.partition('<select name="year">')[2].partition("</select>")[0]

    assert [text.strip() for text in re.findall(r">([^<]+)</option>", years)] == ["All years", "2024", "2019"]


@pytest.mark.parametrize("filters", [{}, {"language": "en"}, {"topic": "energy"}])
def test_the_exact_title_comes_first_however_many_newer_editions_match(filters):
    long_ago = timezone.now() - timedelta(days=4000)
    tags = (make_tag("Energy"),)
    make_live(title="European security", body="Other.", published_at=long_ago, tags=tags)
    for number in range(6):
        make_live(title=f"On European security, part {number}", body="European security. " * 9, tags=tags)

    found = titles("european security", filters=filters)

    assert found[0] == "European security" and len(found) == 3
    assert "European security" not in titles("european security", filters=filters, newest_first=True)


def test_an_exact_title_is_found_only_within_the_filters():
    make_live(title="Grain", tags=(make_tag("Belarus", kind="country"),))
    make_live(title="Grain and more", tags=(make_tag("Energy"),))

    assert titles("grain", filters={"topic": "energy"}) == ["Grain and more"]


def test_of_equal_titles_that_of_the_locale_comes_first_then_the_newest():
    for title, language, days in (("Grain", "en", 3), ("GRAIN", "en", 2), ("grain", "sv", 1)):
        make_live(title=title, language=language, published_at=timezone.now() - timedelta(days=days))

    assert titles("grain") == ["GRAIN", "Grain", "grain"]
