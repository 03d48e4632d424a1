"""Redirects of an old site, as their file has them."""

import pytest

from publications.importers.source_redirects import GROUP, SourceRedirect, describe_redirects
from publications.server_redirects import write_server_line


@pytest.mark.parametrize("group", ["(.*)", "([^/]+)", "([a-z0-9-]+)", r"([\w\-.]+?)", r"(\d+)"])
def test_a_group_of_one_set_of_characters_is_found(group):
    assert GROUP.fullmatch(group)


def test_a_group_without_an_end_is_read_in_little_time():
    assert not GROUP.search("([" + "a-" * 2_000)


def test_redirects_that_are_lost_are_no_lines_for_the_web_server():
    rows = [
        SourceRedirect("/a", "/gone", "/a"),
        SourceRedirect("^/b/(.*)", "/c/$1", ""),
        SourceRedirect("/d", "", "/d"),
        SourceRedirect("/e", "https://elsewhere.example/", "/e"),
    ]

    lost, server, errors = describe_redirects(rows, "https://old.example")

    assert lost.items == ("/a → /gone",) and errors.items == ("/d → –",)
    assert [item.partition(" → ")[0] for item in server.items] == ["^/b/(.*)", "/e"]


def test_a_path_in_a_line_for_nginx_is_decoded():
    line = write_server_line("/om-%C3%A5ret/", "https://elsewhere.example/")

    assert line == 'rewrite "^/om\\-året/?$" "https://elsewhere.example/" permanent;'


@pytest.mark.parametrize(
    "pattern",
    [
        "^/a(.*",
        "^/[z-a]$",
        "^/(a+)+$",
        "^/(.*)$",
        "^/(en|sv)/",
        "/",
        "^/$",
        "^/en/?$",
        "^/desk/",
        "^/static/",
        "^(.?.?)*X$",
        "^(.|.)*X$",
        "^.*.*.*.*.*X$",
    ],
)
def test_no_line_is_written_for_a_pattern_that_harms_the_server_or_this_site(pattern):
    assert write_server_line(pattern, "https://elsewhere.example/$1") == ""


def test_a_line_is_written_for_a_pattern_of_the_old_site():
    line = write_server_line("^/blog/([0-9]+)/.*$", "https://elsewhere.example/$1")

    assert line == 'rewrite "^/blog/([0-9]+)/.*$" "https://elsewhere.example/$1" permanent;'
