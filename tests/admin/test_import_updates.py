"""An import that updates texts that are here: what it says of them before and after, and how its undo gives them back."""

import html

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override

from publications import actions
from publications.admin.archive_import_undo import describe_undo
from publications.importers.archive_import_undo_plan import KeepReason, UndoEffect, plan_import_undo
from publications.importers.import_histories import find_edited
from publications.models import (
    ArchiveImport,
    Author,
    Edition,
    Publication,
    RevisionReason,
    Tag,
    manuscript_of,
)
from tests.factories import make_author, make_person, picture_bytes, saved

from .test_archive_import_undo import undo
from .test_archive_imports import administrator, archive, page_of, press, started, upload

__all__ = ["administrator", "started"]
pytestmark = pytest.mark.django_db

POST = "---\ntitle: {title}\nauthor: Ann Berg\ndate: 2024-05-01\nsummary: A summary.\n{front}---\n\nOn {title}.\n"
REPORT = "kind: report\nimage: cover.png\n"


def texts(**fronts: str) -> dict[str, bytes]:
    files = {
        f"blog/{title.lower()}.md": POST.format(title=title, front=front) for title, front in fronts.items()
    }
    return {"blog/cover.png": picture_bytes(), **{name: text.encode() for name, text in files.items()}}


def check(client, **fronts: str) -> ArchiveImport:
    upload(client, archive(texts(**fronts)))
    call_command("run_imports", verbosity=0)
    return ArchiveImport.objects.first()


def page(client, suffix: str = "", job: ArchiveImport | None = None) -> str:
    return " ".join(html.unescape(client.get(page_of(suffix, job)).text).split())


def text_of(title: str) -> Publication:
    return Publication.objects.get(title=title)


@pytest.fixture
def first(administrator) -> ArchiveImport:
    """An import that has published two reports, Gas and Oil."""
    check(administrator, Gas=REPORT, Oil=REPORT)
    return press(administrator, "publish")


@pytest.fixture
def second(administrator, first) -> ArchiveImport:
    """A later one with other rules: both become commentaries without a cover, in their drafts."""
    check(administrator, Gas="", Oil="")
    return press(administrator, "drafts")


def test_the_undo_gives_drafts_back_that_the_import_only_updated(administrator, first, second):
    gas = text_of("Gas")
    assert gas.kind.slug == "commentary" and not gas.cover
    assert "2 drafts that it changed will be as before the import" in page(administrator, "-undo")

    shown = undo(administrator)

    gas.refresh_from_db()
    assert gas.kind.slug == "report" and gas.cover
    assert gas.digest == Edition.objects.live().get(title="Gas").digest
    assert gas.revisions.first().reason == RevisionReason.UNDONE and gas.revisions.count() == 4
    assert "2 drafts that it had changed are as before the import." in shown
    assert "2 drafts are as before the import" in shown and "Gas" in shown and "Oil" in shown
    assert plan_import_undo(second) == [] and "Undo this import" not in page(administrator)


def test_the_check_names_for_each_text_what_changes(administrator, first):
    check(administrator, Gas="", Oil=REPORT)

    shown = page(administrator)
    assert "1 live text gets a changed draft: kind, cover." in shown
    changes = shown.partition("What would change in texts that are here")[2].partition("</section>")[0]
    assert (
        "Kind: Report → Commentary · Cover: removed" in changes and "Gas" in changes and "Oil" not in changes
    )


def test_a_date_that_a_draft_gets_is_named(administrator):
    undated = texts(Gas="")["blog/gas.md"].replace(b"date: 2024-05-01\n", b"")
    upload(administrator, archive({"blog/gas.md": undated}))
    call_command("run_imports", verbosity=0)
    press(administrator, "drafts")

    check(administrator, Gas="")

    assert "1 other draft changes: date readers see." in page(administrator)


def test_the_page_that_publishes_names_what_changes_for_readers(administrator, first, second):
    job = press(administrator, "check_again")

    assert job.report["published"] == 2 and not job.report["stored"]
    shown = page(administrator, "-publish")
    assert "For them these change: kind, cover." in shown
    assert shown.count("Kind: Report → Commentary · Cover: removed") == 2

    press(administrator, "publish")
    assert "changed draft" not in page(administrator)


def test_what_a_published_update_changes_for_readers_is_said_after_it(administrator, first):
    check(administrator, Gas=REPORT + "tags: [Energy]\n")
    press(administrator, "publish")

    assert "1 text that was live has changed for readers: tags." in page(administrator)


def test_live_texts_with_a_changed_draft_are_left_until_it_is_published_or_taken_back(
    administrator, first, second
):
    left = page(administrator, "-left")
    assert "Live texts whose drafts the import has changed: 2" in left and "Cover: removed" in left
    assert reverse("desk:difference", args=[text_of("Gas").pk]) in left
    assert "What is left to do" in page(administrator) and "Cover: removed" in page(administrator)

    actions.publish(text_of("Gas"), by=second.requested_by)
    oil = text_of("Oil")
    actions.restore_revision(oil, oil.revisions.exclude(number=oil.version).first(), by=second.requested_by)

    assert "Live texts whose drafts the import has changed:" not in page(administrator, "-left")


def test_of_many_changed_drafts_the_first_ones_are_compared(administrator, second, monkeypatch):
    monkeypatch.setattr("publications.importers.left_to_do.MAX_COMPARED", 1)

    shown = page(administrator, "-left")

    assert "Gas" in shown and "Oil" in shown and shown.count("Report → Commentary") == 1


def test_the_command_says_what_changes(administrator, first, tmp_path, capsys):
    for name, content in texts(Gas="").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)

    call_command("import_publications", tmp_path / "blog", kind="commentary", language="en", dry_run=True)

    shown = capsys.readouterr().out
    assert "1 live text gets a changed draft: kind, cover." in shown
    assert "Changes: Kind: Report → Commentary, Cover: removed" in shown


def test_a_draft_that_was_edited_since_stays_and_is_named(administrator, first, second):
    saved(text_of("Gas"), body="Edited.")
    shown = page(administrator, "-undo")
    assert "1 draft that it changed will be as before" in shown and "1 text stays as it is" in shown

    shown = undo(administrator)

    assert text_of("Gas").body == "Edited." and text_of("Oil").kind.slug == "report"
    assert "1 text stays as it is" in shown and "somebody has edited it since" in shown


@pytest.mark.parametrize("later", ["", "summary: Another.\n"])
def test_what_could_not_be_given_back_is_said_once_in_the_language_of_the_reader(administrator, later):
    check(administrator, Gas="tags: [Energy]\n")
    press(administrator, "drafts")
    check(administrator, Gas="subtitle: New\n" + later)
    press(administrator, "drafts")
    Tag.objects.filter(name="Energy").delete()

    undo(administrator)

    job = ArchiveImport.objects.first()
    with override("sv"):
        (row,) = describe_undo(job.report)["reverted"]["rows"]
    assert row["missing"] == ["Ämnesord finns inte längre: Energy."] and not job.report["kept"]
    assert plan_import_undo(job) == [] and text_of("Gas").revisions.count() == 3
    assert press(administrator, "check_again").report["stored"] == 1


def test_an_internal_note_of_since_stays(administrator, first, second):
    saved(text_of("Gas"), internal_note="Call Ann.")

    undo(administrator)

    assert (text_of("Gas").kind.slug, text_of("Gas").internal_note) == ("report", "Call Ann.")


def test_a_draft_that_somebody_has_published_stays(administrator, first, second):
    actions.publish(text_of("Gas"), by=second.requested_by)

    steps = {step.publication.title: (step.effect, step.reason) for step in plan_import_undo(second)}

    assert steps == {"Gas": (UndoEffect.KEEP, KeepReason.PUBLISHED), "Oil": (UndoEffect.REVERT, None)}


def test_imports_that_updated_a_draft_are_undone_one_after_the_other(administrator, first, second):
    before = manuscript_of(text_of("Gas"))
    check(administrator, Gas=REPORT + "tags: [Energy]\n")
    third = press(administrator, "drafts")
    (step,) = [step for step in plan_import_undo(second) if step.publication.title == "Gas"]
    assert (step.reason, step.later_import) == (KeepReason.UPDATED, third)
    assert "Imports are undone one after the other" in page(administrator, "-undo", second)

    undo(administrator, third)
    assert manuscript_of(text_of("Gas")) == before
    undo(administrator, second)

    assert text_of("Gas").kind.slug == "report"


def test_what_an_undo_has_given_back_is_updated_by_the_next_import(administrator, first, second):
    undo(administrator)
    assert press(administrator, "check_again").report["stored"] == 2
    check(administrator, Gas=REPORT, Oil=REPORT)
    assert not ArchiveImport.objects.first().report["stored"]


def test_the_draft_is_given_back_too_where_readers_see_the_earlier_text_again(administrator, first):
    check(administrator, Gas="")
    press(administrator, "publish")
    assert Edition.objects.live().get(title="Gas").kind.slug == "commentary"

    undo(administrator)

    assert Edition.objects.live().get(title="Gas").digest == text_of("Gas").digest
    assert text_of("Gas").kind.slug == "report"


def test_a_draft_that_was_published_before_the_import_changed_it_is_given_back(administrator):
    check(administrator, Gas="draft: true\n", Oil="draft: true\n")
    press(administrator, "drafts")
    for title in ("Gas", "Oil"):
        actions.publish(text_of(title), by=make_person("Editors"), although_hidden=True)
    press(administrator, "check", kind="report")
    press(administrator, "drafts")
    assert text_of("Gas").kind.slug == "report"
    assert "The undo of the import gives back those that nobody" in page(administrator, "-left")
    saved(text_of("Oil"), body="Edited.")

    undo(administrator)

    assert text_of("Gas").digest == Edition.objects.live().get(title="Gas").digest
    shown = page(administrator, "-left")
    assert "Live texts whose drafts the import has changed: 1" in shown
    assert "The undo of the import gives" not in shown, "it is undone"


@pytest.mark.parametrize("is_author", [True, False])
def test_a_merge_is_no_edit(administrator, is_author):
    check(administrator, Gas="tags: [Energy]\n")
    press(administrator, "publish")
    source = Author.objects.get(name="Ann Berg") if is_author else Tag.objects.get(name="Energy")
    target = make_author("Anna Berg") if is_author else Tag.objects.create(name="Power")
    actions.merge(source, target, seen=actions.plan_merge(source, target).digest, by=make_person("Editors"))

    assert [step.effect for step in plan_import_undo(ArchiveImport.objects.get())] == [UndoEffect.WITHDRAW]
    check(administrator, Gas="tags: [Energy]\nkind: report\n")
    press(administrator, "publish")

    publication = text_of("Gas")
    assert publication.kind.slug == "report" and not find_edited([publication.pk])
    assert publication.digest == Edition.objects.live().get(title="Gas").digest
    publication.tags.add(Tag.objects.create(name="Climate"))
    actions.store_revision(publication, by=make_person("Editors"), reason=RevisionReason.BULK)
    assert find_edited([publication.pk]), "a change in the list is one"
