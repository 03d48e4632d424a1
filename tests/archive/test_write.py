"""What an archive has for people who read it, and that nothing but the site decides its bytes."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone, translation

from publications import actions, archive, manuscript
from publications.archive import write as archive_writing
from publications.archive.database import one_database_state
from publications.models import Edition, Image, Publication, ServedPdf, original_storage
from publications.site_lock import hold_folder_lock
from tests.archive_sites import empty_site, read_files
from tests.conftest import ROOT
from tests.factories import make_image, make_live, make_many, make_publication, make_tag, saved, tomorrow

pytestmark = pytest.mark.django_db


def write(tmp_path: Path, name: str = "site") -> Path:
    archive.write_archive(tmp_path / name)
    return tmp_path / name


def folder_of(root: Path, pk: int) -> Path:
    return next(root.glob(f"data/publications/*/{pk:06d}*"))


def test_each_text_is_a_manuscript_and_each_edition_a_page(tmp_path, editor):
    image = make_image()
    edition = make_live(title="Rye & oats", body=f"Rye.\n\n![](image:{image.key})")
    actions.publish(
        saved(edition.publication, body="Wheat."), by=editor, change="correction", note="Not rye."
    )
    saved(edition.publication, body="Barley.")

    folder = folder_of(write(tmp_path), edition.publication_id)

    assert {path.name for path in folder.iterdir()} == {
        "index.md", "edition-1.md", "edition-1.html", "edition-2.md", "edition-2.html", "rows.jsonl",
    }  # fmt: skip
    bodies = [manuscript.read(folder / f"{name}.md")[0].body for name in ("index", "edition-1", "edition-2")]
    assert bodies == ["Barley.", f"Rye.\n\n![](image:{image.key})", "Wheat."]
    page = (folder / "edition-1.html").read_text("utf-8")
    assert "<h1>Rye &amp; oats</h1>" in page and "A blue field" in page
    source = page.partition('<img src="')[2].partition('"')[0]
    assert (folder / source).resolve().read_bytes() == image.content


def test_every_link_of_the_index_and_of_editions_leads_to_a_file(tmp_path):
    publication = make_publication(body=f"![](image:{make_image().key})")
    original = Image.objects.get().original
    publication.attachments.create(original=original, filename="field.png", label="A field", size=3)
    actions.publish(saved(publication), by=None)
    make_publication(title="Only a draft")

    root = write(tmp_path)

    links = [
        (path, link.partition('"')[0])
        for path in root.rglob("*.html")
        for mark in ('href="', 'src="')
        for link in path.read_text("utf-8").split(mark)[1:]
    ]
    assert len(links) >= 8
    assert [
        link for path, link in links if not link.startswith("#") and not (path.parent / link).is_file()
    ] == []


def test_the_index_and_pages_say_what_is_withdrawn_or_retracted(tmp_path, editor):
    withdrawn, retracted, live = make_live(title="Rye"), make_live(title="Oats"), make_live(title="Barley")
    actions.withdraw(withdrawn.publication, by=editor, note="Wrong.")
    actions.retract(retracted.publication, by=editor, note="Made up.")

    root = write(tmp_path)

    lines = (root / "index.html").read_text("utf-8").split("<li>")
    notices = {
        title: next(line for line in lines if f"<strong>{title}<" in line)
        .partition("<em>")[2]
        .partition("<")[0]
        for title in ("Rye", "Oats", "Barley")
    }
    today = f"{timezone.localtime():%Y-%m-%d}"
    assert notices == {"Rye": f"Withdrawn {today}", "Oats": "Retracted", "Barley": ""}
    pages = {title: (folder_of(root, edition.publication_id) / "edition-1.html").read_text("utf-8")
             for title, edition in (("Rye", withdrawn), ("Barley", live))}  # fmt: skip
    assert notices["Rye"] in pages["Rye"].partition("<h1>")[0] and "Withdrawn" not in pages["Barley"]


def test_an_address_that_is_not_in_the_archive_stays_as_words(tmp_path):
    publication = make_live(body="[Rye](/en/topics/rye/?page=2) and [us](https://example.org/)").publication

    page = (folder_of(write(tmp_path), publication.pk) / "edition-1.html").read_text("utf-8")

    assert '<a title="/en/topics/rye/?page=2">Rye</a>' in page and 'href="https://example.org/"' in page


def test_a_link_to_another_publication_leads_to_its_page_in_the_archive(tmp_path, editor):
    rye = make_live(title="Råg", slug="råg", language="sv").publication
    actions.publish(saved(rye, body="Rye, mended."), by=editor, change="correction", note="Mended.")
    body = "[Rye](/sv/publikationer/råg/#p-1) and [nowhere](/sv/publikationer/vete/)"
    linking = make_live(body=body).publication

    root = write(tmp_path)

    page = (folder_of(root, linking.pk) / "edition-1.html").read_text("utf-8")
    target, _slash, fragment = page.partition('href="')[2].partition('"')[0].partition("#")
    assert (folder_of(root, linking.pk) / target).resolve() == folder_of(root, rye.pk) / "edition-2.html"
    assert fragment == "p-1" and '<a title="/sv/publikationer/vete/">' in page


def test_the_index_lists_drafts_and_deleted_drafts_too(tmp_path):
    make_live(title="Public")
    make_publication(title="Not yet public")
    deleted = make_publication(title="Thrown away")
    deleted.deleted_at = timezone.now()
    deleted.save()

    index = (write(tmp_path) / "index.html").read_text("utf-8")

    assert all(title in index for title in ("Public", "Not yet public", "Thrown away"))
    assert index.count("deleted draft") == 1


def test_an_unchanged_site_has_the_same_bytes_at_another_time_and_in_another_language(tmp_path):
    actions.publish(make_publication(), by=None, at=tomorrow())
    make_live(language="sv")
    first = read_files(write(tmp_path, "first"))

    with time_machine.travel(timezone.now() + timedelta(days=400)), translation.override("sv"):
        assert read_files(write(tmp_path, "second")) == first


def test_dates_are_those_of_the_site(tmp_path):
    with time_machine.travel("2026-05-03 22:30Z"):
        make_live()

    assert "Bagging-Date: 2026-05-04\n" in (write(tmp_path) / "bag-info.txt").read_text()


def test_one_more_publication_writes_only_its_own_files_and_the_lists(tmp_path):
    for _number in range(5):
        make_live()
    root = write(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}

    edition = make_live()
    archive.write_archive(root)

    changed = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and before.get(path) != path.stat().st_mtime_ns
    }
    own = f"{folder_of(root, edition.publication_id).relative_to(root).as_posix()}/"
    assert {name for name in changed if not name.startswith(own)} == {
        "index.html", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt",
        *(f"data/tables/publications.{name}.jsonl" for name in ("auditentry", "author", "siteversion")),
        "data/tables/primary-keys.json",
    }  # fmt: skip


def test_a_redacted_passage_leaves_the_archive(tmp_path, editor):
    publication = make_live(title="Vera Holm at home", body="Vera Holm said it.").publication
    root = write(tmp_path)
    assert b"Vera Holm" in b"".join(read_files(root).values()) and list(root.rglob("*vera-holm*"))

    actions.redact(publication, "Vera Holm", by=editor)
    archive.write_archive(root)

    assert b"Vera Holm" not in b"".join(read_files(root).values()) and not list(root.rglob("*vera-holm*"))


def test_a_lost_file_is_named_and_everything_else_is_archived(tmp_path, capsys):
    image = make_image()
    original_storage().delete(image.original)
    make_live(title="Rye")

    with pytest.raises(CommandError, match="lacks: 1") as failure:
        call_command("archive", tmp_path / "site")

    assert failure.value.returncode == 1
    assert image.original in (tmp_path / "site" / "README.txt").read_text("utf-8")
    assert archive.is_complete(tmp_path / "site")


def test_the_archive_says_that_it_does_not_know_who_has_left(tmp_path):
    archive.write_archive(tmp_path / "site")

    readme = " ".join((tmp_path / "site" / "README.txt").read_text("utf-8").split())
    assert "who of them has left or wants no more mails" in readme
    assert "does not know who has left its mails" in readme


def render_pdf(edition: Edition) -> bytes:
    content = f"%PDF- {edition.title}".encode()
    ServedPdf.record(edition, content)
    return content


def test_pdfs_are_in_it_on_request(tmp_path):
    edition = make_live()

    archive.write_archive(tmp_path / "site", render_pdf=render_pdf)

    path = tmp_path / "site" / f"data/pdf/{edition.publication_id:06d}-edition-1.pdf"
    assert path.read_bytes().startswith(b"%PDF-")
    assert path.name in (tmp_path / "site" / "index.html").read_text("utf-8")


def redact_with(person, publication: Publication) -> None:
    actions.redact(publication, "Vera Holm", by=person)


def remove_name_with(person, publication: Publication) -> None:
    removal = actions.NameRemoval(spellings=("Vera Holm",))
    actions.remove_name_from_publication(publication, removal, by=person)
    actions.remove_name_from_rows(removal, by=person)


@pytest.mark.parametrize("remove", [redact_with, remove_name_with])
def test_no_pdf_has_what_was_redacted_after_it_was_made(tmp_path, editor, remove):
    removed_from = make_live(title="Vera Holm at home").publication
    other = make_live(title="Rye")

    def render_and_remove(edition: Edition) -> bytes:
        content = render_pdf(edition)
        if edition == other:
            remove(editor, removed_from)
        return content

    report = archive.write_archive(tmp_path / "site", render_pdf=render_and_remove)

    assert len(report.without_pdf) == 1 and "Vera Holm" not in report.without_pdf[0]
    assert [path.read_bytes() for path in tmp_path.glob("site/data/pdf/*")] == [b"%PDF- Rye"]
    assert b"Vera Holm" not in b"".join(read_files(tmp_path / "site").values())
    assert not report.has_redacted_text


def test_what_is_redacted_while_the_archive_is_written_is_said_and_leaves_with_the_next_run(
    tmp_path, editor, monkeypatch
):
    publication = make_live(title="Vera Holm at home").publication
    write_tables = archive_writing._store_tables
    monkeypatch.setattr(
        archive_writing, "_store_tables", lambda bag: (write_tables(bag), redact_with(editor, publication))
    )

    with pytest.raises(CommandError, match=r"something was redacted.*Run this again") as failure:
        call_command("archive", tmp_path / "site")

    assert failure.value.returncode == 1
    monkeypatch.undo()
    call_command("archive", tmp_path / "site")
    assert b"Vera Holm" not in b"".join(read_files(tmp_path / "site").values())


def test_no_limit_of_the_database_ends_the_reading_of_one_state():
    """PostgreSQL has such limits; SQLite has none."""
    if connection.vendor != "postgresql":
        with one_database_state():
            return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '1s'")
        with one_database_state():
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            assert cursor.fetchone() == ("0",)


def test_the_number_of_queries_does_not_grow_with_the_site(tmp_path, django_assert_max_num_queries):
    make_many(5, author=make_live().bylines.get().author, tag=make_tag())
    archive.write_archive(tmp_path / "few")
    make_many(60, author=Edition.objects.first().bylines.get().author, tag=make_tag())

    with django_assert_max_num_queries(90):
        archive.write_archive(tmp_path / "many")


def test_progress_counts_each_long_step(tmp_path):
    make_image()
    make_live()
    steps = []

    def start(unit: str):
        return lambda done, total: steps.append((unit, done, total))

    archive.write_archive(tmp_path / "site", render_pdf=render_pdf, progress=start)
    assert steps == [("PDFs", 1, 1), ("publications", 1, 1), ("uploaded files", 1, 1)]
    empty_site()
    steps.clear()
    archive.restore_archive(tmp_path / "site", start)

    assert list(dict.fromkeys(unit for unit, _done, _total in steps)) == [
        "files verified", "uploaded files", "files of rows", "steps of the search index",
        "steps of the index of similar texts",
    ]  # fmt: skip
    assert all(done <= total for _unit, done, total in steps)


def test_a_killed_run_is_finished_by_the_next(own_site, tmp_path):
    folder, environment = tmp_path / "out", own_site
    script = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "from tests.factories import make_live, make_many, make_tag\n"
        "make_many(300, author=make_live().bylines.get().author, tag=make_tag())\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True, capture_output=True)
    command = [sys.executable, "manage.py", "archive", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None and not list(folder.glob(".unfinished/data/publications/*/*/rows.jsonl")):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not archive.is_complete(folder)

    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

    archive.bag.verify(folder)
    assert len(list(folder.glob("data/publications/*/*/rows.jsonl"))) == 302
    assert not (folder / ".unfinished").exists()


class TestOneFolder:
    """Commands that use one folder at once: one of them writes, or several read."""

    @pytest.mark.parametrize("command", ["archive", "restore"])
    def test_a_folder_that_another_run_writes_is_refused(self, tmp_path, command):
        folder = tmp_path / "site"
        refusals = []

        def run_another(_unit):
            with pytest.raises(CommandError, match=rf"“{folder}” now.*Wait until") as refusal:
                call_command(command, folder)
            refusals.append(refusal)
            return lambda _done, _total: None

        make_live()
        archive.write_archive(folder, progress=run_another)

        assert refusals
        archive.bag.verify(folder)

    def test_a_folder_that_is_being_restored_is_read_by_others_and_not_written(self, tmp_path):
        folder = tmp_path / "site"
        archive.write_archive(folder)
        empty_site()

        with (
            hold_folder_lock(folder, shared=True),
            pytest.raises(CommandError, match="restores a site from it"),
        ):
            call_command("archive", folder)

        with hold_folder_lock(folder, shared=True):
            archive.restore_archive(folder)
