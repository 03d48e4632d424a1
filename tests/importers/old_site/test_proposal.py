"""Rules that are proposed for sites of other shapes than the made-up one."""

from collections import Counter

import pytest

from publications.importers.mapping import parse_mapping
from publications.importers.mapping_yaml import render_mapping
from publications.importers.old_site import open_copy, sampled_group
from publications.importers.old_site.html_page import HtmlPage
from publications.importers.old_site.page_groups import PageGroup
from publications.importers.old_site.page_profiles import PageProfile, RepeatedTexts, lineage_of, read_pages
from publications.importers.old_site.proposal import propose_rules
from publications.importers.old_site.proposed_matches import MAX_LISTED_ADDRESSES, propose_match
from publications.importers.old_site.rules import find_rule, parse_rules
from publications.importers.old_site.sampled_group import SampledGroup
from tests.old_site import SITE, Answer, write_warc

SHAPES = (
    "/page.aspx?id={}", "/news/{}/", "/{}", "/{}.html", "/a/b/{}?x=1&y", "/?p={}", "/news?id={}", "//double/{}",
    "/[a]/{}", "/[a]?id={}", "/a*b/{}", "/100%25/{}", "/a%2541/{}", "/s%20%20p/{}", "/%E5%E4%F6/{}", "/%C3%A5/{}", "/A?ID={}",
)  # fmt: skip
WORDS = (
    "coal",
    "gas",
    "oil",
    "wind",
    "water",
    "sun",
    "peat",
    "wood",
    "steam",
    "salt",
    "iron",
    "stone",
    "sand",
    "clay",
)


def words(number: int) -> str:
    return " ".join(f"{word}{number}" for word in WORDS)


def page(number: int, main: str) -> Answer:
    return Answer(f"<html><title>T{number}</title><body>{main}</body></html>".encode())


def text_page(number: int) -> Answer:
    return page(
        number, f"<table><tr><td><h1>T{number}</h1><div><p>{words(number)}</p></div></td></tr></table>"
    )


def list_page(number: int, targets: list[str]) -> Answer:
    links = "".join(f'<li><a href="{SITE}{target}">{number} to {target}</a></li>' for target in targets)
    return page(number, f"<h1>L{number}</h1><div><section><ul>{links}</ul></section></div>")


@pytest.mark.parametrize(
    ("shape", "list_shape"),
    [*zip(SHAPES, SHAPES, strict=True), ("/page.aspx?id={}", "/{}"), ("/{}", "/{}?id=3")],
)
def test_each_page_that_rules_are_proposed_from_is_fitted_by_its_own_rule(tmp_path, shape, list_shape):
    texts = {shape.format(number): text_page(number) for number in range(10, 15)}
    lists = {list_shape.format(number): list_page(number, list(texts)) for number in range(30, 33)}
    contact = {list_shape.format(99): page(99, f"<p>{words(99)}</p>")}

    copy = open_copy(write_warc(tmp_path / "a.warc.gz", texts | lists | contact))
    rules = parse_rules(parse_mapping(render_mapping(propose_rules(copy)), name="a").pages)

    fitting = {page.address: find_rule(rules, page) for page in read_pages(copy)}
    found = [None if rule is None else rule.is_ignored for rule in fitting.values()]
    assert found == [False] * len(texts) + [True] * len(lists) + [None] * len(contact), fitting


def test_many_addresses_of_texts_become_a_folder_behind_the_listed_ones(tmp_path):
    texts = {f"/page.aspx?id={number}": text_page(number) for number in range(10, 70)}
    lists = {f"/page.aspx?id={number}": list_page(number, list(texts)[:9]) for number in range(3)}

    rules = propose_rules(open_copy(write_warc(tmp_path / "a.warc.gz", texts | lists))).pages

    assert [rule["match"] for rule in rules] == [
        {"address": ["/page.aspx?id=0", "/page.aspx?id=1", "/page.aspx?id=2"]},
        {"address": ["/page.aspx?*"]},
    ]


@pytest.mark.parametrize("count", [3, MAX_LISTED_ADDRESSES + 1])
@pytest.mark.parametrize("others", [[], ["/news/gas"]])
def test_a_rule_for_addresses_of_the_home_page_fits_no_other_page(count, others):
    addresses = [f"/?p={number}" for number in range(count)]
    profiles = [PageProfile(path, f"{SITE}{path}", (), frozenset()) for path in [*addresses, *others]]

    match = propose_match(PageGroup((), profiles[:count]), "", profiles[count:], is_ignored=False)

    assert match == {"address": addresses}


def web_form(number: int, template: str, main: str) -> Answer:
    """Return a page of ASP.NET: all of it is a form, and the words of the menu and the title are around the text."""
    menu = "".join(f'<li><a href="page.aspx?id={target}">Menu {target}</a></li>' for target in range(2, 9))
    return Answer(
        f"<html><head><title>Text {number} - The institute</title></head><body><form action=page.aspx><table><tr>"
        f"<td class=brodsmulor>Du är här: <a href=default.aspx>Start</a> &gt; Text {number}</td></tr><tr>"
        f"<td><ul>{menu}</ul></td><td class={template} id=innehall><h1>Text {number}</h1>{main}</td></tr></table>"
        f"</form></body></html>".encode()
    )


def web_form_text(number: int, template: str) -> Answer:
    pdf = f"<p><img class=omslag src=/upload/hamn.jpg alt=Hamnen></p><p class=serie>2011:{number}</p>"
    pdf += f"<div class=ladda><a href=upload/{number}.pdf>Ladda ner texten (PDF)</a></div>"
    return web_form(
        number,
        template,
        f"<div class=datum>{number} mars 2011</div><p class=ingress>Om {words(number)[:60]}</p>"
        f"<div class=brodtext><p>{words(number)}</p><p>Och {words(number + 100)} {words(number + 200)} {words(number + 300)}</p></div>"
        f"<p class=forfattare>Av: {'Anna Berg' if number % 2 else 'Carl Dahl'}</p>"
        + (pdf if template == "rapport" else ""),
    )


def test_fields_are_found_on_pages_that_are_a_form_as_a_whole(tmp_path):
    pages = {f"/page.aspx?id={number}": web_form_text(number, "artikel") for number in range(10, 20)}
    pages |= {f"/page.aspx?id={number}&print=1": web_form_text(number, "artikel") for number in range(10, 20)}
    pages |= {f"/page.aspx?id={number}": web_form_text(number, "rapport") for number in range(20, 24)}
    pages |= {
        f"/page.aspx?id={number}": web_form(number, "sida", f"<p>{words(number)}</p>")
        for number in range(30, 34)
    }
    pages |= {"/default.aspx": web_form(1, "start", "<ul><li><a href=page.aspx?id=12>Texten</a></ul>")}

    texts, reports, others = propose_rules(open_copy(write_warc(tmp_path / "a.warc.gz", pages))).pages

    fields = {
        "title": "h1",
        "date": ".datum",
        "authors": "p.forfattare",
        "summary": "p.ingress",
        "body": ".brodtext",
    }
    assert texts == {**texts, **fields, "match": {"selector": "td.artikel"}}
    assert not texts.keys() & {"kind", "cover", "files"}
    assert reports == {
        **reports,
        **fields,
        "body": "div.brodtext",
        "match": {"selector": "td.rapport"},
        "files": ".ladda",
    }
    assert (reports["kind"], reports["cover"], reports["number"]) == ("report", ".omslag", "p.serie")
    assert (others["match"], "ignore" in others) == ({"selector": "td.sida"}, False)


@pytest.mark.parametrize("place", ["title", "breadcrumb"])
def test_the_kind_and_the_number_are_proposed_by_what_the_pages_say(tmp_path, place):
    title, step = ("Rapport 2011:{} Gas", "Start") if place == "title" else ("Gas {}", "Rapporter")
    pages = {
        f"/{number}": page(
            number,
            f"<div class=breadcrumb><a href=/>{step}</a></div><h1>{title.format(number)}</h1><div class=text><p>{words(number)}</p></div>",
        )
        for number in range(10, 15)
    }

    rule = propose_rules(open_copy(write_warc(tmp_path / "a.warc.gz", pages))).pages[0]

    assert (rule["kind"], rule.get("number", "")) == ("report", "h1" if place == "title" else "")


def test_bylines_that_repeat_within_short_texts_are_not_removed(tmp_path):
    note = (
        "<p class=ingress>Om {0}</p><p>{1}</p><p class=by>Av: Anna Berg</p><p class=share>Dela: Facebook</p>"
    )
    pages = {
        f"/page.aspx?id={number}": web_form(number, "artikel", note.format(words(number)[:60], words(number)))
        for number in range(10, 22)
    }

    rule = propose_rules(open_copy(write_warc(tmp_path / "a.warc.gz", pages))).pages[0]

    assert rule["remove"] == ["p.share"]


def test_the_text_is_searched_once_on_a_page_however_many_links_its_menu_has(tmp_path, monkeypatch):
    pages = {f"/page.aspx?id={number}": web_form_text(number, "artikel") for number in range(10, 13)}
    copy = open_copy(write_warc(tmp_path / "a.warc.gz", pages))
    sample = SampledGroup(PageGroup(()), [*read_pages(copy)], RepeatedTexts(Counter(), 1), ".brodtext")
    searched = []

    class SearchedNode:
        def __init__(self, node):
            self.node = node

        def __getattr__(self, name):
            if name == "css":
                searched.append(self.node)
            return getattr(self.node, name)

    monkeypatch.setattr(sampled_group, "lineage_of", lambda node: map(SearchedNode, lineage_of(node)))
    select = HtmlPage.select
    monkeypatch.setattr(
        HtmlPage, "select", lambda page, selector: searched.append(page) or select(page, selector)
    )
    elements = [node for page in sample.pages for node in select(page, "body *")]

    assert {node.tag for node in elements if sample.in_frame(node)} == set()
    assert len(searched) == len(sample.pages)
