"""Choosers: searching without scripts, options, and links from preflight issues to fields."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from publications import markup
from publications.admin.choice_sources import CHOICE_SOURCES
from publications.models import Author, Image, Publication
from publications.preflight import PreflightDraft, run_preflight
from tests.desk_forms import ADD, change, filled
from tests.factories import make_author, make_image, make_live, make_publication

pytestmark = pytest.mark.django_db
AUTHOR = "/desk/publications/author/add/"


def form_sent_by_enter(**fields) -> dict:
    """The form as Enter in one of its fields sends it, without scripts."""
    typed = filled(_enter="Save draft", **fields)
    del typed["_save"]
    return typed


def test_enter_in_the_find_field_finds_and_saves_nothing(desk):
    expected = make_author("Zhanna Zorina")

    page = desk.post(
        ADD, form_sent_by_enter(title="Half typed", **{"bylines-find": "zorina", "bylines-found": ""})
    )

    assert f'<option value="{expected.pk}">' in page.text and "Half typed</textarea>" in page.text
    assert 'name="bylines-found" value="zorina"' in page.text and "autofocus" in page.text
    assert not Publication.objects.exists()


def test_dates_of_options_are_local(desk):
    added_at = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)  # 2 May in Stockholm
    image = make_image()
    Image.objects.filter(pk=image.pk).update(added_at=added_at)
    publication = make_publication(published_at=added_at)

    labels = [
        CHOICE_SOURCES["images"].label(Image.objects.get(pk=image.pk)),
        CHOICE_SOURCES["publications"].label(
            CHOICE_SOURCES["publications"].search("").get(pk=publication.pk)
        ),
    ]

    day = date_format(timezone.localtime(added_at), "SHORT_DATE_FORMAT")
    assert date_format(added_at, "SHORT_DATE_FORMAT") != day and all(day in label for label in labels)


def test_enter_elsewhere_saves_though_something_was_found_before(desk):
    desk.post(ADD, form_sent_by_enter(title="Whole", **{"bylines-find": "zorina", "bylines-found": "zorina"}))

    assert Publication.objects.get().title == "Whole"


def test_the_first_button_of_every_form_is_the_one_of_enter(desk):
    for address in (ADD, AUTHOR):
        page = desk.get(address).text

        assert page.index('name="_enter"') < page.index('name="_find"')


def test_enter_saves_an_author_too(desk):
    form = {"name": "Ann Berg", "portrait_choice-chooser": "", "_enter": "Save"}
    names = (
        "title_en",
        "title_sv",
        "affiliation_en",
        "affiliation_sv",
        "biography_en",
        "biography_sv",
        "orcid",
    )

    desk.post(AUTHOR, {**dict.fromkeys((*names, "family_name", "aliases", "slug"), ""), **form})

    assert Author.objects.get().name == "Ann Berg"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("One.\n\nTwo.[^7]", 3),
        ("One.\n\n\nSee {++this++}.", 4),
        ("One.\n![](image:seas)", 2),
    ],
)
def test_what_is_to_be_mended_has_its_line(body, line):
    [found] = run_preflight(
        PreflightDraft(title="T", body=body, html=markup.render_markdown(body, language="en").html)
    ).blocking

    assert (found.field, found.line) == ("body", line)


def test_the_way_to_mend_it_names_the_line(desk):
    publication = make_publication(body="One.\n\nSee [this](/en/publications/nowhere/).")

    page = desk.get(reverse("desk:publish", args=[publication.pk])).text

    link = page.partition(f'href="{change(publication)}?line=3#id_body"')[2]
    assert link.lstrip().startswith(">Mend it in line 3<")


def test_the_list_is_sorted_by_title(desk):
    for title in ("B first", "A second"):
        make_publication(title=title)

    page = desk.get("/desk/publications/publication/?o=1")

    assert [row.title for row in page.context["cl"].result_list] == ["A second", "B first"]
    assert "Title" in page.text and "Headline" not in page.text


MANY_WORDS = "word " * 3000
LONG_WORD = "w" * 60_000
QUERY_CUT_MESSAGE = "only the first of them were"


@pytest.mark.parametrize("typed", [MANY_WORDS, LONG_WORD], ids=["words", "letters"])
@pytest.mark.parametrize(
    "address", [*(f"desk:publications_{model}_changelist" for model in (
        "publication", "author", "image", "sitepage", "tag", "synonym", "auditentry")),
        "desk:accounts_accountevent_changelist", "desk:auth_user_changelist", "desk:auth_group_changelist",
        "desk:related-links"])  # fmt: skip
def test_a_search_for_too_much_is_cut_and_says_so(admin_client, address, typed):
    make_live()

    page = admin_client.get(reverse(address), {"q": typed})

    assert page.status_code == 200 and QUERY_CUT_MESSAGE in page.text


def test_a_search_for_a_few_words_is_not_cut(admin_client):
    make_publication(title="The long road to Kyiv")

    page = admin_client.get(reverse("desk:publications_publication_changelist"), {"q": "road kyiv"})

    assert "The long road to Kyiv" in page.text and QUERY_CUT_MESSAGE not in page.text


@pytest.mark.parametrize("typed", [MANY_WORDS, LONG_WORD], ids=["words", "letters"])
@pytest.mark.parametrize("what", CHOICE_SOURCES)
def test_choosers_look_for_the_first_words_of_too_many(admin_client, what, typed):
    make_live(author=make_author())
    make_image()

    assert admin_client.get(reverse("desk:chooser-search", args=[what]), {"q": typed}).json() == {
        "results": []
    }


@pytest.mark.parametrize("typed", [MANY_WORDS, LONG_WORD], ids=["words", "letters"])
def test_a_chooser_without_scripts_does_too(desk, typed):
    page = desk.post(ADD, form_sent_by_enter(title="Kept", **{"bylines-find": typed, "bylines-found": ""}))

    assert page.status_code == 200 and "Kept</textarea>" in page.text


@pytest.mark.parametrize("lookup", ["title__icontains", "title__regex", "authors__name__icontains"])
@pytest.mark.parametrize("value", [LONG_WORD, "("], ids=["long", "odd"])
def test_a_list_cannot_be_searched_past_its_search_box(admin_client, lookup, value):
    make_publication()

    page = admin_client.get(reverse("desk:publications_publication_changelist"), {lookup: value})

    assert page.status_code == 400


@pytest.mark.parametrize("query", ["Zhanna Zorina", "zhanna  zorina "])
def test_a_name_that_was_typed_and_not_chosen_is_taken(desk, query):
    author = make_author("Zhanna Zorina")
    make_author("Zhanna Zorina-Berg")

    desk.post(ADD, filled(title="Whole", **{"bylines-find": query, "bylines-found": ""}))

    assert Publication.objects.get().bylines.get().author == author


@pytest.mark.parametrize("query", ["Zorin", "Nobody", "Ann Berg"])
def test_a_query_that_names_no_single_row_is_kept_and_reported_once(desk, query):
    make_author("Zhanna Zorina")
    make_author("Ann Berg")
    make_author("Ann Berg")
    typed = filled(title="Whole", **{"bylines-find": query, "bylines-found": ""})

    page = desk.post(ADD, typed)

    assert not Publication.objects.exists()
    assert f"Authors: “{query}” is not chosen yet." in page.text
    assert f'name="bylines-find" id="id_bylines_find"\n      value="{query}"' in page.text
    desk.post(ADD, typed | {"bylines-found": query})
    assert Publication.objects.get().title == "Whole"


def test_a_name_that_was_typed_stays_chosen_where_the_form_has_an_error(desk):
    author = make_author("Zhanna Zorina")

    page = desk.post(ADD, filled(doi="no DOI", **{"bylines-find": "Zhanna Zorina", "bylines-found": ""}))

    assert page.context["adminform"].form["bylines"].value().pairs == [(str(author.pk), "")]


def test_a_preview_shows_the_authors_beside_a_query(desk):
    author = make_author("Zhanna Zorina")

    page = desk.post(reverse("desk:preview-unsaved"), filled(bylines=[author.pk], **{"bylines-find": "Berg"}))

    assert "Zhanna Zorina" in page.text


def test_a_number_as_long_as_a_book_is_no_row(desk):
    typed = filled(
        title="Whole", related=[], **{"related-chooser": "9" * 5000, "bylines-chooser": "9" * 5000}
    )

    desk.post(ADD, typed)

    assert Publication.objects.get().title == "Whole"
