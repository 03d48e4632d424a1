"""Importing an archive at the desk: rehearsed first, then imported, stopped, repeated and deleted."""

import html
import io
import os
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.importers import archive_imports
from publications.management.commands import run_imports
from publications.models import (
    ARCHIVE_IMPORT_DAYS,
    ArchiveImport,
    ArchiveImportState,
    ArchiveImportTask,
    Author,
    NewsEvent,
    NewsType,
    Publication,
    Redirect,
    Revision,
    original_storage,
)
from publications.news import describe_news
from tests.factories import make_live, make_person, picture_bytes, saved
from tests.process_locks import hold_lock_elsewhere

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = "/desk/import/"
POST = "---\ntitle: {title}\nauthor: Ann Berg\ndate: 2024-05-0{day}\n---\n\nA text about {title}.\n"
TEXTS = {
    "blog/_posts/2024-05-01-gas.md": POST.format(title="Gas", day=1).encode() + b"\n![A map](map.png)\n",
    "blog/_posts/2024-05-02-oil.md": POST.format(title="Oil", day=2).encode(),
    "blog/_posts/map.png": picture_bytes(),
}


def archive(texts: dict[str, bytes] = TEXTS) -> SimpleUploadedFile:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in texts.items():
            file.writestr(name, content)
    return SimpleUploadedFile("blog.zip", stream.getvalue())


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """The commands of processes that are started, instead of the processes."""
    commands: list[list[str]] = []
    monkeypatch.setattr(
        archive_imports.subprocess, "Popen", lambda command, **_options: commands.append(command)
    )
    return commands


@pytest.fixture
def administrator(client, started):
    client.force_login(make_person("Administrators", first_name="Ann", last_name="Berg"), backend=BACKEND)
    return client


def upload(client, *files, **more):
    return client.post(PAGE, {"files": list(files) or [archive()], **SETTINGS, **more})


SETTINGS = {"kind": "commentary", "language": "en"}


def press(client, button: str, **settings) -> ArchiveImport:
    """Press a button of an import: "publish" on the page that confirms it, "check" with the settings."""
    client.post(page_of("-publish" if button == "publish" else ""), {button: "1", **SETTINGS, **settings})
    call_command("run_imports", verbosity=0)
    return ArchiveImport.objects.first()


def page_of(suffix: str = "", job: ArchiveImport | None = None) -> str:
    """Return the address of a page of an import: of the last one."""
    job = job or ArchiveImport.objects.first()
    return reverse(f"desk:archive-import{suffix}", args=[job.pk])


@pytest.fixture
def checked(administrator) -> ArchiveImport:
    upload(administrator)
    call_command("run_imports", verbosity=0)
    return ArchiveImport.objects.get()


def test_an_archive_is_stored_and_a_process_is_started(administrator, started):
    response = upload(administrator)

    job = ArchiveImport.objects.get()
    assert response["Location"] == page_of()
    assert started[0][-3:] == ["run_imports", "--low-priority", "--verbosity=0"]
    assert "Ann Berg" in administrator.get(PAGE).text
    assert (job.state, job.is_dry_run, job.filename) == (ArchiveImportState.WAITING, True, "blog.zip")
    page = administrator.get(page_of())
    assert page.headers["Refresh"] == "1" and "Start it now" in page.text


def test_the_process_lowers_its_priority_after_it_has_loaded(monkeypatch):
    increments = []
    monkeypatch.setattr(os, "nice", increments.append)

    call_command("run_imports", low_priority=True, verbosity=0)
    call_command("run_imports", verbosity=0)

    assert increments == [run_imports.NICENESS]


def test_an_import_that_is_requested_while_a_process_ends_is_run_by_it(administrator, monkeypatch):
    @contextmanager
    def lock(requests=iter([True])):
        yield True
        if next(requests, False):  # the process that this starts does not get the lock, and ends
            upload(administrator)

    monkeypatch.setattr(run_imports, "runner_lock", lock)

    call_command("run_imports", verbosity=0)

    assert ArchiveImport.objects.get().state == ArchiveImportState.DONE


def test_the_check_reports_and_changes_nothing(administrator, checked):
    page = administrator.get(page_of())

    assert checked.state == ArchiveImportState.DONE and not Publication.objects.exists()
    assert "Of 2 texts 2 are new or changed and would be imported; 2 could be published." in page.text
    assert "2024-05-01-gas.md" in page.text and "guest authors added" in page.text.lower()
    assert "Refresh" not in page.headers and "/import/blog" not in page.text


def test_texts_are_imported_as_drafts_with_their_images(administrator, checked):
    job = press(administrator, "drafts")

    assert job.state == ArchiveImportState.DONE and (job.done, job.total) == (2, 2)
    assert {each.title for each in Publication.objects.all()} == {"Gas", "Oil"}
    assert Publication.objects.get(title="Gas").body.startswith("A text about Gas.")
    assert "image:" in Publication.objects.get(title="Gas").body
    assert not Publication.objects.filter(editions__isnull=False).exists()


def test_texts_are_imported_and_published(administrator, checked):
    job = press(administrator, "publish")

    assert job.report["published"] == 2
    assert "of 2 texts 2 were new or changed; 2 became public." in administrator.get(page_of()).text
    assert Publication.objects.get(title="Oil").editions.live().exists()


def test_the_same_archive_again_changes_nothing(administrator, checked):
    press(administrator, "publish")
    versions = set(Publication.objects.values_list("uid", "version"))

    upload(administrator)
    call_command("run_imports", verbosity=0)
    job = ArchiveImport.objects.first()
    administrator.post(reverse("desk:archive-import", args=[job.pk]), {"drafts": "1"})
    call_command("run_imports", verbosity=0)

    assert set(Publication.objects.values_list("uid", "version")) == versions


def test_an_import_that_was_killed_is_taken_up_by_the_next_run(administrator, checked):
    ArchiveImport.objects.update(state=ArchiveImportState.RUNNING, task=ArchiveImportTask.IMPORT, report={})

    page = administrator.get(page_of()).text
    assert "It starts in a moment." in page and '<button type="submit" name="start"' in page
    call_command("run_imports", verbosity=0)

    assert ArchiveImport.objects.get().state == ArchiveImportState.DONE and Publication.objects.count() == 2


def test_what_a_killed_run_has_unpacked_is_deleted(administrator, tmp_path):
    (tmp_path / "import" / "blog").mkdir(parents=True)
    (tmp_path / "import" / "blog" / "left.md").write_bytes(TEXTS["blog/_posts/2024-05-01-gas.md"])

    upload(administrator)
    call_command("run_imports", verbosity=0)

    assert ArchiveImport.objects.get().report["texts"] == 2 and not (tmp_path / "import").exists()


def act_after_the_first_batch(monkeypatch, act) -> None:
    """Call `act` as soon as the first of two batches is stored."""
    monkeypatch.setattr("publications.importers.run.BATCH_FILES", 1)
    store = ArchiveImport.store

    def store_and_act(job, **columns):
        store(job, **columns)
        if columns.get("done") == 1:
            act()

    monkeypatch.setattr(ArchiveImport, "store", store_and_act)


@pytest.mark.parametrize("button", ["check", "drafts"])
def test_a_run_is_stopped_after_its_batch(administrator, checked, monkeypatch, button):
    act_after_the_first_batch(monkeypatch, lambda: administrator.post(page_of(), {"stop": "1"}))

    job = press(administrator, button)

    assert (job.state, job.done, job.total) == (ArchiveImportState.STOPPED, 1, 2)
    assert Publication.objects.count() == (0 if button == "check" else 1)


@pytest.mark.parametrize("state", [ArchiveImportState.WAITING, ArchiveImportState.RUNNING])
@pytest.mark.parametrize("task", ArchiveImportTask)
def test_a_run_that_has_no_process_can_be_stopped(administrator, checked, started, state, task):
    ArchiveImport.objects.update(state=state, task=task)
    started.clear()

    administrator.post(page_of(), {"stop": "1"})
    call_command("run_imports", verbosity=0)

    assert started and ArchiveImport.objects.get().state == ArchiveImportState.STOPPED
    assert not Publication.objects.exists()


@pytest.mark.parametrize("task", ArchiveImportTask)
def test_a_run_whose_processes_are_killed_fails_at_last(administrator, checked, monkeypatch, task):
    checked.request_run(by=checked.requested_by, task=task)

    def kill(_job):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archive_imports, "_run", kill)
        for _start in range(archive_imports.MAX_STARTS):
            with pytest.raises(KeyboardInterrupt):
                call_command("run_imports", verbosity=0)
    call_command("run_imports", verbosity=0)

    job = ArchiveImport.objects.get()
    assert job.state == ArchiveImportState.FAILED and "ended 3 times" in job.error
    assert press(administrator, "check").state == ArchiveImportState.DONE


@pytest.mark.parametrize("task", [ArchiveImportTask.IMPORT, ArchiveImportTask.UNDO])
def test_starts_of_a_run_that_stores_batches_are_not_counted(administrator, checked, monkeypatch, task):
    monkeypatch.setattr("publications.importers.archive_import_undo.BATCH_PUBLICATIONS", 1)
    if task == ArchiveImportTask.UNDO:
        press(administrator, "drafts")
    job = ArchiveImport.objects.get()
    job.request_run(by=job.requested_by, task=task)
    ArchiveImport.objects.update(starts=archive_imports.MAX_STARTS - 1)

    def kill():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        act_after_the_first_batch(patch, kill)
        with pytest.raises(KeyboardInterrupt):
            call_command("run_imports", verbosity=0)
    assert ArchiveImport.objects.get().starts == 0
    call_command("run_imports", verbosity=0)

    assert ArchiveImport.objects.get().state == ArchiveImportState.DONE


def test_starts_of_a_run_that_repeats_what_is_stored_are_counted(administrator, checked, monkeypatch):
    press(administrator, "drafts")
    checked.refresh_from_db()
    checked.request_run(by=checked.requested_by, task=ArchiveImportTask.IMPORT)

    call_command("run_imports", verbosity=0)

    assert ArchiveImport.objects.get().starts == 1


@pytest.mark.parametrize("state", ArchiveImportState)
def test_an_import_is_deleted_in_every_state(administrator, checked, state):
    ArchiveImport.objects.update(state=state)

    administrator.post(page_of("-delete"), {"delete": "1"})

    assert not ArchiveImport.objects.exists()


@pytest.mark.parametrize("button", ["check", "drafts"])
def test_an_import_that_is_deleted_ends_after_its_batch(administrator, checked, monkeypatch, button):
    act_after_the_first_batch(monkeypatch, ArchiveImport.objects.all().delete)

    administrator.post(page_of(), {button: "1", **SETTINGS})
    call_command("run_imports", verbosity=0)

    assert not ArchiveImport.objects.exists()
    assert Publication.objects.count() == (0 if button == "check" else 1)


@pytest.mark.parametrize("button", ["check", "drafts", "publish"])
@pytest.mark.parametrize(
    "lose", [lambda user: user.groups.clear(), lambda user: setattr(user, "is_active", False), lambda user: user.delete()]
)  # fmt: skip
def test_who_may_not_import_any_more_imports_nothing(administrator, checked, lose, button):
    administrator.post(page_of("-publish" if button == "publish" else ""), {button: "1", **SETTINGS})
    user = checked.requested_by
    lose(user)
    if user.pk:
        user.save()

    call_command("run_imports", verbosity=0)

    job = ArchiveImport.objects.get()
    assert job.state == ArchiveImportState.FAILED and "may not do it any more" in job.error
    assert not Publication.objects.exists()


def test_an_import_is_in_the_name_of_who_requested_it(administrator, checked, client):
    other = make_person("Administrators")
    client.force_login(other, backend=BACKEND)

    job = press(client, "drafts")

    assert job.requested_by == other and set(Revision.objects.values_list("saved_by", flat=True)) == {
        other.pk
    }


def test_a_run_that_fails_shows_no_report_of_the_run_before(administrator, checked):
    original_storage().delete(checked.archive)

    job = press(administrator, "drafts")

    assert job.state == ArchiveImportState.FAILED
    page = administrator.get(page_of()).text
    assert "What was done" not in page and "What an import would do" not in page and "Go on importing" in page


def test_a_check_shows_how_many_texts_are_read(administrator, checked):
    ArchiveImport.objects.update(state=ArchiveImportState.RUNNING, done=1, total=2)

    with hold_lock_elsewhere(archive_imports.LOCK_FILE, key=archive_imports.ADVISORY_LOCK):
        assert "1 of 2 texts are read." in administrator.get(page_of()).text
        ArchiveImport.objects.update(done=2)
        assert "nobody can save at the desk" in administrator.get(page_of()).text


def test_an_import_can_be_stopped_and_goes_on_when_requested_again(administrator, checked, monkeypatch):
    with monkeypatch.context() as patch:
        act_after_the_first_batch(patch, lambda: administrator.post(page_of(), {"stop": "1"}))
        press(administrator, "drafts")

    assert (
        ArchiveImport.objects.get().state == ArchiveImportState.STOPPED and Publication.objects.count() == 1
    )
    assert "Stopped after 1 of 2 texts" in administrator.get(page_of()).text
    assert (
        press(administrator, "resume").state == ArchiveImportState.DONE and Publication.objects.count() == 2
    )


def test_only_one_process_runs_imports(administrator, checked):
    ArchiveImport.objects.update(state=ArchiveImportState.WAITING)

    with hold_lock_elsewhere(archive_imports.LOCK_FILE, key=archive_imports.ADVISORY_LOCK):
        call_command("run_imports", verbosity=0)
        assert archive_imports.is_running()

    assert not archive_imports.is_running()
    assert ArchiveImport.objects.get().state == ArchiveImportState.WAITING


def test_a_failure_is_shown_and_the_next_import_is_run(administrator, checked):
    original_storage().delete(checked.archive)
    upload(administrator)

    ArchiveImport.objects.filter(pk=checked.pk).update(state=ArchiveImportState.WAITING)
    call_command("run_imports", verbosity=0)

    failed, done = ArchiveImport.objects.order_by("pk")
    assert (failed.state, done.state) == (ArchiveImportState.FAILED, ArchiveImportState.DONE)
    assert (
        "The import failed: the server cannot read or write a file (No such file or directory)."
        in failed.error
    )
    assert "If it fails again" in failed.error


def test_several_files_are_one_archive(administrator):
    files = [
        SimpleUploadedFile(f"{title}.md", POST.format(title=title, day=1).encode()) for title in ("a", "b")
    ]

    upload(administrator, *files)
    call_command("run_imports", verbosity=0)

    assert ArchiveImport.objects.get().report["texts"] == 2


@pytest.mark.parametrize(
    ("files", "said"),
    [([SimpleUploadedFile("a.zip", b"PK")], "no ZIP archive"),
     ([], "Choose the file first"),
     ([SimpleUploadedFile(name, b"A") for name in ("a.docx", "b.docx")], "“a.docx, b.docx” holds no Markdown")],
)  # fmt: skip
def test_a_wrong_archive_is_refused_in_sight_and_nothing_is_stored(administrator, files, said):
    page = administrator.post(PAGE, {"files": files, **SETTINGS})

    assert said in page.text and not ArchiveImport.objects.exists()
    assert 'class="errornote"' in page.text and 'href="#id_files"' in page.text


WRONG_SETTINGS = [
    ({"permalink": "/:year/"}, "Write a pattern with :title"),
    ({"permalink": "/:locale/:title/"}, "“:locale” stands for nothing in a pattern."),
    ({"site": "old"}, "whole address of the site"),
    ({"authors": "authors.csv"}, "There is no “authors.csv” in the archive. It has no table (.csv)"),
    ({"authors": "../../../etc/passwd"}, "There is no “../../../etc/passwd” in the archive."),
    ({"kind": "none"}, "Select a valid choice"),
]


@pytest.mark.parametrize(("settings", "said"), WRONG_SETTINGS)
def test_with_wrong_settings_the_archive_is_kept_and_they_are_corrected(
    administrator, started, settings, said
):
    upload(administrator, **settings)

    page = html.unescape(administrator.get(page_of()).text)
    assert not started and ArchiveImport.objects.get().state == ArchiveImportState.FAILED
    assert "The archive is kept" in page and 'class="errornote"' in page and said in page
    assert press(administrator, "check").state == ArchiveImportState.DONE
    assert ArchiveImport.objects.get().can_import


@pytest.mark.parametrize(("settings", "said"), WRONG_SETTINGS)
def test_wrong_settings_of_another_check_are_shown_and_nothing_is_run(
    administrator, checked, started, settings, said
):
    started.clear()

    page = html.unescape(administrator.post(page_of(), {"check": "1", **SETTINGS, **settings}).text)

    assert said in page and 'class="errornote"' in page and not started
    assert ArchiveImport.objects.get().report["texts"] == 2


def test_a_list_of_authors_is_found_below_the_folder_of_the_archive(administrator):
    authors = b"id,full_name\nAnn Berg,Ann B. Berg\n"
    upload(administrator, archive({**TEXTS, "blog/authors.csv": authors}), authors="blog/authors.csv")
    call_command("run_imports", verbosity=0)

    job = press(administrator, "drafts")

    assert job.options["authors"] == "authors.csv" and job.state == ArchiveImportState.DONE
    assert {author.name for draft in Publication.objects.all() for author in draft.authors.all()} == {
        "Ann B. Berg"
    }


AUTHOR_LISTS = {
    "authors.csv": b"id,full_name\nAnn Berg,Ann B. Berg\n",
    "people.json": b'[{"id": "Ann Berg", "name": "Ann B. Berg"}]',
    "_data/authors.yml": b"Ann Berg:\n  name: Ann B. Berg\n",
}


@pytest.mark.parametrize("name", AUTHOR_LISTS)
def test_a_list_of_authors_is_found_and_named_without_being_typed(administrator, name):
    upload(administrator, archive({**TEXTS, f"blog/{name}": AUTHOR_LISTS[name]}))
    call_command("run_imports", verbosity=0)
    assert f"“{name}”, which was found in the archive" in html.unescape(administrator.get(page_of()).text)

    press(administrator, "drafts")

    authors = {author for draft in Publication.objects.all() for author in draft.authors.all()}
    assert [(author.name, author.is_guest) for author in authors] == [("Ann B. Berg", False)]


def test_a_typed_list_of_authors_overrides_the_one_that_is_found(administrator):
    lists = {
        "blog/authors.csv": b"id,full_name\nAnn Berg,Wrong\n",
        "blog/right.csv": AUTHOR_LISTS["authors.csv"],
    }
    upload(administrator, archive({**TEXTS, **lists}), authors="right.csv")
    call_command("run_imports", verbosity=0)

    press(administrator, "drafts")

    assert {author.name for draft in Publication.objects.all() for author in draft.authors.all()} == {
        "Ann B. Berg"
    }


def test_a_found_list_of_authors_that_cannot_be_used_is_reported_and_stops_nothing(administrator):
    upload(administrator, archive({**TEXTS, "blog/people.yml": b"- {"}))
    call_command("run_imports", verbosity=0)

    assert "“people.yml” was found in the archive, but is not used" in html.unescape(
        administrator.get(page_of()).text
    )
    assert press(administrator, "drafts").state == ArchiveImportState.DONE


def test_a_list_of_authors_that_is_not_in_the_archive_ends_the_run(administrator, checked):
    checked.store(options={**checked.options, "authors": "../../../etc/passwd"})

    job = press(administrator, "drafts")

    assert job.state == ArchiveImportState.FAILED and "has to be in the archive" in job.error


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize(
    ("texts", "settings"),
    [({"blog/a.md": b"---\ntitle: A\n---\nText.", "blog/none.csv": b""}, {"authors": "none.csv"}),
     ({"blog/a.md": b"---\ntitle: A\n---\nText.", "blog/latin.csv": b"id\n\xe5\xe4"}, {"authors": "latin.csv"}),
     ({"a.md": b"---\ntitle: A\n---\nText.", "latin.csv": b"id\n\xe5\xe4"}, {"authors": "latin.csv"}),
     ({"blog/.hidden/a.md": b"A"}, {}),
     ({"blog/_posts/a.md": b"---\ntitle: A\ntitle: B\n---\nText.\n![x](none.png)"}, {})],
)  # fmt: skip
def test_errors_and_reports_name_places_in_the_archive(administrator, settings, texts, language, tmp_path):
    fields = {"files": [archive(texts)], **SETTINGS, **settings}
    administrator.post(PAGE, fields, headers={"Accept-Language": language})
    call_command("run_imports", verbosity=0)

    job = ArchiveImport.objects.get()
    shown = f"{job.error} {job.report} {administrator.get(page_of()).text}"
    assert job.error or job.report["files"]
    assert str(tmp_path) not in shown and "--authors" not in shown and "/import/blog" not in shown


def test_an_image_beside_the_archive_is_not_taken(administrator, tmp_path):
    (tmp_path / "secret.png").write_bytes(picture_bytes("red"))
    text = POST.format(title="Gas", day=1).encode() + b"\n![x](../../secret.png)\n![y](/secret.png)\n"
    upload(administrator, archive({"blog/a.md": text}))
    call_command("run_imports", verbosity=0)

    press(administrator, "drafts")

    assert "image:" not in Publication.objects.get().body


def test_no_file_of_the_server_is_read(administrator, settings, tmp_path):
    """The archive is unpacked below SITE_DATA: no site, list of authors, data or topic is looked for there."""
    settings.SITE_DATA = data = tmp_path / "home/site"
    data.mkdir(parents=True)
    for folder in (data, data.parent):
        for name, content in {
            "_config.yml": "smtp_password: a-secret-of-the-server\nexclude: [blog]",
            "_data/authors.csv": "id,full_name\nann,A Stranger",
            "_data/keys.yml": "mail: a-secret-of-the-server",
            "_includes/keys.md": "a-secret-of-the-server",
            "topics/gas/_index.md": "---\ntitle: A secret topic\n---\n",
        }.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
    body = "{{ site.smtp_password }} {{ site.data.keys.mail }} {% include keys.md %}"
    post = f"---\ntitle: Gas\nauthor: ann\ntags: [gas]\n---\n\nA text. {body}\n"
    upload(administrator, archive({"blog/_posts/2024-05-01-gas.md": post.encode()}))
    call_command("run_imports", verbosity=0)
    press(administrator, "drafts")

    publication = Publication.objects.get()
    stored = (publication.body, str(list(publication.tags.names())), str(ArchiveImport.objects.get().report))
    assert "secret" not in "".join(stored).casefold()
    assert not Author.objects.filter(name="A Stranger").exists()


def test_an_import_and_its_archive_are_deleted(administrator, checked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(page_of("-delete"), {"delete": "1"})

    assert not ArchiveImport.objects.exists() and not original_storage().exists(checked.archive)


def test_deleting_an_import_asks_first_and_says_that_it_cannot_be_undone_then(administrator, checked):
    page = html.unescape(administrator.get(page_of("-delete")).text)
    assert "has to be uploaded again" in page and "can no longer be undone" not in page

    press(administrator, "publish")

    page = html.unescape(administrator.get(page_of("-delete")).text)
    assert (
        "can no longer be undone as a whole" in page and "2 texts that it published and readers see" in page
    )
    administrator.post(page_of(), {"delete": "1"})
    assert ArchiveImport.objects.exists()


def test_the_page_of_a_redaction_names_the_imports_that_go_with_it(administrator, checked):
    publication = make_live(body="Vera Holm said it.").publication
    address = reverse("desk:redact", args=[publication.pk])
    assert "blog.zip" in administrator.get(address).text

    ArchiveImport.objects.all().delete()

    assert "undone as a whole" not in administrator.get(address).text


def test_of_two_requests_at_once_the_second_is_refused(administrator, checked, started):
    first, second = (ArchiveImport.objects.get() for _request in range(2))
    assert first.request_run(by=first.requested_by, task=ArchiveImportTask.IMPORT)
    started.clear()

    assert not second.request_run(by=first.requested_by, task=ArchiveImportTask.CHECK)
    for address, button in ((page_of(), "drafts"), (page_of("-publish"), "publish"), (page_of(), "check")):
        page = administrator.post(address, {button: "1", **SETTINGS}, follow=True).text
        assert "already running" in page or "The import is running" in page
    assert not started and ArchiveImport.objects.get().task == ArchiveImportTask.IMPORT


def test_tidy_deletes_what_has_not_run_for_long(administrator, checked, django_capture_on_commit_callbacks):
    upload(administrator)
    long_ago = timezone.now() - timedelta(days=ARCHIVE_IMPORT_DAYS + 1)
    ArchiveImport.objects.filter(pk=checked.pk).update(changed_at=long_ago)

    with django_capture_on_commit_callbacks(execute=True):
        call_command("tidy", verbosity=0)

    assert ArchiveImport.objects.get().pk != checked.pk and not original_storage().exists(checked.archive)


@pytest.mark.parametrize("state", ArchiveImportState)
def test_a_redaction_deletes_archives_and_reports_and_its_preview_does_not(
    administrator, checked, django_capture_on_commit_callbacks, state
):
    ArchiveImport.objects.update(state=state)
    publication = make_live(body="Vera Holm said it.").publication

    actions.preview_redaction(publication, "Vera Holm", by=None)
    assert ArchiveImport.objects.exists() and original_storage().exists(checked.archive)

    with django_capture_on_commit_callbacks(execute=True):
        actions.redact(publication, "Vera Holm", by=None)
    assert not ArchiveImport.objects.exists() and not original_storage().exists(checked.archive)


def test_others_than_administrators_may_not_import(client, checked):
    client.force_login(make_person("Editors"), backend=BACKEND)

    assert client.get(PAGE).status_code == 403 and client.post(page_of(), {"publish": "1"}).status_code == 403


def test_an_import_knows_what_it_has_created_and_published(administrator, checked):
    assert not checked.created_publications.exists()
    press(administrator, "drafts")
    gas, oil = Publication.objects.order_by("title")
    assert set(checked.created_publications.all()) == {gas, oil} and not checked.published_editions.exists()

    press(administrator, "check")
    press(administrator, "publish")

    assert {edition.publication for edition in checked.published_editions.all()} == {gas, oil}


def test_an_import_that_is_deleted_within_a_batch_records_nothing(administrator, checked, monkeypatch):
    record = ArchiveImport.record

    def delete_and_record(job, *rows):
        ArchiveImport.objects.all().delete()
        record(job, *rows)

    monkeypatch.setattr(ArchiveImport, "record", delete_and_record)

    administrator.post(page_of(), {"drafts": "1"})
    call_command("run_imports", verbosity=0)

    assert not ArchiveImport.objects.exists() and Publication.objects.count() == 2


SWEDISH = (
    "---\ntitle: {title}\nauthor: Ann Berg\ndate: 2024-05-03\nlanguage: sv\n---\n\nEn text om {title}.\n"
)


def test_the_confirmation_names_what_becomes_public(administrator):
    upload(administrator, archive({**TEXTS, "blog/a.md": SWEDISH.format(title="Gasen").encode()}))
    call_command("run_imports", verbosity=0)
    press(administrator, "publish")
    ArchiveImport.objects.all().delete()
    changed = POST.format(title="Oil", day=2) + "\nMore on oil. ![Lost](none.png)\n"
    texts = {
        **TEXTS,
        "blog/_posts/2024-05-02-oil.md": changed.encode(),
        "blog/a.md": SWEDISH.format(title="Gasen").encode(),
        "blog/b.md": SWEDISH.format(title="Ny").encode(),
        "blog/c.md": SWEDISH.format(title="Utkast").replace("language", "draft: true\nlanguage").encode(),
    }
    upload(administrator, archive(texts))
    call_command("run_imports", verbosity=0)

    page = " ".join(html.unescape(administrator.get(page_of("-publish")).text).split())

    assert "2 texts become public at once: 1 in English, 1 in Swedish." in page
    assert "1 of them is public already" in page and "1 of them lacks a picture, a file or" in page
    assert "public already · lacks: none.png: " in page
    assert "1 other stays a draft" in page and "Import and publish 2 texts" in page
    assert f"at most {ARCHIVE_IMPORT_DAYS} days, the import can be undone as a whole" in page
    assert ">Ny<" in page and ">Oil<" in page and ">Gasen<" not in page and ">Utkast<" not in page


@pytest.mark.parametrize("suffix", ["", "-publish"])
def test_new_authors_and_tags_are_named_before_texts_are_imported(administrator, suffix, monkeypatch):
    monkeypatch.setattr("publications.admin.archive_import_report.MAX_NEW_NAMES", 2)
    tagged = POST.replace("author", "tags: [gas]\nauthor")
    texts = {
        f"blog/{name}.md": tagged.replace("Ann Berg", f"{name} Berg").format(title=name, day=1).encode()
        for name in ("Ann", "Bo", "Cy")
    }
    upload(administrator, archive(texts))
    call_command("run_imports", verbosity=0)

    page = " ".join(html.unescape(administrator.get(page_of(suffix)).text).split())

    assert "3 new authors: Ann Berg, Bo Berg and 1 more" in page and "1 new tag: gas" in page
    assert not Author.objects.filter(name__contains="Berg").exists()

    press(administrator, "drafts")
    press(administrator, "check")
    assert "new author" not in administrator.get(page_of(suffix)).text


def test_nothing_is_published_without_its_confirmation(administrator, checked, started):
    started.clear()
    administrator.post(page_of(), {"publish": "1"})
    assert not started

    press(administrator, "drafts")
    started.clear()
    response = administrator.post(page_of("-publish"), {"publish": "1"}, follow=True)

    assert "Check the archive first" in response.text and not started
    assert not ArchiveImport.objects.get().published_editions.exists()


def test_an_archive_without_news_offers_no_import(administrator, checked):
    press(administrator, "publish")

    press(administrator, "check")

    page = administrator.get(page_of()).text
    assert "there is nothing to import" in page
    assert "Import as drafts" not in page and "Import and publish" not in page


def test_drafts_of_an_import_are_offered_to_be_published_after_another_check(administrator, checked):
    press(administrator, "drafts")
    page = administrator.get(page_of()).text
    assert "Import as drafts" not in page and "Readers see nothing of them yet." in page
    assert 'name="check_again" value="1">Publish what can be published …' in page
    assert "Publish what can be" not in administrator.get(PAGE).text

    press(administrator, "check_again")

    page = administrator.get(page_of()).text
    assert "Import as drafts" not in page and 'class="button default"' in page
    assert "Publish 2 texts …" in page and "Publish what can be published" not in page


def test_an_import_links_to_what_it_has_made(administrator, checked, monkeypatch):
    monkeypatch.setattr("publications.admin.archive_imports.SHOWN_PUBLICATIONS", 1)
    press(administrator, "publish")

    page = administrator.get(page_of()).text

    for publication in Publication.objects.all():
        assert reverse("desk:publications_publication_change", args=[publication.pk]) in page
    assert "What this import has made" in page and "Live since" in page


def test_the_news_of_an_import_lead_to_it_and_to_the_list_once_it_is_deleted(administrator, checked):
    job = press(administrator, "drafts")
    event = NewsEvent.objects.get(type=NewsType.IMPORTED)

    assert describe_news(event, job.requested_by).url == page_of()

    address = page_of()
    ArchiveImport.objects.all().delete()
    response = administrator.get(address, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    assert "The archive and the report of this import are deleted." in response.text


def test_a_report_is_labelled_in_the_language_of_who_reads_it(administrator, checked):
    page = html.unescape(administrator.get(page_of(), headers={"Accept-Language": "sv"}).text)
    topics = page[page.index('aria-labelledby="topics"') :].partition("</section>")[0]
    files = page[page.index('aria-labelledby="files"') :].partition("</section>")[0]

    assert "Gästförfattare" in topics and "guest authors" not in topics.lower()
    assert "· new" not in files and "ny" in files
    assert (
        "Okänd författare, upplagd som gästförfattare: Ann Berg." in topics and "Author not known" not in page
    )
    assert "Some notes are in" not in page


def test_notes_that_an_older_release_stored_are_shown_with_their_language(administrator, checked):
    checked.report["topics"][0]["notes"][0]["text"] = "As it was."
    checked.store(report=checked.report)

    page = html.unescape(administrator.get(page_of(), headers={"Accept-Language": "sv"}).text)

    assert "As it was." in page and "på engelska" in page
    assert "Some notes are in" not in administrator.get(page_of()).text


def test_a_report_with_names_that_this_release_does_not_know_is_shown(administrator, checked):
    report = checked.report
    report["topics"][0]["key"] = "other-topic"
    report["files"][0] |= {"outcome": "other-outcome", "notes": [["other-kind", "A note."]]}
    checked.store(report=report)

    page = administrator.get(page_of()).text

    assert all(name in page for name in ("Other-topic", "other-outcome", "Other-kind", "A note."))


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_report_of_a_release_that_stored_labels_is_shown(administrator, checked, language):
    note = {"text": "As it was.", "files": ["a.md"]}
    topics = [{"label": "As labelled", "files": 1, "notes": [note], "needs_attention": True}]
    report = {"topics": topics, "texts": 1, "files": [], "totals": [["files", "1"]], "is_dry_run": True}
    checked.store(report=report)

    page = administrator.get(page_of(), headers={"Accept-Language": language}).text

    assert "As labelled" in page and "As it was." in page


def test_all_notes_and_files_of_a_report_are_on_the_page(administrator):
    texts = {
        f"blog/{number}.md": POST.format(title=f"T{number}", day=1).encode() + b"\n![x](none.png)\n"
        for number in range(1, 9)
    }
    upload(administrator, archive(texts))
    call_command("run_imports", verbosity=0)

    page = administrator.get(page_of()).text
    topics = page[page.index('aria-labelledby="topics"') :].partition("</section>")[0]

    assert all(topics.count(f">{number}.md") or f"{number}.md" in topics for number in range(1, 9))
    assert "and 3 more" in topics
    assert "a second" not in page and "Would become public" in page and "became public" not in page


def test_the_page_of_an_import_names_the_folder_that_texts_are_recognised_by(administrator, checked):
    page = html.unescape(administrator.get(page_of()).text)

    assert "by the name “blog”" in page and "an archive of another name makes new texts" in page


@pytest.mark.parametrize("suffix", ["-delete", "-undo"])
def test_a_page_about_an_import_says_which_one_it_is(administrator, checked, suffix):
    press(administrator, "drafts")
    imported_at = datetime(2024, 5, 7, 12, tzinfo=UTC)
    ArchiveImport.objects.update(added_at=datetime(2024, 5, 6, 12, tzinfo=UTC), changed_at=imported_at)

    for address in (page_of(suffix), PAGE):
        page = " ".join(html.unescape(administrator.get(address).text).split())
        assert "blog.zip" in page and "uploaded 6 May 2024" in page
        assert "import: done, 7 May 2024" in page and " by Ann Berg" in page
    assert "<h1>Delete blog.zip and its report</h1>" in administrator.get(page_of("-delete")).text


RENAMED = {name.replace("blog/", "copy/"): content for name, content in TEXTS.items()}
SAME_TEXTS = "The same texts seem to be here already, from the import of blog.zip: 2 of 2."


@pytest.mark.parametrize("suffix", ["", "-publish"])
def test_an_archive_with_the_texts_of_another_import_is_recognised(administrator, checked, suffix):
    press(administrator, "drafts")
    upload(administrator, archive(RENAMED))
    call_command("run_imports", verbosity=0)

    page = " ".join(html.unescape(administrator.get(page_of(suffix)).text).split())

    assert SAME_TEXTS in page and "each of them a second time" in page
    assert "choose that import under “Texts of an earlier import” in the settings of this one" in page


def test_texts_of_an_earlier_import_are_updated_whatever_the_folders(administrator, checked):
    earlier = press(administrator, "publish")
    texts = {name.replace("blog/", "copy/site/"): content for name, content in TEXTS.items()}
    upload(administrator, archive(texts))
    call_command("run_imports", verbosity=0)
    job = ArchiveImport.objects.first()
    assert job.report["duplicates"] == 2

    administrator.post(page_of(job=job), {**job.options, "earlier_import": earlier.pk, "check": "1"})
    call_command("run_imports", verbosity=0)

    job.refresh_from_db()
    assert job.error == "" and "duplicates" not in job.report
    assert [file["outcome"] for file in job.report["files"]] == ["unchanged"] * 2
    assert "<option value" in administrator.get(page_of(job=job)).text
    earlier.delete()
    administrator.post(page_of(job=job), {"check_again": "1"})
    call_command("run_imports", verbosity=0)
    job.refresh_from_db()
    assert "The earlier import is deleted" in job.error
    assert 'name="earlier_import"' in administrator.get(page_of(job=job)).text
    administrator.post(page_of(job=job), {**job.options, "earlier_import": "", "check": "1"})
    call_command("run_imports", verbosity=0)
    job.refresh_from_db()
    assert job.error == "" and job.report["duplicates"] == 2


def test_a_text_of_the_same_name_and_title_with_other_words_is_no_version_of_an_earlier_one(administrator):
    upload(
        administrator,
        archive({"blog/2023/report.md": year_of("Gas went north through pipes of several lands.")}),
    )
    call_command("run_imports", verbosity=0)
    earlier = press(administrator, "publish")
    upload(
        administrator,
        archive({"site/2024/report.md": year_of("Fishing quotas were divided among harbours.")}),
    )
    call_command("run_imports", verbosity=0)
    job = ArchiveImport.objects.first()

    administrator.post(page_of(job=job), {**job.options, "earlier_import": earlier.pk, "check": "1"})
    call_command("run_imports", verbosity=0)

    job.refresh_from_db()
    assert [file["outcome"] for file in job.report["files"]] == ["kept"]


def year_of(words: str) -> bytes:
    return f"---\ntitle: Yearly report\ndate: 2024-05-01\nauthor: Ann Berg\n---\n{words}\n".encode()


def test_drafts_that_repeat_live_texts_are_said_again_before_they_are_published(administrator, checked):
    press(administrator, "publish")
    upload(administrator, archive(RENAMED))
    call_command("run_imports", verbosity=0)
    press(administrator, "drafts")
    press(administrator, "check_again")

    page = " ".join(html.unescape(administrator.get(page_of("-publish")).text).split())

    assert SAME_TEXTS in page


def test_a_text_that_is_here_twice_counts_once(administrator, checked):
    press(administrator, "drafts")
    for folder in ("copy/", "third/"):
        texts = {name.replace("blog/", folder): content for name, content in TEXTS.items()}
        upload(administrator, archive(texts))
        call_command("run_imports", verbosity=0)
        job = ArchiveImport.objects.first()
        if folder == "copy/":
            press(administrator, "drafts")

    assert Publication.objects.count() == 4
    assert job.report["duplicates"] == job.report["texts"] == 2


def test_no_more_than_half_of_an_archive_that_is_here_twice_is_not_most_of_it(administrator, checked):
    press(administrator, "drafts")
    upload(administrator, archive(RENAMED))
    call_command("run_imports", verbosity=0)
    press(administrator, "drafts")
    third = {name.replace("blog/", "third/"): content for name, content in TEXTS.items()}
    others = {f"third/{day}.md": POST.format(title=f"T{day}", day=day).encode() for day in (3, 4)}

    upload(administrator, archive({**third, **others}))
    call_command("run_imports", verbosity=0)

    assert "duplicates" not in ArchiveImport.objects.first().report


def test_texts_of_an_import_that_is_deleted_are_recognised_without_its_name(administrator, checked):
    press(administrator, "publish")
    ArchiveImport.objects.all().delete()
    upload(administrator, archive(RENAMED))
    call_command("run_imports", verbosity=0)

    page = " ".join(html.unescape(administrator.get(page_of()).text).split())

    assert "The same texts seem to be here already: 2 of 2." in page


@pytest.mark.parametrize(
    "texts",
    [TEXTS, {f"copy/{day}.md": POST.format(title="Wind", day=day).encode() for day in (1, 2)},
     {**RENAMED, **{f"copy/{day}.md": POST.format(title=f"T{day}", day=day).encode() for day in (3, 4)}}],
    ids=["the same archive", "others, equal to each other", "no more than half"],
)  # fmt: skip
def test_an_archive_with_other_texts_is_not_taken_for_another_import(administrator, checked, texts):
    press(administrator, "drafts")
    upload(administrator, archive(texts))
    call_command("run_imports", verbosity=0)

    assert "The same texts seem to be here" not in administrator.get(page_of()).text


def sentences(client) -> str:
    """Return what the page of the last import says of its last run."""
    status = client.get(page_of()).text.partition('<div class="status">')[2].partition("</strong>")[0]
    return " ".join(html.unescape(status.partition("<strong>")[2]).split())


PATTERN = {"permalink": "/:year/:month/:title/"}


def test_what_became_public_and_which_old_addresses_answer_is_said_apart(administrator):
    hidden = POST.format(title="Coal", day=3).replace("---\n", "---\ndraft: true\n", 1)
    upload(administrator, archive({**TEXTS, "blog/_posts/2024-05-03-coal.md": hidden.encode()}))
    call_command("run_imports", verbosity=0)
    press(administrator, "drafts")
    Redirect.objects.exclude(publication=None).delete()

    press(administrator, "check", **PATTERN)
    assert sentences(administrator) == (
        "Checked; nothing has changed yet. No text of the archive is new or changed since it was imported; 2 could be "
        "published. 4 old addresses would be added: each answers once readers see what it leads to."
    )

    press(administrator, "publish")
    statuses = [
        administrator.get(redirect.path).status_code
        for redirect in Redirect.objects.exclude(publication=None)
    ]
    assert sorted(statuses) == [301, 301, 404]
    assert sentences(administrator) == (
        "Imported: of 3 texts 0 were new or changed; 2 became public. 2 old addresses lead to their texts now. "
        "1 old address of a list, a topic, an author, a picture or a file leads here now. "
        "1 old address is added for what readers do not see yet."
    )


def test_a_text_that_readers_saw_before_did_not_become_public(administrator, checked):
    press(administrator, "publish")
    changed = TEXTS["blog/_posts/2024-05-02-oil.md"] + b"\nMore.\n"
    upload(administrator, archive({**TEXTS, "blog/_posts/2024-05-02-oil.md": changed}))
    call_command("run_imports", verbosity=0)

    job = press(administrator, "publish")

    assert job.report["published"] == 1 and "1 were new or changed; 0 became public." in sentences(
        administrator
    )


def test_the_address_of_an_author_is_none_of_a_text(administrator):
    author = "---\ntitle: Ann Berg\n---\n"
    upload(administrator, archive({**TEXTS, "blog/authors/ann-berg/_index.md": author.encode()}))
    call_command("run_imports", verbosity=0)
    press(administrator, "publish")
    Redirect.objects.exclude(author=None).delete()
    assert press(administrator, "check_again").report["new_addresses"] == 1

    press(administrator, "drafts")

    assert sentences(administrator) == (
        "Imported: no text of the archive was new or changed. "
        "1 old address of a list, a topic, an author, a picture or a file leads here now."
    )


def test_what_another_import_or_an_edit_has_changed_since_the_check_is_checked_first(administrator, checked):
    message = "Since this check another import has run"
    make_live(title="Unrelated")
    assert message not in administrator.get(page_of()).text + administrator.get(page_of("-publish")).text
    upload(administrator, archive({"other/a.md": POST.format(title="Coal", day=3).encode()}))
    call_command("run_imports", verbosity=0)
    assert message not in administrator.get(page_of("", checked)).text, "the other was only checked"
    press(administrator, "drafts")

    def publish() -> bool:
        """Whether the button of the first import publishes; else check it again."""
        pages = [administrator.get(page_of(suffix, checked)).text for suffix in ("", "-publish")]
        administrator.post(page_of("-publish", checked), {"publish": "1"})
        is_published = ArchiveImport.objects.get(pk=checked.pk).is_unfinished
        assert [message in page and 'name="check_again"' in page for page in pages] == [not is_published] * 2
        administrator.post(page_of("", checked), {"check_again": "1"})
        call_command("run_imports", verbosity=0)
        return is_published

    assert not publish()
    Redirect.objects.create(path="/gas", site_path="/en/publications/")
    assert not publish() and publish()
    assert Publication.objects.get(title="Gas").editions.live().exists()


def test_an_edit_of_a_text_that_would_become_public_asks_for_another_check(administrator, checked):
    press(administrator, "drafts")
    press(administrator, "check_again")
    gas = Publication.objects.get(title="Gas")
    gas.title = "Gas and oil"
    saved(gas)

    press(administrator, "publish")

    assert "Since this check" in administrator.get(page_of("-publish")).text and not gas.editions.exists()
    press(administrator, "check_again")
    press(administrator, "publish")
    assert Publication.objects.get(title="Oil").editions.live().exists() and not gas.editions.exists()
