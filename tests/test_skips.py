"""Which tests may be skipped: those that need ../shared, and no other. CI refuses the rest, and only at its end."""

import re

import pytest

from tests.conftest import ROOT

FILES = sorted((ROOT / "tests").rglob("test_*.py"))
FOR_THE_DATABASE = re.compile(r"skip(if)?\([^)]*(vendor|sqlite|postgres)", re.IGNORECASE)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_test_is_skipped_for_its_database(file):
    """A test says what is true on each database instead."""
    assert not FOR_THE_DATABASE.search(file.read_text())
