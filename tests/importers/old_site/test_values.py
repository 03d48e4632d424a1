"""Dates and names on pages, in the forms that people write."""

from datetime import date

import pytest

from publications.importers.markdown.dates import is_ambiguous_date
from publications.importers.old_site.hidden_pages import find_hiding_sign
from publications.importers.old_site.html_page import parse_page
from publications.importers.old_site.page_text import read_head, read_text
from publications.importers.old_site.rules import parse_rules
from publications.importers.old_site.source import _notes_on
from publications.importers.old_site.values import find_date, find_date_text, find_turned_names, split_names


@pytest.mark.parametrize(
    "text",
    [
        "2021-03-03", "2021-03-03T09:00:00+01:00", "Publicerad 3 mars 2021", "Senast uppdaterad: den 3 mars 2021 kl. 9",
        "March 3rd, 2021", "Published on 3 March 2021 by the editors", "3:e mars 2021", "3/3/2021", "Datum 03.03.2021",
        "Uppdaterad 2021-03-03 14:30", "ons 3 mar 2021", "Publicerad 3/3 2021", "3.3. 2021",
    ],
)  # fmt: skip
def test_a_date_is_found_alone_or_in_a_sentence(text):
    assert find_date(text).date() == date(2021, 3, 3)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Nr 3/4 2012, publicerad 5 maj 2012", date(2012, 5, 5)), ("sid 10.12 2010, publicerad 5 maj 2012", date(2012, 5, 5)),
        ("Rapport 2.1 2012 (2012-05-20)", date(2012, 5, 20)), ("Kl 9.30 2012-05-20", date(2012, 5, 20)),
        ("Publicerad 5/9 2012", date(2012, 9, 5)),
    ],
)  # fmt: skip
def test_numbers_of_reports_and_hours_are_taken_for_no_date(text, day):
    assert find_date(text).date() == day


@pytest.mark.parametrize(
    "text", ["", "Nr 3 2021", "31 februari 2021", "Tel 08-123 45 67", "12345-67-89", "mars 2021"]
)
def test_what_is_no_date_is_none(text):
    assert find_date(text) is None


@pytest.mark.parametrize(
    ("text", "is_ambiguous"),
    [
        ("3/4/2012", True),
        ("Published 3/4 2012", True),
        ("3/4\u00a02012", True),
        ("2012-05-20 (jfr 3/4/2013)", False),
        ("3/3/2012", False),
        ("13/4/2012", False),
        ("2012-03-04", False),
    ],
)
def test_a_date_that_may_have_the_month_first_is_known(text, is_ambiguous):
    assert is_ambiguous_date(find_date_text(text)) == is_ambiguous


@pytest.mark.parametrize(
    ("text", "names", "others"),
    [
        ("By Anna Berg, Carl Dahl and Eva Sjö", ["Anna Berg", "Carl Dahl", "Eva Sjö"], []),
        ("Av Anna Berg och Carl-Johan von Essen", ["Anna Berg", "Carl-Johan von Essen"], []),
        ("Text: Anna Berg", ["Anna Berg"], []),
        ("Text by Anna Berg", ["Anna Berg"], []),
        ("Författare: Dr. Anna Berg & Tomas O’Brien.", ["Anna Berg", "Tomas O’Brien"], []),
        ("Anna Berg, analytiker", ["Anna Berg"], ["analytiker"]),
        ("Anna Berg, anna@x.example", ["Anna Berg"], ["anna@x.example"]),
        ("BERG, Anna", ["Anna Berg"], []),
        ("Av SJÖ-DAHL, Carl och BERG, Anna", ["Carl Sjö-Dahl", "Anna Berg"], []),
        ("BERG, Anna, LIND, Eva-Karin", ["Anna Berg", "Eva-Karin Lind"], []),
        ("VAN DER BERG, Jan; MCDONALD, Ian", ["Jan van der Berg", "Ian McDonald"], []),
        ("SIPRI, Anna Berg", ["SIPRI", "Anna Berg"], []),
        ("UI, Anna Berg och Bo Lind", ["UI", "Anna Berg", "Bo Lind"], []),
        ("BERG, Anna och Bo Lind", ["Anna Berg", "Bo Lind"], []),
        ("SCEEUS, FOI", ["SCEEUS", "FOI"], []),
        ("FOI, analytiker", ["FOI"], ["analytiker"]),
        ("", [], []),
    ],
)
def test_a_byline_is_split_into_names(text, names, others):
    assert split_names(text) == (names, others)


def test_names_that_were_turned_are_known():
    assert find_turned_names("Av BERG, Anna och Bo Lind") == {"BERG, Anna": "Anna Berg"}
    assert find_turned_names("SIPRI, Anna Berg") == find_turned_names("Anna Berg, Stockholm") == {}


HTML = """<html lang="sv"><head><script type="application/ld+json">
{"@type": "Article", "datePublished": "2021-03-03", "author": [{"name": "Anna Berg"}, {"name": "Eva Sjö"}]}</script></head>
<body><div class="text"><h1>Title</h1><p class="by">Av Anna Berg</p><p>One <a href="../b?x=1#y">link</a></p>
<div class="share">Share</div><img data-src="/i.jpg" src="x.gif"></div><ul class="files"><li><a href="a.pdf">A file</a></li>
<li><a href="/about">About</a></li></ul></body></html>"""


def page_text(**rule):
    page = parse_page(HTML, "https://old.example/a/b/c")
    return read_text(page, parse_rules([{"body": ".text", **rule}])[0])


def test_values_are_read_from_structured_data_and_attributes():
    head = page_text(
        date=["time", "json-ld datePublished"], authors="json-ld author.name", language="html @lang"
    ).head

    assert head.published_at.date() == date(2021, 3, 3)
    assert head.authors == ("Anna Berg", "Eva Sjö")
    assert head.language == "sv"


def test_the_text_is_without_what_fields_have_taken_and_what_is_removed():
    text = page_text(title="h1", authors=".by", remove=".share", files=".files")

    assert "Title" not in text.html and "Av Anna" not in text.html and "Share" not in text.html
    assert text.removed == ("Share", "Title", "Av Anna Berg")
    assert text.head.files == (("https://old.example/a/b/a.pdf", "A file"),)


def test_links_and_pictures_of_the_text_are_absolute():
    html = page_text().html

    assert 'href="https://old.example/a/b?x=1#y"' in html
    assert 'src="https://old.example/i.jpg"' in html


@pytest.mark.parametrize(
    ("by", "date_rule", "note"),
    [
        ("Last updated 9 June 2014", ".by", "The date of its last update"),
        ("Published 9 June 2014, updated 10 June 2014", ".by", ""),
        ("9 June 2014", "p.by", ""),
        ("", "json-ld dateModified", "The date of its last update"),
    ],
)
def test_a_date_of_the_last_update_is_named(by, date_rule, note):
    data = '<script type="application/ld+json">{"dateModified": "2014-06-09"}</script>'
    page = parse_page(f'{data}<p class="by">{by}</p><div class="text">x</div>', "https://old.example/a")
    head = read_head(page, parse_rules([{"body": ".text", "date": date_rule}])[0])

    assert head.published_at.date() == date(2014, 6, 9)
    assert [text.text.partition(" was taken")[0] for text in _notes_on(head)] == [note] * bool(note)


@pytest.mark.parametrize(
    ("content", "sign", "note"),
    [
        ('<script type="application/ld+json">{"@type": "Article", "isAccessibleForFree": false}</script>', "isAccessibleForFree", ""),
        ('<script type="application/ld+json">{"@graph": [{"hasPart": {"isAccessibleForFree": "False"}}]}</script>', "isAccessibleForFree", ""),
        ('<script type="application/ld+json">{"isAccessibleForFree": true}</script><meta name="robots" content="index">', "", ""),
        ('<meta property="article:content_tier" content="locked">', "isAccessibleForFree", ""),
        ('<meta name="ROBOTS" content="NOINDEX,nofollow">', "", "kept it out of search engines"),
    ],
)  # fmt: skip
def test_what_a_page_tells_search_engines_of_its_readers_counts(content, sign, note):
    page = parse_page(f'{content}<time>9 June 2014</time><div class="text">x</div>', "https://old.example/a")
    head = read_head(page, parse_rules([{"body": ".text", "date": "time"}])[0])

    assert find_hiding_sign(page, "", ()) == sign
    assert [note in text.text for text in _notes_on(head)] == [True] * bool(note)
