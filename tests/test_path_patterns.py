"""Which regular expressions for paths match one of many paths."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from publications.path_patterns import ANY_REST, ANY_SEGMENT, PathTree, UnreadablePattern, read_pattern

PATHS = PathTree(["/a/", f"/a/{ANY_SEGMENT}/b", f"/a/{ANY_SEGMENT}.{ANY_SEGMENT}", f"/c/{ANY_REST}"])


@given(some.text("ab/.*+?()|[]^$", max_size=8), some.text("ab/.", max_size=6))
def test_a_pattern_matches_what_re_finds(pattern, path):
    try:
        matches = read_pattern(pattern).matches_any(PathTree([path]))
    except UnreadablePattern:
        return
    assert matches >= bool(re.search(pattern, path))


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("^/a/$", True), ("^/a$", False), ("/b$", True), ("^/b", False), ("^/a/[0-9]+/b", True), ("^/a/x/y/b", False),
        (r"^/a/x\.pdf$", True), ("^/a//b$", False), ("^/c/x/y/z$", True), ("^/c/$", False), ("(?i)^/A/", True), ("^/A/", False),
        ("^/(a|b)/(x|y)?/?b", True), ("^/a/x{3}/b", True), ("^/a/x{1,}/{2}b", False), (r"^/\w/\W\D\S/b$", True), ("^/a/öst/b", True), ("^/a/[α-ω]+/b", True),
    ],
)  # fmt: skip
def test_a_pattern_matches_a_path_that_stands_for_many(pattern, matches):
    assert read_pattern(pattern).matches_any(PATHS) is matches


@pytest.mark.parametrize(
    "pattern", [".?" * 150, "(|.)" * 75, ".*" * 140 + "X", "(((.?.?)?)?)?" * 20, "[^/]*/?" * 40]
)
def test_patterns_that_take_ages_elsewhere_are_followed_in_few_steps(pattern):
    # `re` would need more steps than a computer can take.
    read_pattern(pattern).matches_any(PATHS)
