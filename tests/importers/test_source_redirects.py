"""Redirects of an old site, as their file has them."""

import pytest

from publications.actions import read_site_paths
from publications.importers.source_redirects import GROUP, SourceRedirect, describe_redirects
from publications.models import SitePage
from publications.server_redirects import write_server_line

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://elsewhere.example/"


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

    lost, server, errors = describe_redirects(rows, "https://old.example", read_site_paths())

    assert lost.items == ("/a → /gone",) and errors.items == ("/d → –",)
    assert [item.partition(" → ")[0] for item in server.items] == ["^/b/(.*)", "/e"]


def test_a_path_in_a_line_for_nginx_is_decoded():
    line = write_server_line("/om-%C3%A5ret/", ELSEWHERE, read_site_paths())

    assert line == 'rewrite "^/om\\-året/?$" "https://elsewhere.example/" permanent;'


def has_line(pattern: str) -> bool:
    return bool(write_server_line(pattern, f"{ELSEWHERE}$1", read_site_paths()))


@pytest.mark.parametrize(
    "pattern",
    [
        "^/(.*)$", "^/(en|sv)/", "/", "^/$", "^/en/?$", "^/[a-z]+/$", "/colophon",
        "^/en/publications/(.*)$", "^/sv/publikationer/(.*)$", "/en/publications/*", "^/(en|sv)/publi", "/en/publications/",
        "^/en/publications$", "^/en/publications/[0-9]+/?$", r"^/sv/publikationer/(\w+)\.pdf", "(?i)^/SV/PUBLIKATIONER/a",
        "^/en/publications/[^/]+/files/.+$", "^/en/topics/(.*)", "^/sv/amnen/x", "^/en/authors/[a-z-]+/?$", "^/en/verify",
        r"^/en/feeds/.*\.atom", "^/en/colophon/?$", "^/sv/kolofon$", r"^/robots\.txt$", r"^/sitemap\.xml$", r"^/sitemap-.*\.xml$",
        r"^/favicon\.ico$", r"^/eplikt\.rss$", r"^/llms\.txt$", "^/desk/", "^/static/", "^/media/a", "^/oai", "^/api/", r"^/\.well-known/",
    ],
)  # fmt: skip
def test_no_line_is_written_for_a_pattern_that_takes_pages_of_this_site(pattern):
    pages = {"title_en": "A", "slug_en": "colophon", "title_sv": "B", "slug_sv": "kolofon"}
    SitePage.objects.create(**pages, body_en="Text.", body_sv="Text.")

    assert not has_line(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "^/a(.*", "^/a)", "^/[z-a]$", "^/*+*", "^/a{", r"^/a\b", r"^/(a)\1", "^/(?=a)", "^/[[:alpha:]]", "^/[a--b]", "(" * 300,
        "^/(a+)+$", "^/(.?.?)*X$", "^/(.|.)*X$", "^/.*.*.*.*.*X$", "^/b" + "c?" * 28 + "X$", "^/b" + "(|c)" * 24 + "X$",
        "^/(b|b(c|d?)?){3}", "^/b{1,5}{2}", "^/b" + "c" * 500,
    ],
)  # fmt: skip
def test_no_line_is_written_for_a_pattern_that_is_not_valid_or_slow(pattern):
    assert not has_line(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "^/blog/([0-9]+)/.*$", r"^/(\d{4})/(\d{2})/(.*?)/?$", r"^/c\+\+/[+*?]\)\{\|(.*)$", "^/en/blog/(.*)$", "(?i)^/Blog/",
        "^/(?:news|nyheter|press)/(?:a|b)?", "^/en/publications/a/b/c", "^/EN/", r"^/[^/a-z]+\.html$",
    ],
)  # fmt: skip
def test_a_line_is_written_for_a_pattern_of_the_old_site(pattern):
    line = write_server_line(pattern, f"{ELSEWHERE}$1", read_site_paths())

    assert line == f'rewrite "{pattern}" "{ELSEWHERE}$1" permanent;'
