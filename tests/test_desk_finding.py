"""Finding without scripts, and being led to what is to be mended."""

import pytest
from django.urls import reverse

from publications import prose
from publications.checks import Proof, check
from publications.models import Author, Publication
from tests.desk_forms import ADD, change, filled
from tests.factories import make_author, make_publication

pytestmark = pytest.mark.django_db
AUTHOR = "/desk/publications/author/add/"


def entered(**fields) -> dict:
    """The form as Enter in one of its fields sends it, without scripts."""
    typed = filled(_enter="Save draft", **fields)
    del typed["_save"]
    return typed


def test_enter_in_the_find_field_finds_and_saves_nothing(desk):
    wanted = make_author("Zhanna Zorina")

    page = desk.post(ADD, entered(title="Half typed", **{"bylines-find": "zorina", "bylines-found": ""}))

    assert f'<option value="{wanted.pk}">' in page.text and "Half typed</textarea>" in page.text
    assert 'name="bylines-found" value="zorina"' in page.text and "autofocus" in page.text
    assert not Publication.objects.exists()


def test_enter_elsewhere_saves_though_something_was_found_before(desk):
    desk.post(ADD, entered(title="Whole", **{"bylines-find": "zorina", "bylines-found": "zorina"}))

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
    [found] = check(Proof(title="T", body=body, html=prose.render(body, language="en").html)).blocking

    assert (found.field, found.line) == ("body", line)


def test_the_way_to_mend_it_names_the_line(desk):
    piece = make_publication(body="One.\n\nSee [this](/en/publications/nowhere/).")

    page = desk.get(reverse("desk:publish", args=[piece.pk])).text

    assert f'href="{change(piece)}?line=3#id_body">Mend it in line 3<' in page


def test_the_list_is_sorted_by_title(desk):
    for title in ("B first", "A second"):
        make_publication(title=title)

    page = desk.get("/desk/publications/publication/?o=1")

    assert [row.title for row in page.context["cl"].result_list] == ["A second", "B first"]
    assert "Title" in page.text and "Headline" not in page.text
