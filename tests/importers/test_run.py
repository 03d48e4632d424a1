"""Importing: what comes in, what becomes public, and that repeating or breaking off changes nothing."""

import pickle
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications import actions
from publications.importers import batches, manuscripts
from publications.importers.markdown.reader import read_file
from publications.importers.read_ahead import CHUNK_TEXTS
from publications.importers.reconcile import ImportState
from publications.importers.report import FileOutcome
from publications.models import (
    Address,
    AuditEntry,
    Author,
    Byline,
    Edition,
    EditionByline,
    EditionImage,
    EditionTag,
    Image,
    Publication,
    Redirect,
    RelatedLink,
    Revision,
    SiteVersion,
    Tag,
)
from tests.blogs import import_blog, outcomes, write_post
from tests.factories import (
    call_and_roll_back,
    make_author,
    make_publication,
    make_tag,
    picture_bytes,
    saved,
    tomorrow,
)

pytestmark = pytest.mark.django_db

PIPE_BYTES = 65_536  # of a pipe in Linux

TABLES = (
    Address, AuditEntry, Author, Byline, Edition, EditionByline, EditionImage, EditionTag, Redirect, Image,
    Publication, RelatedLink, Revision, Tag,
)  # fmt: skip


def state() -> tuple:
    """All there is, but for the moments at which it was done."""
    counts = tuple(table.objects.count() for table in TABLES)
    publications = Publication.objects.order_by("uid").values_list(
        "uid", "slug", "title", "body", "digest", "version"
    )
    editions = Edition.objects.order_by("publication__uid", "number")
    return (
        counts,
        list(publications),
        list(editions.values_list("slug", "number", "html", "digest", "published_at", "change")),
    )


def test_what_is_public_becomes_public_and_the_rest_stays_a_draft():
    import_report = import_blog()

    public = set(Edition.objects.live().values_list("slug", flat=True))
    assert public == {"grain", "fleet", "fleet-2"} | {"fleet"} and Edition.objects.live().count() == 4
    assert {publication.slug for publication in Publication.objects.filter(editions=None)} == {
        "no-date",
        "draft",
    }
    assert outcomes(import_report)["README.md"] is FileOutcome.REFUSED


def test_a_page_of_it_is_whole(client):
    import_blog()

    page = client.get("/en/publications/grain/").content.decode()

    assert "Grain &amp; ships" in page and "Ann Berg" in page and "Black Sea" in page
    assert "{%" not in page and "<iframe" not in page and 'alt="A &quot;grey&quot; ship"' in page


def test_old_addresses_lead_to_publications_and_authors(client):
    import_blog()

    assert client.get("/2021/03/04/grain/")["Location"].endswith("/en/publications/grain/")
    assert client.get("/OLD/grain")["Location"].endswith("/en/publications/grain/")
    assert client.get("/team/ann/").status_code == 301


def test_authors_in_use_are_made_and_others_are_not():
    import_blog()

    assert set(Author.objects.values_list("slug", "is_guest")) == {
        ("ann", False),
        ("bo-ek", False),
        ("somebody-else", True),
    }


def test_a_second_run_changes_nothing():
    import_blog()
    before, generation = state(), SiteVersion.objects.get().number

    import_report = import_blog()

    assert state() == before and SiteVersion.objects.get().number == generation
    assert set(outcomes(import_report).values()) == {FileOutcome.UNCHANGED, FileOutcome.REFUSED}


def test_a_rehearsal_changes_nothing_and_tells_the_same(settings):
    before = state()

    rehearsed = import_blog(dry_run=True)

    assert state() == before and not list(Path(settings.ORIGINALS).rglob("*.png"))
    result = import_blog().as_dict()["files"]
    assert rehearsed.as_dict()["files"] == result


@pytest.mark.parametrize("processes", [0, 2])
def test_a_rehearsal_keeps_others_from_saving_only_when_all_is_read(tmp_path, monkeypatch, processes):
    monkeypatch.setattr("publications.importers.run.BATCH_FILES", 30)
    for number in range(70):
        write_post(tmp_path / "blog", f"{number:02}.md", title=f"Piece {number}", front="author: Same\n")
    steps, depth, store = [], len(connection.savepoint_ids), batches.BatchImporter.import_batch

    def import_batch(importer, batch):
        steps.append(("store", len(batch)))
        assert len(connection.savepoint_ids) > depth
        store(importer, batch)

    def progress(done, total):
        steps.append((done, total))
        assert len(connection.savepoint_ids) == depth

    with monkeypatch.context() as patch:
        patch.setattr(batches.BatchImporter, "import_batch", import_batch)
        rehearsed = import_blog(tmp_path / "blog", dry_run=True, processes=processes, progress=progress)

    assert steps == [(30, 70), (60, 70), (70, 70), ("store", 30), ("store", 30), ("store", 10)]
    assert rehearsed.as_dict()["files"] == import_blog(tmp_path / "blog").as_dict()["files"]


@pytest.mark.parametrize("broken_at", [1, 2, 3])
def test_broken_off_and_run_again_is_as_one_run(monkeypatch, broken_at):
    monkeypatch.setattr("publications.importers.run.BATCH_FILES", 2)
    whole = call_and_roll_back(lambda: import_blog() and state())
    publish, calls = batches.publish_files, iter(range(1, 100))

    def breaking(*args):
        publish(*args)
        if next(calls) == broken_at:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(batches, "publish_files", breaking)
        import_blog()
    import_blog()

    assert state() == whole


def test_a_changed_file_changes_the_draft_and_the_public_text_in_silence(tmp_path):
    folder = write_post(tmp_path / "blog", body="Before.")
    import_blog(folder)
    write_post(folder, body="After.")

    import_report = import_blog(folder)

    live = Edition.objects.live().get()
    assert (live.plain_text, live.number, live.change) == ("After.", 2, "silent")
    assert outcomes(import_report) == {"a.md": FileOutcome.UPDATED}


def test_what_the_desk_has_edited_is_never_overwritten(tmp_path):
    folder = write_post(tmp_path / "blog")
    import_blog(folder)
    saved(Publication.objects.get(), body="The desk's.")
    write_post(folder, body="The file's.")

    import_report = import_blog(folder)

    assert Publication.objects.get().body == "The desk's."
    assert (
        outcomes(import_report) == {"a.md": FileOutcome.KEPT}
        and "desk" in import_report.files[0].notes[-1].text
    )


def test_a_kept_file_is_compared_once_with_the_text_of_its_place(tmp_path, monkeypatch):
    folder = write_post(tmp_path / "blog")
    import_blog(folder)
    saved(Publication.objects.get(), body="The desk's.")
    write_post(folder, body="The file's.")
    is_other_text, calls = ImportState.is_other_text, []

    def count_calls(state, manuscript, **options):
        calls.append(state)
        return is_other_text(state, manuscript, **options)

    monkeypatch.setattr(ImportState, "is_other_text", count_calls)

    assert outcomes(import_blog(folder)) == {"a.md": FileOutcome.KEPT} and len(calls) == 1


def test_what_was_withdrawn_stays_withdrawn(tmp_path):
    folder = write_post(tmp_path / "blog")
    import_blog(folder)
    actions.withdraw(Publication.objects.get(), by=None)
    write_post(folder, body="After.")

    import_blog(folder)

    assert not Edition.objects.live().exists() and Publication.objects.get().body == "After."


def test_drafts_are_published_by_a_later_run(tmp_path):
    folder = write_post(tmp_path / "blog")
    import_blog(folder, publish=False)

    import_report = import_blog(folder)

    assert Edition.objects.live().count() == 1 and outcomes(import_report) == {"a.md": FileOutcome.UNCHANGED}


def test_a_date_that_lies_ahead_is_not_public(tmp_path):
    import_report = import_blog(write_post(tmp_path / "blog", date=timezone.localdate(tomorrow())))

    assert not Edition.objects.exists() and "lies ahead" in import_report.files[0].notes[-1].text


def test_today_is_public(tmp_path):
    import_blog(write_post(tmp_path / "blog", date=timezone.localtime().date()))

    assert Edition.objects.live().count() == 1


def test_one_file_that_the_database_refuses_loses_no_other(tmp_path, monkeypatch):
    folder = write_post(tmp_path / "blog", title="Good")
    write_post(folder, "b.md", title="Bad")
    store = manuscripts.store_drafts

    def refuse_bad(drafts):
        if any(draft.manuscript.title == "Bad" for draft in drafts):
            raise ValueError("no such thing")
        store(drafts)

    monkeypatch.setattr("publications.importers.manuscripts.store_drafts", refuse_bad)

    import_report = import_blog(folder)

    assert (
        outcomes(import_report) == {"a.md": FileOutcome.NEW, "b.md": FileOutcome.REFUSED}
        and import_report.totals()["files"] == 2
    )


def test_redirects_of_a_batch_that_is_repeated_are_counted_once(tmp_path, monkeypatch):
    folder = write_post(tmp_path / "blog", front="redirect_from: /old/a/\n")
    write_post(folder, "b.md", title="Bad")
    add_redirects = batches.add_redirects

    def refuse_bad(file, *, by):
        if file.title == "Bad":
            raise ValueError("no such thing")
        return add_redirects(file, by=by)

    monkeypatch.setattr(batches, "add_redirects", refuse_bad)

    assert import_blog(folder, authors=None).redirects == 1


def test_an_attachment_that_is_deleted_during_the_import_refuses_its_file_alone(tmp_path, monkeypatch):
    folder = write_post(tmp_path / "blog")
    attachment = folder / "data.csv"
    attachment.write_text("a,b")
    (folder / "b.md").write_text(
        "---\nformat: 1\nlanguage: en\ntitle: B\nkind: report\nattachments:\n- file: data.csv\n---\nText.\n"
    )
    read = batches.BatchImporter._store_drafts

    def delete_and_store(importer, files):
        attachment.unlink(missing_ok=True)
        read(importer, files)

    monkeypatch.setattr(batches.BatchImporter, "_store_drafts", delete_and_store)

    import_report = import_blog(folder)

    assert outcomes(import_report) == {"a.md": FileOutcome.NEW, "b.md": FileOutcome.REFUSED}
    assert "Attachment missing: data.csv" in import_report.files[-1].notes[-1].text


def test_links_set_by_staff_stay(tmp_path):
    import_blog()
    publication = Publication.objects.get(slug="fleet-2", language="en")
    actions.set_related_links(publication, [], by=None)

    import_blog()

    assert not publication.related_links.exists()


def test_an_address_that_leads_elsewhere_already_is_reported():
    other = make_publication()
    actions.add_redirects(other, ["/old/grain"], by=None)

    import_report = import_blog()

    assert Redirect.objects.get(path="/old/grain").publication == other
    # Of the piece, the other one of its two; the old page of its author; and that of the picture.
    assert import_report.redirects == 3
    assert any("/old/grain" in line.text for entry in import_report.files for line in entry.notes)


def test_lead_here_is_done_once_and_noted():
    publication, author = make_publication(), make_author()

    actions.add_redirects(publication, ["/Old/Path/?x=1", "/old/path"], by=None)
    elsewhere = actions.add_redirects(author, ["/old/path", "/"], by=None)

    assert Redirect.objects.get().publication == publication and elsewhere == ["/old/path"]
    assert AuditEntry.objects.filter(detail__kind="redirect").count() == 1


def test_tables_are_analyzed_on_postgresql_as_often_as_they_double(tmp_path):
    for number in range(120):
        write_post(tmp_path / "blog", f"{number}.md", title=f"Piece {number}")

    with CaptureQueriesContext(connection) as captured:
        import_blog(tmp_path / "blog")

    result = [query for query in captured.captured_queries if query["sql"] == "ANALYZE"]
    assert len(result) == (2 if connection.vendor == "postgresql" else 0)


def test_many_publications_take_no_more_statements_each(tmp_path, django_assert_max_num_queries):
    for number in range(40):
        write_post(tmp_path / "blog", f"{number}.md", title=f"Piece {number}")

    # Eight of each are for what is like it.
    with django_assert_max_num_queries(40 * 13 + 60):
        import_blog(tmp_path / "blog")


def test_processes_give_the_same_as_none(tmp_path):
    for number in range(70):
        write_post(tmp_path / "blog", f"{number:02}.md", title=f"Piece {number}")

    several = import_blog(tmp_path / "blog", dry_run=True, processes=2)

    assert several.as_dict()["files"] == import_blog(tmp_path / "blog").as_dict()["files"]


def test_files_that_are_read_at_a_time_fit_in_a_pipe(tmp_path, monkeypatch):
    sizes = []

    def measure(file, context):
        imported = read_file(file, context)
        sizes.append(len(pickle.dumps(imported)))
        return imported

    monkeypatch.setattr("publications.importers.markdown.source.read_file", measure)
    words = (
        "The **grain** corridor, as [Ann Berg](https://example.org/corridor) wrote, holds. " * 70
    )  # 700 words
    import_blog(write_post(tmp_path / "blog", body=words), dry_run=True)

    assert CHUNK_TEXTS * max(sizes) < PIPE_BYTES


def test_an_address_that_ever_led_to_another_publication_is_not_given_again(tmp_path):
    folder = write_post(tmp_path / "blog", front="slug: fleet\n")
    import_blog(folder)
    actions.publish(saved(Publication.objects.get(), slug="the-fleet"), by=None)

    import_blog(write_post(folder, "b.md", title="B", front="slug: fleet\n"))

    assert set(Edition.objects.live().values_list("title", "slug")) == {("A", "the-fleet"), ("B", "fleet-2")}


def test_pictures_are_found_in_the_site_above_and_made_smaller_later(tmp_path, settings):
    (tmp_path / "_config.yml").write_text("title: A site")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/port.png").write_bytes(picture_bytes())
    (tmp_path / "content").mkdir()

    import_blog(write_post(tmp_path / "content/posts", body="![A port](/assets/port.png)"), media=())

    assert Image.objects.get().filename == "port.png"
    assert list(Path(settings.ORIGINALS).rglob("*.png")) and not list(Path(settings.RENDITIONS).rglob("*.*"))


@pytest.mark.parametrize("address", ["/assets/scan.png", "../assets/scan.png"])
def test_nothing_above_the_folder_is_read_without_a_site_there(tmp_path, address):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/scan.png").write_bytes(picture_bytes())

    report = import_blog(write_post(tmp_path / "texts", body=f"![A scan]({address})"), media=())

    assert not Image.objects.exists() and "picture is missing" in str(report.as_dict())


def test_a_draft_is_not_published_because_another_text_took_its_place(tmp_path):
    folder = write_post(tmp_path / "blog", front="draft: true\n", body="Secret words of a draft that waits.")
    import_blog(folder, publish=True)
    write_post(
        folder,
        title="Something else",
        front="redirect_from: /old/other/\n",
        body="Quite different things stand here now.",
    )

    assert outcomes(import_blog(folder, publish=True)) == {"a.md": FileOutcome.KEPT}

    assert not Edition.objects.exists() and not Redirect.objects.filter(path="/old/other").exists()


def test_an_old_address_that_redaction_took_does_not_come_back(tmp_path):
    front = "redirect_from: [/old/vera-holm/, /old/grain/]\n"
    folder = write_post(tmp_path / "blog", front=front, body="Vera Holm said it.")
    import_blog(folder)
    actions.redact(Publication.objects.get(), "Vera Holm", by=None)
    before = set(Redirect.objects.values_list("path", flat=True))
    assert "/old/vera-holm" not in before

    import_report = import_blog(folder)

    assert set(Redirect.objects.values_list("path", flat=True)) == before
    assert "vera-holm" not in str(import_report.as_dict())


def test_old_addresses_that_a_redacted_publication_does_not_get_are_counted(tmp_path):
    folder = write_post(tmp_path / "blog", front="redirect_from: [/old/grain/]\n", body="Vera Holm said it.")
    import_blog(folder)
    actions.redact(Publication.objects.get(), "Vera Holm", by=None)
    write_post(
        folder, front="redirect_from: [/old/grain/, /old/iron/, /old/rye/]\n", body="Vera Holm said it."
    )

    import_report = import_blog(folder)

    dropped = import_report.as_dict()["files"][0]["dropped"]
    assert "2 old addresses were not added: a redaction may have removed them." in dropped
    assert "iron" not in str(dropped)


def test_swedish_names_of_tags_are_no_change_when_the_same_files_are_imported_again(tmp_path):
    energy = make_tag("Energy", name_sv="Energi")
    write_post(tmp_path, front="tags: [Energi]\n")

    reports = [import_blog(tmp_path) for _time in range(2)]

    assert Publication.objects.get().tags.get() == energy and Tag.objects.count() == 1
    assert [set(outcomes(report).values()) for report in reports] == [
        {FileOutcome.NEW},
        {FileOutcome.UNCHANGED},
    ]
