"""Site states: what changed between two of them, and what was removed, so that stale pages do not show it."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from publications.models import Change, SiteState, read_site_state, site_state
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


def test_a_state_that_another_process_has_stored_tells_which_pages_have_changed(clock):
    changed, other = make_live(title="Grain").publication, make_live(title="Iron").publication
    stored = json.dumps(read_site_state().as_dict())
    clock.shift(1)
    actions.publish(saved(changed, body="New facts."), by=None)

    before = SiteState.from_dict(json.loads(stored))
    after = read_site_state(before)

    assert after.is_page_unchanged(other.pk, before.id) and not after.is_page_unchanged(changed.pk, before.id)


def test_every_page_may_have_changed_since_an_ended_state(clock):
    publication, version = make_live().publication, read_site_state().site_version
    before = SiteState.ended(version)

    assert not read_site_state(before).is_page_unchanged(publication.pk, before.id)


def test_the_state_after_too_many_actions_is_like_any_other(clock, monkeypatch):
    before = read_site_state()
    for _number in range(4):
        clock.shift(1)
        last = make_live()
    monkeypatch.setattr(site_state, "MAX_ACTIONS", 2)

    after = read_site_state(before)

    assert not after.is_page_unchanged(last.publication_id, before.id)
    assert after.has_same_actions(read_site_state(after))
