"""Patterns of Hugo."""

import pytest

from publications.importers.markdown.cascades import MAX_PATTERN, matches_glob


@pytest.mark.parametrize(
    ("pattern", "fits", "is_fit"),
    [
        ("/a/*", "/a/b", True), ("/a/*", "/a/b/c", False), ("/a/**", "/a/b/c", True), ("**/c", "/a/b/c", True),
        ("/{a,b{1,2}}", "/b2", True), ("/{a,b}", "/c", False), ("/?", "/a", True), ("/a?b", "/a/b", False),
        ("/[a-c]", "/b", True), ("/[!a-c]", "/b", False), (r"/\*", "/a", False), (r"/\*", "/*", True),
        ("/[a", "/a", None), ("/{a", "/a", None), ("", "/a", None), ("a" * (MAX_PATTERN + 1), "a", None),
        ("{a,b}" * 9, "a" * 9, None), ("*a" * 200, "a" * 250, True),
    ],
)  # fmt: skip
def test_a_pattern_fits_as_it_does_in_hugo_or_is_not_understood(pattern, fits, is_fit):
    assert matches_glob(pattern, fits) is is_fit
