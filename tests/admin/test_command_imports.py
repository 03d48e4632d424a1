"""Imports by the command at the desk: listed with what is left to do, names and undo, as those of uploads."""

import html
import io
import json
from errno import EACCES
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from publications.importers import batches
from publications.importers.left_ticks import TICKED, tick
from publications.importers.options import ImportOptions
from publications.importers.run import run_import
from publications.models import (
    ArchiveImport,
    ArchiveImportState,
    ArchiveImportTask,
    Edition,
    NewsEvent,
    Publication,
)
from tests.blogs import write_post
from tests.factories import make_author

from .test_archive_import_undo import request_undo, undo
from .test_archive_imports import PAGE, administrator, page_of, started

__all__ = ["administrator", "started"]
pytestmark = pytest.mark.django_db


def run(source: Path, *words: str) -> str:
    """Import a folder by the command and return what it prints."""
    screen = io.StringIO()
    call_command(
        "import_publications", str(source), *words, "--processes", "0", stdout=screen, stderr=io.StringIO()
    )
    return screen.getvalue()


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with a text, and another that lacks a picture."""
    write_post(tmp_path / "old-blog", "a.md", title="Gas")
    return write_post(tmp_path / "old-blog", "b.md", title="Oil", body="Text.\n\n![A map](gone.png)")


def show(client, suffix: str = "") -> str:
    return " ".join(html.unescape(client.get(page_of(suffix)).text).split())


def test_an_import_by_the_command_is_listed_with_its_report_and_what_is_left(administrator, folder):
    make_author("Anna Berg", slug="anna-berg")
    (folder / "c.md").write_text("---\ntitle: Coal\nauthor: A. Berg\ndate: 2024-05-01\n---\nText.\n")

    printed = run(folder, "--publish")

    job = ArchiveImport.objects.get()
    assert (job.filename, job.state, job.report["texts"]) == ("old-blog", ArchiveImportState.DONE, 3)
    assert "the desk lists this import" in printed
    assert page_of() in administrator.get(PAGE).text and "uploaded" not in administrator.get(PAGE).text
    shown = show(administrator)
    assert "Imported: of 3 texts 3 were new or changed; 2 became public." in shown
    assert str(folder.parent) not in shown
    assert "gone.png" in show(administrator, "-left")
    assert "A. Berg" in show(administrator, "-left") and "Names in these texts" in shown
    assert NewsEvent.objects.get().counts["archive_import"] == job.pk


def test_it_is_undone_as_one_that_was_uploaded(administrator, folder):
    run(folder, "--publish")

    shown = undo(administrator)

    assert "The import is undone. Withdrawn: 2 texts." in shown and "run the command again" in shown
    assert not Edition.objects.live().exists()
    run(folder, "--publish")
    assert Edition.objects.live().count() == 2 and ArchiveImport.objects.get().is_published


def test_repeating_the_command_has_one_row_which_undoes_all_runs(administrator, folder):
    run(folder)
    write_post(folder, "c.md", title="Coal")
    run(folder / ".." / folder.name)

    assert ArchiveImport.objects.get().report["stored"] == 1
    undo(administrator)
    assert not Publication.objects.exists()


def test_a_dry_run_and_a_refused_import_are_not_listed(folder, tmp_path):
    run(folder, "--dry-run")
    for wrong in ([str(folder), "--kind", "poem"], [str(tmp_path / "none")]):
        with pytest.raises(CommandError):
            run(*wrong)

    assert not ArchiveImport.objects.exists()


def test_what_an_interrupted_run_has_made_is_listed_and_can_be_undone(administrator, folder, monkeypatch):
    def interrupt(importer, batch):
        import_batch(importer, batch[:1])
        importer.options.progress(1, 2)
        raise KeyboardInterrupt

    import_batch = batches.BatchImporter.import_batch
    monkeypatch.setattr(batches.BatchImporter, "import_batch", interrupt)
    with pytest.raises(CommandError, match="goes on where"):
        run(folder)

    shown = show(administrator)
    assert "Not finished: 1 of 2 texts are imported." in shown
    assert "Undo this import …" in shown and "Settings, and check again" not in shown
    for button in ("resume", "check", "check_again", "drafts"):
        administrator.post(page_of(), {button: "1"})
    assert not ArchiveImport.objects.unfinished().exists()
    undo(administrator)
    assert not Publication.objects.exists()


def test_the_command_refuses_a_source_whose_import_is_being_undone(administrator, folder):
    run(folder)
    request_undo(administrator)

    with pytest.raises(CommandError, match="is being undone at the desk"):
        run(folder)

    assert ArchiveImport.objects.get().task == ArchiveImportTask.UNDO


def test_its_report_is_deleted_without_an_archive(administrator, folder):
    run(folder)

    assert "Delete the report on old-blog" in show(administrator, "-delete")
    administrator.post(page_of("-delete"), {"delete": "1"})

    assert not ArchiveImport.objects.exists() and Publication.objects.count() == 2
    assert reverse("desk:archive-imports") == PAGE


@pytest.fixture
def after_first_text(monkeypatch):
    """Let something happen once a run has stored its first text, in a batch of its own."""

    def arrange(act) -> None:
        def import_batch_later(importer, batch):
            if importer.reports and acts:
                acts.pop()()
            import_batch(importer, batch)

        acts, import_batch = [act], batches.BatchImporter.import_batch
        monkeypatch.setattr(batches.BatchImporter, "import_batch", import_batch_later)
        monkeypatch.setattr(import_module("publications.importers.run"), "BATCH_FILES", 1)

    return arrange


def delete_report(client) -> None:
    client.post(page_of("-delete"), {"delete": "1"})


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (undo, "was undone at the desk"),
        (request_undo, "is being undone"),
        (delete_report, "was deleted at the desk"),
    ],
)
def test_a_run_ends_when_the_desk_undoes_or_deletes_its_import(
    administrator, folder, after_first_text, act, message
):
    after_first_text(lambda: act(administrator))

    with pytest.raises(CommandError, match=message):
        run(folder, "--publish")

    jobs = list(ArchiveImport.objects.all())
    assert [job.task for job in jobs] == ([] if act is delete_report else [ArchiveImportTask.UNDO])
    assert not Publication.objects.filter(title="Oil").exists()
    assert Edition.objects.live().exists() == (act is not undo)
    assert act is not undo or jobs[0].report["counts"] == {"withdraw": 1}


def test_the_undo_of_a_run_that_is_interrupted_keeps_its_report(administrator, folder, after_first_text):
    def undo_and_interrupt():
        undo(administrator)
        raise KeyboardInterrupt

    after_first_text(undo_and_interrupt)
    with pytest.raises(CommandError, match="goes on where"):
        run(folder)

    assert ArchiveImport.objects.get().is_undone and not Publication.objects.exists()


def test_what_is_ticked_at_the_desk_while_a_run_goes_on_stays_ticked(folder, after_first_text):
    after_first_text(lambda: tick(ArchiveImport.objects.get(), ["a"]))

    run(folder)

    assert ArchiveImport.objects.get().options[TICKED] == ["a"]


def test_one_of_two_runs_of_a_source_at_the_same_time_ends(administrator, folder, after_first_text):
    after_first_text(lambda: run(folder))

    with pytest.raises(CommandError, match="Another run"):
        run(folder)

    assert ArchiveImport.objects.get().state == ArchiveImportState.DONE and Publication.objects.count() == 2


def test_a_refused_run_leaves_the_row_as_it_is_and_the_next_one_all_of_it(administrator, folder):
    run(folder)
    undo(administrator)
    ArchiveImport.objects.update(state=ArchiveImportState.FAILED, error="Failed.", starts=3, report={})
    before = ArchiveImport.objects.values().get()

    with pytest.raises(CommandError, match="poem"):
        run(folder, "--kind", "poem", "--publish")
    for file in folder.iterdir():
        file.rename(file.with_suffix(".text"))
    with pytest.raises(CommandError, match="Markdown"):
        run(folder, "--publish")
    assert ArchiveImport.objects.values().get() == before

    for file in folder.iterdir():
        file.rename(file.with_suffix(".md"))
    run(folder)
    job = ArchiveImport.objects.get()
    assert (job.task, job.state, job.error, job.starts) == ("import", "done", "", 0)
    assert job.requested_by is None


def test_addresses_of_the_old_site_are_no_places_on_the_server(administrator, folder):
    front = f"redirect_from: [{folder}/old.html]\n"
    write_post(folder, "a.md", title="Gas", front=front)
    write_post(
        folder, "b.md", title="Oil", front=front, body=f"![A map](https://old.example{folder}/gone.png)"
    )

    run(folder, "--site", "https://old.example")

    report = json.dumps(ArchiveImport.objects.get().report)
    assert f"https://old.example{folder}/gone.png" in report
    assert f"{folder}/old" in report.replace(f"https://old.example{folder}", "")


@pytest.mark.parametrize("text", ["ann: {name: Ann Berg}\n", "- name: Ann Berg\n- bad: ["])
def test_the_list_of_authors_of_a_site_is_named_without_its_place_on_the_server(
    administrator, tmp_path, text
):
    (tmp_path / "_config.yml").write_text("title: Blog\n")
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "authors.yml").write_text(text)

    run(write_post(tmp_path / "_posts", "2024-05-01-gas.md", title="Gas"))

    shown = show(administrator)
    assert "“authors.yml”" in shown and "--authors" in shown and "found in the archive" not in shown
    assert str(tmp_path) not in shown + json.dumps(ArchiveImport.objects.get().report)


def test_a_file_that_cannot_be_read_is_named_without_its_place_on_the_server(folder):
    def fail(_files):
        raise PermissionError(EACCES, "Permission denied", str(folder / "a.png"))

    report = run_import(ImportOptions(path=folder, record_batch=fail))

    assert report.files[0].notes_on("refused") == ["a.png: Permission denied"]


def test_a_folder_whose_name_is_no_utf_8_ends_no_import_early(administrator, tmp_path):
    outer = tmp_path / "old\udcff"
    outer.mkdir()
    folder = write_post(outer / "blog", "a.md", title="Gas")

    run(folder)
    run(folder)
    with pytest.raises(CommandError, match="1 of the files were refused"):
        run(outer)

    assert [job.filename for job in ArchiveImport.objects.all()] == ["old\\xff", "blog"]
    assert "old\\xff" in administrator.get(PAGE).text
