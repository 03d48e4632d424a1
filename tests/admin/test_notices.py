"""The desk reports what it changes itself: a cut title, a new tag, an address that another publication has."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from publications import preflight, snapshot
from publications.admin.choice_sources import CHOICE_SOURCES
from publications.admin.drafts.suggestions import describe_new_tags
from publications.models import Publication
from tests.conftest import ROOT
from tests.desk_forms import ADD, change, filled
from tests.factories import make_author, make_live, make_publication, make_tag
from tests.word_files import docx, p

pytestmark = pytest.mark.django_db

LONG = "An unusually long title " * 11


def messages_of(page) -> str:
    return " ".join(str(each) for each in page.context["messages"])


# Titles


def test_a_title_too_long_is_refused_with_a_sentence_and_cut_by_no_browser(desk):
    page = desk.post(ADD, filled(title=LONG))

    assert "at most 250 characters" in " ".join(page.context["adminform"].form.errors["title"])
    assert 'maxlength="250"' not in desk.get(ADD).text
    assert not Publication.objects.exists()


@pytest.mark.parametrize("style", ["Title", "Heading1"])
def test_what_is_cut_off_a_title_in_word_is_reported(desk, style):
    content = docx(p(f"{LONG}and its end", style=style) + p("The text."))

    desk.post(reverse("desk:word-new"), {"file": SimpleUploadedFile("long.docx", content)})

    publication = Publication.objects.get()
    assert len(publication.title) == 250
    page = desk.get(change(publication)).text
    assert "The title is longer than 250 characters" in page and "and its end" in page


def test_a_title_that_fits_is_not_reported(desk):
    content = docx(p("A title", style="Title") + p("The text."))

    desk.post(reverse("desk:word-new"), {"file": SimpleUploadedFile("short.docx", content)})

    assert "The title is longer" not in desk.get(change(Publication.objects.get())).text


# Tags and addresses


def test_a_new_tag_is_reported_with_those_that_are_spelled_nearly_so(desk):
    make_tag("Transnistria")

    page = desk.post(ADD, filled(tags="Transnitria, Zebras"), follow=True)

    made = "A new tag was made: “%s”. %s"
    assert made % ("Transnitria", "Spelled nearly so: “Transnistria”.") in messages_of(page)
    assert made % ("Zebras", "Readers see it once a text that has it is public.") in messages_of(page)


def test_a_new_tag_for_many_is_reported_too(desk):
    address = f"{reverse('desk:bulk-tags')}?of={make_publication().pk}"

    assert "A new tag was made: “Zebras”." in messages_of(desk.post(address, {"add": "Zebras"}, follow=True))


def test_a_tag_that_is_there_is_not_reported():
    make_tag("Moldova")

    assert describe_new_tags(["Moldova", "moldova"]) == []


def test_a_taken_address_is_reported_as_soon_as_it_is_saved(desk):
    make_live(title="On Minsk")

    page = desk.post(ADD, filled(title="Another", slug="on-minsk"), follow=True)

    assert "The address “on-minsk” belongs to another publication." in messages_of(page)
    assert Publication.objects.get(title="Another").slug == "on-minsk"


# Authors


def test_a_name_is_found_before_a_place_that_has_it():
    for number in range(30):
        make_author(f"A {number:02}", affiliation_en="University of Berg")
    expected = make_author("Zoë Berg")

    assert CHOICE_SOURCES["authors"].search("berg")[0] == expected


def test_a_title_in_swedish_alone_stands_in_no_english_byline_and_is_reported():
    author = make_author("Ann Berg", title_sv="Utredare", affiliation_en="SCEEUS")
    publication = make_publication(authors=[author])

    [line] = snapshot.build_snapshot(publication).bylines
    advice = " ".join(
        each.text for each in preflight.run_preflight(preflight.build_preflight_draft(publication)).advice
    )

    assert (line.title, line.affiliation) == ("", "SCEEUS")
    assert "Ann Berg has no title in the language of the piece" in advice


def test_nor_on_the_pages_of_the_author(client):
    author = make_author("Ann Berg", title_sv="Utredare")
    edition = make_live(author=author)

    pages = client.get(edition.get_absolute_url()).text + client.get("/en/authors/ann-berg/").text

    assert "Utredare" not in pages
    assert "Utredare" in client.get("/sv/forfattare/ann-berg/").text


# Words


def test_to_import_nothing_says_what_to_do(desk):
    page = desk.post(reverse("desk:word-new"), {}).text

    assert "Choose the Word file first, then import it." in page and "novalidate" in page


def test_tables_of_a_review_keep_their_columns_as_they_were_set():
    styles = (ROOT / "static/css/desk-pages.css").read_text()

    assert '[data-align="right"]' in styles and '[data-align="center"]' in styles
