"""Settings of generators that leave files out."""

import re
from fnmatch import fnmatchcase

import pytest

from publications.importers.markdown.content_folders import MAX_REGEX_CHARACTERS, widen_regex

NAMES = ("", "/a.md", "/a/secret-x.md", "/SECRET.md", "/b12-memo.txt", "/a|b", "/_cache", "/(x", "/x]")


@pytest.mark.parametrize(
    "regex",
    [
        "", "^$", "secret", r"secret.*\.md$", "(?i)secret", "(_cache|x)$", "a$|b", r"\(x", "[^x]]", "x{0,2}]", "b[0-9]+-?m",
        r"\x61", r"\141", ".md|$x", "a(b|)c*", "a?(?:[(])*",
    ],
)  # fmt: skip
def test_a_pattern_fits_wherever_its_regular_expression_is_found(regex):
    for name in NAMES:
        is_found = re.search(regex, name)
        assert not is_found or any(fnmatchcase(name, pattern) for pattern in widen_regex(regex)), name


@pytest.mark.parametrize(
    ("regex", "patterns"),
    [
        (r"secret.*\.md$", ["*secret*.md"]),
        ("_1$|(?i)x1", ["*_1", "*[xX]1*"]),
        ("a" * (MAX_REGEX_CHARACTERS + 1), ["*"]),
        (r"\p{Greek}\x{41}[[:alpha:]]", ["*"]),
    ],
)
def test_what_is_no_plain_character_may_be_anything(regex, patterns):
    assert list(widen_regex(regex)) == patterns
