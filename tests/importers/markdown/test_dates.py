"""Dates as people write them."""

from datetime import date

import pytest

from publications.importers.markdown.dates import parse_date


@pytest.mark.parametrize(
    "text",
    [
        "Sunday, 8 June 2014",
        "Sunday, June 8, 2014",
        "söndag 8 juni 2014",
        "Söndag, 8 juni 2014",
        "söndagen den 8 juni 2014",
        "den 8 juni 2014",
    ],
)
def test_a_weekday_may_precede_a_date(text):
    assert parse_date(text).date() == date(2014, 6, 8)


@pytest.mark.parametrize("text", ["8 9 juni 2014", "söndag den", "söndag 8 foo 2014"])
def test_other_words_are_no_date(text):
    assert parse_date(text) is None
