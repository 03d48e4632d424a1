"""Revisions: each holds the publication as the save left it, however the publication was loaded before."""

from dataclasses import fields

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import prefetch_related_objects

from publications import manuscript
from publications.models import (
    Attachment,
    Byline,
    Publication,
    RelatedLink,
    Revision,
    RevisionReason,
    manuscript_of,
)
from publications.models.revision import MANUSCRIPT_RELATIONS
from tests.desk_forms import PDF, change, filled
from tests.factories import make_author, make_image, make_publication, make_tag

pytestmark = pytest.mark.django_db


def stored_in(revision: Revision) -> manuscript.Manuscript:
    return manuscript.loads(revision.manuscript)


def as_stored(publication: Publication) -> manuscript.Manuscript:
    return manuscript.loads(manuscript.dumps(manuscript_of(Publication.objects.get(pk=publication.pk))))


def change_every_row(publication: Publication) -> None:
    """Give the publication other rows of each sort, behind the back of the instance that is passed."""
    row = Publication.objects.get(pk=publication.pk)
    row.cover, row.translation_of = make_image(colour="red"), make_publication(language="sv")
    row.save()
    Byline.objects.filter(publication=row).delete()
    Byline.objects.create(publication=row, author=make_author("Bo Ek"), role="editor", position=0)
    row.tags.set([make_tag("Belarus")])
    RelatedLink.objects.create(source=row, target=make_publication(), position=0)
    Attachment.objects.create(publication=row, original="ab/abc.pdf", filename="b.pdf", size=1)


def keep_one(publication: Publication) -> Revision:
    return Revision.objects.create_from(publication, by=None)


def keep_a_batch(publication: Publication) -> Revision:
    Revision.objects.create_many_from([publication], by=None, reason=RevisionReason.IMPORTED)
    return publication.revisions.first()


@pytest.mark.parametrize("keep", [keep_one, keep_a_batch])
def test_a_revision_holds_the_rows_of_the_database_not_those_loaded_before(keep):
    publication = make_publication(tags=(make_tag(),))
    before = as_stored(publication)
    prefetch_related_objects([publication], *MANUSCRIPT_RELATIONS)
    change_every_row(publication)
    publication.cover_id, publication.translation_of_id = (
        Publication.objects.filter(pk=publication.pk).values_list("cover_id", "translation_of_id").get()
    )

    kept = stored_in(keep(publication))

    now = as_stored(publication)
    changed = {each.name for each in fields(now) if getattr(now, each.name) != getattr(before, each.name)}
    assert kept == now
    assert changed >= {"bylines", "tags", "related", "cover", "translation_of", "attachments", "images"}


def test_a_save_at_the_desk_keeps_the_byline_that_was_saved(desk):
    first, second = make_author("Ann Berg"), make_author("Bo Ek")
    publication = make_publication(authors=[first])

    desk.post(change(publication), filled(publication, bylines=[str(second.pk), str(first.pk)]))

    kept = stored_in(publication.revisions.first())
    assert [line.name for line in kept.bylines] == ["Bo Ek", "Ann Berg"]
    assert kept == as_stored(publication)


def test_a_save_at_the_desk_keeps_everything_that_was_saved_beside_the_text(desk):
    publication = make_publication(tags=(make_tag("Belarus"),))
    original, target, cover = make_publication(language="sv"), make_publication(), make_image()
    file = SimpleUploadedFile("Report.pdf", PDF)

    desk.post(
        change(publication),
        filled(
            publication, bylines=[str(make_author("Bo Ek").pk)], tags="Belarus, Ukraine", related=[str(target.pk)],
            cover_choice=[str(cover.pk)], translation_choice=[str(original.pk)], attach=file, attach_label="The report",
        ),
    )  # fmt: skip

    kept = stored_in(publication.revisions.first())
    assert kept == as_stored(publication)
    assert [line.name for line in kept.bylines] == ["Bo Ek"]
    assert kept.tags == ("Belarus", "Ukraine")
    assert kept.related == (str(target.uid),)
    assert kept.cover == cover.key and kept.images[0].key == cover.key
    assert kept.translation_of == str(original.uid)
    assert [file.label for file in kept.attachments] == ["The report"]
