"""The home page, and the pages of topics and authors."""

import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from publications import actions
from publications.locales import LANGUAGE_LABELS, LANGUAGE_NAMES
from publications.models import Author, SiteSettings, TagKind
from publications.presentation.authors import initials_of
from publications.presentation.teasers import first_sentences
from tests.factories import make_author, make_live, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Client:
    return Client()


def live(editor, **fields):
    return actions.publish(make_publication(**fields), by=editor)


def titles(page: str) -> list[str]:
    return [part.partition("</a>")[0].rpartition(">")[2] for part in page.split('class="teaser__title"')[1:]]


def test_the_newest_publication_leads_the_home_page(reader, editor):
    live(editor, title="Older", published_at=timezone.now() - timezone.timedelta(days=3))
    live(editor, title="Newer")

    assert titles(reader.get("/en/").text)[0] == "Newer"


def test_a_pinned_publication_leads_the_home_page_while_it_is_public(reader, editor):
    pinned = live(
        editor, title="Pinned", published_at=timezone.now() - timezone.timedelta(days=3)
    ).publication
    live(editor, title="Newer")
    SiteSettings.objects.update(lead=pinned)

    before = titles(reader.get("/en/").text)
    actions.withdraw(pinned, by=editor)
    after = titles(reader.get("/en/").text)

    assert before[:2] == ["Pinned", "Newer"]
    assert after == ["Newer"]


def test_the_translation_of_the_pinned_publication_leads_the_other_locale(reader, editor):
    original = live(editor, title="Pinned").publication
    live(editor, title="Fäst", language="sv", translation_of=original)
    live(editor, title="Newer")
    SiteSettings.objects.update(lead=original)

    assert titles(reader.get("/sv/").text)[0] == "Fäst"


def test_no_publication_is_on_the_home_page_twice(reader, editor):
    for number in range(9):
        live(editor, title=f"Comment {number}")
        live(editor, title=f"Report {number}", kind="report")

    shown = titles(reader.get("/en/").text)

    assert len(shown) == len(set(shown)) == 1 + 5 + 4 + 4


def test_an_empty_home_page_says_so(reader):
    page = reader.get("/en/").text

    assert "The first publication is on its way" in page
    assert 'id="topics"' not in page


def test_a_topic_has_its_introduction_its_publications_and_its_people(reader, editor):
    tag = make_tag("Sanctions", introduction_en="What they are.\n\nWhat they do.")
    author = make_author("Ann Berg")
    live(editor, title="On them", tags=[tag], authors=[author])

    page = reader.get("/en/topics/sanctions/").text

    assert "<p>What they are.</p><p>What they do.</p>" in page
    assert titles(page) == ["On them"]
    assert 'href="/en/authors/ann-berg/"' in page
    assert 'href="/en/publications/?topic=sanctions"' in page


@pytest.mark.parametrize(
    ("kind", "name", "query"),
    [(TagKind.COUNTRY, "Country", "country"), (TagKind.SERIES, "Series", "series")],
)
def test_countries_and_series_have_pages_and_filters_of_their_own(reader, editor, kind, name, query):
    live(editor, title="In it", tags=[make_tag("Belarus", kind=kind)])
    live(editor, title="Not in it")

    page = reader.get("/en/topics/belarus/").text
    narrowed = reader.get(f"/en/publications/?{query}=belarus")

    assert f'<span class="kind">{name}</span>' in page
    assert titles(narrowed.text) == ["In it"]
    assert reader.get("/en/publications/?topic=belarus").status_code == 404


def test_each_topic_is_listed_once(reader, editor):
    result, bare = make_tag("Sanctions", introduction_en="What they are."), make_tag("Energy")
    live(editor, tags=[result, bare])

    page = reader.get("/en/topics/").text
    cards, lines = page.index('data-shape="card"'), page.index('data-shape="line"')

    assert [page.count(f">{name}<") for name in ("Sanctions", "Energy")] == [1, 1]
    assert cards < page.index(">Sanctions<") < lines < page.index(">Energy<")


def test_facets_of_topic_and_country_combine(reader, editor):
    theme, country = make_tag("Sanctions"), make_tag("Belarus", kind=TagKind.COUNTRY)
    live(editor, title="Both", tags=[theme, country])
    live(editor, title="Topic alone", tags=[theme])
    live(editor, title="Country alone", tags=[country])

    page = reader.get("/en/publications/?topic=sanctions&country=belarus").text

    assert titles(page) == ["Both"]
    assert "Sanctions (1)" in page
    assert "Belarus (1)" in page


def test_a_topic_without_a_live_publication_is_404(reader, editor):
    tag = make_tag("Sanctions")
    publication = live(editor, tags=[tag]).publication

    actions.withdraw(publication, by=editor)

    assert reader.get("/en/topics/sanctions/").status_code == 404
    assert "Sanctions" not in reader.get("/en/topics/").text


def test_the_lead_of_a_topic_can_be_chosen(reader, editor):
    tag = make_tag("Sanctions")
    chosen = live(
        editor, title="Chosen", tags=[tag], published_at=timezone.now() - timezone.timedelta(days=9)
    )
    live(editor, title="Newer", tags=[tag])
    type(tag).objects.update(lead=chosen.publication)

    assert titles(reader.get("/en/topics/sanctions/").text)[0] == "Chosen"


def test_the_person_responsible_for_a_topic_is_named_while_they_have_a_public_page(reader, editor):
    author = make_author("Ann Berg")
    tag = make_tag("Sanctions", responsible=author)
    live(editor, tags=[tag])

    before = reader.get("/en/topics/sanctions/").text
    live(editor, authors=[author])
    after = reader.get("/en/topics/sanctions/").text

    assert "Ann Berg" not in before
    assert "Responsible for this page" in after


def test_an_author_page_has_biography_and_publications(reader, editor):
    author = make_author("Ann Berg", title_en="Analyst", biography_en="Born somewhere.")
    for number in range(21):
        live(editor, title=f"Piece {number}", authors=[author], published_at=timezone.now())

    first = reader.get("/en/authors/ann-berg/").text
    second = reader.get("/en/authors/ann-berg/?page=2").text

    assert "Analyst" in first
    assert "Born somewhere." in first
    assert len(titles(first)) == 20
    assert len(titles(second)) == 1
    assert reader.get("/en/authors/ann-berg/?page=3").status_code == 404


def test_a_pseudonymous_author_has_no_page_and_is_in_no_list(reader, editor):
    author = make_author("Nom de Plume", is_pseudonymous=True)
    live(editor, authors=[author])

    assert reader.get("/en/authors/nom-de-plume/").status_code == 404
    assert "Nom de Plume" not in reader.get("/en/authors/").text
    assert 'value="nom-de-plume"' not in reader.get("/en/publications/").text


def test_an_author_of_drafts_alone_is_404(reader):
    author = make_author("Ann Berg")
    make_publication(authors=[author])

    assert reader.get("/en/authors/ann-berg/").status_code == 404
    assert "Ann Berg" not in reader.get("/en/authors/").text


def test_topics_and_authors_have_pages_in_both_locales_that_link_to_each_other(reader, editor):
    live(editor, tags=[make_tag("Sanctions", name_sv="Sanktioner")], authors=[make_author("Ann Berg")])

    page = reader.get("/sv/amnen/sanctions/").text

    assert "Sanktioner</h1>" in page
    assert 'href="/en/topics/sanctions/" hreflang="en"' in page
    assert reader.get("/sv/forfattare/ann-berg/").status_code == 200


def test_a_topic_without_a_text_in_this_language_says_so(reader, editor):
    tag = make_tag("Sanctions")
    original = live(editor, title="Original").publication
    live(editor, title="Översatt", language="sv", translation_of=original, tags=[tag])

    page = reader.get("/en/topics/sanctions/")

    assert page.status_code == 200
    assert "Nothing on this stands in English." in page.text


def test_a_search_finds_the_words_of_live_texts_alone(reader, editor):
    publication = live(editor, title="Rail", body="A train to Vilnius.").publication
    live(editor, title="Road")
    saved(publication, body="A secret plan.")

    assert titles(reader.get("/en/publications/?q=vilnius+train").text) == ["Rail"]
    assert titles(reader.get("/en/publications/?q=secret").text) == []


def test_the_query_is_kept_in_links_to_filters_and_pages(reader, editor):
    for number in range(21):
        live(editor, title=f"Rail {number}")

    page = reader.get("/en/publications/?q=rail").text

    assert 'value="rail"' in page
    assert 'href="/en/publications/?q=rail&amp;page=2"' in page


def test_unknown_parameters_do_not_change_the_list(reader, editor):
    make_live()

    assert reader.get("/en/publications/?utm_source=x&fbclid=y").status_code == 200


@pytest.mark.parametrize(
    ("introduction", "shown"),
    [
        ("", ""),
        ("One sentence without an end", "One sentence without an end"),
        ("First. Second.\n\nAnother paragraph.", "First. Second."),
        (f"First. {'Long ' * 40}end.", "First."),
        (f"{'Long ' * 40}end. Second.", f"{'Long ' * 40}end."),
    ],
)
def test_a_topic_summary_has_whole_sentences_of_the_introduction(introduction, shown):
    assert first_sentences(introduction) == shown


def test_the_languages_of_the_list_count_what_choosing_them_gives(reader, editor):
    original = live(editor, title="Original").publication
    live(editor, title="Översatt", language="sv", translation_of=original)
    live(editor, title="Bara svenska", language="sv")

    page = reader.get("/en/publications/").text

    assert "Swedish (2)" in page
    assert len(titles(reader.get("/en/publications/?language=sv").text)) == 2


def test_languages_of_texts_are_named_in_the_language_of_the_page(reader, editor):
    ukrainian = live(editor, title="Чому мовчить", language="uk")

    said = [reader.get(path).text for path in ("/en/publications/", "/sv/publikationer/")]

    assert [words in page for page, words in zip(said, ("Ukrainian (1)", "Ukrainska (1)"), strict=True)] == [
        True,
        True,
    ]
    assert "<span>Ukrainska</span>" in said[1]
    assert "Language: Ukrainian" in strip_tags(reader.get(ukrainian.get_absolute_url()).text)
    assert set(LANGUAGE_LABELS) == set(LANGUAGE_NAMES)


def test_a_teaser_names_contributors_after_the_authors(reader, editor):
    publication = make_publication(authors=[make_author(name) for name in ("Ann Berg", "Bo Ek", "Cia Dahl")])
    publication.bylines.filter(author__name="Cia Dahl").update(role="with")
    actions.publish(saved(publication), by=editor)

    assert "Ann Berg and Bo Ek, with Cia Dahl<" in reader.get("/en/publications/").text


@pytest.mark.parametrize(("number", "said"), [(4, "A0, A1, A2 and A3<"), (5, "A0, A1, A2 and others<")])
def test_a_teaser_names_the_first_of_many_authors(reader, editor, number, said):
    live(editor, authors=[make_author(f"A{place}") for place in range(number)])

    assert said in reader.get("/en/publications/").text


def test_a_teaser_marks_the_date_of_an_update(reader, editor):
    with time_machine.travel("2026-04-09 10:00Z", tick=False) as clock:
        publication = live(editor, title="Updated").publication
        fixed = live(editor, title="Fixed").publication
        clock.move_to("2026-05-12 10:00Z")
        actions.publish(saved(publication, body="Anew."), by=editor, change="update", note="Since then.")
        actions.publish(saved(fixed, body="Anew."), by=editor, change="correction", note="It was 5.")
        clock.move_to("2026-05-13 10:00Z")
        actions.publish(saved(publication, body="Anew, and fixed."), by=editor, change="silent")
        cards = " ".join(strip_tags(reader.get("/en/publications/").text).split())

    assert "Updated 12 May 2026 Updated" in cards
    assert "9 April 2026 Fixed" in cards and "Updated 9 April" not in cards


@pytest.mark.parametrize(
    ("path", "words"), [("/en/", "all 7 Quick Comments"), ("/sv/", "alla 7 snabbkommentarer")]
)
def test_the_link_to_all_of_a_kind_names_it_within_a_sentence(reader, editor, path, words):
    for number in range(7):
        live(editor, title=f"Comment {number}")

    assert words in " ".join(strip_tags(reader.get(path).text).split())


def test_the_language_switch_keeps_the_parameters(reader, editor):
    live(editor, title="On it", tags=[make_tag("Sanctions")])

    page = reader.get("/en/publications/?topic=sanctions").text

    assert 'href="/sv/publikationer/?topic=sanctions" hreflang="sv"' in page
    assert 'rel="alternate" hreflang="sv"' not in page


def test_an_address_in_letters_of_other_alphabets_is_canonical_as_links_have_it(reader, editor):
    live(editor, authors=[make_author("Linnéa Ström", slug="linnéa-ström")])

    page = reader.get("/en/authors/linnéa-ström/").text

    assert re.search(r'<link rel="canonical" href="[^"]+/en/authors/linn%C3%A9a-str%C3%B6m/">', page)


@pytest.fixture
def many_authors(editor):
    """Sixty-two: thirty Berg, thirty Dahl, a Ström, and an organisation."""
    names = [f"{first} {family}" for family in ("Dahl", "Berg") for first in (f"A{n:02}" for n in range(30))]
    return [live(editor, authors=[make_author(name)]) for name in (*names, "Bo Åkerhielm", "18F")]


def test_authors_are_sorted_by_family_name_with_an_index_of_letters(reader, many_authors):
    first, second = (reader.get(f"/{locale}/").text for locale in ("en/authors", "sv/forfattare"))

    ways = [
        re.findall(
            r'<li><a href="([^"]+)">([^<]+)</a></li>',
            page.partition('class="letters"')[2].partition("</nav>")[0],
        )
        for page in (first, second)
    ]
    assert ways[0] == [
        ("/en/authors/#letter-others", "#"),
        ("/en/authors/#letter-a", "A"),
        ("/en/authors/#letter-b", "B"),
        ("/en/authors/#letter-d", "D"),
    ]
    assert ways[1][-1] == ("/sv/forfattare/?page=2#letter-å", "Å")
    assert 'id="letter-d"' in first and 'id="letter-å"' in reader.get("/sv/forfattare/?page=2").text


def test_few_authors_have_no_index_of_letters(reader, editor):
    for name in ("Ann Ek", "Bo Berg"):
        live(editor, authors=[make_author(name)])

    page = reader.get("/en/authors/").text

    assert page.index("Bo Berg") < page.index("Ann Ek")
    assert 'class="letters"' not in page


@pytest.mark.parametrize(
    ("name", "shown"),
    [("18F", "18F"), ("NATO", "NATO"), ("Vera", "V"), ("Ann Berg", "AB"), ("Åsa", "Å"), ("BO EK", "BE")],
)
def test_initials_or_a_short_name_stand_in_for_a_portrait(name, shown):
    assert initials_of(Author(name=name)) == shown


def test_one_series_is_called_one_in_swedish(reader):
    make_live(tags=(make_tag("Papers", kind=TagKind.SERIES),))

    assert '<span class="kind">Serie</span>' in reader.get("/sv/amnen/papers/").text
    listed = reader.get("/sv/publikationer/").text
    assert re.search(r">\s*Serie\s*<select[^>]* name=\"series\"", listed)
