"""Sample pages and rules of an old site at the desk, from a WARC file or a ZIP archive of saved pages."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from publications.models import ArchiveImport, ArchiveImportState
from tests.old_site import SMALL_RULES, SMALL_TITLES, small_site

from .test_archive_imports import administrator, archive, page_of, started, upload

__all__ = ["administrator", "started"]
pytestmark = pytest.mark.django_db
BODIES = {title: f"<p>{title} and more of it. </p>" * 30 + "<script>x()</script>" for title in SMALL_TITLES}


@pytest.fixture
def job(administrator) -> ArchiveImport:
    """A ZIP archive of the folder that wget saved, checked."""
    pages = {
        f"old.example{path}{'index' if path == '/' else ''}.html": answer.body
        for path, answer in small_site(BODIES).items()
    }
    upload(administrator, archive(pages))
    call_command("run_imports", verbosity=0)
    return ArchiveImport.objects.get()


def upload_rules(client, text: str):
    file = SimpleUploadedFile("rules.yaml", text.encode())
    return client.post(page_of("-samples"), {"rules": file})


def test_samples_of_zipped_pages_stand_beside_what_is_understood(administrator, job):
    assert job.state == ArchiveImportState.DONE and job.report["system"] == "Old site", job.error
    assert page_of("-samples") in administrator.get(page_of()).text

    page = html.unescape(administrator.get(page_of("-samples")).text)

    assert page.count('class="sample"') == 4 and "https://old.example/news/gas" in page
    assert "What is understood" in page and "Gas and more of it." in page and "<script>x()" not in page


def test_the_rules_are_downloaded_edited_and_uploaded(administrator, job):
    rules = administrator.get(page_of("-rules"))
    assert rules.headers["Content-Disposition"] == 'attachment; filename="rules.yaml"'
    assert rules.text == job.options["page_rules"]

    upload_rules(administrator, f"topics:\n  gas: Energy\n{SMALL_RULES}")
    call_command("run_imports", verbosity=0)

    job.refresh_from_db()
    assert job.state == ArchiveImportState.DONE and "date: time @datetime" in job.options["page_rules"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("pages:\n  - name: x\n    body: '::'\n", "Line 2 of the mapping: “body” is no CSS selector"),
        ("pages: [", "line 1 is not valid YAML"),
        ("topics: {a: b}", "has no “pages”"),
        ("a: &a [x, x]\npages: [*a, *a]", "line 2 refers to another line"),
        ("pages:\n  - &a {name: x, body: .x}\n  - *a\n", "line 3 refers"),
        ("[" * 50_000, "too many levels"),
        (f"{SMALL_RULES}#{'x' * 100_000}", "more than 100000 characters"),
        (f"{SMALL_RULES}#{'x' * 500_000}", "more than 100000 characters"),
    ],
)
def test_wrong_rules_are_refused_with_their_line(administrator, job, text, reason):
    page = html.unescape(upload_rules(administrator, text).text)

    assert reason in page
    assert ArchiveImport.objects.get().options == job.options


def test_samples_are_only_for_those_who_may_import(client, administrator, job):
    client.logout()

    for place in ("-samples", "-rules"):
        assert client.get(page_of(place)).status_code == 302
