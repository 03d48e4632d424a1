"""At the desk: what has not followed the other language, where it is said, and how it ends."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from publications import actions
from publications.models import Change, NewsEvent, NewsType, Publication, TranslationCheck
from publications.news import describe_news
from tests.factories import make_live, make_person, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
BEHIND = r"The English text was corrected on [^,]+, and this one has not followed"
AHEAD = r"This text was corrected on [^,]+, and the Swedish one has not followed"


@pytest.fixture
def pair():
    """A corrected publication in English and its translation, which has not followed."""
    original = make_live(title="Grain", body="It was oats.\n\nIt grew.").publication
    translation = make_live(title="Spannmål", language="sv", translation_of=original).publication
    saved(original, body="It was rye.\n\nIt grew.")
    actions.publish(original, by=None, change=Change.CORRECTION, note="Not oats.")
    return original, translation


def url(name: str, publication: Publication) -> str:
    return reverse(f"desk:{name}", args=[publication.pk])


def translation_url(publication: Publication, counterpart: Publication) -> str:
    return reverse("desk:translation", args=[publication.pk, counterpart.pk])


def test_the_first_page_lists_the_text_and_names_the_language(desk, pair):
    page = desk.get(reverse("desk:index")).text

    assert "Changed in the other language only" in page and re.search(BEHIND, page)


def test_a_contributor_sees_their_own_alone(client, pair):
    contributor = make_person("Contributors")
    client.force_login(contributor, backend=BACKEND)
    assert "not followed" not in client.get(reverse("desk:index")).text

    Publication.objects.filter(pk=pair[1].pk).update(created_by=contributor)
    assert re.search(BEHIND, client.get(reverse("desk:index")).text)


@pytest.mark.parametrize("page", ["publications_publication_change", "publish"])
def test_form_and_preflight_of_both_texts_say_so(desk, pair, page):
    original, translation = (desk.get(url(page, publication)).text for publication in pair)

    assert re.search(AHEAD, original) and re.search(BEHIND, translation)
    assert translation_url(pair[1], pair[0]) in original and translation_url(pair[1], pair[0]) in translation


def test_preflight_with_nothing_else_to_say_does_not_say_that_nothing_was_found(desk, pair):
    assert "The checks found nothing" not in desk.get(url("publish", pair[1])).text


def test_the_result_of_a_correction_says_who_has_to_follow(desk, pair):
    page = desk.get(reverse("desk:publish-result", args=[pair[0].pk, 2])).text

    assert re.search(AHEAD, page)


def test_a_withdrawal_is_an_alert(desk, pair):
    actions.withdraw(pair[0], by=None, note="Wrong source.")

    form = desk.get(url("publications_publication_change", pair[1])).text
    page = desk.get(translation_url(pair[1], pair[0])).text

    assert (
        '<strong class="flagged worklist__text">The English text was' in desk.get(reverse("desk:index")).text
    )
    text = r'role="alert">\s*<strong>The English text was withdrawn on [^,]+, but this one is still public'
    assert re.search(text, form) and re.search(text, page)
    assert "Wrong source." in page and url("withdraw", pair[1]) in page


def test_the_page_shows_the_changed_passages_and_the_note(desk, pair):
    page = desk.get(translation_url(pair[1], pair[0])).text

    assert "Not oats." in page and "<ins>" in page and ">rye" in page
    assert "1 passage unchanged" in page or "It grew." in page


def test_the_page_has_no_note_of_an_edition_that_was_cancelled(desk, pair):
    pair[0].refresh_from_db()
    saved(pair[0], body="It was rye.\n\nIt grew well.")
    actions.publish(pair[0], by=None, at=tomorrow(), change=Change.CORRECTION, note="Not to be said.")
    actions.undo(pair[0], by=None)
    actions.publish(pair[0], by=None, change=Change.CORRECTION, note="It grew well.")

    page = desk.get(translation_url(pair[1], pair[0])).text

    assert "It grew well." in page and "Not to be said." not in page


def test_the_page_compares_with_what_was_followed_last(desk, pair):
    actions.check_translation(pair[1], pair[0], edition=2, by=None)
    pair[0].refresh_from_db()
    saved(pair[0], body="It was rye.\n\nIt grew well.")
    actions.publish(pair[0], by=None, change=Change.UPDATE)

    page = desk.get(translation_url(pair[1], pair[0])).text

    assert "was updated on" in page and ">well" in page.replace(" well", "well") and "oats" not in page


def test_an_editor_says_that_it_needs_no_change(desk, editor, pair):
    response = desk.post(translation_url(pair[1], pair[0]), {"edition": 2}, follow=True)

    assert "“Spannmål” needs no change" in response.text and not re.search(BEHIND, response.text)
    assert TranslationCheck.objects.get().by == editor
    history = desk.get(url("history", pair[1])).text
    assert "needs no change after edition 2 of the English text" in history


@pytest.mark.parametrize("edition", ["1", "3", "", "x", "-1"])
def test_a_check_of_another_edition_is_refused(desk, pair, edition):
    response = desk.post(translation_url(pair[1], pair[0]), {"edition": edition}, follow=True)

    assert "has been published since you saw this page" in response.text
    assert not TranslationCheck.objects.exists()


def test_only_whoever_may_publish_says_so(client, pair):
    client.force_login(make_person("Contributors"), backend=BACKEND)

    page = client.get(translation_url(pair[1], pair[0]))
    assert page.status_code == 200 and "needs no change" not in page.text
    assert client.post(translation_url(pair[1], pair[0]), {"edition": 2}).status_code == 403


def test_the_page_of_what_has_followed_says_so(desk, pair):
    assert "Nothing waits here" in desk.get(translation_url(pair[0], pair[1])).text


def test_the_page_of_texts_that_are_no_translations_is_not_found(desk, pair):
    other = make_publication()

    assert desk.get(translation_url(pair[1], other)).status_code == 404
    assert desk.get(translation_url(pair[1], pair[1])).status_code == 404


def test_a_draft_of_a_withdrawn_original_says_so(desk):
    original = make_live().publication
    draft = make_publication(language="sv", translation_of=original)
    actions.withdraw(original, by=None)

    assert re.search(r"The English text was withdrawn on [^.]+\.", desk.get(url("publish", draft)).text)
    assert "not followed" not in desk.get(reverse("desk:index")).text
    assert "Swedish" not in desk.get(url("publish", original)).text


def test_the_list_of_publications_filters_by_it(desk, pair):
    page = desk.get(reverse("desk:publications_publication_changelist"), {"waits": "follow"}).text

    assert "Spannmål" in page and "Grain" not in page


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "The English text is corrected, “Spannmål” has not followed"),
        ("sv", "Texten på engelska är rättad, men inte ”Spannmål”"),
    ],
)
def test_its_news_names_the_language_and_leads_to_the_page(editor, pair, language, subject):
    with override(language):
        text = describe_news(NewsEvent.objects.get(type=NewsType.TRANSLATION), editor)

    assert (text.subject, text.text) == (subject, "Not oats.")
    assert text.url == translation_url(pair[1], pair[0])


def test_its_news_are_described_after_an_undo(editor, pair):
    """An undo makes an edition without a sort of change of its own."""
    original, _translation = pair
    actions.withdraw(original, by=editor)
    actions.undo(original, by=editor)

    subjects = [describe_news(event, editor).subject for event in NewsEvent.objects.all()]

    assert "The English text is updated, “Spannmål” has not followed" in subjects


def test_the_sentences_in_swedish(desk, pair):
    page = desk.get(url("publish", pair[1]), headers={"Accept-Language": "sv"}).text

    assert re.search(r"Texten på engelska rättades den [^,]+, men den här är inte uppdaterad", page)
