"""Links with a fragment land after an import: ids that a text gives, and those that its generator gave to headings."""

import re

import pytest

from publications import actions, markup
from publications.importers.markdown.anchors import SLUG_RULES, keep_anchors, slug_rules_of
from publications.importers.markdown.placeholders import Placeholders
from publications.importers.markdown.source_site import find_source_site
from publications.models import Edition, Publication
from tests.blogs import import_blog, texts_of, write_post

pytestmark = pytest.mark.django_db

CONFIGS = {
    "jekyll": ("_config.yml", "markdown: kramdown\n"),
    "kramdown": ("_config.yml", "kramdown:\n  input: kramdown\n"),
    "hugo": ("hugo.toml", 'baseURL = "https://old.example"\n'),
    "eleventy": (".eleventy.js", "module.exports = {}\n"),
}


def lost_links() -> list[str]:
    """The links within texts and between them whose fragment is no id of the page that they lead to."""
    html = {edition.get_absolute_url(): edition.html for edition in Edition.objects.all()}
    ids = {address: set(re.findall(r'\bid="([^"]+)"', text)) for address, text in html.items()}
    links = [
        (page, *link) for page, text in html.items() for link in re.findall(r'href="([^"#]*)#([^"]+)"', text)
    ]
    return [f"{to}#{name}" for page, to, name in links if name not in ids.get(to or page, {name})]


@pytest.mark.parametrize("generator", CONFIGS)
def test_links_to_headings_land_whatever_made_the_old_site(tmp_path, generator):
    name, settings = CONFIGS[generator]
    (tmp_path / name).write_text(settings)
    made = {"kramdown": "whats-new-in-2024", "eleventy": "what&#39;s-new-in-2024%3F"}.get(
        generator, "whats-new-in-2024"
    )
    write_post(
        tmp_path / "blog",
        "a.md",
        body=f"[there](b.md#{made}) [second](b.md#ships-1) [above](#a-heading-here)\n\n## A heading here",
    )
    write_post(
        tmp_path / "blog",
        "b.md",
        title="B",
        body="## Ships\n\na\n\n## What's *new* in 2024?\n\nb\n\nShips\n-----\n\nc",
    )

    import_report = import_blog(tmp_path / "blog")

    assert lost_links() == [] and import_report.totals()["published"] == 2
    assert 'href="/en/publications/b/#' in Edition.objects.get(title="A").html


@pytest.mark.parametrize(
    "text",
    [
        "## Grain {#grain}",
        "## Grain {: #grain .wide}",
        "## Grain\n{: #grain}",
        "Grain {#grain}\n=====",
        "Words.\n{: .wide #grain}",
        "{:#grain}\nWords.",
        "- {:#grain .wide} **Item:** words",
        "1. *Item*{: #grain} words",
        "<a name='grain'></a>\n\nWords.",
        '<div id="grain" markdown="1">\n\nWords.\n\n</div>',
        '<h2 id="grain">Grain</h2>',
        "> ## Grain\n> {: #grain}",
        "- **Grain:** begins an item",
        "*Grain:* begins a paragraph",
        "- [Grain][] begins an item\n\n[grain]: https://grain.example/",
    ],
)
def test_an_id_that_a_text_gives_is_where_links_land(tmp_path, text):
    write_post(tmp_path / "blog", "a.md", body="[there](b.md#grain)")
    write_post(tmp_path / "blog", "b.md", title="B", body=f"Before.\n\n{text}\n\nAfter.")

    import_blog(tmp_path / "blog")

    html = Edition.objects.get(title="B").html
    assert html.count('id="grain"') == 1 and lost_links() == [] and "{" not in html


def test_code_is_no_place_for_ids(tmp_path):
    write_post(tmp_path / "blog", body="    # Comment\n\nText\n\n```\n# Comment\n{: #x}\n```\n\n`{:#y}`")

    import_blog(tmp_path / "blog")

    html = Edition.objects.get().html
    assert html.count("# Comment") == 2 and "<span" not in html and "{:#y}" in html


def test_a_fragment_that_the_page_needs_itself_leads_to_the_heading(tmp_path):
    write_post(tmp_path / "blog", "a.md", body="[there](b.md#share)")
    write_post(tmp_path / "blog", "b.md", title="B", body="## Share\n\nWords.")

    import_blog(tmp_path / "blog")

    assert 'href="/en/publications/b/#s-share"' in Edition.objects.get(title="A").html and lost_links() == []


def test_a_fragment_lands_after_the_text_was_edited_and_published_again(tmp_path):
    write_post(tmp_path / "blog", "a.md", body="[there](b.md#the-grain-deal)")
    write_post(tmp_path / "blog", "b.md", title="B", body="## The grain deal\n\nWords.")
    import_blog(tmp_path / "blog")
    text = Publication.objects.get(title="B")
    text.body = text.body.replace("The grain deal", "The deal on grain").replace("Words", "Other words")
    text.save()

    actions.publish(text, by=None)

    live = Edition.objects.live().get(title="B")
    assert "The deal on grain</h2>" in live.html and 'id="the-grain-deal"' in live.html and lost_links() == []


def test_a_link_to_a_place_that_is_not_there_is_reported(tmp_path):
    write_post(tmp_path / "blog", "a.md", body="[there](b.md#nowhere) [here](#nowhere) [it](b.md#there)")
    write_post(tmp_path / "blog", "b.md", title="B", body="## There\n\nWords.")

    import_report = import_blog(tmp_path / "blog")

    assert len(texts_of(import_report, "fragment")) == 2 and all(
        "#nowhere" in line for line in texts_of(import_report, "fragment")
    )


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("github", "A -- b_c & d", "a----b_c--d"),
        ("kramdown", "1. What's Å new?", "whats--new"),
        ("kramdown", "2024", "section"),
        ("blackfriday", "What's new -- in 2024?", "what-s-new-in-2024"),
        ("markdown-it", "What's new?", "what's-new%3F"),
        ("github", "Österut", "österut"),
    ],
)
def test_the_rules_by_which_generators_name_headings(rule, text, expected):
    assert SLUG_RULES[rule](text) == expected


@pytest.mark.parametrize(
    ("generator", "rules"),
    [
        ("jekyll", ("github",)),
        ("kramdown", ("kramdown",)),
        ("hugo", ("github",)),
        ("eleventy", ("github", "markdown-it")),
    ],
)
def test_the_rule_is_that_of_the_old_site(tmp_path, generator, rules):
    name, settings = CONFIGS[generator]
    (tmp_path / name).write_text(settings)

    assert slug_rules_of(find_source_site(tmp_path)) == rules


def test_headings_are_named_once_however_often_their_words_come():
    aside = Placeholders()

    text = aside.restore(
        keep_anchors(
            "# A\n\n# A\n\n# B {#a}\n\n# A",
            rules=("github",),
            linked_fragments=frozenset(),
            placeholders=aside,
        )
    )

    assert (
        text == "# A {#a}\n\n# A {#a-1}\n\n# B\n\n# A {#a-2}"
        and markup.render_markdown(text).html.count("<span") == 3
    )
