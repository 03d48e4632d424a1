"""Imports by the command at the desk: listed with what is left to do, names and undo, as those of uploads."""

import html
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from publications.importers import batches
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
