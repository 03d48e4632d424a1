"""The pages of undo and withdraw say what readers will see afterwards."""

import pytest
from django.urls import reverse
from lxml import html

from publications import actions
from tests.factories import make_live, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db


def page(desk, name: str, publication) -> str:
    return desk.get(reverse(f"desk:{name}", args=[publication.pk])).text


def corrected():
    publication = make_live(body="It was Minsk.").publication
    return actions.publish(
        saved(publication, body="It was Brest."), by=None, change="correction", note="Not Minsk, but Brest."
    )


def test_to_undo_a_first_edition_is_to_withdraw_and_says_what_readers_will_find(desk):
    publication = make_live().publication

    shown = page(desk, "undo", publication)

    assert "taking it back withdraws the publication" in shown
    assert "its address will say that it is no longer public" in shown
    assert 'value="Take back: withdraw the publication"' in shown
    assert publication.editions.live().exists()


def test_to_undo_a_correction_says_that_its_note_goes_too(desk):
    edition = corrected()

    shown = page(desk, "undo", edition.publication)
    after_publishing = desk.get(reverse("desk:publish-result", args=[edition.publication_id, 2])).text

    for each in (shown, after_publishing):
        assert "The note to readers goes from their page with it:" in each
        assert "Not Minsk, but Brest." in each
        assert 'value="Take back: show edition 1 again"' in each


def test_a_correction_that_is_undone_leaves_no_note_for_readers(desk):
    publication = corrected().publication

    desk.post(reverse("desk:undo", args=[publication.pk]), {"state": actions.public_state(publication)})

    assert "Not Minsk, but Brest." not in desk.get(publication.editions.live().get().get_absolute_url()).text


def test_to_undo_what_waits_says_that_nothing_changes_for_readers(desk, editor):
    publication = make_publication()
    actions.publish(publication, by=editor, at=tomorrow())

    shown = page(desk, "undo", publication)

    assert "Nothing changes for readers now." in shown and 'value="Cancel the schedule"' in shown


def test_what_was_withdrawn_is_said_to_be_so_and_offers_no_form(desk, editor):
    publication = make_live().publication
    actions.withdraw(publication, by=editor, note="The source was wrong.")

    shown = page(desk, "withdraw", publication)

    assert "no longer public: there is nothing to withdraw" in shown and "The source was wrong." in shown
    assert 'name="note"' not in shown


def test_what_was_never_public_offers_no_form_to_withdraw(desk):
    shown = page(desk, "withdraw", make_publication())

    assert "has never been public" in shown and 'name="note"' not in shown


def test_the_name_of_an_undo_says_what_it_takes_back(desk, editor):
    live, scheduled, withdrawn, undone = (
        make_live().publication,
        make_publication(),
        make_live().publication,
        make_live(),
    )
    actions.publish(scheduled, by=editor, at=tomorrow())
    actions.withdraw(withdrawn, by=editor)
    actions.undo(undone.publication, by=editor)

    names = [
        html.fromstring(desk.get(reverse("desk:publications_publication_change", args=[each.pk])).text).xpath(
            f"string(//a[@href='{reverse('desk:undo', args=[each.pk])}'])"
        )
        for each in (live, scheduled, withdrawn, undone.publication)
    ]

    assert names == [
        "Take back the last publication…",
        "Cancel the schedule…",
        "Publish again as it was…",
        "",
    ]


def test_a_withdrawn_text_is_published_again_as_it_was(desk, editor):
    publication = make_live(body="It was Minsk.").publication
    saved(publication, body="Not ready.")
    actions.withdraw(publication, by=editor, note="The source was wrong.")

    shown = page(desk, "undo", publication)
    desk.post(reverse("desk:undo", args=[publication.pk]), {"state": actions.public_state(publication)})

    assert 'value="Publish again as it was"' in shown and "The source was wrong." in shown
    assert publication.editions.live().get().body == "It was Minsk."
    assert "Published again as it was" in desk.get(reverse("desk:history", args=[publication.pk])).text
