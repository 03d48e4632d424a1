"""An archive of a site in every state, restored into the emptied site: the same bytes, pages, history and faults."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from publications import actions, archive, search
from publications.archive import restore
from publications.archive.restore import INDEXES
from publications.archive.tables import ARCHIVED
from publications.integrity import CHECKS, find_faults, no_progress
from publications.migration_state import MigrationState
from publications.models import AuditEntry, Edition, Image, Publication, Review, SitePage, original_storage
from tests.archive_sites import empty_site, make_full_site, read_files
from tests.conftest import ROOT
from tests.factories import make_image, make_live, make_person, make_publication

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="class")
def archived(migrated_sqlite, shared_site, tmp_path_factory) -> Path:
    make_full_site()
    folder = tmp_path_factory.mktemp("archive") / "site"
    archive.write_archive(folder)
    return folder


@pytest.fixture
def site(archived, in_shared_site) -> Path:
    """The full site, and the folder of its archive."""
    return archived


def manage(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def public_paths() -> list[str]:
    """Addresses of pages, files and records: of every edition and list, and former ones."""
    editions = [edition.get_absolute_url() for edition in Edition.objects.order_by("pk")]
    details = [
        path + ending for path in editions for ending in ("", "editions/", "editions/1/", "editions/2/")
    ]
    records = [
        path.rstrip("/") + ending for path in editions for ending in (".md", ".bib", ".ris", ".jsonld")
    ]
    lists = [f"/{locale}/" for locale in ("en", "sv")]
    lists += [
        "/en/publications/",
        "/sv/publikationer/",
        "/en/topics/",
        "/en/authors/",
        "/en/publications/?q=rye",
    ]
    lists += [
        reverse("sitemap"),
        "/api/v1/publications",
        "/oai?verb=ListRecords&metadataPrefix=oai_dc",
        "/old/rye",
    ]
    pages = [f"/en/{page.slug_en}/" for page in SitePage.objects.all() if page.slug_en]
    images = [f"/media/{key}/400.jpg" for key in Edition.objects.values_list("images__key", flat=True) if key]
    return [*dict.fromkeys([*details, *records, *lists, *pages, *images])]


def responses(client) -> dict[str, tuple]:
    found = {}
    for path in public_paths():
        response = client.get(path)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        found[path] = (response.status_code, response.get("Location"), response.get("ETag"), body)
    return found


class TestRestoredSite:
    """One site with its archive, restored in each test."""

    def test_the_archive_of_a_restored_site_has_the_same_bytes(self, site, tmp_path):
        empty_site()
        archive.restore_archive(site)

        archive.write_archive(tmp_path / "again")

        assert read_files(tmp_path / "again") == read_files(site)

    def test_every_archived_table_has_rows(self, site):
        assert [table.label for table in ARCHIVED if not table.rows().exists()] == []

    def test_a_restored_site_answers_as_before(self, site, client):
        now = timezone.now()
        with time_machine.travel(now, tick=False):
            before = responses(client)
        assert len(before) > 300 and {200, 301, 404, 410} <= {status for status, *_rest in before.values()}
        empty_site()

        archive.restore_archive(site)

        with time_machine.travel(now, tick=False):
            after = responses(client)
        assert {path for path in before if before[path] != after.get(path)} == set()

    def test_a_restored_site_is_whole(self, site):
        empty_site()
        archive.restore_archive(site)

        checks = [check for check in CHECKS if not check.is_restored and not check.is_note]

        assert {check.name: faults for check in checks if (faults := find_faults(check, no_progress))} == {}

    def test_a_restored_site_goes_on(self, site):
        empty_site()
        archive.restore_archive(site)
        last, number = AuditEntry.objects.first(), Publication.with_deleted.latest("pk").pk

        publication = actions.publish(make_publication(), by=make_person()).publication

        assert publication.pk > number
        assert AuditEntry.objects.first().site_version == last.site_version + 1

    def test_no_new_publication_gets_the_key_of_one_that_only_the_audit_log_names(self, site, tmp_path):
        AuditEntry.objects.filter(pk=AuditEntry.objects.latest("pk").pk).update(changed_publications=[4711])
        archive.write_archive(tmp_path / "changed")
        empty_site()
        archive.restore_archive(tmp_path / "changed")

        assert make_publication().pk > 4711

    def test_accounts_are_names_that_nobody_can_sign_in_with(self, site, client):
        names = set(User.objects.values_list("username", "first_name", "last_name"))
        empty_site()
        archive.restore_archive(site)

        accounts = User.objects.all()

        assert set(accounts.values_list("username", "first_name", "last_name")) == names
        assert not any(account.is_active or account.has_usable_password() for account in accounts)

    def test_no_review_link_of_before_opens(self, site):
        hashes = set(Review.objects.values_list("token_hash", flat=True))
        empty_site()
        archive.restore_archive(site)

        restored = set(Review.objects.values_list("token_hash", flat=True))
        assert hashes and restored and not hashes & restored

    def test_texts_are_still_frozen(self, site):
        empty_site()
        archive.restore_archive(site)

        with pytest.raises(Exception, match="frozen"):
            Edition.objects.filter(pk=Edition.objects.earliest("pk").pk).update(title="Changed")

    def test_a_site_with_content_is_refused_with_the_remedy(self, site):
        with pytest.raises(CommandError, match=r"not empty.*publications\.publication: .*new database"):
            call_command("restore", site)

    def test_a_refused_row_leaves_the_site_empty(self, site, monkeypatch):
        empty_site()
        monkeypatch.setattr("publications.archive.primary_keys.continue_keys", lambda _keys: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            archive.restore_archive(site)

        assert not Publication.with_deleted.exists()
        monkeypatch.undo()

    def test_a_site_moves_to_another_database_of_its_kind(self, site, own_site, tmp_path):
        assert manage(own_site, "migrate", "--verbosity=0").returncode == 0

        assert moved(own_site, site, tmp_path / "again") == read_files(site)

    def test_a_site_moves_to_sqlite(self, site, migrated_sqlite, tmp_path):
        shutil.copytree(migrated_sqlite, tmp_path / "other")
        environment = {"PATH": os.environ["PATH"], "SITE_DATA": str(tmp_path / "other"), "DEBUG": "1"}

        assert moved(environment, site, tmp_path / "again") == read_files(site)


def moved(environment: dict[str, str], site: Path, folder: Path) -> dict[str, bytes]:
    """Restore an archive into another site, verify that, and return the files of its own archive."""
    for arguments in (("restore", site), ("archive", folder), ("verify", "--full")):
        process = manage(environment, *arguments)
        assert process.returncode == 0, process.stdout + process.stderr
    return read_files(folder)


@pytest.fixture
def small(tmp_path) -> Path:
    """The archive of a site with one publication, which is empty afterwards."""
    make_image()
    make_live()
    archive.write_archive(tmp_path / "small")
    empty_site()
    return tmp_path / "small"


def test_an_archive_of_another_release_is_refused(small, monkeypatch):
    monkeypatch.setattr(
        "publications.archive.restore.latest_migrations", lambda: ("publications.9999_later",)
    )

    with pytest.raises(
        CommandError, match=r"publications\.00.*publications\.9999_later.*Restore it with the release"
    ):
        call_command("restore", small)


@pytest.mark.parametrize(
    ("index", "failure"),
    [("search index", OSError("No space left")), ("index of similar texts", KeyboardInterrupt())],
    ids=["search, full disk", "similarity, Ctrl-C"],
)
def test_a_restore_that_ends_after_its_rows_says_what_is_there_and_what_completes_it(
    small, monkeypatch, index, failure
):
    def fail():
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(INDEXES[index], "rebuild", fail)
        with pytest.raises(
            CommandError, match=rf"All \d+ rows and \d+ files are restored.*{index}.*prepare”"
        ):
            call_command("restore", small)

    assert Publication.objects.count() == 1
    assert search.similarity.is_outdated()
    connection.check_constraints()  # as a commit does
    call_command("prepare", verbosity=0)
    assert not search.is_outdated() and not search.similarity.is_outdated()


@pytest.mark.parametrize("failure", [DatabaseError("gone"), KeyboardInterrupt()], ids=["database", "Ctrl-C"])
def test_a_restore_that_ends_before_its_rows_are_there_leaves_no_file(small, monkeypatch, failure):
    def fail(*_args):
        raise failure

    monkeypatch.setattr("publications.archive.primary_keys.continue_keys", fail)

    with pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", small)

    assert not Publication.with_deleted.exists()
    assert read_files(Path(original_storage().location)) == {}


def test_a_commit_whose_answer_is_lost_keeps_the_files(small, monkeypatch):
    def store_and_fail(*args, **options):
        store_rows(*args, **options)
        raise DatabaseError("connection lost")

    store_rows = restore._store_rows
    monkeypatch.setattr(restore, "_store_rows", store_and_fail)

    with pytest.raises(CommandError, match=r"All rows and files are in place.*connection lost.*prepare”"):
        call_command("restore", small)

    assert Image.objects.get().content


def test_no_new_row_gets_the_key_of_one_that_was_deleted_before_the_archive_was_written(tmp_path):
    highest = make_image().pk + 1
    assert make_image(colour="red").pk == highest
    Image.objects.filter(pk=highest).delete()
    archive.write_archive(tmp_path / "site")
    empty_site()
    archive.restore_archive(tmp_path / "site")

    archive.write_archive(tmp_path / "again")

    assert read_files(tmp_path / "again") == read_files(tmp_path / "site")
    assert make_image(colour="green").pk == highest + 1


def test_a_database_without_tables_is_refused_with_the_remedy(small, monkeypatch):
    state = MigrationState(unapplied=("publications.0001_initial",), newer=())
    monkeypatch.setattr("publications.archive.restore.read_migration_state", lambda: state)

    with pytest.raises(CommandError, match=r"run “manage\.py migrate”"):
        call_command("restore", small)


def test_a_damaged_archive_is_refused_by_the_name_of_the_file(small):
    path = next(small.glob("data/publications/*/*/edition-1.md"))
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)

    with pytest.raises(CommandError, match=r"edition-1\.md was changed.*\n.*\nNothing was restored"):
        call_command("restore", small)

    assert not Publication.objects.exists()
