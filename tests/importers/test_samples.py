"""Two sample sites are imported completely: a Jekyll blog signed by its organisation, and the Hugo site of an agency."""

import re
from html import unescape
from urllib.parse import unquote

import pytest

from publications.importers.report import FileOutcome
from publications.models import Author, Edition, Publication, Redirect, Tag
from tests.blogs import SAMPLES, import_blog, outcomes

pytestmark = pytest.mark.django_db

RAW = re.compile(r"\]\[|\{%|\{\{[<%]|\{:|\{#")


def jekyll(**options):
    folder = SAMPLES / "house-jekyll" / "_posts"
    return import_blog(folder, authors=None, media=(), author="The Strait Desk", site="https://strait.example/",
                    permalink="/notes/:year/:month/:day/:title/", **options)  # fmt: skip


def hugo(**options):
    folder = SAMPLES / "bureau-hugo" / "content" / "news"
    return import_blog(
        folder,
        authors=None,
        media=(),
        site="https://bureau.example/",
        permalink="/:year/:month/:slug/",
        **options,
    )


@pytest.fixture(params=[jekyll, hugo])
def import_report(request):
    return request.param()


def pages(client) -> dict[str, str]:
    """The pages of all texts as readers get them, by address."""
    addresses = [edition.get_absolute_url() for edition in Edition.objects.live()]
    return {address: client.get(address).content.decode() for address in addresses}


def text_of(html: str) -> str:
    """What readers see of a page, without its code."""
    rendered = html.partition('class="prose')[2]
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(pre|code)\b.*?</\1>", "", rendered, flags=re.DOTALL)))


def texts_of(import_report, topic: str) -> list[str]:
    return [line.text for entry in import_report.files for line in entry.notes if line.topic == topic]


def body_of(title: str) -> str:
    return Edition.objects.live().get(title__contains=title).html


def test_no_mark_of_the_old_site_stands_on_a_page(import_report, client):
    assert [
        (address, RAW.findall(text))
        for address, html in pages(client).items()
        if RAW.search(text := text_of(html))
    ] == []


def test_every_link_with_a_fragment_lands_on_the_page_as_readers_get_it(import_report, client):
    html = pages(client)
    ids = {address: set(map(unescape, re.findall(r'\bid="([^"]+)"', page))) for address, page in html.items()}
    links = [
        (unquote(to) or address, unquote(name))
        for address, page in html.items()
        for to, name in re.findall(r'href="([^"#]*)#([^"]+)"', page)
        if not to or unquote(to) in ids
    ]

    assert [link for link in links if link[1] not in ids[link[0]]] == []
    assert len([link for link in links if not link[1].startswith(("p-", "s-", "fn"))]) >= 4
    assert texts_of(import_report, "fragment") == []


def test_no_word_is_lost(import_report):
    assert texts_of(import_report, "words") == [] and import_report.totals()["min_word_coverage"] == 1.0


def test_every_relative_link_leads_to_a_page_of_ours(import_report, client):
    result = {
        unescape(to)
        for edition in Edition.objects.live()
        for to in re.findall(r'href="(/[^"#]*)', edition.html)
    }

    assert {to: status for to in result if (status := client.get(to).status_code) != 200} == {}


def test_the_blog_of_the_organisation_is_counted_right():
    import_report = jekyll()

    totals = import_report.totals()
    assert (totals["files"], totals["new"], totals["published"], totals["refused"]) == (6, 6, 6, 0)
    assert (totals["signed"], totals["reference"], totals["words"], totals["images"]) == (6, 2, 0, 1)
    assert {author.name for author in Author.objects.all()} == {"The Strait Desk"}


def test_references_of_the_organisation_lead_where_its_files_say():
    jekyll()

    ice = body_of("Ice in the strait")
    for address in (
        "https://strait.example/topics/pilotage/", "/en/topics/winter-navigation/", "https://harbour.example/office",
        "https://ice.example/charts", "https://notices.example/41", "https://archive.example/41", "https://rules.example/passage#section-4",
    ):  # fmt: skip
        assert f'href="{address}"' in ice
    assert "disagreed</p>" in ice.replace(".</p>", "</p>") and "survey 2022" not in ice


def test_what_the_organisation_includes_and_assigns_is_in_its_texts():
    import_report = jekyll()

    ice, wreck, response = body_of("Ice in the strait"), body_of("the wreck"), body_of("The pilots answer")
    assert "<strong>Will the strait close?</strong> Not before February." in ice
    assert "<figcaption>The eastern mole on 11 January</figcaption>" in ice
    assert "On Tuesday a trawler found the Maria Elise at forty metres." in wreck
    assert "measured twice" in wreck and "{{ name }}" in wreck and "{: #no-id }" in wreck
    assert "A tenth pilot before the winter." in response
    assert any("questions.md" in line for line in texts_of(import_report, "include"))


def test_the_site_of_the_bureau_is_counted_right():
    import_report = hugo()

    totals = import_report.totals()
    assert (totals["files"], totals["new"], totals["published"], totals["refused"]) == (7, 6, 5, 1)
    assert outcomes(import_report)["2024/04/o-que-e-um-registro.pt.md"] is FileOutcome.REFUSED
    assert (totals["held"], totals["guest"], totals["images"], totals["image_missing"]) == (1, 0, 2, 1)
    assert set(Tag.objects.values_list("name", flat=True)) == {"Border statistics", "Public registers"}


def test_authors_and_topics_of_the_bureau_come_with_what_their_pages_say():
    hugo()

    ida, omar = Author.objects.get(slug="ida-lind"), Author.objects.get(slug="omar-haddad")
    assert ida.biography_en.startswith("Ida Lind leads the counting") and ida.portrait and not ida.is_guest
    assert omar.biography_en == "Omar Haddad reads registers, and explains them."
    assert Tag.objects.get(name="Border statistics").introduction_en.startswith("Counts of crossings")
    assert (
        Redirect.objects.filter(
            path__in=["/authors/ida-lind", "/topics/registers", "/2024/01/counting-crossings"]
        ).count()
        == 3
    )


def test_shortcodes_and_links_of_the_bureau_say_what_they_said():
    hugo()

    count, form = body_of("Counting crossings"), body_of("A form that ends")
    assert "<figcaption>The gate at the northern quay Photo: The Bureau</figcaption>" in count
    assert "<blockquote>" in count and "Crossings by month, 2019" in count and "In short" in count
    assert (
        'href="/en/topics/border-statistics/"' in count
        and 'href="https://bureau.example/about/#staff"' in count
    )
    assert 'href="https://www.youtube.com/watch?v=abc123XYZ"' in form and "It has two pages." in form
    assert (
        'href="https://rules.example/boats"' in form
        and Edition.objects.get(title="A form that ends").visible_until.year == 2099
    )


def test_a_translation_of_the_bureau_names_its_original():
    hugo()

    swedish = Publication.objects.get(language="sv")
    assert swedish.translation_of.title == "What a register is" and swedish.locale == "sv"


@pytest.mark.parametrize("bring", [jekyll, hugo])
def test_repeating_an_import_of_a_sample_changes_nothing(bring):
    bring()
    editions = list(Edition.objects.values_list("pk", "digest"))

    import_report = bring()

    assert list(Edition.objects.values_list("pk", "digest")) == editions
    assert (
        import_report.totals()["new"]
        == import_report.totals()["updated"]
        == import_report.totals()["published"]
        == 0
    )
