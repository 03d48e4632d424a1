"""Importing ends with similarity rebuilt, so that it does not depend on which texts came first."""

import pytest

from publications.models import AuditEntry, EditionTerm, SearchIndex
from publications.search import similarity
from tests import blogs
from tests.blogs import write_post

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

    assert not AuditEntry.objects.filter(**REBUILT).exists() and not similarity.is_rebuild_due()


def test_a_repeated_import_rebuilds_nothing(tmp_path):
    blogs.import_blog(write_posts(tmp_path / "posts"))
    blogs.import_blog(tmp_path / "posts")

    assert AuditEntry.objects.filter(**REBUILT).count() == 1


def test_a_rebuild_that_was_broken_off_is_done_by_the_next_import(tmp_path):
    def break_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        blogs.import_blog(write_posts(tmp_path / "posts"), similarity_progress=break_off)
    assert similarity.is_rebuild_due()

    blogs.import_blog(tmp_path / "posts")

    assert not similarity.is_rebuild_due() and SearchIndex.objects.exists()
