"""An import says which old addresses answer nothing yet, and how many texts have none."""

import pytest

from publications.importers.options import ImportOptions
from publications.importers.run import run_import
from tests.blogs import import_blog, write_post

from .wordpress.exports import SITE, attachment, item, write_export

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
    (drafts,) = remarks(write_post(tmp_path / "other"), permalink="/old/:title/", publish=False).items()
    assert "until these are published: 1." in drafts[0] and drafts[1] == ()


def test_numbers_of_posts_lead_to_the_home_page_until_their_text_is_public(tmp_path, client):
    draft = item(7, title="Draft", status="draft", link=f"{SITE}/?p=7")
    page = item(8, type="page", slug="about", link=f"{SITE}/about/")
    path = write_export(tmp_path, draft, page, attachment(9, "2024/04/map.png", parent=8))

    notes = run_import(ImportOptions(path, processes=0, publish=True)).source_notes

    said = {note.text.partition(", which ")[2]: note.items for note in notes if note.items}
    assert said["answer 404 until these are published: 2."] == ("/about/", "/2024/04/text-1/map/")
    numbers = ("/?p=7", "/?p=8", "/?page_id=8", "/?attachment_id=9")
    assert said["lead to the home page until these are published: 4."] == numbers
    assert client.get("/?p=7")["Location"] == "/en/" and client.get("/about/").status_code == 404


def test_an_old_address_that_this_site_has_itself_waits_for_no_text(tmp_path):
    front = "draft: true\ntags: [Gas]\nredirect_from: [/en/topics/gas/, /old-b/]\n"
    report = import_blog(write_post(tmp_path / "blog", "b.md", title="B", front=front))

    assert [note.partition(":")[0] for note in report.files[0].notes_on("redirect")] == [
        "The old address /en/topics/gas is that of something else here already"
    ]
    assert [note.items for note in report.source_notes if "until these are published" in note.text] == [
        ("/old-b/",)
    ]
