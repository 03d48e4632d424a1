"""The index: deeds keep it in step with the editions, and it can be made anew at any time."""

from collections import Counter
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from publications import actions, search
from publications.models import IndexedTerm, NamedTerm, SearchIndex
from publications.search import index
from publications.search.engines import engine
from publications.search.index import build_row, indexable_editions, read_editions, vocabulary
from tests.factories import make_author, make_live, make_person, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db


FILED = {"sqlite": "publications_filed", "postgresql": "publications_search"}


def filed() -> dict[int, set[str]]:
    """Under what each row is filed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT edition_id, marks FROM {FILED[connection.vendor]}")
        return {number: set(marks.split()) for number, marks in cursor.fetchall()}


def is_in_step() -> bool:
    """Rows for the editions that are or will be public, filed as they are, and every word counted."""
    rows = {
        text.edition.pk: build_row(text)
        for text in read_editions(indexable_editions(timezone.now()).values_list("pk", flat=True))
    }
    terms = Counter(term for row in rows.values() for term in vocabulary(row))
    return (
        engine().stored() == set(rows)
        and filed() == {number: set(row.filed.split()) for number, row in rows.items()}
        and dict(IndexedTerm.objects.values_list("term", "edition_count")) == terms
    )


def finds(text: str) -> bool:
    return bool(search.search(search.parse_query(text), locale="en").editions)


def knows(term: str) -> bool:
    return IndexedTerm.objects.filter(term=term).exists()


def in_one_hour():
    return timezone.now() + timedelta(hours=1)


def test_each_deed_leaves_the_index_in_step(editor):
    publication = make_publication(body="Grain and barley.")
    actions.publish(publication, by=editor)
    assert is_in_step()
    actions.publish(saved(publication, body="Grain and wheat."), by=editor)
    assert is_in_step() and not knows("barley")
    actions.publish(saved(publication, body="Rye."), by=editor, at=in_one_hour())
    assert is_in_step() and len(engine().stored()) == 2
    actions.undo(publication, by=editor)
    assert is_in_step() and len(engine().stored()) == 1
    actions.undo(publication, by=editor)
    assert is_in_step() and finds("barley")
    actions.withdraw(publication, by=editor)
    assert is_in_step() and not engine().stored() and not IndexedTerm.objects.exists()


def test_many_published_at_once_are_indexed_like_one(editor):
    first, second = (
        make_publication(slug="a", body="Grain."),
        make_publication(slug="b", body="Barley, grain."),
    )
    actions.publish_many([first, second], by=editor)

    assert is_in_step() and finds("barley grain")


def test_a_redacted_passage_is_in_no_part_of_the_index(editor):
    publication = make_publication(title="Vera Holm", body="Vera Holm said it.", tags=(make_tag("Holm"),))
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="So said Vera Holm."), by=editor, at=in_one_hour())

    actions.redact(publication, "Vera Holm", by=editor)

    assert is_in_step()
    assert not finds("vera") and not knows("vera") and not knows("holm")


def test_a_refused_deed_leaves_the_index_as_it_was(editor):
    publication = make_publication(body="Vera *Ho*lm.")
    actions.publish(publication, by=editor)

    with pytest.raises(actions.ActionRefused):
        actions.redact(publication, "Nowhere", by=editor)

    assert is_in_step()


def test_an_older_site_files_what_its_index_holds():
    author = make_author("Ann Berg")
    make_live(by_whom=author, tags=(make_tag("Belarus"), make_tag("Grain")))
    make_live()
    known = filed()
    migration = import_module("publications.migrations.0018_filed")

    with connection.cursor() as cursor:
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        migration.forget(None, editor)
        migration.file(None, editor)

    left_to_the_rebuilding: dict[int, set] = {number: set() for number in known}
    expected = {"sqlite": known, "postgresql": left_to_the_rebuilding}[connection.vendor]
    assert len(known) == 2 and filed() == expected


def test_a_row_that_an_older_process_stored_is_found_and_can_be_stored_anew(editor):
    edition = make_live(body="Grain.")
    with connection.cursor() as cursor:
        statement = {
            "sqlite": "DELETE FROM publications_filed",
            "postgresql": "UPDATE publications_search SET marks = ''",
        }
        cursor.execute(statement[connection.vendor])

    assert finds("grain")

    actions.redact(edition.publication, "Grain", by=editor)
    assert is_in_step() and not finds("grain")


def test_topics_and_people_that_are_removed_name_nothing(editor):
    tag, author = make_tag("Energy"), make_author("Ann Berg")
    for thing in (tag, author):
        actions.save_instance(thing, by=editor)
    assert set(NamedTerm.objects.filter(term__in=["energy", "berg"]).values_list("term", flat=True)) == {
        "energy",
        "berg",
    }

    for thing in (tag, author):
        actions.delete_instance(thing, by=editor)

    assert not NamedTerm.objects.filter(term__in=["energy", "berg"]).exists()


def test_a_rebuild_makes_the_same_index(editor):
    publication = make_publication(body="Grain.", tags=(make_tag("Energy"),))
    actions.publish(publication, by=editor)
    actions.publish(make_publication(body="Barley."), by=editor, at=in_one_hour())
    named = set(NamedTerm.objects.values_list("term", "row_key"))

    call_command("rebuild", "search", verbosity=0)

    assert is_in_step() and finds("energy grain")
    assert set(NamedTerm.objects.values_list("term", "row_key")) == named


def test_a_rebuild_mends_whatever_was_wrong():
    live, other = make_live(body="Grain."), make_live(body="Barley.")
    engine().remove([live.pk])
    IndexedTerm.objects.update(edition_count=99)
    NamedTerm.objects.all().delete()

    call_command("rebuild", verbosity=0)

    assert is_in_step() and finds("grain") and finds("lukasjenko") is False and other.pk in engine().stored()


def test_a_rebuild_takes_in_what_is_done_meanwhile(editor, monkeypatch):
    monkeypatch.setattr(index, "STEP", 1)
    gone, stays = make_live(body="Grain.").publication, make_live(body="Barley.").publication
    steps = search.rebuild()
    next(steps), next(steps)

    actions.withdraw(gone, by=editor)
    actions.publish(saved(stays, body="Barley and rye."), by=editor)
    make_live(body="Wheat.")
    list(steps)

    assert is_in_step() and finds("rye") and finds("wheat") and not finds("grain")


def test_a_rebuild_that_is_broken_off_leaves_what_there_was(monkeypatch):
    make_live(body="Grain.")

    def broken_off():
        yield 0, 1
        raise KeyboardInterrupt

    monkeypatch.setitem(
        __import__("publications.management.commands.rebuild", fromlist=["PARTS"]).PARTS, "search", broken_off
    )
    with pytest.raises(CommandError, match="Broken off while rebuilding search"):
        call_command("rebuild", verbosity=0)

    assert is_in_step() and finds("grain")


def test_a_part_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="There is no part “nothing”"):
        call_command("rebuild", "nothing")


def test_the_next_start_builds_the_index_of_other_rules(monkeypatch, settings):
    assert search.is_outdated()
    call_command("rebuild", verbosity=0)
    assert not search.is_outdated()

    monkeypatch.setattr(index, "VERSION", 99)
    assert search.is_outdated()
    make_person()  # so that no demonstration is loaded
    call_command("prepare", verbosity=0)
    assert SearchIndex.objects.get().version == 99
