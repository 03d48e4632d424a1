"""Site states: what was removed between two of them, so that stale pages do not show it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from publications.models import Change, read_site_state
from tests.factories import make_live, make_publication, saved

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def can_serve_stale(page_of, state) -> bool:
    """Return whether a page of the first state may be served in the second."""
    return state.can_serve_stale(page_of.id, state.read_at)


def test_what_was_published_and_has_expired_since_the_last_state_was_removed(clock):
    before = read_site_state()
    clock.shift(1)
    actions.publish(make_publication(), by=None, until=timezone.now() + HOUR)
    clock.shift(2 * HOUR)

    after = read_site_state(before)

    assert not can_serve_stale(before, after)
    assert can_serve_stale(after, read_site_state(after))


def test_an_edition_that_another_has_replaced_was_not_removed(clock):
    edition = make_live()
    clock.shift(1)
    before = read_site_state()
    clock.shift(1)
    actions.publish(saved(edition.publication, body="New facts."), by=None, change=Change.UPDATE)
    clock.shift(1)

    assert can_serve_stale(before, read_site_state(before))
