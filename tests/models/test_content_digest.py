"""Digests of editions: they cover every column that readers see, and stored rows have the digest of unsaved ones."""

from datetime import UTC, datetime

import pytest

from publications import actions
from publications.hash_chain import hash_value
from publications.models import (
    CONTENT_COLUMNS,
    WINDOW_COLUMNS,
    Edition,
    EditionAttachment,
    EditionByline,
    EditionImage,
    EditionRow,
    EditionTag,
    EditionWithRows,
    Tag,
    compute_content_digest,
    content_digest,
    read_content_digests,
)
from publications.models.content_digest import ROW_COLUMNS
from tests.factories import make_author, make_image, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db
NOT_SHOWN = {"id", "published_by", "created_at", "record_changed_at", "content_digest"}
DERIVED = {"visible_until", "year"}
"""Columns that other checks of `verify` compare with what they are derived from."""


def test_every_column_of_an_edition_is_covered_derived_or_not_shown():
    columns = {field.name for field in Edition._meta.concrete_fields}
    covered = {*CONTENT_COLUMNS, *(name.removesuffix("_id") for name in WINDOW_COLUMNS)}

    assert columns == covered | DERIVED | NOT_SHOWN
    assert not covered & (DERIVED | NOT_SHOWN)


@pytest.mark.parametrize("model", [EditionByline, EditionTag, EditionImage, EditionAttachment])
def test_every_column_of_rows_is_covered_or_copied(model):
    columns = {field.attname for field in model._meta.concrete_fields}
    covered = {
        name for rows, names in ROW_COLUMNS.values() if rows is model for name in names if "__" not in name
    }
    copied = EditionRow.COPIED_COLUMNS if issubclass(model, EditionRow) else ()

    assert columns == {"id", "edition_id", *covered, *copied}


def test_all_rows_of_editions_are_covered():
    rows = {
        relation.related_model
        for relation in Edition._meta.related_objects
        if relation.related_model.__name__.startswith("Edition") and relation.field.name == "edition"
    }

    assert rows == {model for model, _columns in ROW_COLUMNS.values()}


def test_the_stored_digest_is_that_of_the_stored_rows(editor):
    publication = make_publication(
        authors=[make_author("Ann Ek"), make_author("Bo Ek")], tags=(make_tag("Rye"), make_tag("Oats")),
        cover=make_image(), body="# Grain\n\nRye “and” oats.\n\n- One\n- Two",
    )  # fmt: skip
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, title="Oats"), by=editor, change="correction", note="Was rye.")
    actions.undo(publication, by=editor)

    digests = dict(read_content_digests(Edition.objects.all()))

    assert len(set(digests.values())) == 3
    assert all(edition.content_digest == digest for edition, digest in digests.items())


def test_an_edition_of_an_earlier_release_keeps_a_digest_without_originals(editor, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(
            content_digest, "ROW_COLUMNS", {k: v for k, v in ROW_COLUMNS.items() if k != "originals"}
        )
        actions.publish(make_publication(cover=make_image()), by=editor)
        ((edition, digest),) = read_content_digests(Edition.objects.all())
        Edition.objects.update(content_digest=digest)

    assert list(read_content_digests(Edition.objects.all())) == [(edition, digest)]
    assert digest != compute_content_digest(EditionWithRows.get(edition))


def test_the_digest_is_made_of_what_is_not_empty():
    """A column that a later release adds is empty in the editions of today, and changes no digest."""
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    edition = Edition(
        publication_id=1, number=2, translation_group=1, locale="en", change="first", title="Rye", kind_id=3,
        visible_from=start, language="en",
    )  # fmt: skip
    line = EditionByline(position=0, author_id=4, role="author", name="Ann Ek")

    assert compute_content_digest(EditionWithRows(edition=edition, bylines=[line], tags=[Tag(pk=5)])) == hash_value(
        {
            "publication": 1, "number": 2, "translation_group": 1, "locale": "en", "change": "first", "title": "Rye",
            "kind": 3, "visible_from": "2026-01-02T03:04:05.000000+00:00", "language": "en", "tags": [[5]],
            "bylines": [[0, 4, "author", "Ann Ek", "", ""]],
        }
    )  # fmt: skip
