"""Imported texts that the old site hid: editors see why, and publish one only on purpose, in every way there is."""

import html
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from publications import actions
from publications.importers.archive_import_undo import undo_import
from publications.importers.left_to_do import LeftTask, find_left_to_do
from publications.models import ArchiveImport, AuditEntry, Edition, Publication
from tests.factories import make_live, make_person, make_publication, saved, tomorrow, tomorrow_noon
from tests.importers.wordpress import exports as wordpress

from .test_archive_imports import administrator, page_of, press, started
from .test_bulk_authors import page_for, post
from .test_import_sources import check

__all__ = ["administrator", "started"]
pytestmark = pytest.mark.django_db
PASSWORD = "It needed a password on the old site"
ALTHOUGH = "although_hidden"


def make_hidden(**fields) -> Publication:
    return make_publication(hidden_reason="The old site hid this text. It was for members only.", **fields)


def publish_path(publication: Publication) -> str:
    return reverse("desk:publish", args=[publication.pk])


def test_the_form_and_the_publish_page_say_why_a_text_was_hidden(desk):
    form = reverse("desk:publications_publication_change", args=[make_hidden().pk])
    publish = publish_path(Publication.objects.get())

    pages = [desk.get(path).text for path in (form, publish)]

    assert all("The old site hid this text. It was for members only." in page for page in pages)
    assert f'name="{ALTHOUGH}"' in pages[1] and "found nothing to mend" not in pages[1]
    assert ALTHOUGH not in desk.get(publish_path(make_publication())).text


@pytest.mark.parametrize("times", [{}, {"when": "later", "at": tomorrow_noon()}])
def test_a_hidden_text_is_published_and_scheduled_only_on_purpose_and_once(desk, times):
    publication = make_hidden()
    form = {"seen": publication.digest, "after": "0", **times}

    refused = desk.post(publish_path(publication), form).text
    is_refused = not publication.editions.exists()
    desk.post(publish_path(publication), {**form, ALTHOUGH: "on"})
    publication.refresh_from_db()

    assert is_refused and "Tick that it is to be public all the same." in refused
    assert publication.editions.count() == 1 and not publication.hidden_text
    assert ALTHOUGH not in desk.get(publish_path(publication)).text
    assert AuditEntry.objects.get().detail[ALTHOUGH] == make_hidden().hidden_reason
    history = desk.get(reverse("desk:history", args=[publication.pk])).text
    assert "although the old site hid it" in history


def test_no_action_publishes_a_hidden_text_by_the_way(editor):
    publication, other = make_hidden(), make_publication()

    with pytest.raises(actions.NotReady, match="The old site hid this text"):
        actions.publish(publication, by=editor)
    results = actions.publish_many([publication, other], by=editor)

    assert isinstance(results[0], actions.NotReady) and isinstance(results[1], Edition)


def test_bulk_publishing_leaves_hidden_texts_out_unless_they_are_ticked(desk):
    hidden, public = make_hidden(title="Hidden"), make_publication(title="Public")
    shown = desk.get(page_for(hidden, public)).text

    page = html.unescape(post(desk, hidden, public).text)
    live = list(Edition.objects.live().values_list("title", flat=True))
    desk.post(page_for(hidden), {"publish": "on", ALTHOUGH: "on"})

    assert "Hidden: The old site hid this text. It was for members only." in shown
    assert "Not published, 1: The old site hid this text. It was for members only. (“Hidden”)" in page
    assert live == ["Public"] and hidden.editions.live().exists()
    assert ALTHOUGH not in desk.get(page_for(public)).text


def left_public(job: ArchiveImport) -> list[str]:
    groups = {group.task: group.items for group in find_left_to_do(job)}
    return [item.title for item in groups[LeftTask.PUBLIC]]


def test_a_hidden_text_that_somebody_has_published_is_left_until_it_is_ticked(administrator):
    """A page was public on the old site: whoever publishes it has nothing to look at."""
    items = wordpress.item(1, title="Gas", password="x"), wordpress.item(2, title="About", type="page")
    check(administrator, SimpleUploadedFile("old.xml", wordpress.export(*items).encode()))
    job = press(administrator, "drafts")
    gas, about = (Publication.objects.get(title=title) for title in ("Gas", "About"))
    before = left_public(job)
    reasons = gas.hidden_text, about.hidden_text

    for text in (gas, about):
        actions.publish(text, by=make_person(), although_hidden=True)
    published = left_public(job)
    shown = html.unescape(administrator.get(page_of("-left")).text)
    item = next(group.items[0] for group in find_left_to_do(job) if group.task is LeftTask.PUBLIC)
    administrator.post(page_of("-left"), {"marks": item.marks})
    job.refresh_from_db()
    ticked = left_public(job)
    job = press(administrator, "check_again")

    assert PASSWORD in reasons[0] and reasons[1] == ""
    assert (before, published, ticked) == ([], ["Gas"], [])
    assert PASSWORD in shown and left_public(job) == []
    assert "still-public" in {topic["key"] for topic in job.report["topics"]}
    assert not Publication.objects.get(title="Gas").hidden_text


def test_drafts_of_an_older_release_get_their_reasons_from_the_reports(administrator):
    items = wordpress.item(1, title="Gas", password="x"), wordpress.item(2, title="About", type="page")
    check(administrator, SimpleUploadedFile("old.xml", wordpress.export(*items).encode()))
    press(administrator, "drafts")
    before = dict(Publication.objects.values_list("title", "hidden_reason"))
    Publication.objects.update(hidden_reason=None)

    migration = import_module("publications.migrations.0076_hidden_reasons")
    migration.store_reasons(apps, SimpleNamespace(connection=connection))

    assert before["Gas"] and dict(Publication.objects.values_list("title", "hidden_reason")) == before


def test_what_the_source_hides_no_longer_is_published_without_a_tick(administrator):
    for password in ("x", ""):
        export = wordpress.export(wordpress.item(1, title="Gas", password=password))
        check(administrator, SimpleUploadedFile("old.xml", export.encode()))
        press(administrator, "publish" if not password else "drafts")

    assert Edition.objects.live().get().title == "Gas" and not Publication.objects.get().hidden_reason


def test_a_redaction_takes_a_name_out_of_the_reason(editor):
    live = make_live(body="By Ivan Petrov.").publication
    Publication.objects.filter(pk=live.pk).update(hidden_reason={"parts": ["It was for Ivan Petrov only."]})

    actions.redact(Publication.objects.get(), "Ivan Petrov", by=editor)

    assert "Petrov" not in Publication.objects.get().hidden_text


SECRET, OTHER = (
    "<p>Secret words of gas here and there.</p>",
    "<p>Other words of gas and oil here and there.</p>",
)


def import_texts(administrator, *versions: tuple[str, str, str]) -> ArchiveImport:
    """Import versions of one text, each with its password, its words, and the button that imports it.

    A second text changes with each version, so that there is always something to import.
    """
    for number, (password, text, button) in enumerate(versions, start=ArchiveImport.objects.count()):
        gas = wordpress.item(1, title="Gas", password=password, text=text)
        oil = wordpress.item(2, title="Oil", text=f"<p>Version {number} of the words of oil.</p>")
        check(administrator, SimpleUploadedFile("old.xml", wordpress.export(gas, oil).encode()))
        job = press(administrator, button)
    return job


def gas() -> Publication:
    return Publication.objects.get(title="Gas")


def restore_revision(number: int, editor) -> Publication:
    actions.restore_revision(gas(), gas().revisions.get(number=number), by=editor)
    return gas()


@pytest.mark.parametrize("way", ["undo", "restore"])
def test_words_that_an_earlier_import_brought_are_confirmed_again(administrator, editor, way):
    job = import_texts(administrator, ("x", SECRET, "drafts"), ("", OTHER, "drafts"))
    assert not gas().hidden_reason

    if way == "undo":
        undo_import(job, progress=lambda *_progress: None)
    else:
        restore_revision(1, editor)

    assert "Secret" in gas().body and "may have hidden" in gas().hidden_text
    with pytest.raises(actions.NotReady, match="may have hidden"):
        actions.publish(gas(), by=editor)


@pytest.mark.parametrize("earlier", [(), (("", OTHER, "publish"),)])
def test_a_run_that_keeps_the_draft_of_an_editor_keeps_its_reason(administrator, editor, earlier):
    """Its source hides other words no longer, which the draft does not have."""
    import_texts(administrator, *earlier, ("x", SECRET, "drafts"))
    saved(gas(), body=f"{gas().body}\n\nA word of the editor.")

    job = import_texts(administrator, ("", "<p>New words that the source shows of gas.</p>", "drafts"))

    assert "kept" in {file["outcome"] for file in job.report["files"]} and "Secret" in gas().body
    with pytest.raises(actions.NotReady, match=PASSWORD):
        actions.publish(gas(), by=editor)


def test_hidden_words_in_the_draft_of_a_live_text_are_confirmed(administrator, editor):
    import_texts(administrator, ("", OTHER, "publish"), ("x", SECRET, "drafts"))

    with pytest.raises(actions.NotReady, match="The old site hid this text"):
        actions.publish(gas(), by=editor, change="update")

    assert "Other" in Edition.objects.live().get(title="Gas").body


@pytest.mark.parametrize("way", ["undo", "restore"])
@pytest.mark.parametrize("publisher", ["import", "editor"])
def test_words_that_readers_have_seen_need_no_tick(administrator, editor, way, publisher):
    """An editor who publishes a draft may set its date, so that it is not quite the draft of the import."""
    import_texts(administrator, ("", OTHER, "publish" if publisher == "import" else "drafts"))
    if publisher == "editor":
        Publication.objects.filter(title="Gas").update(published_at=None, slug="")
        actions.publish(gas(), by=editor)
    job = import_texts(administrator, ("x", SECRET, "drafts"))
    before = gas().hidden_text

    if way == "undo":
        undo_import(job, progress=lambda *_progress: None)
    else:
        restore_revision(1, editor)

    assert PASSWORD in before and "Other" in gas().body and not gas().hidden_text
    restore_revision(gas().version - 1, editor)
    assert "Secret" in gas().body and "may have hidden" in gas().hidden_text


def test_an_undo_gives_a_draft_no_reason_of_the_later_import(administrator):
    job = import_texts(administrator, ("", OTHER, "drafts"), ("x", SECRET, "drafts"))

    undo_import(job, progress=lambda *_progress: None)

    assert "Other" in gas().body and PASSWORD not in gas().hidden_text


def test_hidden_words_that_come_back_after_a_tick_are_confirmed_again(administrator, editor):
    import_texts(administrator, ("x", SECRET, "drafts"))
    actions.publish(saved(gas(), body="Harmless words."), by=editor, although_hidden=True)
    assert not gas().hidden_text

    restore_revision(1, editor)

    with pytest.raises(actions.NotReady, match=PASSWORD):
        actions.publish(gas(), by=editor, change="update")


@pytest.mark.parametrize("way", ["cancelled", "withdrawn", "replaced and undone", "undone"])
def test_a_tick_counts_no_more_once_its_edition_is_cancelled_or_undone(editor, way):
    is_scheduled = way != "undone"
    text = make_hidden()
    actions.publish(text, by=editor, at=tomorrow() if is_scheduled else None, although_hidden=True)
    if way.startswith("replaced"):
        actions.publish(text, by=editor)
    assert not Publication.objects.get().hidden_text

    (actions.withdraw if way == "withdrawn" else actions.undo)(text, by=editor)

    with pytest.raises(actions.NotReady, match="It was for members only"):
        actions.publish(Publication.objects.get(), by=editor)


def test_a_tick_counts_on_if_a_later_edition_is_undone(editor):
    text = make_hidden()
    actions.publish(text, by=editor, although_hidden=True)
    actions.publish(saved(Publication.objects.get(), title="Mistaken"), by=editor)

    actions.undo(text, by=editor)

    assert not Publication.objects.get().hidden_text


def test_a_confirmed_edition_that_a_later_one_replaced_stays_confirmed(editor):
    """Scheduled with the tick, then published at once: readers have seen the words."""
    publication = make_hidden()
    actions.publish(publication, by=editor, at=tomorrow(), although_hidden=True)
    publication.refresh_from_db()
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Mended."), by=editor, change="correction", note="It was wrong.")

    actions.undo(publication, by=editor)

    publication.refresh_from_db()
    assert not publication.hidden_text
    actions.withdraw(publication, by=editor, note="Wrong.")
    publication.refresh_from_db()
    assert not publication.hidden_text
