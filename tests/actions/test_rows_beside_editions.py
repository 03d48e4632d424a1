"""Rows beside the editions: what a saved or deleted topic, author or picture changes, and what it leaves alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications import actions, search
from publications.integrity import CHECKS, find_faults, no_progress
from publications.models import AuditEntry, Edition
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, picture_bytes

pytestmark = pytest.mark.django_db


def row_of(edition: Edition) -> dict:
    return Edition.objects.filter(pk=edition.pk).values().get()


def test_a_renamed_topic_marks_the_editions_on_it_alone(editor):
    tag = make_tag("Belarus")
    on_topic, other = make_live(tags=(tag,)), make_live(tags=(make_tag("China"),))
    before = row_of(on_topic), row_of(other)
    tag.name = "Belarus and Minsk"

    actions.save_instance(tag, by=editor)

    assert row_of(on_topic) != before[0] and row_of(other) == before[1]


def test_a_new_family_name_marks_the_editions_of_the_author_alone(editor):
    author = make_author("Ann Berg Holm")
    own, other = make_live(author=author), make_live()
    before = row_of(own), row_of(other)
    author.family_name = "Berg Holm"

    actions.save_instance(author, by=editor)

    assert row_of(own) != before[0] and row_of(other) == before[1]


def test_a_row_saved_without_a_change_marks_no_edition(editor):
    tag = make_tag("Belarus")
    edition = make_live(tags=(tag,))
    before = row_of(edition)

    actions.save_instance(tag, by=editor)

    assert row_of(edition) == before


def test_editions_are_found_by_a_pen_name_and_not_by_the_name_before_it(editor):
    author = make_author("Ann Berg")
    edition = make_live(author=author)
    author.name, author.is_pseudonymous = "N. N. Sokolova", True

    actions.save_instance(author, by=editor)

    by_pen_name, by_name = (
        search.search(search.parse_query(name), locale="en") for name in ("sokolova", "berg")
    )
    assert (list(by_pen_name.edition_ids), list(by_name.edition_ids)) == ([edition.pk], [])


def test_a_picture_is_deleted_where_no_publication_shows_it(editor):
    shown, unused = make_image(), make_image(colour="red")
    make_publication(body=f"![A field](image:{shown.key})")

    actions.delete_instance(unused, by=editor)
    with pytest.raises(actions.ActionRefused, match="Take it out of the text first"):
        actions.delete_instance(shown, by=editor)

    assert unused.pk is None and shown.pk


@pytest.mark.parametrize(("titles", "named"), [("ABC", "“A”, “B”, “C”."), ("ABCD", "“A”, “B”, “C” ….")])
def test_a_refusal_names_three_publications_at_most(editor, titles, named):
    author = make_author("Ann Berg")
    for title in titles:
        make_publication(title=title, authors=[author])

    with pytest.raises(actions.ActionRefused) as refusal:
        actions.delete_instance(author, by=editor)

    assert named in str(refusal.value)


def test_existing_redirects_are_read_under_the_lock_of_actions(editor):
    tag = make_tag("Belarus")
    with CaptureQueriesContext(connection) as queries:
        actions.add_redirects(tag, ["/topics/old"], by=editor)

    tables = [query["sql"] for query in queries if "SELECT" in query["sql"]]
    assert "publications_siteversion" in tables[0] and "publications_redirect" in tables[1]


def test_paths_of_another_target_stay_with_it(editor):
    tag, other = make_tag("Belarus"), make_tag("China")

    assert actions.add_redirects(tag, ["/topics/old", "/", ""], by=editor) == []
    assert actions.add_redirects(other, ["/topics/old", "/topics/new"], by=editor) == ["/topics/old"]
    assert actions.add_redirects(tag, ["/topics/old"], by=editor) == []

    assert [row.path for row in tag.redirects.all()] == ["/topics/old"]
    assert [row.path for row in other.redirects.all()] == ["/topics/new"]


def test_the_address_that_a_public_topic_leaves_leads_to_it(editor, client):
    tag = make_tag("Belarus")
    make_live(tags=(tag,))
    tag.slug = "minsk"

    actions.save_instance(tag, by=editor)

    assert client.get("/en/topics/belarus/").headers["Location"].endswith("/en/topics/minsk/")
    tag.slug = "belarus"
    actions.save_instance(tag, by=editor)
    assert client.get("/en/topics/belarus/").status_code == 200
    assert client.get("/en/topics/minsk/").headers["Location"].endswith("/en/topics/belarus/")


def test_a_topic_that_no_edition_has_leaves_no_redirect(editor):
    tag = make_tag("Belarus")
    tag.slug = "minsk"

    actions.save_instance(tag, by=editor)

    assert not tag.redirects.exists()


def test_related_links_without_reasons_have_none_and_earlier_reasons_are_kept(editor):
    publication, first, second = (make_live().publication for _number in range(3))
    actions.set_related_links(publication, [first], by=editor, reasons=["Both on grain"])

    actions.set_related_links(publication, [second, first], by=editor)

    assert [(link.target, link.reason) for link in publication.related_links.all()] == [
        (second, ""),
        (first, "Both on grain"),
    ]


def test_a_publication_is_related_to_another_one_once(editor):
    publication, other = make_live().publication, make_live().publication

    with pytest.raises(actions.ActionRefused, match="twice"):
        actions.set_related_links(publication, [other, other], by=editor)
    with pytest.raises(actions.ActionRefused, match="itself"):
        actions.exclude_suggestion(publication, publication, by=editor)


def test_an_excluded_suggestion_is_excluded_and_allowed_once(editor):
    publication, other = make_live().publication, make_live().publication

    assert actions.exclude_suggestion(publication, other, by=editor)
    assert not actions.exclude_suggestion(other, publication, by=editor)
    assert actions.allow_suggestion(other, publication, by=editor)
    assert not actions.allow_suggestion(publication, other, by=editor)


def recorded_faults() -> list[str]:
    (check,) = (check for check in CHECKS if check.name == "recorded-editions")
    return find_faults(check, no_progress)


def test_another_file_of_a_published_picture_is_recorded(editor):
    image = make_image()
    edition = make_live(cover=image)
    before = row_of(edition)["content_digest"]
    image.store_upload(picture_bytes("red"), "field.png")

    actions.save_instance(image, by=editor)

    assert recorded_faults() == [] and row_of(edition)["content_digest"] != before


def test_another_text_of_a_published_picture_records_no_edition(editor):
    image = make_image()
    make_live(cover=image)
    image.alt_en = "A field of rye"

    actions.save_instance(image, by=editor)

    assert recorded_faults() == [] and "editions" not in AuditEntry.objects.latest("site_version").public_part
