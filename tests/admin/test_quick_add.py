"""New authors and tags from the form of a publication."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from publications.models import AuditEntry, Author, Tag
from tests.desk_forms import ADD
from tests.factories import make_author, make_person, make_tag, picture_bytes

pytestmark = pytest.mark.django_db
AUTHOR, TAG = reverse("desk:quick-add", args=["author"]), reverse("desk:quick-add", args=["tag"])


def portrait() -> SimpleUploadedFile:
    return SimpleUploadedFile("anna.png", picture_bytes())


def hidden_values(page) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(seen|sure|held)" value="([^"]+)"', page.text))


def test_the_dialog_has_the_name_that_was_searched_for(desk):
    page = desk.get(AUTHOR, {"name": "Anna Karlson"})

    assert 'value="Anna Karlson"' in page.text and '<h2 id="new-title">New author</h2>' in page.text


def test_a_new_author_has_a_portrait_with_its_words(desk):
    answer = desk.post(
        AUTHOR,
        {
            "name": "Anna Karlson", "title_en": "Analyst", "affiliation_en": "Lund University", "is_guest": "on",
            "portrait_file": portrait(), "portrait_alt": "Anna Karlson at a desk",
        },
    )  # fmt: skip

    author = Author.objects.get()
    assert answer.json() == {"value": author.pk, "label": "Anna Karlson · Lund University"}
    assert (author.is_guest, author.slug, author.portrait.alt_en) == (
        True,
        "anna-karlson",
        "Anna Karlson at a desk",
    )
    assert author.portrait.filename == "anna.png"
    assert AuditEntry.objects.filter(detail__kind="author", detail__pk=author.pk).exists()


def test_a_portrait_without_words_says_whose_it_is(desk):
    desk.post(AUTHOR, {"name": "Anna Karlson", "portrait_file": portrait()})

    image = Author.objects.get().portrait
    assert (image.alt_en, image.alt_sv) == ("Portrait of Anna Karlson", "Porträtt av Anna Karlson")


@pytest.mark.parametrize("spelling", ["Anna Karlson", "anna karlsson", "Ana Karlsson", "Karlsson Anna"])
def test_a_nearly_equal_name_needs_a_confirmation(desk, spelling):
    make_author("Anna Karlsson", affiliation_en="Lund University")

    question = desk.post(AUTHOR, {"name": spelling, "portrait_file": portrait()})
    assert question.status_code == 422 and "Anna Karlsson, Lund University" in question.text
    assert Author.objects.count() == 1

    added = desk.post(AUTHOR, {"name": spelling, **hidden_values(question)})
    assert added.status_code == 200
    assert Author.objects.get(name=spelling).portrait.filename == "anna.png"


def test_the_name_of_another_author_is_not_confirmed_with_the_question_about_a_similar_one(desk):
    make_author("Anna Karlsson")

    question = desk.post(AUTHOR, {"name": "Anna Karlson"})
    corrected = desk.post(AUTHOR, {"name": "Anna Karlsson", **hidden_values(question)})

    assert corrected.status_code == 422 and Author.objects.count() == 1


@pytest.mark.parametrize("name", ["Anna Berg", "Olena Karlsson", "Karl Annasson"])
def test_other_names_need_none(desk, name):
    make_author("Anna Karlsson")

    assert desk.post(AUTHOR, {"name": name}).status_code == 200


def test_an_error_stands_at_its_field_and_nothing_is_stored(desk):
    answer = desk.post(AUTHOR, {"name": "", "title_en": "Analyst"})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text and 'value="Analyst"' in answer.text
    assert not Author.objects.exists()


def test_a_new_tag_has_a_swedish_name_and_near_spellings_need_a_confirmation(desk):
    make_tag("Moldova")

    question = desk.post(TAG, {"name": "Moldovaa", "name_sv": "Moldavien", "kind": "country"})
    assert question.status_code == 422 and "Moldova" in question.text

    added = desk.post(
        TAG, {"name": "Moldovaa", "name_sv": "Moldavien", "kind": "country", **hidden_values(question)}
    )
    assert added.json() == {"value": "Moldovaa", "label": "Moldovaa"}
    tag = Tag.objects.get(name="Moldovaa")
    assert (tag.name_sv, tag.kind, tag.made_in_draft) == ("Moldavien", "country", False)


def test_a_tag_of_the_same_name_is_refused(desk):
    make_tag("Moldova")

    answer = desk.post(TAG, {"name": "moldova", "kind": "theme"})

    assert answer.status_code == 422 and "There is a tag of this name already." in answer.text


def test_whoever_may_not_add_tags_is_neither_offered_one_nor_lets_one_in(client):
    client.force_login(make_person("Contributors"), backend="django.contrib.auth.backends.ModelBackend")

    assert "data-new-tag" not in client.get(ADD, follow=True).text
    assert (
        client.get(TAG).status_code == client.post(TAG, {"name": "Gas", "kind": "theme"}).status_code == 403
    )
    assert client.get(reverse("desk:quick-add", args=["image"])).status_code == 404
    assert not Tag.objects.exists()


def test_editors_are_offered_both(desk):
    page = desk.get(ADD, follow=True).text

    assert f'data-adding="{AUTHOR}"' in page and f'data-adding="{TAG}"' in page


# Without scripts

PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_without_scripts_the_form_is_a_page_that_leads_back_to_the_draft(desk):
    form = desk.get(ADD, follow=True)
    assert f'<a href="{AUTHOR}?name=" target="_blank"' in form.text

    page = desk.get(AUTHOR, {"name": "Anna Karlson"}, headers=PAGE)
    assert (
        "<title>New author" in page.text
        and 'value="Anna Karlson"' in page.text
        and "<dialog" not in page.text
    )
    refused = desk.post(AUTHOR, {"name": ""}, headers=PAGE)
    assert refused.status_code == 422 and "<title>Error:" in refused.text

    added = desk.post(
        AUTHOR, {"name": "Anna Karlson", "portrait_file": portrait()}, headers=PAGE, follow=True
    )

    assert Author.objects.get().portrait
    assert "Go back to the window with your draft and press Find." in added.text


def test_contributors_propose_authors_without_scripts(client):
    client.force_login(make_person("Contributors"), backend="django.contrib.auth.backends.ModelBackend")

    assert ">Propose an author</a>" in client.get(ADD, follow=True).text.replace("\n      >", ">")
    client.post(AUTHOR, {"name": "Anna Karlson"}, headers=PAGE)

    assert Author.objects.get().is_proposed


def test_the_fields_in_the_language_of_the_text_come_first_also_after_an_error(desk):
    swedish, english = (desk.get(AUTHOR, {"language": language}).text for language in ("sv", "en"))
    refused = desk.post(AUTHOR, {"name": "", "language": "sv"}).text

    for page in (swedish, refused):
        assert page.index('name="title_sv"') < page.index('name="title_en"')
        assert page.index('name="biography_sv"') < page.index('name="biography_en"')
    assert english.index('name="title_en"') < english.index('name="title_sv"')
    assert "A new portrait" not in english
