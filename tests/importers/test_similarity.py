"""Importing ends with similarity completed, or rebuilt on a small site, so that no text was compared too early."""

import pytest
from django.core.management import CommandError, call_command

from publications import actions, search
from publications.models import AuditEntry, EditionTerm, SearchIndex, Similarity
from publications.search import similarity
from publications.search.similarity import rebuilds
from tests import blogs
from tests.blogs import write_post
from tests.factories import make_live, make_publication

pytestmark = pytest.mark.django_db

REBUILT = {"action": "rebuild"}


def write_posts(folder, count: int = 12):
    for number in range(count):
        write_post(
            folder,
            f"p{number}.md",
            title=f"Post {number}",
            body=f"Grain barge elevator word{'abcdefghijkl'[number]}.",
        )
    return folder


def rows() -> list[tuple]:
    return sorted(EditionTerm.objects.values_list("edition", "term", "weight"))


def test_an_import_ends_with_what_a_rebuild_does(tmp_path):
    blogs.import_blog(write_posts(tmp_path / "posts"))
    imported = rows()

    for _step in similarity.rebuild():
        pass

    assert rows() == imported and imported
    assert AuditEntry.objects.filter(**REBUILT).count() == 1


def test_an_import_tells_how_far_the_comparing_is(tmp_path):
    steps = []

    blogs.import_blog(write_posts(tmp_path / "posts"), similarity_progress=lambda *step: steps.append(step))

    assert steps[0] == (0, 24) and steps[-1] == (24, 24)


@pytest.mark.parametrize("options", [{"publish": False}, {"dry_run": True}])
def test_an_import_that_publishes_nothing_rebuilds_nothing(tmp_path, options):
    blogs.import_blog(write_posts(tmp_path / "posts"), **options)

    assert not AuditEntry.objects.filter(**REBUILT).exists() and not similarity.is_incomplete()


def test_a_repeated_import_rebuilds_nothing(tmp_path):
    blogs.import_blog(write_posts(tmp_path / "posts"))
    blogs.import_blog(tmp_path / "posts")

    assert AuditEntry.objects.filter(**REBUILT).count() == 1


def test_a_rebuild_that_was_broken_off_is_done_by_the_next_import(tmp_path):
    def break_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        blogs.import_blog(write_posts(tmp_path / "posts"), similarity_progress=break_off)
    assert similarity.is_incomplete()

    blogs.import_blog(tmp_path / "posts")

    assert not similarity.is_incomplete() and SearchIndex.objects.exists()


@pytest.fixture
def large_site(monkeypatch):
    """A site whose import compares only what it publishes."""
    edition = make_live(title="Barges", body="Grain barge elevator.")
    for _step in search.rebuild():
        pass
    for _step in similarity.rebuild():
        pass
    monkeypatch.setattr(rebuilds, "MIN_EDITIONS", 1)
    return edition


def similar_to(edition) -> int:
    return Similarity.objects.filter(edition=edition).count()


def test_an_import_into_a_large_site_compares_only_its_own_texts(tmp_path, large_site):
    steps = []
    blogs.import_blog(write_posts(tmp_path / "posts"), similarity_progress=lambda *step: steps.append(step))

    assert steps == [(0, 12), (12, 12)] and not similarity.is_outdated()
    assert similar_to(large_site) == 12 and len({edition for edition, *_term in rows()}) == 13


def test_a_completion_that_was_broken_off_is_done_by_the_next_import(tmp_path, large_site):
    def break_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        blogs.import_blog(write_posts(tmp_path / "posts"), similarity_progress=break_off)
    assert similarity.is_incomplete() and similar_to(large_site) == 0

    blogs.import_blog(tmp_path / "posts")

    assert not similarity.is_incomplete() and similar_to(large_site) == 12


def test_an_import_into_an_outdated_large_site_rebuilds(tmp_path, large_site):
    SearchIndex.objects.update(similarity_version=rebuilds.VERSION - 1)
    steps = []

    blogs.import_blog(write_posts(tmp_path / "posts"), similarity_progress=lambda *step: steps.append(step))

    assert steps[-1] == (26, 26)


def test_verify_during_an_import_finds_nothing_but_the_import(tmp_path, large_site, capsys):
    def verify(done: int, total: int) -> None:
        with pytest.raises(CommandError):
            call_command("verify", "--full", "--repair")

    blogs.import_blog(write_posts(tmp_path / "posts"), progress=verify)

    said = capsys.readouterr().out
    assert "fault “similarity-release”" in said and "faults: 1, in checks: 1." in said
    assert "Repairing similarity" not in said


def test_texts_of_another_import_that_come_during_a_completion_are_compared(tmp_path, large_site):
    def publish_another(done: int, total: int) -> None:
        if done == total:
            draft = make_publication(title="Another", body="Grain barge elevator.")
            actions.publish_many([draft], by=None, defer_similarity=True)

    blogs.import_blog(write_posts(tmp_path / "posts"), similarity_progress=publish_another)

    assert not similarity.is_incomplete()
    assert len({edition for edition, *_term in rows()}) == 14
