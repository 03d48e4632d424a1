"""The index: actions keep it in step with the editions, and it can be rebuilt at any time."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from publications import actions, search
from publications.models import IndexedTerm, NamedTerm, SearchIndex
from publications.publication_fields import SearchWeight
from publications.search import index, verification
from publications.search.engines import IndexRow, engine
from publications.search.engines.postgres import render_ranked_vector
from publications.search.expressions import Term
from publications.search.index import build_row, indexable_editions, read_editions, vocabulary
from tests.factories import make_author, make_live, make_person, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db


FACET_KEYS_TABLE = {"sqlite": "publications_filed", "postgresql": "publications_search"}


def read_facet_keys() -> dict[int, set[str]]:
    """Return the stored facet keys by edition."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT edition_id, marks FROM {FACET_KEYS_TABLE[connection.vendor]}")
        return {edition: set(keys.split()) for edition, keys in cursor.fetchall()}


def is_in_step() -> bool:
    """Whether exactly the editions that are or will be public have rows, facet keys and counted words."""
    rows = {
        rows_of_edition.edition.pk: build_row(rows_of_edition)
        for rows_of_edition in read_editions(indexable_editions(timezone.now()).values_list("pk", flat=True))
    }
    counts = Counter(term for row in rows.values() for term in vocabulary(row))
    return (
        engine().indexed_editions() == set(rows)
        and read_facet_keys() == {edition: set(row.facet_keys.split()) for edition, row in rows.items()}
        and dict(IndexedTerm.objects.values_list("term", "edition_count")) == counts
    )


def is_found(text: str) -> bool:
    return bool(search.search(search.parse_query(text), locale="en").edition_ids)


def is_indexed(term: str) -> bool:
    return IndexedTerm.objects.filter(term=term).exists()


def in_one_hour():
    return timezone.now() + timedelta(hours=1)


def test_each_action_leaves_the_index_in_step(editor):
    publication = make_publication(body="Grain and barley.")
    actions.publish(publication, by=editor)
    assert is_in_step()
    actions.publish(saved(publication, body="Grain and wheat."), by=editor)
    assert is_in_step() and not is_indexed("barley")
    actions.publish(saved(publication, body="Rye."), by=editor, at=in_one_hour())
    assert is_in_step() and len(engine().indexed_editions()) == 2
    actions.undo(publication, by=editor)
    assert is_in_step() and len(engine().indexed_editions()) == 1
    actions.undo(publication, by=editor)
    assert is_in_step() and is_found("barley")
    actions.withdraw(publication, by=editor)
    assert is_in_step() and not engine().indexed_editions() and not IndexedTerm.objects.exists()


def test_only_the_relations_of_a_row_are_read(django_assert_max_num_queries):
    edition = make_live(author=make_author("Ann Berg"), tags=(make_tag("Belarus"),))

    with django_assert_max_num_queries(3) as captured:
        build_row(*read_editions([edition.pk]))

    statements = " ".join(query["sql"] for query in captured.captured_queries)
    assert "publications_editionimage" not in statements and "publications_publication" not in statements


@pytest.mark.parametrize("weight", SearchWeight)
def test_a_column_is_indexed_under_each_search_weight(monkeypatch, weight):
    monkeypatch.setitem(index.INDEXED_COLUMNS, weight, ("doi",))
    edition = make_live(doi="10.5555/zebra")

    row = build_row(*read_editions([edition.pk]))

    assert "zebra" in getattr(row, weight) and "zebra" in vocabulary(row)


def test_many_published_at_once_are_indexed_like_one(editor):
    first, second = (
        make_publication(slug="a", body="Grain."),
        make_publication(slug="b", body="Barley, grain."),
    )
    actions.publish_many([first, second], by=editor)

    assert is_in_step() and is_found("barley grain")


def test_a_redacted_passage_is_in_no_part_of_the_index(editor):
    publication = make_publication(title="Vera Holm", body="Vera Holm said it.", tags=(make_tag("Holm"),))
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="So said Vera Holm."), by=editor, at=in_one_hour())

    actions.redact(publication, "Vera Holm", by=editor)

    assert is_in_step()
    assert not is_found("vera") and not is_indexed("vera") and not is_indexed("holm")


def test_a_refused_action_leaves_the_index_as_it_was(editor):
    publication = make_publication(body="Vera *Ho*lm.")
    actions.publish(publication, by=editor)

    with pytest.raises(actions.ActionRefused):
        actions.redact(publication, "Nowhere", by=editor)

    assert is_in_step()


FACET_KEYS = import_module("publications.migrations.0018_filed")
POSITIONS = import_module("publications.migrations.0039_positions_of_rows")


def store_as_earlier_releases(monkeypatch) -> None:
    """Store all rows anew as they were before they had a position, in the tables of that time."""
    edition_ids = engine().indexed_editions()
    rows = list(map(build_row, read_editions(edition_ids)))
    engine().remove(edition_ids)
    if connection.vendor == "sqlite":
        with monkeypatch.context() as patch:
            patch.setattr(IndexRow, "date_position", property(lambda row: row.edition_id))
            engine().store(rows)
    else:
        engine().store(rows)
    run(FACET_KEYS.forget)
    run(FACET_KEYS.file)


def run(operation) -> None:
    """Run a function of a migration."""
    with connection.cursor() as cursor:
        operation(None, SimpleNamespace(connection=connection, execute=cursor.execute))


def test_rows_of_an_earlier_release_are_found_and_differ_until_they_are_replaced(editor, monkeypatch):
    edition = make_live(body="Of grain and barley.", tags=(make_tag("Belarus"), make_tag("Grain")))
    other = make_live(body="Barley and grain.", author=make_author("Ann Berg"))
    facet_keys = read_facet_keys()
    store_as_earlier_releases(monkeypatch)

    run(POSITIONS.migrate_index)

    empty_until_rebuilt: dict[int, set] = {pk: set() for pk in facet_keys}
    assert read_facet_keys() == {"sqlite": facet_keys, "postgresql": empty_until_rebuilt}[connection.vendor]
    assert is_found("grain") and is_found("barley grain")
    assert engine().indexed_editions() == {edition.pk, other.pk}
    assert search.differing_editions(lambda *_done: None) == {edition.pk, other.pk}

    actions.redact(edition.publication, "grain", by=editor)
    call_command("rebuild", "search", verbosity=0)
    assert is_in_step() and search.differing_editions(lambda *_done: None) == set()


def test_a_redaction_removes_what_an_earlier_release_stored_after_the_migration(editor, monkeypatch):
    edition = make_live(body="Of grain and barley.")
    store_as_earlier_releases(monkeypatch)
    run(POSITIONS.migrate_index)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE publications_filed SET date_position = 0")

    call_command("rebuild", "search", verbosity=0)
    assert count_found("barley") == 1
    actions.redact(edition.publication, "grain", by=editor)

    assert count_found("barley") == 1 and count_found("grain") == 0
    assert is_in_step() and search.differing_editions(lambda *_done: None) == set()


def count_found(text: str) -> int:
    """Return how many rows have a word."""
    return engine().count(Term(text), now=timezone.now(), limit=9)[0]


def test_the_migration_of_positions_can_be_reversed():
    edition = make_live()
    facet_keys = read_facet_keys()

    run(POSITIONS.restore_index)
    assert read_facet_keys() == facet_keys

    run(POSITIONS.migrate_index)
    assert read_facet_keys() == facet_keys and engine().indexed_editions() == {edition.pk}


def test_postgresql_ranks_by_all_terms_but_those_that_only_the_text_has_and_rarely():
    text = ["grain", "once", *["often"] * 3]
    row = IndexRow(
        1, date(2026, 1, 2), title=["grain"], summary=[], people=[], topics=[], text=text, filter_terms=["x"]
    )

    assert render_ranked_vector(row) == "'grain':1A,34D 'often':36D,37D,38D"


def test_deleted_topics_and_authors_leave_no_names(editor):
    tag, author = make_tag("Energy"), make_author("Ann Berg")
    for instance in (tag, author):
        actions.save_instance(instance, by=editor)
    assert set(NamedTerm.objects.filter(term__in=["energy", "berg"]).values_list("term", flat=True)) == {
        "energy",
        "berg",
    }

    for instance in (tag, author):
        actions.delete_instance(instance, by=editor)

    assert not NamedTerm.objects.filter(term__in=["energy", "berg"]).exists()


def test_a_rebuild_stores_the_same_index(editor):
    publication = make_publication(body="Grain.", tags=(make_tag("Energy"),))
    actions.publish(publication, by=editor)
    actions.publish(make_publication(body="Barley."), by=editor, at=in_one_hour())
    names = set(NamedTerm.objects.values_list("term", "row_key"))

    call_command("rebuild", "search", verbosity=0)

    assert is_in_step() and is_found("energy grain")
    assert set(NamedTerm.objects.values_list("term", "row_key")) == names


def test_a_rebuild_repairs_everything(monkeypatch):
    monkeypatch.setattr(index, "BATCH_SIZE", 2)
    live, other = make_live(body="Grain."), make_live(body="Barley.")
    engine().remove([live.pk])
    IndexedTerm.objects.update(edition_count=99)
    NamedTerm.objects.all().delete()

    call_command("rebuild", verbosity=0)

    assert (
        is_in_step()
        and is_found("grain")
        and is_found("lukasjenko") is False
        and other.pk in engine().indexed_editions()
    )


@pytest.mark.parametrize(
    "merge", [search.merge_segments, lambda: call_command("rebuild", "search", verbosity=0)]
)
def test_the_segments_of_the_index_are_merged(merge):
    for number in range(3):
        make_live(title=f"Grain {number}")
    assert (count_segments() > 1) is (connection.vendor == "sqlite")

    merge()

    assert count_segments() == 1
    assert is_found("grain")


def count_segments() -> int:
    """Count the segments of the search index: an index of PostgreSQL is always one."""
    if connection.vendor == "postgresql":
        return 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT segid) FROM publications_search_idx")
        return cursor.fetchone()[0]


def test_a_rebuild_includes_actions_that_run_between_its_steps(editor, monkeypatch):
    monkeypatch.setattr(index, "EDITIONS_PER_STEP", 1)
    withdrawn, changed = make_live(body="Grain.").publication, make_live(body="Barley.").publication
    steps = search.rebuild()
    next(steps), next(steps)

    actions.withdraw(withdrawn, by=editor)
    actions.publish(saved(changed, body="Barley and rye."), by=editor)
    make_live(body="Wheat.")
    list(steps)

    assert is_in_step() and is_found("rye") and is_found("wheat") and not is_found("grain")


def test_a_rebuild_keeps_no_word_that_is_redacted_between_its_steps(editor, monkeypatch):
    monkeypatch.setattr(index, "EDITIONS_PER_STEP", 1)
    redacted = make_live(body="Vera Holm said it.").publication
    make_live(body="Grain.")
    steps = search.rebuild()
    next(steps), next(steps)

    actions.redact(redacted, "Vera Holm", by=editor)
    list(steps)

    assert is_in_step() and not is_indexed("holm")


def test_a_rebuild_repairs_a_half_of_a_row():
    """On SQLite a row is in two tables."""
    make_live(body="Grain.")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM publications_filed")

    call_command("rebuild", "search", verbosity=0)

    assert is_in_step() and is_found("grain")
    assert search.differing_editions(lambda *_done: None) == set()


def test_rows_are_compared_even_if_no_edition_of_a_batch_exists(monkeypatch):
    monkeypatch.setattr(verification, "EDITIONS_PER_STEP", 1)
    row = build_row(*read_editions([make_live(body="Grain.").pk]))
    engine().store([replace(row, edition_id=row.edition_id + 1)])

    assert search.differing_editions(lambda *_done: None) == set()


def test_a_rebuild_removes_the_row_of_an_edition_that_does_not_exist():
    row = build_row(*read_editions([make_live(body="Grain.").pk]))
    engine().store([replace(row, edition_id=row.edition_id + 1, title=["barley"])])
    assert len(engine().indexed_editions()) == 2

    call_command("rebuild", "search", verbosity=0)

    assert is_in_step()


def test_an_interrupted_rebuild_leaves_the_index_as_it_was(monkeypatch):
    make_live(body="Grain.")

    def interrupted_rebuild():
        yield 0, 1
        raise KeyboardInterrupt

    monkeypatch.setattr(search, "rebuild", interrupted_rebuild)
    with pytest.raises(CommandError, match="Broken off while rebuilding search"):
        call_command("rebuild", verbosity=0)

    assert is_in_step() and is_found("grain")


def test_an_unknown_part_is_named():
    with pytest.raises(CommandError, match="There is no part “nothing”"):
        call_command("rebuild", "nothing")


def test_the_next_start_rebuilds_an_index_of_another_version(monkeypatch, settings):
    assert search.is_outdated()
    call_command("rebuild", verbosity=0)
    assert not search.is_outdated()

    monkeypatch.setattr(index, "VERSION", 99)
    assert search.is_outdated()
    make_person()  # so that no demonstration is loaded
    call_command("prepare", verbosity=0)
    assert SearchIndex.objects.get().version == 99
