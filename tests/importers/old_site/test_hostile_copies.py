"""Copies that are made to do harm: each ends soon, and the report says what is not read."""

import gzip

import pytest

from publications.importers.imported_file import ImportRefused
from publications.importers.mapping import parse_mapping
from publications.importers.old_site import open_old_site, parse_rules
from publications.path_patterns import PathTree
from tests.old_site import SITE, SMALL_RULES, Answer, small_site, write_warc

TOO_LARGE = "<p>" + "x" * 5_100_000
PAGES = {
    "nested": ("<div>" * 50_000, "nested too deeply"),
    "attributes": (f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>", "thousands of attributes"),
    "attributes with signs": (f"<p {' '.join(f'a{n}=">"' for n in range(50_000))}>", "thousands of attributes"),
    "attributes behind a comment": (f'<!-- <x a="--><p {" ".join(f"a{n}" for n in range(50_000))}>', "thousands"),
    "large": (TOO_LARGE, "more than 5 MB"),
}  # fmt: skip


def open_site(path, answers: dict[str, Answer]):
    return open_old_site(write_warc(path / "site.warc.gz", answers), parse_mapping(SMALL_RULES, name="rules"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_cannot_be_parsed_is_named_and_the_others_are_read(tmp_path, name):
    body, reason = PAGES[name]

    source = open_site(tmp_path, small_site({"Gas": body}))

    refusal = source.refused[f"{SITE}/news/gas"]
    assert reason in refusal and "by hand" in refusal
    assert len(list(source.articles())) == 3


def test_a_compressed_page_is_unpacked_up_to_a_limit(tmp_path):
    body = gzip.compress(b"<html><body class=news>" + b" " * 60_000_000)
    answers = small_site() | {f"/news/{n}": Answer(body) for n in range(3)}  # every third is coded again

    assert len(open_site(tmp_path, answers).entries) >= 4


def test_pages_that_name_another_host_as_theirs_stay_at_their_address(tmp_path):
    head = "<base href='https://evil.example/a/'><link rel=canonical href='https://evil.example/news/gas'>"
    source = open_site(tmp_path, small_site({"Gas": "<a href='x'>x</a><img src=y.png>"}, head=head))

    assert {entry.source for entry in source.entries} == {
        "/news/coal",
        "/news/gas",
        "/news/oil",
        "/news/wind",
    }
    gas = next(article for article in source.articles() if article.title == "Gas")
    assert "https://evil.example/a/x" in gas.html and not source.missing


def test_redirects_in_a_circle_are_listed(tmp_path):
    circle = {f"/r{n}": Answer(status=301, location=f"{SITE}/r{(n + 1) % 30}") for n in range(30)}
    source = open_site(
        tmp_path, small_site() | circle | {"/self": Answer(status=301, location=f"{SITE}/self")}
    )

    lost = next(remark.items for remark in source.summarize(PathTree([])) if "404" in remark.text)
    assert {*circle, "/self"} <= set(lost)


@pytest.mark.parametrize(
    "charset", ["bogus\0", "idna", "unicode_escape", "utf-7", "hex", "zip", "undefined", "utf-16"]
)
def test_no_charset_keeps_a_page_from_being_read(tmp_path, charset):
    answers = small_site()
    gas = answers["/news/gas"]
    answers["/news/gas"] = Answer(gas.body, f"text/html; charset={charset}")

    source = open_site(tmp_path, answers)

    assert "Gas" in {article.title for article in source.articles()}


@pytest.mark.parametrize("selector", [":not(:has(* ~ .x))", ":has(:has(.x))", "p ~ p ~ p ~ p", "p " * 300])
def test_selectors_that_take_minutes_are_refused(selector):
    with pytest.raises(ImportRefused, match=r"Line 3 .*takes too long"):
        parse_rules(parse_mapping(f"\npages:\n  - body: '{selector}'\n", name="rules").pages)
