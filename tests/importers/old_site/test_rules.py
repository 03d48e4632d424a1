"""Rules of a mapping: what fits a page, and what is refused with its line."""

import pytest

from publications.importers.imported_file import ImportRefused
from publications.importers.mapping import parse_mapping
from publications.importers.old_site.html_page import parse_page
from publications.importers.old_site.rules import find_rule, parse_rules

RULES = """
pages:
  - name: news
    match: {address: [/news/*, /nyheter/*], selector: body.news}
    body: .text
  - name: lists
    match: {selector: .pager}
    ignore: true
"""


def rules_in(text: str):
    return parse_rules(parse_mapping(text, name="site.yaml").pages)


@pytest.mark.parametrize(
    ("address", "html", "name"),
    [
        ("https://old.example/News/a?id=3", "<body class=news>", "news"),
        ("https://old.example/nyheter/", "<body class='x news'>", "news"),
        ("https://old.example/news/a", "<body class=other>", None),
        ("https://old.example/about/", "<body class=news>", None),
        ("https://old.example/about/", "<div class=pager>", "lists"),
    ],
)
def test_the_first_rule_whose_address_and_selector_fit_reads_a_page(address, html, name):
    rule = find_rule(rules_in(RULES), parse_page(html, address))

    assert (rule.name if rule else None) == name


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("titel: h1", "Line 3 of the mapping: a rule has no “titel”. There are: name, match,"),
        (
            "title: h1",
            "Line 3 of the mapping: the rule names no “body”. Give the selector of the text, or “ignore",
        ),
        (
            "body: 'p['",
            "Line 3 of the mapping: “body” is no CSS selector: p[. Copy one from the developers’ tools",
        ),
        ("date: 'p[ @content'\n    body: p", "Line 3 of the mapping: “date” is no CSS selector: p["),
        ("ignore: maybe", "Line 3 of the mapping: “ignore” is true or false."),
        (
            "match: /news/*\n    body: p",
            "Line 3 of the mapping: “match” has “address” (a pattern such as /news/*)",
        ),
        ("body: {a: b}", "Line 3 of the mapping: “body” is a selector, or a list of selectors."),
    ],
)
def test_an_invalid_rule_is_refused_with_its_line_and_the_remedy(rule, reason):
    with pytest.raises(ImportRefused) as refusal:
        rules_in(f"pages:\n  # a comment\n  - {rule}\n")

    assert str(refusal.value).startswith(reason)
