"""Pages of an old site: their encoding, their text, and what their head says."""

import pytest

from publications.importers.old_site.addresses import address_key, resolve_address
from publications.importers.old_site.html_page import (
    UnreadablePage,
    decode_page,
    is_selector,
    parse_page,
    plain_text,
)

SWEDISH = "<p>Åsa på ön – en “röst”</p>"


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (SWEDISH.encode("windows-1252"), ""),
        (SWEDISH.encode("windows-1252"), "iso-8859-1"),
        (SWEDISH.encode("windows-1252"), "utf-8"),
        (SWEDISH.encode("windows-1252"), "no-such-charset"),
        (SWEDISH.encode(), ""),
        (SWEDISH.encode("utf-8-sig"), "iso-8859-1"),
        (SWEDISH.encode("utf-16"), ""),
    ],
)
def test_a_page_is_decoded_also_if_its_header_is_wrong_or_missing(content, charset):
    assert decode_page(content, charset) == SWEDISH


def test_a_page_is_decoded_as_it_says_itself():
    html = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>ľ</p>'

    assert decode_page(html.encode("iso-8859-2")) == html


def test_blocks_are_apart_in_the_text_and_words_stay_whole():
    page = parse_page("<div>One<p>t<b>w</b>o<p>three</p>four<script>x</script></div>", "https://old.example/")

    assert plain_text(page.select("div")[0]) == "One two three four"


def test_the_head_of_a_page_names_its_address_languages_and_target():
    html = (
        '<html lang="sv-SE"><base href="/a/"><link rel="canonical" href="b"><link rel="alternate" hreflang="en-GB" '
        'href="/en/b"><meta http-equiv="Refresh" content="0;URL=\'../c\'"><script type="application/ld+json">'
        '{"@graph": [{"@type": "Article", "datePublished": "2021-03-03"}]}</script>'
    )

    page = parse_page(html, "https://old.example/x/y")

    assert (page.language, page.canonical) == ("sv", "https://old.example/a/b")
    assert page.alternates == {"en": "https://old.example/en/b"}
    assert page.refresh == "https://old.example/c"
    assert page.json_ld[-1]["datePublished"] == "2021-03-03"


@pytest.mark.parametrize("selector", ["", " ", "p[", "p:no-such-thing(", ">>"])
def test_invalid_selectors_are_recognized(selector):
    assert not is_selector(selector)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://Old.example/A%20b/?Z=1&a=2#x", "/a b?a=2&z=1"),
        ("http://old.example/a/index.html", "/a"),
        ("http://old.example/Default.aspx?id=3", "/?id=3"),
        ("http://old.example", "/"),
    ],
)
def test_addresses_of_one_page_have_one_key(address, key):
    assert address_key(resolve_address(address, "")) == key


@pytest.mark.parametrize(
    "link", ["mailto:a@b.example", "javascript:x", "http://[", "//", "http://a:b/", "x" * 3_000]
)
def test_what_is_no_address_of_http_is_none(link):
    assert resolve_address(link, "") == ""


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<b>" * 100_000,
        "<ul><li>" + "".join(f"<em id={n}>" for n in range(60)) + "<li>x" * 9_000,
    ],
)
def test_markup_that_would_take_minutes_or_gigabytes_is_refused(html):
    with pytest.raises(UnreadablePage):
        parse_page(html, "https://old.example/")


def test_old_markup_with_much_unclosed_formatting_is_read():
    html = "<p><font size=2>text" * 300 + "<p>a<p>b<li>c" * 500

    assert len(parse_page(html, "https://old.example/").select("p")) == 1_300
