"""Publishing: addresses, dates and numbers of a draft, and what is compared with the state that an editor saw."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from publications.models import Change, EndReason
from tests.factories import make_author, make_live, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        yield clock


def test_a_publication_takes_its_own_earlier_address_again(editor):
    make_live(title="Belarus votes")
    publication = make_publication(title="Belarus votes")
    actions.publish(publication, by=editor)

    again = actions.publish(saved(publication, slug="", body="Another text."), by=editor)

    assert again.slug == "belarus-votes-2"


def test_an_address_that_is_taken_in_another_locale_is_free(editor):
    make_live(title="Belarus votes")
    make_live(title="Belarus votes", language="sv")
    drafts = [make_publication(title="Belarus votes", language=language) for language in ("sv", "en")]

    editions = actions.publish_many(drafts, by=editor)

    assert [edition.slug for edition in editions] == ["belarus-votes-2", "belarus-votes-2"]


def test_a_start_at_the_present_moment_is_refused(editor, clock):
    with pytest.raises(actions.ActionRefused, match="past"):
        actions.publish(make_publication(), by=editor, at=timezone.now())


def test_an_end_at_the_moment_of_the_start_is_refused(editor):
    start = tomorrow()

    with pytest.raises(actions.ActionRefused, match="end before it begins"):
        actions.publish(make_publication(), by=editor, at=start, until=start)


def test_an_edition_ends_at_the_moment_the_editor_gave(editor):
    end = tomorrow()

    assert actions.publish(make_publication(), by=editor, until=end).visible_until == end


def test_a_clock_up_to_five_seconds_behind_is_accepted(editor, clock):
    actions.publish(make_publication(), by=editor)
    late, too_late = make_publication(), make_publication()

    clock.shift(timedelta(seconds=-5))
    assert actions.publish(late, by=editor).number == 1
    clock.shift(timedelta(microseconds=-1))
    with pytest.raises(actions.ClockBehind):
        actions.publish(too_late, by=editor)


def test_a_published_edition_lasts_until_the_kept_one_begins(editor):
    publication = make_publication(body="Later.")
    actions.publish(publication, by=editor, at=tomorrow())

    edition = actions.publish(saved(publication, body="Now."), by=editor, keep_scheduled=True)

    assert edition.visible_until == publication.editions.scheduled().get().visible_from


def test_an_update_has_the_date_the_editor_writes(editor, clock):
    publication = make_publication()
    actions.publish(publication, by=editor)
    clock.shift(timedelta(days=2))
    written = timezone.now() - timedelta(days=1)

    edition = actions.publish(
        saved(publication, body="New facts.", published_at=written), by=editor, change=Change.UPDATE
    )

    assert edition.published_at == written


def test_an_update_moves_a_written_date_that_it_has_overtaken(editor, clock):
    publication = make_publication(published_at=timezone.now() - timedelta(days=3))
    actions.publish(publication, by=editor)

    edition = actions.publish(saved(publication, body="New facts."), by=editor, change=Change.UPDATE)

    assert edition.published_at == timezone.now()
    assert publication.published_at is None


def test_a_cancelled_report_keeps_its_number_within_the_year_alone(editor, clock):
    publication = make_publication(kind="report")
    first = actions.publish(publication, by=editor, at=tomorrow())
    actions.undo(publication, by=editor)
    make_live(kind="report")

    same_year = actions.publish(publication, by=editor, at=tomorrow())
    actions.undo(publication, by=editor)
    clock.move_to("2027-05-03 10:00Z")
    next_year = actions.publish(publication, by=editor)

    assert same_year.series_number == first.series_number != next_year.series_number


def test_a_draft_that_changed_since_the_editor_saw_it_is_refused(editor):
    publication = make_publication()
    seen = publication.digest
    saved(publication, body="Somebody else wrote this.")

    with pytest.raises(actions.Outdated):
        actions.publish(publication, by=editor, seen=seen)


def test_an_unchanged_draft_is_published_again_where_the_name_of_an_author_changed(editor):
    author = make_author("Ann Brg")
    publication = make_publication(authors=[author])
    actions.publish(publication, by=editor)
    with pytest.raises(actions.ActionRefused, match="Nothing has changed"):
        actions.publish(publication, by=editor)
    author.name = "Ann Berg"
    actions.save_instance(author, by=editor)

    assert actions.publish(publication, by=editor).bylines.get().name == "Ann Berg"


def test_only_actions_after_the_seen_state_are_listed(editor):
    publication = make_live().publication
    seen = actions.public_state(publication)
    actions.publish(saved(publication, body="Two."), by=editor)

    entries = actions.actions_since(publication, seen)

    assert [entry.detail["edition"] for entry in entries] == [2]
    assert actions.actions_since(publication, actions.public_state(publication)) == []


@pytest.mark.parametrize("state", ["", "x.1", "²", "9" * 19, "-1"])
def test_a_state_that_no_page_gives_lists_no_actions(editor, state):
    assert actions.actions_since(make_live().publication, state) == []


def test_each_publication_has_its_own_state(editor):
    first, second = make_live().publication, make_live().publication
    before = actions.public_states([first, second])

    actions.withdraw(second, by=editor)

    after = actions.public_states([first, second])
    assert after[first.pk] == before[first.pk] and after[second.pk] != before[second.pk]


def test_a_withdrawal_leaves_an_undone_edition_undone(editor):
    publication = make_publication(body="Right.")
    right = actions.publish(publication, by=editor)
    wrong = actions.publish(saved(publication, body="Wrong."), by=editor)
    actions.undo(publication, by=editor)

    actions.withdraw(publication, by=editor)

    right.refresh_from_db(), wrong.refresh_from_db()
    assert (right.end_reason, wrong.end_reason) == (EndReason.WITHDRAWN, EndReason.UNDONE)


def test_a_restored_edition_repeats_no_note_of_the_earlier_one(editor):
    publication = make_publication(body="One.")
    actions.publish(publication, by=editor)
    actions.publish(
        saved(publication, body="Two."), by=editor, change=Change.CORRECTION, note="A wrong date."
    )
    actions.publish(saved(publication, body="Three."), by=editor)

    restored = actions.undo(publication, by=editor)

    restored.refresh_from_db()
    assert (restored.body, restored.change_note, restored.withdrawal_reason) == ("Two.", "", "")


def test_the_rows_of_an_edition_end_with_it(editor):
    edition = make_live()

    actions.withdraw(edition.publication, by=editor)

    edition.refresh_from_db()
    assert not edition.is_live
    assert edition.bylines.get().visible_until == edition.visible_until
