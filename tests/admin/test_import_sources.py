"""Exports of other systems at the desk: uploaded as a file or in an archive, checked, imported, undone."""

import gzip
import html
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from publications.importers import archive_import_rules, archive_imports
from publications.importers.archive_import_rules import PAGE_RULES, PAGE_RULES_HOST
from publications.importers.old_site import UNKNOWN_HOST
from publications.models import ArchiveImport, ArchiveImportState, Edition, Publication
from tests.factories import picture_bytes
from tests.importers.ghost import test_source as ghost
from tests.importers.letter_export import letter_system, render_export
from tests.importers.substack import test_source as substack
from tests.importers.wordpress import exports as wordpress
from tests.old_site import SMALL_RULES, SMALL_TITLES, small_site, write_warc

from .test_archive_imports import (
    PAGE,
    act_after_the_first_batch,
    administrator,
    archive,
    page_of,
    press,
    started,
    upload,
)

__all__ = ["administrator", "letter_system", "started"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letter_system")]

EXPORT = render_export({"title": "Gas"}, {"title": "Oil"}, {"title": "Coal", "draft": True}).encode()
FILE = "old.letters.json"
UPLOADS = {
    "a file": lambda: SimpleUploadedFile(FILE, EXPORT),
    "an archive": lambda: archive({FILE: EXPORT}),
    "an archive with its pictures": lambda: archive(
        {f"site/{FILE}": EXPORT, "site/uploads/a.png": picture_bytes(), "site/README.md": b"Read me."}
    ),
}


def check(client, file, **settings) -> ArchiveImport:
    upload(client, file, **settings)
    call_command("run_imports", verbosity=0)
    return ArchiveImport.objects.first()


@pytest.mark.parametrize("form", UPLOADS)
def test_an_export_is_recognised_and_the_page_says_as_what(administrator, form):
    job = check(administrator, UPLOADS[form]())

    page = administrator.get(page_of()).text
    assert job.state == ArchiveImportState.DONE and "An export of Letters, with 3 entries." in page
    assert "Of 3 texts 3 are new or changed and would be imported; 2 could be published." in page
    assert job.filename == (FILE if form == "a file" else "blog.zip")


def test_an_export_is_imported_published_and_undone(administrator):
    check(administrator, UPLOADS["a file"]())
    press(administrator, "publish")
    assert set(Publication.objects.filter(editions__isnull=False).values_list("title", flat=True)) == {
        "Gas",
        "Oil",
    }

    page = administrator.get(page_of("-undo"))
    administrator.post(page_of("-undo"), {"seen": page.context["seen"]})
    call_command("run_imports", verbosity=0)

    assert ArchiveImport.objects.get().is_undone
    assert set(Publication.objects.values_list("title", flat=True)) == {"Gas", "Oil"}  # withdrawn


def test_the_confirmation_names_a_file_that_a_text_lacks(administrator):
    address = f"{wordpress.SITE}/wp-content/uploads/2012/report.pdf"
    author = wordpress.group("author", author_login="ann", author_display_name="Ann Berg")
    report = wordpress.item(
        1,
        title="Report",
        text=f'<p>Russia sells less gas than it did: <a href="{address}">The report</a></p>',
    )
    check(administrator, SimpleUploadedFile("old.xml", wordpress.export(author, report).encode()))

    page = html.unescape(administrator.get(page_of("-publish")).text)

    assert f"lacks: {address}: The file is missing." in page and "lacks pictures" not in page


@pytest.mark.parametrize("system", ["Ghost", "Substack"])
def test_texts_of_ghost_and_substack_are_imported_published_and_undone(administrator, tmp_path, system):
    if system == "Ghost":
        public = {"title": "Public", "slug": "public", "html": "<p>Words enough to read.</p>"}
        posts = [
            post | {"published_at": "2024-04-09T08:00:00.000Z"}
            for post in (public, public | {"title": "Paid", "slug": "paid", "visibility": "paid"})
        ]
        members = [{"id": "m1", "email": "reader@x.example"}]
        authors = [{"post_id": f"p{number}", "author_id": "a1"} for number in (1, 2)]
        export = ghost.make_export(*posts, members=members, posts_authors=authors)
        file = SimpleUploadedFile("my-site.ghost.2024-01-01.json", json.dumps(export).encode())
    else:
        row = "{0}.a{0},2024-04-09T08:00:00.000Z,true,,,newsletter,{1},{2},,\n"
        rows = row.format(1, "everyone", "Public") + row.format(2, "only_paid", "Paid")
        substack.write_export(
            tmp_path / "x", rows, **{"1_a1": "<p>Words enough to read.</p>", "2_a2": "<p>b</p>"}
        )
        files = {
            path.relative_to(tmp_path / "x").as_posix(): path.read_bytes()
            for path in (tmp_path / "x").rglob("*.*")
        }
        file = archive(
            {name: content for name, content in files.items() if "/" in name or name.endswith(".csv")}
        )
    job = check(administrator, file, author="The Institute")
    page = administrator.get(page_of()).text
    assert (
        job.state == ArchiveImportState.DONE
        and f"An export of {system}" in page
        and "1 could be published" in page
    )

    press(administrator, "publish")

    assert list(Publication.objects.filter(editions__isnull=False).values_list("title", flat=True)) == [
        "Public"
    ]
    page = administrator.get(page_of()).text
    assert "members" in page or "(paid)" in page or "(only_paid)" in page
    assert "reader@x.example" not in page + json.dumps(ArchiveImport.objects.get().report, default=str)
    page = administrator.get(page_of("-undo"))
    administrator.post(page_of("-undo"), {"seen": page.context["seen"]})
    call_command("run_imports", verbosity=0)
    assert ArchiveImport.objects.get().is_undone and not Edition.objects.live().exists()


def test_an_export_in_another_archive_is_the_same_texts(administrator):
    check(administrator, UPLOADS["a file"]())
    press(administrator, "drafts")

    job = check(administrator, UPLOADS["an archive with its pictures"]())

    assert job.report["stored"] == 0


def test_an_import_of_an_export_is_stopped_and_goes_on(administrator, monkeypatch):
    check(administrator, UPLOADS["a file"]())
    with monkeypatch.context() as patch:
        act_after_the_first_batch(patch, lambda: administrator.post(page_of(), {"stop": "1"}))
        assert press(administrator, "drafts").state == ArchiveImportState.STOPPED
    assert Publication.objects.count() == 1

    assert (
        press(administrator, "resume").state == ArchiveImportState.DONE and Publication.objects.count() == 3
    )


def test_a_broken_export_says_what_is_wrong_with_it(administrator):
    job = check(administrator, SimpleUploadedFile(FILE, EXPORT[:40]))

    assert (job.state, job.error) == (
        ArchiveImportState.FAILED,
        "The file is cut off. Export the letters again.",
    )


def test_texts_are_counted_and_not_files(administrator, monkeypatch):
    monkeypatch.setattr(archive_imports, "MAX_TEXTS", 3)
    pictures = {f"uploads/{number}.png": b"A" for number in range(9)}
    assert check(administrator, archive({FILE: EXPORT, **pictures})).state == ArchiveImportState.DONE

    monkeypatch.setattr(archive_imports, "MAX_TEXTS", 2)
    job = check(administrator, UPLOADS["a file"]())
    assert job.state == ArchiveImportState.FAILED and "It has 3 texts; at the desk at most 2" in job.error


def test_the_page_names_the_exports_that_are_read(administrator):
    assert "Letters (.letters.json)" in administrator.get(PAGE).text

    page = html.unescape(upload(administrator, SimpleUploadedFile("a.rtf", b"A")).text)
    assert "Exports of these systems are read: " in page and "Letters (.letters.json)" in page


def test_markdown_files_are_called_so(administrator):
    check(administrator, archive())

    page = administrator.get(page_of()).text
    assert "Markdown files, with 2 entries." in page and "A text without a uid" in page


@pytest.fixture
def copied(administrator, tmp_path) -> ArchiveImport:
    """A copy of an old site, checked."""
    bodies = {title: f"<p>{title} and more of it. </p>" * 30 for title in SMALL_TITLES}
    path = write_warc(tmp_path / "old.warc", small_site(bodies))
    return check(administrator, SimpleUploadedFile("old.warc", path.read_bytes()))


def correct_rules(client, rules: str, **values) -> ArchiveImport:
    """Check again with other rules for the pages."""
    job = ArchiveImport.objects.get()
    settings = {
        name: job.options[name] for name in ("kind", "language", "author", "authors", "permalink", "site")
    }
    client.post(page_of(), {**settings, "page_rules": rules, "check": "1", **values})
    call_command("run_imports", verbosity=0)
    return ArchiveImport.objects.get()


def test_a_copy_of_an_old_site_is_read_by_rules_that_are_proposed(administrator, copied):
    assert copied.state == ArchiveImportState.DONE, copied.error
    page = html.unescape(administrator.get(page_of()).text)
    assert "A copy of an old site, with 4 entries." in page and "Rules for the pages" in page
    assert copied.options["page_rules"].startswith("# A rule for each type of page")

    corrected = "\r\n".join(f"{copied.options['page_rules']}    kind: quick-comment".splitlines())
    job = correct_rules(administrator, corrected)

    assert job.state == ArchiveImportState.DONE, job.error
    assert press(administrator, "drafts").state == ArchiveImportState.DONE
    assert set(Publication.objects.values_list("title", "kind__slug")) == {
        (title, "quick-comment") for title in SMALL_TITLES
    }


def test_a_second_copy_of_a_site_is_read_by_the_rules_of_the_first(administrator, copied, tmp_path):
    rules = correct_rules(administrator, f"{copied.options['page_rules']}    kind: quick-comment\n").options[
        "page_rules"
    ]
    assert press(administrator, "drafts").state == ArchiveImportState.DONE

    upload(administrator, SimpleUploadedFile("new.warc", (tmp_path / "old.warc").read_bytes()))
    call_command("run_imports", verbosity=0)

    second = ArchiveImport.objects.get(filename="new.warc")
    assert second.options["page_rules"] == rules
    page = administrator.get(page_of(job=second)).text
    assert (
        "taken from the import “old.warc” of the same site."
        in html.unescape(page).partition('<details id="settings"')[0]
    )
    assert {file["outcome"] for file in second.report["files"]} == {"unchanged"}


@pytest.mark.parametrize(
    ("host", "is_taken"),
    [("127.0.0.1:8972", True), ("[::1]:8080", True), ("localhost", False), (UNKNOWN_HOST, False)],
)
def test_a_second_copy_takes_the_rules_of_its_host_or_says_at_the_top_that_it_does_not(
    administrator, copied, monkeypatch, host, is_taken, tmp_path
):
    rules = f"{copied.options['page_rules']}    kind: quick-comment\n"
    copied.store(options={**copied.options, PAGE_RULES: rules, PAGE_RULES_HOST: host})
    monkeypatch.setattr(archive_import_rules, "host_of", lambda site: host)

    upload(administrator, SimpleUploadedFile("new.warc", (tmp_path / "old.warc").read_bytes()))
    call_command("run_imports", verbosity=0)

    second = ArchiveImport.objects.get(filename="new.warc")
    page = html.unescape(administrator.get(page_of(job=second)).text).partition('<details id="settings"')[0]
    assert (second.options["page_rules"] == rules) is is_taken
    assert ("taken from the import “old.warc”" in page) is is_taken
    assert ("The rules of your earlier import “old.warc” are not used here." in page) is not is_taken


def test_a_copy_of_the_same_texts_from_another_host_says_that_the_host_counts(
    administrator, copied, tmp_path
):
    assert press(administrator, "drafts").state == ArchiveImportState.DONE
    content = gzip.decompress((tmp_path / "old.warc").read_bytes()).replace(
        b"ostinstitutet", b"instituteteco"
    )

    upload(administrator, SimpleUploadedFile("moved.warc", content))
    call_command("run_imports", verbosity=0)

    moved = ArchiveImport.objects.get(filename="moved.warc")
    page = html.unescape(administrator.get(page_of(job=moved)).text)
    assert moved.report["duplicates"] == 4, moved.error
    assert "recognised by its host and their addresses" in page and "that they had then" not in page


def test_the_rules_of_a_site_are_those_of_its_latest_import_that_has_some():
    for rules, state in (("oldest", "done"), ("right", "stopped"), ("failed", "failed"), (" \n", "done")):
        options = {PAGE_RULES: rules, PAGE_RULES_HOST: "old.example"}
        ArchiveImport.objects.create(size=1, options=options, state=state)
    ArchiveImport.objects.create(size=1, options={PAGE_RULES: "other", PAGE_RULES_HOST: "new.example"})

    earlier = archive_import_rules.find_earlier_import(ArchiveImport(), "old.example")

    assert earlier.options[PAGE_RULES] == "right"


@pytest.mark.parametrize("host", ["localhost:port", "localhost:99999", "[::1]:8000"])
def test_any_port_makes_a_host_one_site(host):
    assert archive_import_rules._is_of_one_site(host)


def test_wrong_rules_are_shown_again_with_their_line(administrator, copied):
    rules = "pages:\n  - name: news\n    matches: x\n"
    page = administrator.post(page_of(), {**copied.options, "page_rules": rules, "check": "1"})

    assert "Line 2 of the mapping" in page.text and "matches: x" in page.text
    assert correct_rules(administrator, "").options["page_rules"] == copied.options["page_rules"]


def test_a_copy_of_too_few_pages_offers_to_write_the_rules(administrator, tmp_path):
    answers = {path: answer for path, answer in small_site().items() if path in ("/", "/news/gas")}
    path = write_warc(tmp_path / "old.warc", answers)

    job = check(administrator, SimpleUploadedFile("old.warc", path.read_bytes()))

    page = administrator.get(page_of()).text
    assert job.state == ArchiveImportState.FAILED and "No type of page was recognized" in page
    assert 'name="page_rules"' in page
    assert correct_rules(administrator, SMALL_RULES).report["texts"] == 1


@pytest.mark.parametrize(
    ("name", "hint"), [("a.json", "An export of Ghost is"), ("a.csv", "has a table posts.csv")]
)
def test_a_file_that_is_no_export_says_what_one_is(administrator, name, hint):
    job = check(administrator, SimpleUploadedFile(name, b"{}"))

    assert job.state == ArchiveImportState.FAILED and hint in job.error


def test_an_export_of_wordpress_with_its_pictures_and_mapping(administrator):
    texts = wordpress.export(
        wordpress.item(
            1, title="Gas", terms=[("category", "reports", "Reports")], meta={"doi": "10.1234/gas"}
        ),
        wordpress.item(2, title="Oil"),
        wordpress.attachment(3, "2024/04/map.png"),
    )
    job = check(
        administrator,
        archive({"site/export.xml": texts.encode(), "site/uploads/2024/04/map.png": picture_bytes()}),
    )

    page = administrator.get(page_of()).text
    assert job.state == ArchiveImportState.DONE, job.error
    assert "An export of WordPress, with 2 entries." in page and "without a uid" not in page
    assert press(administrator, "drafts").state == ArchiveImportState.DONE
    assert set(Publication.objects.values_list("title", flat=True)) == {"Gas", "Oil"}
