"""The snapshot of a draft: values without stray space, and rows in the order and with the words of the draft."""

import pytest

from publications import actions, markup, snapshot
from tests.factories import make_author, make_image, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db


def test_values_lose_space_around_them_and_empty_lines():
    publication = make_publication(title=" Grain ", summary=" Much of it.\n", key_points=" One\n\n  \nTwo ")

    edition = snapshot.build_snapshot(publication).edition

    assert (edition.title, edition.summary, edition.key_points) == ("Grain", "Much of it.", "One\nTwo")


def test_bylines_keep_their_order(editor):
    second, first = make_author("Bo Ek"), make_author("Ann Berg")

    edition = actions.publish(make_publication(authors=[first, second]), by=editor)

    assert [(line.name, line.position) for line in edition.bylines.all()] == [("Ann Berg", 0), ("Bo Ek", 1)]


def test_a_pen_name_stands_without_title_and_affiliation(editor):
    author = make_author("A Historian", title_en="Analyst", affiliation_en="Centre A", is_pseudonymous=True)

    line = actions.publish(make_publication(authors=[author]), by=editor).bylines.get()

    assert (line.name, line.title, line.affiliation) == ("A Historian", "", "")


@pytest.fixture
def with_rows(editor):
    """An edition with two files, a picture and a topic, and the rows it should have."""
    image, tag = make_image(), make_tag("Belarus")
    publication = make_publication(body=f"Look:\n\n![A field](image:{image.key})", tags=(tag,))
    for position, name in enumerate(("b", "a")):
        publication.attachments.create(
            original=name * 64,
            filename=f"{name}.pdf",
            label=f"Annex {name}",
            size=5 + position,
            position=position,
        )
    rows = ([("b.pdf", "Annex b", 5, 0), ("a.pdf", "Annex a", 6, 1)], [image], ["Belarus"])
    return actions.publish(publication, by=editor), rows


def rows_of(edition) -> tuple:
    files = edition.attachments.order_by("position")
    return (
        [(file.filename, file.label, file.size, file.position) for file in files],
        list(edition.images.all()),
        [row.tag.name for row in edition.tag_rows.all()],
    )


def test_files_pictures_and_topics_are_those_of_the_draft(with_rows):
    edition, expected = with_rows

    assert rows_of(edition) == expected


def test_a_restored_edition_has_the_rows_of_the_earlier_one(editor, with_rows):
    edition, expected = with_rows
    publication = edition.publication
    publication.attachments.all().delete()
    publication.tags.clear()
    actions.publish(saved(publication, body="Nothing to look at."), by=editor)

    restored = actions.undo(publication, by=editor)

    assert rows_of(restored) == rows_of(edition) == expected


def test_a_text_rendered_ahead_is_taken_as_it_is(editor):
    publication = make_publication(body="One.")
    ahead = markup.render_markdown("Rendered ahead.", language="en")

    (edition,) = actions.publish_many([publication], by=editor, prerendered={("en", "One."): ahead})

    assert edition.plain_text == "Rendered ahead."
