"""What the undo of an import leaves: what is somebody's work or a later import's; when it is refused, and by whom."""

import html
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin.drafts.deleted_drafts import restore_draft
from publications.importers import archive_import_undo
from publications.importers.archive_import_undo_plan import KeepReason, UndoEffect, plan_import_undo
from publications.models import (
    ArchiveImport,
    Autosave,
    Edition,
    Publication,
    RelatedLink,
    Submission,
)
from tests.factories import make_person, saved

from .test_archive_import_undo import (  # noqa: F401 - fixtures
    drafted,
    effects,
    give_comment,
    give_plan,
    give_press_link,
    give_review,
    import_changed_oil,
    live_titles,
    published,
    request_undo,
    undo,
)
from .test_archive_imports import (  # noqa: F401 - fixtures
    BACKEND,
    POST,
    TEXTS,
    administrator,
    archive,
    checked,
    page_of,
    press,
    started,
    upload,
)

pytestmark = pytest.mark.django_db


def import_again(client, texts: dict[str, bytes] = TEXTS, *, button: str = "drafts") -> ArchiveImport:
    upload(client, archive(texts))
    call_command("run_imports", verbosity=0)
    return press(client, button)


def changed_oil(words: str) -> dict[str, bytes]:
    text = POST.format(title="Oil", day=2) + f"\n{words}\n"
    return {**TEXTS, "blog/_posts/2024-05-02-oil.md": text.encode()}


def give_autosave(publication: Publication) -> None:
    Autosave.objects.create(owner=make_person(), publication=publication, key="a", values=[["title", "x"]])


def give_submission(publication: Publication) -> None:
    Submission.objects.create(publication=publication)


@pytest.mark.parametrize(
    "give", [give_autosave, give_comment, give_plan, give_press_link, give_review, give_submission]
)
@pytest.mark.parametrize("button", ["drafts", "publish"])
def test_what_somebody_works_with_stays_whether_readers_see_it_or_not(administrator, checked, give, button):  # noqa: F811
    job = press(administrator, button)
    give(Publication.objects.get(title="Gas"))

    gas, oil = plan_import_undo(job)

    assert (gas.effect, gas.reason) == (UndoEffect.KEEP, KeepReason.USED) and oil.effect != UndoEffect.KEEP


REFERENCES = {
    "related link": lambda gas, oil: gas.related_links.create(target=oil),
    "translation": lambda gas, oil: Publication.objects.filter(pk=gas.pk).update(
        language="sv", translation_of=oil
    ),
}


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_draft_to_which_a_text_of_the_import_refers_that_stays_is_kept(administrator, drafted, reference):  # noqa: F811
    gas, oil = (Publication.objects.get(title=title) for title in ("Gas", "Oil"))
    REFERENCES[reference](gas, oil)
    assert set(effects().values()) == {UndoEffect.DELETE}, "both are deleted"
    saved(Publication.objects.get(title="Gas"), body="Edited.")

    undo(administrator)

    assert Publication.objects.count() == 2
    assert RelatedLink.objects.count() == (reference == "related link")
    assert bool(Publication.objects.get(title="Gas").translation_of) == (reference == "translation")


def test_drafts_to_which_kept_drafts_lead_one_after_the_other_are_kept(administrator):  # noqa: F811
    titles = ["A", "B", "C", "D"]
    texts = {f"{title}.md": POST.format(title=title, day=1).encode() for title in titles}
    import_again(administrator, texts)
    a, b, c, _d = (Publication.objects.get(title=title) for title in titles)
    a.related_links.create(target=b)
    b.related_links.create(target=c)
    give_comment(a)

    assert [title for title, effect in effects().items() if effect == UndoEffect.KEEP] == ["A", "B", "C"]


def test_drafts_that_refer_to_one_another_are_deleted_in_batches(administrator, drafted, monkeypatch):  # noqa: F811
    monkeypatch.setattr(archive_import_undo, "BATCH_PUBLICATIONS", 1)
    gas, oil = (Publication.objects.get(title=title) for title in ("Gas", "Oil"))
    gas.related_links.create(target=oil)
    oil.related_links.create(target=gas)

    assert "2 drafts are deleted" in undo(administrator)
    assert not Publication.objects.exists()


def test_a_draft_that_a_later_import_has_made_again_is_not_deleted(administrator, drafted):  # noqa: F811
    undo(administrator, drafted)
    later = import_again(administrator)

    assert effects(drafted) == {} and set(effects(later).values()) == {UndoEffect.DELETE}
    assert "Undo what is left" not in administrator.get(page_of("", drafted)).text


def test_a_draft_that_a_later_import_has_updated_is_not_deleted(administrator, drafted):  # noqa: F811
    later = import_again(administrator, changed_oil("More on oil."))

    [step] = [step for step in plan_import_undo(drafted) if step.reason]
    assert (step.publication.title, step.reason, step.later_import) == ("Oil", KeepReason.UPDATED, later)
    undo(administrator, drafted)

    assert "More on oil" in Publication.objects.get().body


def test_imports_of_the_same_texts_are_undone_one_after_the_other(administrator, drafted):  # noqa: F811
    later = import_again(administrator, changed_oil("More on oil."))

    undo(administrator, later)

    assert set(effects(drafted).values()) == {UndoEffect.DELETE}
    assert "2 drafts are deleted" in undo(administrator, drafted)


def test_what_an_import_has_updated_stays_once_its_report_is_deleted(administrator, drafted):  # noqa: F811
    import_again(administrator, changed_oil("More on oil."))
    ArchiveImport.objects.exclude(pk=drafted.pk).delete_with_archives()

    assert effects(drafted) == {"Gas": UndoEffect.DELETE}


def test_a_draft_that_somebody_restores_after_an_undo_is_not_deleted_again(administrator, drafted):  # noqa: F811
    undo(administrator)
    restore_draft(Publication.with_deleted.get(title="Gas"), by=drafted.requested_by)

    assert effects() == {}
    assert "Undo what is left" not in administrator.get(page_of()).text


def test_an_undo_stays_possible_after_that_of_a_later_import_was_repeated(administrator, published):  # noqa: F811
    later = import_changed_oil(administrator)
    undo(administrator, later)
    press(administrator, "check_again")
    press(administrator, "publish")
    undo(administrator, later)

    assert effects(published)["Oil"] == UndoEffect.WITHDRAW
    actions.withdraw(Publication.objects.get(title="Gas"), by=published.requested_by)
    assert "Undo this import …" in administrator.get(page_of("", published)).text
    assert "1 text that it published" in administrator.get(page_of("-delete", published)).text


def test_a_later_import_keeps_its_name_after_the_undo_of_others_was_repeated(administrator, published):  # noqa: F811
    second = import_changed_oil(administrator)
    third = import_again(administrator, changed_oil("Still more."), button="publish")
    undo(administrator, third)
    press(administrator, "check_again")
    press(administrator, "publish")
    undo(administrator, third)

    oil = plan_import_undo(published)[1]
    assert (oil.reason, oil.later_import) == (KeepReason.IMPORTED, second)


def test_a_draft_whose_edition_was_cancelled_can_be_undone(administrator, drafted):  # noqa: F811
    Publication.objects.get(title="Oil").delete()
    gas = Publication.objects.get(title="Gas")
    at = timezone.now() + timedelta(days=1)
    actions.publish(gas, by=drafted.requested_by, at=at)
    actions.undo(gas, by=drafted.requested_by)

    assert effects() == {"Gas": UndoEffect.DELETE}
    assert "Undo this import" in administrator.get(page_of()).text
    assert "1 draft<" in administrator.get(page_of("-delete")).text


def refuse(monkeypatch, error: type[Exception]) -> None:
    def fail(*_args, **_options):
        raise error("The reason.")

    monkeypatch.setattr(actions, "undo", fail)


def test_an_undo_whose_actions_are_refused_says_that_nothing_is_undone(administrator, published, monkeypatch):  # noqa: F811
    refuse(monkeypatch, actions.ActionRefused)

    page = undo(administrator)

    assert "Nothing is undone." in page and "2 texts stay as they are" in page
    assert "it could not be taken back · readers see it" in page and "nothing left to undo" not in page


def test_an_undo_fails_while_the_clock_is_behind(administrator, published, monkeypatch):  # noqa: F811
    refuse(monkeypatch, actions.ClockBehind)

    page = undo(administrator)

    assert ArchiveImport.objects.get().state == "failed" and "The reason." in page and "Go on undoing" in page


def test_what_can_be_undone_by_the_end_of_a_run_has_a_reason(administrator, published, monkeypatch):  # noqa: F811
    gas = Publication.objects.get(title="Gas")
    give_comment(gas)
    store = ArchiveImport.store

    def store_and_delete_comment(job, **columns):
        store(job, **columns)
        if columns.get("done") == 1:
            gas.comments.all().delete()

    monkeypatch.setattr(ArchiveImport, "store", store_and_delete_comment)
    page = undo(administrator)

    assert "The import is undone in part. Withdrawn: 1 text." in page
    assert "it has changed during the undo" in page and "Undo what is left" in page


def test_an_undo_of_nothing_keeps_the_report(administrator, published):  # noqa: F811
    undo(administrator)

    request_undo(administrator)

    assert ArchiveImport.objects.get().report["counts"] == {"withdraw": 2}


def test_a_stopped_undo_shows_what_it_has_taken_back(administrator, published):  # noqa: F811
    published.store(task="undo", state="stopped", done=1, total=2, report={"counts": {"withdraw": 1}})
    assert "Withdrawn: 1 text." in administrator.get(page_of()).text

    published.store(state="failed", error="Failed.")
    assert "Withdrawn: 1 text." in administrator.get(page_of()).text


def test_an_undo_that_was_killed_again_and_again_says_nothing_of_archives(administrator, published):  # noqa: F811
    request_undo(administrator)
    ArchiveImport.objects.update(starts=3)

    call_command("run_imports", verbosity=0)

    error = ArchiveImport.objects.get().error
    assert "divide the archive" not in error and "What is taken back so far stays so" in error


def test_pages_of_an_undo_do_not_speak_of_what_is_imported(administrator, published):  # noqa: F811
    request_undo(administrator)

    assert "The import waits" not in administrator.get(page_of()).text
    assert "What is imported" not in administrator.get(page_of("-delete")).text
    page = administrator.post(page_of("-delete"), {"delete": "1"}, follow=True).text
    assert "What was imported stays" not in page and not ArchiveImport.objects.exists()


def test_a_text_that_an_undo_has_restored_stays_ended_when_its_own_end_has_come(administrator, published):  # noqa: F811
    user, oil = published.requested_by, Publication.objects.get(title="Oil")
    actions.publish(oil, by=user, until=timezone.now() + timedelta(days=1))
    later = import_changed_oil(administrator)
    undo(administrator, later)
    now = timezone.now()
    Edition.objects.filter(publication=oil, visible_until__gt=now).update(visible_until=now, expires_at=now)

    import_again(administrator, changed_oil("Still more."), button="publish")

    assert live_titles() == {"Gas"}


def _keep_permissions(user, missing: str) -> None:
    names = {"add_archiveimport", "publish_publication", "delete_publication"} - {missing}
    user.groups.clear()
    user.user_permissions.set(Permission.objects.filter(codename__in=names))


@pytest.mark.parametrize("missing", ["add_archiveimport", "publish_publication", "delete_publication"])
def test_who_lacks_one_permission_by_the_run_has_no_undo_run(administrator, published, missing):  # noqa: F811
    request_undo(administrator)
    _keep_permissions(published.requested_by, missing)

    call_command("run_imports", verbosity=0)

    job = ArchiveImport.objects.get()
    assert job.state == "failed" and len(live_titles()) == 2 and "import texts" not in job.error


@pytest.mark.parametrize("missing", ["add_archiveimport", "publish_publication"])
def test_who_may_not_publish_by_the_run_publishes_nothing(administrator, checked, missing):  # noqa: F811
    administrator.post(page_of("-publish"), {"publish": "1"})
    _keep_permissions(checked.requested_by, missing)

    call_command("run_imports", verbosity=0)

    assert ArchiveImport.objects.get().state == "failed" and not Publication.objects.exists()


@pytest.mark.parametrize("missing", ["publish_publication", "delete_publication"])
def test_who_lacks_a_permission_cannot_resume_an_undo(administrator, published, client, missing):  # noqa: F811
    published.store(task="undo", state="stopped")
    user = make_person("Administrators")
    _keep_permissions(user, missing)
    client.force_login(user, backend=BACKEND)

    assert client.post(page_of(), {"resume": "1"}).status_code == 403


def test_who_loses_a_permission_during_an_undo_ends_it(administrator, published, monkeypatch):  # noqa: F811
    monkeypatch.setattr(archive_import_undo, "BATCH_PUBLICATIONS", 1)
    store = ArchiveImport.store

    def store_and_take_permission(job, **columns):
        store(job, **columns)
        if columns.get("done") == 1:
            _keep_permissions(published.requested_by, "publish_publication")

    monkeypatch.setattr(ArchiveImport, "store", store_and_take_permission)
    undo(administrator)

    assert ArchiveImport.objects.get().state == "failed" and len(live_titles()) == 1


def test_an_import_that_is_deleted_ends_its_undo_after_the_batch(administrator, published, monkeypatch):  # noqa: F811
    monkeypatch.setattr(archive_import_undo, "BATCH_PUBLICATIONS", 1)
    request_undo(administrator)
    store = ArchiveImport.store

    def store_and_delete(job, **columns):
        store(job, **columns)
        if columns.get("done") == 1:
            ArchiveImport.objects.all().delete()

    monkeypatch.setattr(ArchiveImport, "store", store_and_delete)
    call_command("run_imports", verbosity=0)

    assert len(live_titles()) == 1


def test_of_two_requests_at_once_the_second_is_refused(administrator, published):  # noqa: F811
    first, second = (ArchiveImport.objects.get() for _number in range(2))

    requests = [job.request_run(by=published.requested_by, task="undo") for job in (first, second)]

    assert requests == [True, False]


def test_who_may_not_import_sees_no_file_names_when_redacting(client, published):  # noqa: F811
    editor = make_person("Administrators")
    editor.groups.clear()
    editor.user_permissions.set(Permission.objects.exclude(codename="add_archiveimport"))
    client.force_login(editor, backend=BACKEND)
    page = html.unescape(client.get(reverse("desk:redact", args=[Publication.objects.first().pk])).text)

    assert "archive of 1 import" in page and published.filename not in page


def test_a_draft_that_an_import_of_a_folder_has_updated_is_not_deleted(administrator, drafted, tmp_path):  # noqa: F811
    for name, content in changed_oil("More on oil.").items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    options = {"kind": "commentary", "language": "en", "verbosity": 0}
    call_command("import_publications", str(tmp_path / "blog"), **options)

    assert effects(drafted) == {"Gas": UndoEffect.DELETE, "Oil": UndoEffect.KEEP}
    assert "More on oil" in Publication.objects.get(title="Oil").body


def test_reasons_that_another_release_stored_are_shown(administrator, drafted):  # noqa: F811
    undo(administrator)
    row = {"pk": 1, "title": "Gas", "language": "en", "later_import": None, "is_public": True}
    rows = [row | {"reason": "refused", "message": "As it was."}, row | {"reason": "other-reason"}]
    ArchiveImport.objects.update(report={"counts": {}, "kept": rows})

    page = administrator.get(page_of()).text

    assert "As it was. · readers see it" in page and "other-reason · readers see it" in page


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [(KeepReason.REPLACED, "The import is undone."), (KeepReason.EDITED, "The import is undone in part.")],
)
def test_an_undo_is_whole_if_what_stays_has_nothing_of_the_import(administrator, drafted, reason, outcome):  # noqa: F811
    undo(administrator)
    row = {
        "pk": 1,
        "title": "Gas",
        "language": "en",
        "later_import": None,
        "is_public": True,
        "reason": reason,
    }
    ArchiveImport.objects.update(report={"counts": {"withdraw": 1}, "kept": [row]})

    assert outcome in administrator.get(page_of()).text


def test_pages_of_an_undo_list_a_limited_number_of_texts(administrator, published, monkeypatch):  # noqa: F811
    monkeypatch.setattr("publications.admin.archive_import_undo.MAX_LISTED_STEPS", 1)
    page = " ".join(html.unescape(administrator.get(page_of("-undo")).text).split())
    assert (
        "2 texts will be withdrawn" in page
        and ">Gas<" in page
        and ">Oil<" not in page
        and "and 1 more" in page
    )

    row = {
        "pk": 1,
        "title": "Gas",
        "language": "en",
        "later_import": None,
        "is_public": True,
        "reason": "edited",
    }
    undo(administrator)
    ArchiveImport.objects.update(report={"counts": {}, "kept": [row, row | {"title": "Coal"}]})

    page = " ".join(html.unescape(administrator.get(page_of()).text).split())
    kept = page[page.index('aria-labelledby="keep"') :].partition("</section>")[0]
    assert "2 texts stay as they are" in kept and "Coal" not in kept and "and 1 more" in kept


def test_a_draft_that_an_undo_deletes_is_recorded_as_one_deleted_by_hand(administrator, drafted):  # noqa: F811
    gas, oil = Publication.objects.order_by("title")
    administrator.post(reverse("desk:publications_publication_delete", args=[gas.pk]), {"post": "yes"})

    undo(administrator)

    by_hand, by_undo = LogEntry.objects.order_by("pk").values(
        "user", "content_type", "action_flag", "change_message"
    )
    assert by_hand == by_undo
    assert {entry.object_id for entry in LogEntry.objects.all()} == {str(gas.pk), str(oil.pk)}
