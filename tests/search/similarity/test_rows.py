"""Likeness as deeds keep it: in step with the editions, shown exactly while both ends are live, and made anew."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from publications import actions, search
from publications.management.commands import rebuild as command
from publications.models import (
    AuditEntry,
    Edition,
    EditionTerm,
    ExcludedSuggestion,
    SearchIndex,
    Similarity,
    similar_publications,
)
from publications.search import similarity
from publications.search.index import indexable_editions
from publications.search.similarity import rows
from tests.factories import (
    make_author,
    make_live,
    make_person,
    make_publication,
    make_tag,
    saved,
    taken_back,
    tomorrow,
)

pytestmark = pytest.mark.django_db

GRAIN = "Grain from Kherson is moved by barge, since the railway and the elevator were shelled."


def live(title: str, **fields) -> Edition:
    return make_live(**{"title": title, "summary": f"On {title}.", "body": GRAIN, **fields})


def near(edition: Edition, count: int = 50) -> list[str]:
    return [
        row.similar_edition.title
        for row in similar_publications(edition.publication_id, timezone.now(), count)
    ]


def is_in_step() -> bool:
    """Every edition that is or will be public is described; no row names another one."""
    editions = set(indexable_editions(timezone.now()).values_list("pk", flat=True))
    ends = {pk for pair in Similarity.objects.values_list("edition", "similar_edition") for pk in pair}
    return set(EditionTerm.objects.values_list("edition", flat=True)) == editions and ends <= editions


def test_each_deed_leaves_the_rows_in_step(editor):
    other, publication = live("Barges"), make_publication(title="One", body=GRAIN)
    actions.publish(publication, by=editor)
    assert is_in_step() and near(other) == ["One"]
    actions.publish(saved(publication, title="Two"), by=editor)
    assert is_in_step() and near(other) == ["Two"]
    actions.publish(saved(publication, title="Three"), by=editor, at=tomorrow())
    assert is_in_step() and near(other) == ["Two"]
    actions.undo(publication, by=editor)
    assert is_in_step() and near(other) == ["Two"]
    actions.undo(publication, by=editor)
    assert is_in_step() and near(other) == ["One"]
    actions.withdraw(publication, by=editor)
    assert is_in_step() and near(other) == []


def test_many_published_at_once_are_compared_like_one(editor):
    publications = [make_publication(title=title, slug=title.lower(), body=GRAIN) for title in ("One", "Two")]
    first, second = actions.publish_many(publications, by=editor)

    assert is_in_step() and near(first) == ["Two"] and near(second) == ["One"]


def told_of_likeness() -> list[tuple]:
    names = ("edition__slug", "similar_edition__slug", "score", "tags", "authors", "words")
    return sorted(Similarity.objects.values_list(*names), key=str)


def test_a_batch_takes_its_places_as_if_one_came_after_the_other(editor, monkeypatch):
    for number in range(20):
        live(f"Old {number}", published_at=timezone.now() - timedelta(days=90 * number))
    publications = [
        make_publication(
            title=f"New {number}", slug=f"new-{number}", body=f"{GRAIN} Barge {'steel ' * (number % 4)}",
            published_at=timezone.now() - timedelta(days=70 * (number * 7 % 20)),
        )
        for number in range(20)
    ]  # fmt: skip
    together = taken_back(lambda: actions.publish_many(publications, by=editor) and told_of_likeness())
    monkeypatch.setattr(rows, "BATCH_OF_EDITIONS", 1)

    actions.publish_many(publications, by=editor)

    assert told_of_likeness() == together and len(together) > 20 * rows.MAX_KEPT


def test_a_waiting_and_an_ending_piece_are_shown_for_exactly_as_long_as_they_are_live(editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        start, end = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=2)
        tick = timedelta(microseconds=1)
        other = live("Barges")
        publication = make_publication(title="Timely", body=GRAIN)
        actions.publish(publication, by=editor, at=start, until=end)
        moments = {start - tick: [], start: ["Timely"], end - tick: ["Timely"], end: []}

        for moment, shown in moments.items():
            clock.move_to(moment)
            assert near(other) == shown, moment
            assert [
                row.similar_edition.title for row in similarity.suggest("", GRAIN, beside=other.publication)
            ] == shown


def test_an_edition_that_waits_tells_nothing_of_its_words_before_its_moment(editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        at = timezone.now() + timedelta(hours=1)
        other, publication = live("Barges"), live("Church", body="Patriarch and synod quarrel.").publication
        actions.publish(saved(publication, title="Secret", body=GRAIN), by=editor, at=at)
        assert near(other) == []

        clock.move_to(at)
        assert near(other) == ["Secret"]


def test_a_redacted_word_is_in_no_row(editor):
    other = live("Barges", body="Veraholm sold grain, Veraholm said.")
    publication = live("Elevators", body="Veraholm sold grain, Veraholm said.").publication
    assert any("Veraholm" in row.words for row in Similarity.objects.all())

    for each in (publication, other.publication):
        actions.redact(each, "Veraholm", by=editor)

    assert is_in_step()
    assert not EditionTerm.objects.filter(term="veraholm").exists()
    assert not any("Veraholm" in row.words for row in Similarity.objects.all())


def test_a_redacted_word_is_in_no_row_of_an_edition_that_ended_before_the_index_was_rebuilt():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        publication = make_publication(title="Zebraman", body=f"Zebraman. {GRAIN}")
        live("Barges")
        actions.publish(publication, by=None, until=timezone.now() + timedelta(hours=1))
        clock.shift(timedelta(hours=2))
        call_command("rebuild", "search", verbosity=0)
        assert EditionTerm.objects.filter(term__contains="zebraman").exists()

        actions.redact(publication, "Zebraman", by=None)

    assert not EditionTerm.objects.filter(term__contains="zebraman").exists()


def test_a_refused_deed_leaves_the_rows_as_they_were(editor):
    live("Barges")
    publication = live("Elevators").publication
    before = set(Similarity.objects.values_list("edition", "similar_edition", "score"))

    with pytest.raises(actions.ActionRefused):
        actions.redact(publication, "Nowhere", by=editor)

    assert set(Similarity.objects.values_list("edition", "similar_edition", "score")) == before and before


def test_so_many_nearest_are_kept_and_the_nearest_of_them(monkeypatch):
    monkeypatch.setattr(rows, "MAX_KEPT", 3)
    tag = make_tag("Grain")
    publication = live("Barges", tags=(tag,))
    for number in range(4):
        live(f"Far {number}", body=f"{GRAIN} Also {'else ' * 50}")
    near_ones = [live(f"Near {number}", tags=(tag,)) for number in range(3)]

    assert set(near(publication)) == {edition.title for edition in near_ones}
    assert Similarity.objects.filter(edition=publication).count() == 3


def test_a_piece_that_loses_its_nearest_is_compared_anew(editor, monkeypatch):
    monkeypatch.setattr(rows, "MAX_KEPT", 2)
    monkeypatch.setattr(rows, "MIN_KEPT", 2)
    tag = make_tag("Grain")
    live("Third", body=f"{GRAIN} And more.")
    publication, _second, first = (live(title, tags=(tag,)) for title in ("Barges", "Second", "First"))
    assert set(near(publication)) == {"First", "Second"}

    actions.withdraw(first.publication, by=editor)

    assert near(publication) == ["Second", "Third"]


def test_what_has_ended_takes_no_place_among_the_nearest(editor, monkeypatch):
    monkeypatch.setattr(rows, "MAX_KEPT", 1)
    tag = make_tag("Grain")
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = live("Barges", tags=(tag,))
        nearer = make_publication(title="Nearer", summary="On it.", body=GRAIN, tags=(tag,))
        actions.publish(nearer, by=editor, until=timezone.now() + timedelta(hours=1))
        assert near(publication) == ["Nearer"]
        clock.shift(timedelta(hours=2))
        live("Farther", body=f"{GRAIN} And more.")

        assert near(publication) == ["Farther"]


# What staff decide -------------------------------------------------------------------------------------


def test_what_staff_rule_out_is_shown_at_neither_end_until_they_take_it_back(editor):
    one, other, third = live("One"), live("Other"), live("Third")

    assert actions.exclude_suggestion(other.publication, one.publication, by=editor)
    assert (near(one), near(other)) == (["Third"], ["Third"])
    assert not actions.exclude_suggestion(one.publication, other.publication, by=editor)
    assert ExcludedSuggestion.objects.count() == 1
    actions.publish(saved(other.publication, title="Other again"), by=editor)
    assert near(one) == ["Third"]

    assert actions.allow_suggestion(one.publication, other.publication, by=editor)
    assert not actions.allow_suggestion(one.publication, other.publication, by=editor)
    assert set(near(one)) == {"Third", "Other again"} and set(near(third)) == {"One", "Other again"}


def test_ruling_out_leaves_an_audit_line_and_starts_a_generation(editor):
    one, other = live("One").publication, live("Other").publication
    before = AuditEntry.objects.latest("pk").site_version

    actions.exclude_suggestion(one, other, by=editor)

    line = AuditEntry.objects.latest("pk")
    assert (line.action, line.detail, line.publication) == ("apart", {"apart": other.pk}, one)
    assert line.site_version == before + 1


def test_a_piece_cannot_be_ruled_out_beside_itself(editor):
    publication = live("One").publication

    with pytest.raises(actions.ActionRefused):
        actions.exclude_suggestion(publication, publication, by=editor)


def test_the_database_keeps_one_row_for_each_pair():
    one, other = live("One").publication, live("Other").publication
    ExcludedSuggestion.objects.create(**ExcludedSuggestion.pair(one.pk, other.pk))

    for pair in (ExcludedSuggestion.pair(other.pk, one.pk), {"one": other, "other": one}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExcludedSuggestion.objects.create(**pair)


def test_what_staff_have_linked_to_is_not_suggested_too(editor):
    one, other = live("One"), live("Other")
    actions.set_related_links(one.publication, [other.publication], by=editor)

    assert near(one) == [] and near(other) == ["One"]


# Made anew ---------------------------------------------------------------------------------------------


def stored_rows() -> set[tuple]:
    return {
        (row.edition_id, row.similar_edition_id, *row.tags, *row.words) for row in Similarity.objects.all()
    }


def test_a_rebuild_makes_the_same_rows(editor):
    tag, author = make_tag("Belarus"), make_author("Anna Nowak")
    for number in range(4):
        live(f"Grain {number}", tags=(tag,), by_whom=author)
    actions.publish(make_publication(title="Later", body=GRAIN), by=editor, at=tomorrow())
    before = {row[:2] for row in stored_rows()}

    call_command("rebuild", verbosity=0)

    assert is_in_step() and {row[:2] for row in stored_rows()} == before and before


def test_a_rebuild_mends_whatever_was_wrong():
    first, second = live("One"), live("Two")
    EditionTerm.objects.filter(edition=first).delete()
    Similarity.objects.all().delete()
    EditionTerm.objects.filter(edition=second).update(term="nonsense")

    call_command("rebuild", "likeness", verbosity=0)

    assert is_in_step() and near(first) == ["Two"] and near(second) == ["One"]


def test_a_rebuild_takes_in_what_is_done_meanwhile(editor, monkeypatch):
    monkeypatch.setattr(rows, "STEP", 1)
    gone, stays = live("Gone").publication, live("Stays")
    steps = similarity.rebuild()
    next(steps), next(steps)

    actions.withdraw(gone, by=editor)
    live("Comes")
    list(steps)

    assert is_in_step() and near(stays) == ["Comes"]


def test_a_rebuild_that_is_broken_off_leaves_what_there_was(monkeypatch):
    publication = live("One")
    live("Two")

    def broken_off():
        steps = similarity.rebuild()
        yield next(steps)
        yield next(steps)
        raise KeyboardInterrupt

    monkeypatch.setitem(command.PARTS, "likeness", broken_off)
    with pytest.raises(CommandError, match="Broken off while rebuilding likeness"):
        call_command("rebuild", verbosity=0)

    assert is_in_step() and near(publication) == ["Two"]


def test_the_bar_tells_how_far_it_is_on_a_terminal_and_one_line_elsewhere():
    written: list[str] = []
    bar = command.Bar("likeness", written.append, moves=True)
    bar.show(0, 4), bar.show(4, 4), bar.finish()
    assert "  0%" in written[0] and "100%, 0 s left" in written[1] and written[-1].endswith("\n")

    written.clear()
    bar = command.Bar("likeness", written.append, moves=False)
    bar.show(0, 4), bar.show(4, 4), bar.finish()
    assert len(written) == 1 and written[0].startswith("likeness: 4 steps done")


def test_the_next_start_finds_likenesses_by_other_rules(monkeypatch, settings):
    assert similarity.is_outdated()
    call_command("rebuild", verbosity=0)
    assert not similarity.is_outdated() and not search.is_outdated()

    monkeypatch.setattr(rows, "VERSION", 99)
    assert similarity.is_outdated() and not search.is_outdated()
    make_person()  # so that no demonstration is loaded
    call_command("prepare", verbosity=0)
    assert SearchIndex.objects.get().similarity_version == 99
