"""One bit changed in any row or file of a restored site is found. `python -m tests.random_bits 1000` tries many."""

import pytest
from django.db import connection

from publications.integrity import record_rows
from tests.corruptions import make_site
from tests.random_bits import find_misses

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="bits are changed in the rows as SQLite stores them"
    ),
]
BITS = 40


def test_each_of_a_few_random_bits_is_found():
    make_site()
    record_rows()

    assert find_misses(BITS) == {}
