"""A draft as the edition that it would be: a manuscript gives the same page as the draft it was kept from."""

import pytest

from publications import actions, manuscript, snapshot
from publications.draft_content import unsaved_publication
from publications.models import Attachment, EditionWithRows, Revision, Tag, store_original
from tests.factories import make_author, make_image, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db


def full_publication():
    """A draft with a row of each sort."""
    image = make_image()
    publication = make_publication(
        title="On Minsk", authors=[make_author("Ann"), make_author("Bo")], tags=(make_tag("Belarus"),), cover=image,
        key_points="One.\nTwo.", body=f"Text.[^1]\n\n![](image:{image.key})\n\n[^1]: Note.",
    )  # fmt: skip
    content = b"%PDF-1.4"
    Attachment.objects.create(
        publication=publication,
        original=store_original(content, "pdf"),
        filename="r.pdf",
        size=8,
        label="Report",
    )
    return saved(publication)


def facts(composition: EditionWithRows) -> dict:
    edition = composition.edition
    names = (
        "title",
        "summary",
        "key_points",
        "slug",
        "type_line",
        "html",
        "plain_text",
        "language",
        "cover_id",
        "digest",
    )
    return {
        **{name: getattr(edition, name) for name in names},
        "people": [(line.name, line.role) for line in composition.bylines],
        "tags": [tag.name for tag in composition.tags],
        "images": [image.key for image in composition.images],
        "files": [(file.filename, file.label, file.digest, file.size) for file in composition.attachments],
    }


def text_of(publication) -> manuscript.Manuscript:
    return manuscript.loads(publication.revisions.first().manuscript)


def test_a_manuscript_gives_the_page_of_its_working_copy():
    publication = full_publication()

    made = snapshot.build_snapshot(unsaved_publication(text_of(publication), publication=publication))

    assert facts(made) == facts(snapshot.build_snapshot(publication))


def test_a_snapshot_shows_the_manuscript_and_not_the_stored_rows():
    publication = full_publication()
    text = text_of(publication)
    saved(publication, title="Another title", body="Another text.", cover=None)
    publication.bylines.all().delete()
    publication.tags.clear()

    made = snapshot.build_snapshot(unsaved_publication(text, publication=publication))

    assert (made.edition.title, made.edition.body) == ("On Minsk", text.body)
    assert [line.name for line in made.bylines] == ["Ann", "Bo"]
    assert [tag.name for tag in made.tags] == ["Belarus"]
    assert made.edition.cover


def test_deleted_rows_are_left_out_of_a_snapshot():
    publication = full_publication()
    text = text_of(publication)
    publication.tags.clear()
    publication.bylines.all().delete()
    Tag.objects.all().delete()

    made = snapshot.build_snapshot(unsaved_publication(text, publication=publication))

    assert made.tags == []


def test_a_snapshot_keeps_the_paragraph_ids_of_the_last_edition(editor):
    publication = full_publication()
    edition = actions.publish(publication, by=editor)

    made = snapshot.build_snapshot(unsaved_publication(text_of(publication), publication=publication))

    assert made.edition.paragraphs == edition.paragraphs


def test_a_snapshot_stores_nothing():
    publication = full_publication()
    before = (publication.revisions.count(), publication.version)

    snapshot.build_snapshot(unsaved_publication(text_of(publication), publication=publication))

    publication.refresh_from_db()
    assert (publication.revisions.count(), publication.version) == before
    assert Revision.objects.count() == before[0]
