"""Under any sequence of actions and clock moves: at most one edition is live, every former address leads
somewhere, and what was public is never lost.

The machine keeps a model of its own, in plain Python, of what readers should see; it knows windows and
texts but none of the code that keeps them. Clocks go back, too.
"""

import itertools
import os
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from publications import actions, search
from publications.integrity import CHECKS, find_faults, no_progress
from publications.models import (
    Address,
    AddressStatus,
    Edition,
    EndReason,
    IndexedTerm,
    Publication,
    SiteVersion,
    resolve_address,
    resolve_edition_address,
)
from publications.search.engines import engine
from tests.factories import make_person, make_publication, saved

START = datetime(2026, 5, 3, 10, tzinfo=UTC)
TICK = timedelta(microseconds=1)
WITHOUT_FILES = {
    "order", "one-live", "ends", "taken-back", "one-scheduled", "numbers", "copies", "years", "addresses", "revisions",
    "versions", "entries", "index", "notices",
}  # fmt: skip
SLUGS = st.sampled_from(["minsk", "kyiv", "tbilisi", "riga"])
STEPS = st.sampled_from([timedelta(0), TICK, timedelta(seconds=1), timedelta(hours=1), timedelta(hours=30)])
AHEAD = st.sampled_from([timedelta(seconds=1), timedelta(hours=1), timedelta(hours=30)])


class Newsroom(RuleBasedStateMachine):
    """Two publications, one clock, every action."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.travel = time_machine.travel(START, tick=False)
        self.clock = self.travel.start()
        self.text = 0
        self.seen_public: dict[int, str] = {}  # edition → its text, once readers could have seen it
        self.former: set[tuple[int, str, int]] = (
            set()
        )  # publication, slug and edition that readers could have seen
        self.last_action_at = START

    @initialize()
    def open_the_newsroom(self) -> None:
        self.by = make_person("Editors")
        self.publications = [make_publication(title=f"Piece {n}", slug=f"first-{n}") for n in range(2)]
        self.advance(TICK)

    def teardown(self) -> None:
        self.verify()
        self.travel.stop()
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def verify(self) -> None:
        """What a night finds after all this."""
        self.set_the_clock_right()
        queries = [check for check in CHECKS if check.name in WITHOUT_FILES]
        assert [check.name for check in queries if find_faults(check, no_progress)] == []

    # -- the clock

    @rule(step=STEPS)
    def advance(self, step: timedelta) -> None:
        self.clock.shift(step)

    @rule(step=AHEAD)
    def go_back(self, step: timedelta) -> None:
        self.clock.shift(-step)

    @rule()
    def set_the_clock_right(self) -> None:
        if timezone.now() < self.last_action_at:
            self.clock.move_to(self.last_action_at + TICK)

    # -- the actions

    @rule(which=st.integers(0, 1), slug=SLUGS | st.none())
    def edit(self, which: int, slug: str | None) -> None:
        self.text += 1
        saved(self.publication_at(which), body=f"Text {self.text}.", **({"slug": slug} if slug else {}))

    @rule(
        which=st.integers(0, 1),
        after=AHEAD | st.none(),
        lasting=AHEAD | st.none(),
        change=st.sampled_from(["silent", "update", None]),
    )
    def publish(
        self, which: int, after: timedelta | None, lasting: timedelta | None, change: str | None
    ) -> None:
        now = timezone.now()
        at = now + after if after else None
        until = (at or now) + lasting + timedelta(seconds=1) if lasting else None
        publication = self.publication_at(which)
        try:
            edition = actions.publish(publication, by=self.by, at=at, until=until, change=change)
        except actions.ActionRefused as refusal:
            return self.refused(refusal, publication)
        self.done()
        assert edition.body == publication.body
        if not at:
            self.clock.move_to(max(timezone.now(), edition.visible_from))
            assert self.live(publication) == [edition]
        return None

    @rule(which=st.integers(0, 1))
    def withdraw(self, which: int) -> None:
        publication = self.publication_at(which)
        try:
            actions.withdraw(publication, by=self.by)
        except actions.ActionRefused as refusal:
            return self.refused(refusal, publication)
        self.done()
        self.clock.shift(timedelta(microseconds=len(self.publications)))
        if self.clock_is_right():
            assert self.live(publication) == [] and not publication.editions.scheduled().exists()
        return None

    @rule(which=st.integers(0, 1))
    def undo(self, which: int) -> None:
        publication = self.publication_at(which)
        plan, clock_was_right = actions.plan_undo(publication), self.clock_is_right()
        try:
            restored = actions.undo(publication, by=self.by)
        except actions.ActionRefused as refusal:
            return self.refused(refusal, publication)
        self.done()
        self.clock.shift(TICK)
        if restored:  # a clock a little behind the last action reaches what is dated just after it
            self.clock.move_to(max(timezone.now(), restored.visible_from))
        if restored and restored.visible_until > timezone.now():  # it keeps the end of the one undone
            assert self.live(publication) == [restored]
            if clock_was_right:  # else the action comes after a start that the plan does not know yet
                assert restored.body == plan.restored.body
        return None

    @rule(
        which=st.integers(0, 1),
        action=st.sampled_from([actions.retract, actions.express_concern, actions.lift_concern]),
    )
    def change_status(self, which: int, action) -> None:
        publication = self.publication_at(which)
        live = publication.editions.live().first()
        try:
            edition = action(publication, by=self.by, note="Why.")
        except actions.ActionRefused as refusal:
            return self.refused(refusal, publication)
        self.done()
        self.clock.move_to(max(timezone.now(), edition.visible_from))
        if live and edition.visible_until > timezone.now():
            assert self.live(publication) == [edition]
        assert not publication.editions.scheduled().exists()
        return None

    # -- what must hold, whatever happened

    @invariant()
    def at_most_one_edition_is_live(self) -> None:
        for publication in self.publications:
            assert len(self.live(publication)) <= 1

    @invariant()
    def windows_never_overlap(self) -> None:
        for publication in self.publications:
            windows = sorted(
                (each.visible_from, each.visible_until)
                for each in publication.editions.all()
                if each.visible_from < each.visible_until
            )
            assert all(end <= start for (_, end), (start, _) in itertools.pairwise(windows))

    @invariant()
    def at_most_one_edition_waits(self) -> None:
        if self.clock_is_right():
            assert all(publication.editions.scheduled().count() <= 1 for publication in self.publications)

    @invariant()
    def what_was_public_is_never_lost(self) -> None:
        self.look()
        kept = dict(Edition.objects.filter(pk__in=self.seen_public).values_list("pk", "body"))
        assert kept == self.seen_public

    @invariant()
    def what_an_action_has_seen_public_is_never_called_cancelled(self) -> None:
        assert not Edition.objects.filter(
            pk__in=self.seen_by_action(), end_reason=EndReason.CANCELLED
        ).exists()

    @invariant()
    def every_former_address_leads_somewhere(self) -> None:
        if not self.clock_is_right():
            return
        known = self.seen_by_action()
        for publication, slug, _edition in (each for each in self.former if each[2] in known):
            found = resolve_address("en", slug)
            assert found.status in (AddressStatus.OK, AddressStatus.MOVED, AddressStatus.GONE)
            assert found.edition.publication_id == publication
            if found.status is AddressStatus.MOVED:
                assert resolve_address("en", found.edition.slug).status in (
                    AddressStatus.OK,
                    AddressStatus.GONE,
                )

    @invariant()
    def the_live_address_answers_with_the_live_edition(self) -> None:
        for publication in self.publications:
            for edition in self.live(publication):
                assert resolve_address("en", edition.slug).edition == edition
                assert resolve_edition_address("en", edition.slug, edition.number).status is AddressStatus.OK

    @invariant()
    def nothing_that_waits_can_be_reached(self) -> None:
        for edition in Edition.objects.scheduled():
            found = resolve_edition_address("en", edition.slug, edition.number)
            assert found.edition is None or found.edition.pk != edition.pk

    @invariant()
    def addresses_belong_to_one_publication(self) -> None:
        owners = dict(Address.objects.values_list("slug", "publication_id"))
        assert all(owners[slug] == publication for publication, slug, _edition in self.former)

    @invariant()
    def a_search_finds_what_is_live_and_nothing_else(self) -> None:
        live = set(Edition.objects.live().values_list("pk", flat=True))
        found = set(search.search(search.parse_query("piece"), locale="en").edition_ids)
        assert found == live if self.clock_is_right() else found <= live

    @invariant()
    def the_words_of_the_index_are_counted(self) -> None:
        there = engine().indexed_editions()
        assert IndexedTerm.objects.get_or_create(term="piec", defaults={"edition_count": 0})[
            0
        ].edition_count == len(there)

    # -- how the machine looks at the newsroom

    def publication_at(self, which: int) -> Publication:
        return Publication.objects.get(pk=self.publications[which].pk)

    def live(self, publication: Publication) -> list[Edition]:
        return list(publication.editions.live())

    def look(self) -> None:
        """Be a reader: remember every text and address that can be seen at this moment."""
        for edition in Edition.objects.live():
            self.seen_public[edition.pk] = edition.body
            self.former.add((edition.publication_id, edition.slug, edition.pk))

    def seen_by_action(self) -> set[int]:
        """What readers saw of editions that had started by the last action.

        A planned edition that begins after it, and waits again because the clock goes back, leaves no trace
        in the database (reading writes nothing): an action may then cancel it, and keeps its text.
        """
        started = Edition.objects.filter(pk__in=self.seen_public, visible_from__lte=self.last_action_at)
        return set(started.values_list("pk", flat=True))

    def clock_is_right(self) -> bool:
        return timezone.now() >= self.last_action_at

    def done(self) -> None:
        self.last_action_at = max(self.last_action_at, SiteVersion.objects.get().changed_at)

    def refused(self, refusal: actions.ActionRefused, publication: Publication) -> None:
        """A refusal is only for a reason, and then nothing has changed."""
        if isinstance(refusal, actions.ClockBehind):
            assert not self.clock_is_right()
        assert refusal.reasons and all(refusal.reasons)


@pytest.mark.django_db
def test_any_sequence_of_actions_and_clock_moves_keeps_the_promises():
    run_state_machine_as_test(
        Newsroom,
        settings=settings(
            max_examples=int(os.environ.get("EXAMPLES", "30")),
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
