"""An edition with its rows: one by one or many at once, in a constant number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications import actions, snapshot
from publications.models import Change, Edition, EditionWithRows
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    publication = make_publication(
        authors=[make_author("Ann Berg"), make_author("Bo Ek")],
        tags=[make_tag("Belarus")],
        body=f"Text.\n\n![](image:{make_image().key})",
    )
    actions.publish(publication, by=None)
    swedish = make_publication(title="På svenska", language="sv", translation_of=publication)
    actions.publish(swedish, by=None)
    return actions.publish(
        saved(publication, summary="New."), by=None, change=Change.CORRECTION, note="It was 5, not 6."
    )


def values_of(rows: EditionWithRows) -> dict:
    return {
        "edition": rows.edition.pk,
        "bylines": [(row.name, row.author.pk) for row in rows.bylines],
        "tags": [tag.name for tag in rows.tags],
        "images": [image.key for image in rows.images],
        "attachments": list(rows.attachments),
        "translations": [(text.language, text.title, text.get_absolute_url()) for text in rows.translations],
        "history": [(each.number, each.change_note) for each in rows.history],
    }


def test_many_have_the_same_rows_as_one(edition):
    one = EditionWithRows.get(edition)

    many = EditionWithRows.get_many(Edition.objects.filter(pk=edition.pk))

    assert [values_of(rows) for rows in many] == [values_of(one)]
    assert [text.title for text in one.translations] == ["På svenska"]
    assert [each.number for each in one.corrections] == [2]
    assert one.first_published_at == edition.published_at


def test_many_ask_as_often_as_one(edition):
    with CaptureQueriesContext(connection) as requested_for_one:
        EditionWithRows.get_many(Edition.objects.filter(pk=edition.pk))
    for number in range(5):
        make_live(title=f"Another {number}", tags=(make_tag(f"Topic {number}"),))

    with CaptureQueriesContext(connection) as requested_for_many:
        found = EditionWithRows.get_many(Edition.objects.live())

    assert len(found) == 7
    assert len(requested_for_many) == len(requested_for_one) == 5


def test_only_the_named_rows_are_read(edition):
    with CaptureQueriesContext(connection) as params:
        (rows,) = EditionWithRows.get_many(Edition.objects.filter(pk=edition.pk), rows=("tags",))

    assert len(params) == 2
    assert (len(rows.tags), len(rows.bylines), len(rows.history)) == (1, 0, 0)


def test_translations_are_not_read_unless_they_are_named(edition):
    editions = EditionWithRows.get_many(Edition.objects.live(), rows=("history",))

    assert [rows.translations for rows in editions] == [[], []]


def test_an_edition_that_is_not_stored_has_its_live_translations(edition):
    composed = snapshot.build_snapshot(edition.publication).with_translations()

    assert [text.title for text in composed.translations] == ["På svenska"]
    assert composed.history_so_far == []
