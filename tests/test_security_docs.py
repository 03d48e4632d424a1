"""docs/security.md: it has each requirement of OWASP ASVS 5.0.0, levels 1 and 2, once, and names tests that exist."""

import re
from collections import Counter

from tests.conftest import ROOT

DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LEVELS = dict(
    line.split()
    for line in (ROOT / "tests" / "asvs_requirements.txt").read_text(encoding="ascii").splitlines()
)
"""The level of each requirement by its id."""
ID = re.compile(r"\bV\d+\.\d+\.\d+\b")
ROW = re.compile(r"^\| (V[\d.]+) \| (\S*) \| (.+) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def find_missing_tests(text: str) -> set[str]:
    """Return the tests that a text names and that are not there."""
    missing = set()
    for path, name in TEST.findall(text):
        file = ROOT / path
        source = file.read_text(encoding="utf-8") if file.is_file() else ""
        if not source or (name and not re.search(rf"^ *def {name}\(", source, re.MULTILINE)):
            missing.add(f"{path}::{name}")
    return missing


def test_each_requirement_is_in_the_document_once():
    counts = Counter(ID.findall(DOCUMENT))

    assert len(LEVELS) == 253
    assert {id for id in LEVELS if counts[id] != 1} == set()
    assert counts.keys() - LEVELS.keys() == set()


def test_each_row_has_the_level_of_its_requirement():
    levels = {id: level for id, level, _how, _test in ROW.findall(DOCUMENT)}

    assert len(levels) > 150
    assert {id for id, level in levels.items() if LEVELS[id] != level} == set()


def test_every_named_test_exists():
    assert len(TEST.findall(DOCUMENT)) > 100
    assert find_missing_tests(DOCUMENT) == set()


def test_a_row_names_a_test_or_says_that_there_is_none():
    without = [id for id, _level, _how, test in ROW.findall(DOCUMENT) if not TEST.search(test)]
    rows = {id: test for id, _level, _how, test in ROW.findall(DOCUMENT)}

    assert [id for id in without if not re.match(r"no test|a document|documents|`make ", rows[id])] == []


def test_the_counts_are_those_of_the_tables():
    rows = DOCUMENT.partition("### Not met")[2]
    unmet, _heading, met = rows.partition("\n### ")
    ids = [len(ROW.findall(met)), len(ROW.findall(unmet))]

    expected = f"Of {len(LEVELS)} requirements {ids[0]} are met, {ids[1]} not or only in part"
    assert expected in DOCUMENT


def test_a_test_that_does_not_exist_is_found():
    text = "`tests/test_docs.py`, `tests/nowhere.py`, `tests/test_docs.py::test_nothing`"

    assert find_missing_tests(text) == {"tests/nowhere.py::", "tests/test_docs.py::test_nothing"}
