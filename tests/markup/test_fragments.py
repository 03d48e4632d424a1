"""Ids of authors stay on the page, and links within a text land."""

import re
from pathlib import Path

import pytest

from publications import markup
from publications.html_tree import parse
from publications.markup.links import PAGE_IDS, github_slug

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
OF_STAFF = {"admin", "desk", "registration"}


def html_of(markdown: str) -> str:
    return markup.render_markdown(markdown).html


def lands(html: str) -> bool:
    """Whether every link within a text leads to an id of its page."""
    ids = re.findall(r'\bid="([^"]*)"', html)
    return len(ids) == len(set(ids)) and set(re.findall(r'href="#([^"]*)"', html)) <= set(ids)


@pytest.mark.parametrize(
    "markdown",
    [
        "## The grain deal {#grain}",
        "<a name='grain'></a>\n\n## The grain deal",
        '<h2 id="grain">The grain deal</h2>',
        '<div id="grain">\n\n## The grain deal\n\n</div>',
        "- **Ships:** words\n{: #grain}",
        '- <a id="grain"></a>**Ships:** words',
        '<span id="grain">Ships</span> sail.',
        '<table id="grain"><tr><td>1</td></tr></table>',
        "A paragraph.\n{: #grain}",
        'Words.\n\n<a id="grain"></a>',
        '<img src="image:abcdefgh" id="grain" alt="A ship">\n\nWords.',
        "A note.[^1]\n\n[^1]: <span id='grain'>The note</span>.",
    ],
)
def test_an_id_of_the_author_is_where_a_link_lands(markdown):
    html = html_of(f"{markdown}\n\n[there](#grain)")

    assert html.count('<span id="grain"></span>') == 1 and lands(html)


@pytest.mark.parametrize(
    ("heading", "fragment"),
    [
        ("A heading here", "a-heading-here"),
        ("Why now? (2024)", "why-now-2024"),
        ("Österut -- och sedan", "österut----och-sedan"),
        ("Österut", "%C3%B6sterut"),
        ("Share", "share"),
        ("**Bold** and `code`", "bold-and-code"),
    ],
)
def test_a_link_by_the_words_of_a_heading_lands(heading, fragment):
    assert lands(html_of(f"See [above](#{fragment}).\n\n## {heading}\n\nText."))


def test_a_second_heading_of_the_same_words_is_found_by_its_number():
    html = html_of("[first](#ships) [second](#ships-1)\n\n## Ships\n\na\n\n## Ships\n\nb")

    assert 'href="#s-ships"' in html and 'href="#s-ships-2"' in html and lands(html)


def test_a_link_to_nothing_stays_as_it_was_written():
    assert 'href="#nowhere"' in html_of("[x](#nowhere)\n\n## Ships")


def test_an_id_is_given_once_and_never_one_that_the_page_needs():
    html = html_of(
        '## One {#x}\n\n## Two {#x}\n\n<a id="s-one"></a> <a id="fn-1"></a> a[^1]\n\n[^1]: b\n\n## How {#share}'
    )

    assert html.count('id="x"') == 1 and html.count('id="s-one"') == 1 and html.count('id="fn-1"') == 1
    assert ' id="share"' not in html and '<span id="s-share">' in html


@pytest.mark.parametrize("name", ['x"y', "a b", "x>y", "", "y" * 300])
def test_what_cannot_be_in_an_address_is_no_id(name):
    assert "span" not in html_of(f"<p id='{name}'>Words</p>")


def test_a_link_lands_after_its_heading_was_edited_and_published_again():
    before = markup.render_markdown("[x](#grain)\n\n## The grain deal {#grain}\n\nText.")

    after = markup.render_markdown(
        "[x](#grain)\n\n## The deal on grain {#grain}\n\nText, edited.", previous_paragraphs=before.paragraphs
    )

    assert '<span id="grain"></span>The deal on grain' in after.html and lands(after.html)


def test_ids_are_no_words_and_no_contents():
    plain, named = (
        markup.render_markdown("## Ships\n\nWords."),
        markup.render_markdown("## Ships {#x}\n\n<a id='y'></a>Words."),
    )

    assert (named.text, named.contents, named.paragraphs) == (plain.text, plain.contents, plain.paragraphs)


def test_ids_survive_the_way_to_markdown_and_back():
    html = html_of("## Ships {#x}\n\n- <a id='y'></a>one\n- two\n\n[a](#x) [b](#y)")

    markdown = markup.to_markdown(parse(html), markup.PORTABLE_STYLE)

    assert html_of(markdown) == html


def test_every_id_of_a_public_template_is_kept_from_authors():
    public = [
        path for path in TEMPLATES.rglob("*.html") if OF_STAFF.isdisjoint(path.relative_to(TEMPLATES).parts)
    ]
    ids = {name for path in public for name in re.findall(r'\bid="([^"{]+)"', path.read_text("utf-8"))}

    assert ids - PAGE_IDS == set() and len(ids) > 20


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("The grain deal", "the-grain-deal"),
        ("What's new in 2024?", "whats-new-in-2024"),
        ("a_b & c", "a_b--c"),
        ("Граница", "граница"),
    ],
)
def test_the_rule_of_github(text, slug):
    assert github_slug(text) == slug


@pytest.mark.parametrize(
    "markdown",
    [
        "## Interview with John Doe {#interview-with-john-doe}",
        "## Talk {: #john_doe .wide}",
        '<a id="john-doe"></a>Words.',
        "<div name='John.Doe'>Words.</div>",
        "Words.\n{:#johndoe}",
    ],
)
def test_an_id_that_names_a_redacted_passage_goes(markdown):
    redacted = markup.Redaction("John Doe", "[redacted]").redact_markdown(f"{markdown}\n\nOthers. {{#other}}")

    assert "doe" not in (redacted + html_of(redacted)).lower() and "{#other}" in redacted
