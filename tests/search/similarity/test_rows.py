"""Rows of similarity: in step with the editions, used exactly while both editions are live, and rebuilt."""

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
from publications.search.similarity import rebuilds, rows
from tests.factories import (
    call_and_roll_back,
    make_author,
    make_live,
    make_person,
    make_publication,
    make_tag,
    saved,
    tomorrow,
)

pytestmark = pytest.mark.django_db

GRAIN = "Grain from Kherson is moved by barge, since the railway and the elevator were shelled."


def live(title: str, **fields) -> Edition:
    return make_live(**{"title": title, "summary": f"On {title}.", "body": GRAIN, **fields})


def similar_titles(edition: Edition, count: int = 50) -> list[str]:
    return [
        row.similar_edition.title
        for row in similar_publications(edition.publication_id, timezone.now(), count)
    ]


def is_in_step() -> bool:
    """Whether exactly the editions that are or will be public have terms, and no row names another one."""
    editions = set(indexable_editions(timezone.now()).values_list("pk", flat=True))
    in_rows = {pk for pair in Similarity.objects.values_list("edition", "similar_edition") for pk in pair}
    return set(EditionTerm.objects.values_list("edition", flat=True)) == editions and in_rows <= editions


def test_each_action_leaves_the_rows_in_step(editor):
    other, publication = live("Barges"), make_publication(title="One", body=GRAIN)
    actions.publish(publication, by=editor)
    assert is_in_step() and similar_titles(other) == ["One"]
    actions.publish(saved(publication, title="Two"), by=editor)
    assert is_in_step() and similar_titles(other) == ["Two"]
    actions.publish(saved(publication, title="Three"), by=editor, at=tomorrow())
    assert is_in_step() and similar_titles(other) == ["Two"]
    actions.undo(publication, by=editor)
    assert is_in_step() and similar_titles(other) == ["Two"]
    actions.undo(publication, by=editor)
    assert is_in_step() and similar_titles(other) == ["One"]
    actions.withdraw(publication, by=editor)
    assert is_in_step() and similar_titles(other) == []


def test_many_published_at_once_are_compared_like_one(editor):
    publications = [make_publication(title=title, slug=title.lower(), body=GRAIN) for title in ("One", "Two")]
    first, second = actions.publish_many(publications, by=editor)

    assert is_in_step() and similar_titles(first) == ["Two"] and similar_titles(second) == ["One"]


def similarity_values() -> list[tuple]:
    names = ("edition__slug", "similar_edition__slug", "score", "tags", "authors", "words")
    return sorted(Similarity.objects.values_list(*names), key=str)


def test_a_batch_stores_the_same_rows_as_one_edition_after_the_other(editor, monkeypatch):
    for number in range(20):
        live(f"Old {number}", published_at=timezone.now() - timedelta(days=90 * number))
    publications = [
        make_publication(
            title=f"New {number}", slug=f"new-{number}", body=f"{GRAIN} Barge {'steel ' * (number % 4)}",
            published_at=timezone.now() - timedelta(days=70 * (number * 7 % 20)),
        )
        for number in range(20)
    ]  # fmt: skip
    in_one_batch = call_and_roll_back(
        lambda: actions.publish_many(publications, by=editor) and similarity_values()
    )
    monkeypatch.setattr(rows, "EDITIONS_PER_BATCH", 1)

    actions.publish_many(publications, by=editor)

    assert similarity_values() == in_one_batch and len(in_one_batch) > 20 * rows.MAX_ROWS


def test_scheduled_and_expiring_publications_are_similar_exactly_while_they_are_live(editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        start, end = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=2)
        tick = timedelta(microseconds=1)
        other = live("Barges")
        publication = make_publication(title="Timely", body=GRAIN)
        actions.publish(publication, by=editor, at=start, until=end)
        shown_at = {start - tick: [], start: ["Timely"], end - tick: ["Timely"], end: []}

        for at, titles in shown_at.items():
            clock.move_to(at)
            assert similar_titles(other) == titles, at
            assert [
                row.similar_edition.title
                for row in similarity.suggest("", GRAIN, publication=other.publication)
            ] == titles


def test_a_scheduled_edition_reveals_no_words_before_its_start(editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        at = timezone.now() + timedelta(hours=1)
        other, publication = live("Barges"), live("Church", body="Patriarch and synod quarrel.").publication
        actions.publish(saved(publication, title="Secret", body=GRAIN), by=editor, at=at)
        assert similar_titles(other) == []

        clock.move_to(at)
        assert similar_titles(other) == ["Secret"]


def test_a_redacted_word_is_in_no_row(editor):
    other = live("Barges", body="Veraholm sold grain, Veraholm said.")
    publication = live("Elevators", body="Veraholm sold grain, Veraholm said.").publication
    assert any("Veraholm" in row.words for row in Similarity.objects.all())

    for redacted in (publication, other.publication):
        actions.redact(redacted, "Veraholm", by=editor)

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


def test_a_refused_action_leaves_the_rows_as_they_were(editor):
    live("Barges")
    publication = live("Elevators").publication
    before = set(Similarity.objects.values_list("edition", "similar_edition", "score"))

    with pytest.raises(actions.ActionRefused):
        actions.redact(publication, "Nowhere", by=editor)

    assert set(Similarity.objects.values_list("edition", "similar_edition", "score")) == before and before


def test_only_the_most_similar_rows_are_stored(monkeypatch):
    monkeypatch.setattr(rows, "MAX_ROWS", 3)
    tag = make_tag("Grain")
    publication = live("Barges", tags=(tag,))
    for number in range(4):
        live(f"Far {number}", body=f"{GRAIN} Also {'else ' * 50}")
    near_ones = [live(f"Near {number}", tags=(tag,)) for number in range(3)]

    assert set(similar_titles(publication)) == {edition.title for edition in near_ones}
    assert Similarity.objects.filter(edition=publication).count() == 3


def test_a_publication_that_loses_its_most_similar_is_compared_again(editor, monkeypatch):
    monkeypatch.setattr(rows, "MAX_ROWS", 2)
    monkeypatch.setattr(rows, "MIN_ROWS", 2)
    tag = make_tag("Grain")
    live("Third", body=f"{GRAIN} And more.")
    publication, _second, first = (live(title, tags=(tag,)) for title in ("Barges", "Second", "First"))
    assert set(similar_titles(publication)) == {"First", "Second"}

    actions.withdraw(first.publication, by=editor)

    assert similar_titles(publication) == ["Second", "Third"]


def test_an_expired_edition_holds_no_slot(editor, monkeypatch):
    monkeypatch.setattr(rows, "MAX_ROWS", 1)
    tag = make_tag("Grain")
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = live("Barges", tags=(tag,))
        nearer = make_publication(title="Nearer", summary="On it.", body=GRAIN, tags=(tag,))
        actions.publish(nearer, by=editor, until=timezone.now() + timedelta(hours=1))
        assert similar_titles(publication) == ["Nearer"]
        clock.shift(timedelta(hours=2))
        live("Farther", body=f"{GRAIN} And more.")

        assert similar_titles(publication) == ["Farther"]


# Decisions of staff -------------------------------------------------------------------------------------


def test_an_excluded_suggestion_is_shown_on_neither_page_until_it_is_allowed(editor):
    one, other, third = live("One"), live("Other"), live("Third")

    assert actions.exclude_suggestion(other.publication, one.publication, by=editor)
    assert (similar_titles(one), similar_titles(other)) == (["Third"], ["Third"])
    assert not actions.exclude_suggestion(one.publication, other.publication, by=editor)
    assert ExcludedSuggestion.objects.count() == 1
    actions.publish(saved(other.publication, title="Other again"), by=editor)
    assert similar_titles(one) == ["Third"]

    assert actions.allow_suggestion(one.publication, other.publication, by=editor)
    assert not actions.allow_suggestion(one.publication, other.publication, by=editor)
    assert set(similar_titles(one)) == {"Third", "Other again"} and set(similar_titles(third)) == {
        "One",
        "Other again",
    }


def test_excluding_writes_an_audit_entry_and_a_site_version(editor):
    one, other = live("One").publication, live("Other").publication
    before = AuditEntry.objects.latest("pk").site_version

    actions.exclude_suggestion(one, other, by=editor)

    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.detail, entry.publication) == ("apart", {"apart": other.pk}, one)
    assert entry.site_version == before + 1


def test_a_publication_cannot_be_excluded_beside_itself(editor):
    publication = live("One").publication

    with pytest.raises(actions.ActionRefused):
        actions.exclude_suggestion(publication, publication, by=editor)


def test_the_database_allows_one_row_for_each_pair():
    one, other = live("One").publication, live("Other").publication
    ExcludedSuggestion.objects.create(**ExcludedSuggestion.pair(one.pk, other.pk))

    for pair in (ExcludedSuggestion.pair(other.pk, one.pk), {"one": other, "other": one}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExcludedSuggestion.objects.create(**pair)


def test_linked_publications_are_not_suggested(editor):
    one, other = live("One"), live("Other")
    actions.set_related_links(one.publication, [other.publication], by=editor)

    assert similar_titles(one) == [] and similar_titles(other) == ["One"]


# Rebuild ---------------------------------------------------------------------------------------------


def stored_rows() -> set[tuple]:
    return {
        (row.edition_id, row.similar_edition_id, *row.tags, *row.words) for row in Similarity.objects.all()
    }


def test_a_rebuild_stores_the_same_rows(editor):
    tag, author = make_tag("Belarus"), make_author("Anna Nowak")
    for number in range(4):
        live(f"Grain {number}", tags=(tag,), author=author)
    actions.publish(make_publication(title="Later", body=GRAIN), by=editor, at=tomorrow())
    before = {row[:2] for row in stored_rows()}

    call_command("rebuild", verbosity=0)

    assert is_in_step() and {row[:2] for row in stored_rows()} == before and before


def test_a_rebuild_repairs_everything():
    first, second = live("One"), live("Two")
    EditionTerm.objects.filter(edition=first).delete()
    Similarity.objects.all().delete()
    EditionTerm.objects.filter(edition=second).update(term="nonsense")
    cancelled = live("Cancelled")
    Edition.objects.filter(pk=cancelled.pk).update(visible_until=cancelled.visible_from)

    call_command("rebuild", "similarity", verbosity=0)

    assert is_in_step() and similar_titles(first) == ["Two"] and similar_titles(second) == ["One"]


def test_a_rebuild_includes_actions_that_run_between_its_steps(editor, monkeypatch):
    monkeypatch.setattr(rebuilds, "EDITIONS_PER_STEP", 1)
    withdrawn, unchanged = live("Gone").publication, live("Stays")
    steps = similarity.rebuild()
    next(steps), next(steps)

    actions.withdraw(withdrawn, by=editor)
    live("Comes")
    list(steps)

    assert is_in_step() and similar_titles(unchanged) == ["Comes"]


def test_an_interrupted_rebuild_leaves_the_rows_as_they_were(monkeypatch):
    publication = live("One")
    live("Two")

    def interrupted_rebuild():
        steps = rebuilds.rebuild()
        yield next(steps)
        yield next(steps)
        raise KeyboardInterrupt

    monkeypatch.setattr(similarity, "rebuild", interrupted_rebuild)
    with pytest.raises(CommandError, match="Broken off while rebuilding similarity"):
        call_command("rebuild", verbosity=0)

    assert is_in_step() and similar_titles(publication) == ["Two"]


def test_the_bar_moves_on_a_terminal_and_prints_one_line_elsewhere():
    output: list[str] = []
    bar = command.ProgressBar("similarity", output.append, is_terminal=True)
    bar.show(0, 4), bar.show(4, 4), bar.finish()
    assert "  0%" in output[0] and "100%, 0 s left" in output[1] and output[-1].endswith("\n")

    output.clear()
    bar = command.ProgressBar("similarity", output.append, is_terminal=False)
    bar.show(0, 4), bar.show(4, 4), bar.finish()
    assert len(output) == 1 and output[0].startswith("similarity: 4 steps done")


def test_the_next_start_rebuilds_similarity_of_another_version(monkeypatch, settings):
    assert similarity.is_outdated()
    call_command("rebuild", verbosity=0)
    assert not similarity.is_outdated() and not search.is_outdated()

    monkeypatch.setattr(rebuilds, "VERSION", 99)
    assert similarity.is_outdated() and not search.is_outdated()
    make_person()  # so that no demonstration is loaded
    call_command("prepare", verbosity=0)
    assert SearchIndex.objects.get().similarity_version == 99
