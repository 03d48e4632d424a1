"""An import says which old addresses answer nothing yet, and how many texts have none."""

import pytest

from tests.blogs import import_blog, write_post

pytestmark = pytest.mark.django_db
PERMALINK = "/:year/:title/"


def remarks(folder, **options) -> dict[str, tuple[str, ...]]:
    return {note.text: note.items for note in import_blog(folder, **options).source_notes}


def test_texts_without_an_old_address_are_counted_with_the_remedy(tmp_path):
    folder = write_post(write_post(tmp_path / "blog"), "b.md", title="B", front="redirect_from: /b\n")

    (unknown,) = remarks(folder)

    assert "does not tell: 1 of 2." in unknown and "--permalink" in unknown
    assert remarks(folder, permalink=PERMALINK) == {}


def test_old_addresses_that_wait_for_their_text_are_listed(tmp_path, client):
    folder = write_post(write_post(tmp_path / "blog"), "b.md", title="B", front="draft: true\n")

    waiting = remarks(folder, permalink=PERMALINK)

    assert {"answer 404 until these are published: 1." in text: items for text, items in waiting.items()} == {
        True: ("/2024/b/",)
    }
    assert (client.get("/2024/a/").status_code, client.get("/2024/b/").status_code) == (301, 404)
    (drafts,) = remarks(write_post(tmp_path / "other"), permalink=PERMALINK, publish=False).items()
    assert "until these are published: 1." in drafts[0] and drafts[1] == ()
