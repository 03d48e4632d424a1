"""Decisions: a record that is superseded, whole or in part, says by which one, so that nobody follows the old one."""

import re

import pytest

from tests.conftest import ROOT

STATUS = {
    path.name[:4]: path.read_text(encoding="utf-8").splitlines()[2]
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))
}
NEWER = re.compile(r"(?:supersedes|replaces|takes the place of) (.*)")
LATER = [
    (newer, older)
    for newer, status in STATUS.items()
    if (said := NEWER.search(status))
    for older in re.findall(r"\b\d{1,4}\b", said[1])
]


@pytest.mark.parametrize(("newer", "older"), LATER)
def test_a_superseded_record_leads_to_the_one_that_took_its_place(newer, older):
    assert newer in STATUS[older.zfill(4)]


def test_each_record_has_a_number_of_its_own_which_its_heading_repeats():
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    numbers = [int(path.name[:4]) for path in records]
    headings = [int(path.read_text(encoding="utf-8").removeprefix("# ").split(".")[0]) for path in records]

    assert numbers == headings == list(range(1, len(records) + 1))
