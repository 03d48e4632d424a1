"""Publishing over an edition that waits: it is replaced, or waits on behind the new one."""

import pytest
import time_machine

from publications import actions
from publications.models import EndReason
from tests.factories import make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(editor):
    """A live publication whose next edition waits for tomorrow."""
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = make_publication(body="First.")
        actions.publish(publication, by=editor)
        clock.shift(60)
        actions.publish(saved(publication, body="Tomorrow's."), by=editor, at=tomorrow(), change="update")
        clock.shift(60)
        saved(publication, body="A fix.")
        yield publication, clock


def test_an_edition_that_waits_is_replaced_unless_it_is_kept(waiting, editor):
    publication, _clock = waiting

    actions.publish(publication, by=editor)

    assert not publication.editions.scheduled().exists()


def test_an_edition_that_is_kept_goes_public_at_its_moment(waiting, editor):
    publication, clock = waiting

    now = actions.publish(publication, by=editor, keep_scheduled=True)

    assert publication.editions.live().get() == now
    kept = publication.editions.scheduled().get()
    assert (kept.number, kept.change) == (4, "update")
    clock.shift(2 * 24 * 3600)
    assert publication.editions.live().get().body == "Tomorrow's."


def test_numbers_follow_the_order_in_which_readers_see_editions(waiting, editor):
    publication, clock = waiting

    actions.publish(publication, by=editor, keep_scheduled=True)
    clock.shift(2 * 24 * 3600)

    started = publication.editions.ever_public().order_by("visible_from")
    assert list(started.values_list("number", flat=True)) == [1, 3, 4]
    assert publication.editions.get(number=2).end_reason == EndReason.CANCELLED


def test_the_audit_line_says_what_was_kept(waiting, editor):
    publication, _clock = waiting

    actions.publish(publication, by=editor, keep_scheduled=True)

    assert {"replaced": 2, "kept": 4}.items() <= publication.audit_entries.first().detail.items()


def test_what_was_to_be_the_first_edition_becomes_a_silent_fix_with_the_same_date(editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = make_publication(body="Later.")
        actions.publish(publication, by=editor, at=tomorrow())
        clock.shift(60)

        first = actions.publish(saved(publication, body="Now."), by=editor, keep_scheduled=True)

        kept = publication.editions.scheduled().get()
        assert (first.change, kept.change) == ("first", "silent")
        assert kept.published_at == first.published_at


def test_an_end_that_was_given_to_what_waits_stays(editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = make_publication()
        until = tomorrow().replace(day=20)
        actions.publish(publication, by=editor, at=tomorrow(), until=until)
        clock.shift(60)

        actions.publish(saved(publication, body="Now."), by=editor, keep_scheduled=True)

        assert publication.editions.scheduled().get().expires_at == until


def test_two_editions_never_wait(waiting, editor):
    publication, _clock = waiting

    with pytest.raises(actions.ActionRefused, match="Only one edition can wait"):
        actions.publish(publication, by=editor, at=tomorrow().replace(day=20), keep_scheduled=True)

    assert publication.editions.scheduled().get().number == 2


def test_keeping_what_does_not_wait_changes_nothing(editor):
    edition = actions.publish(make_publication(), by=editor, keep_scheduled=True)

    assert list(edition.publication.editions.all()) == [edition]
