"""verify: a sound site is whole, every fault of the table is found and named, and what is derived is repaired."""

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import FileField
from django.utils import timezone

from publications import actions
from publications.integrity import CHECKS, REPAIRS, find_faults, no_progress, two_people
from publications.integrity.originals import models_with_originals
from publications.models import Kind, Publication, SearchIndex, ServedPdf, SiteVersion, original_storage
from sceeus import service_urls
from tests.corruptions import CORRUPTIONS, DAMAGES, FILES, make_site
from tests.factories import make_publication
from tests.small_bucket import bucket

pytestmark = pytest.mark.django_db
BY_NAME = {check.name: check for check in CHECKS}
REPAIRED = [check.name for check in CHECKS if check.repair and check.name != "one-live"]


@pytest.fixture(scope="class")
def sound(shared_site) -> Publication:
    return make_site()


@pytest.fixture
def publication(sound, in_shared_site, constraints_restored) -> Publication:
    """A publication of a sound site. What a test switches off is on again afterwards."""
    return Publication.objects.get(pk=sound.pk)


def all_faults(*, of_files: bool = False) -> dict[str, list[str]]:
    params = [check for check in CHECKS if (check.name in DAMAGES or not of_files) and not check.is_restored]
    return {check.name: found for check in params if (found := find_faults(check, no_progress))}


def upgrade_to_recorded_rules() -> None:
    """Make all that was published so far older than the release that records the rule of two people."""
    applied = MigrationRecorder.Migration.objects.filter(app="publications", name=two_people.FIRST_MIGRATION)
    assert applied.update(applied=timezone.now()) == 1


def verify(*options: str) -> str:
    """The report of a site that is not whole."""
    with pytest.raises(CommandError) as failed:
        call_command("verify", *options)
    assert failed.value.returncode == 3
    return str(failed.value)


class TestSoundSite:
    """What is done to a sound site, which is made once."""

    def test_nothing_is_found_on_a_sound_site(self, publication):
        assert all_faults() == {}

    @pytest.mark.parametrize("name", CORRUPTIONS)
    def test_each_corruption_is_found(self, publication, name):
        for corrupt in CORRUPTIONS[name]:
            with transaction.atomic():
                corrupt(publication)

                found = find_faults(BY_NAME[name], no_progress)

                assert bool(found) is (name != "pages" or connection.vendor == "sqlite"), corrupt
                transaction.set_rollback(True)

    @pytest.mark.parametrize("model", FILES, ids=lambda model: model.__name__)
    def test_each_kind_of_file_is_missed_and_compared(self, publication, model):
        file = FILES[model](publication)
        with original_storage().open(file) as stored:
            content = stored.read()
        for name, damage in ((name, damage) for name, ways in DAMAGES.items() for damage in ways):
            damage(file)

            found = all_faults(of_files=True)

            assert set(found) == {name} and all(fault.startswith(file) for fault in found[name])
            assert str(model._meta.verbose_name) in " ".join(found[name])
            original_storage().save(file, ContentFile(content))

    @pytest.mark.parametrize("name", REPAIRED)
    def test_what_is_derived_is_repaired_and_readers_see_it(self, publication, name, capsys):
        CORRUPTIONS[name][0](publication)
        before = SiteVersion.objects.get().number

        call_command("verify", "--full", "--repair")

        assert "the site is whole" in capsys.readouterr().out
        assert name in ("guards", "made-files", "comments") or SiteVersion.objects.get().number > before

    @pytest.mark.parametrize("name", REPAIRED)
    def test_each_repair_is_named(self, publication, name, capsys):
        CORRUPTIONS[name][0](publication)
        found = find_faults(BY_NAME[name], no_progress)
        assert found

        call_command("verify", "--full", "--repair")

        said = capsys.readouterr().out
        assert all(f"  - repaired: {fault}" in said for fault in found)
        assert f"{name}: repaired {len(found)}, left 0." in said

    def test_many_repairs_are_counted_and_the_first_named(self, publication, capsys, monkeypatch):
        monkeypatch.setattr("publications.management.commands.verify.MAX_LISTED_FAULTS", 0)
        CORRUPTIONS["made-files"][0](publication)

        call_command("verify", "--repair")

        assert "… and 1 more" in capsys.readouterr().out

    def test_bytes_appended_to_a_recorded_pdf_are_found_and_repaired(self, publication):
        content = b"%PDF-1.7 Grain %%EOF"
        ServedPdf.record(publication.editions.live().get(), content)
        path = settings.RENDITIONS / "pieces" / str(publication.pk) / "1-recorded-0.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        assert all_faults() == {}
        path.write_bytes(content + b" appended")

        assert list(all_faults()) == ["made-files"]

        call_command("verify", "--repair", verbosity=0)
        assert not path.exists()

    def test_a_rule_that_was_always_changed_at_the_desk_is_as_recorded(self, publication):
        names = {"name_en": "Memo", "name_sv": "PM", "plural_en": "Memos", "plural_sv": "PM"}
        lines = {"type_line_en": "Memo", "type_line_sv": "PM"}
        kind = Kind(slug="memo", **names, **lines, needs_approval=True)
        actions.save_instance(kind, by=None)
        actions.publish(make_publication(kind="memo"), by=None, without_approval="urgent")
        kind.needs_approval = False
        actions.save_instance(kind, by=None)
        actions.publish(make_publication(kind="memo"), by=None)

        assert find_faults(BY_NAME["two-people"], no_progress) == []

    @pytest.mark.parametrize("is_on", [True, False])
    def test_a_rule_of_before_the_log_recorded_rules_is_no_fault_until_it_is_changed(
        self, publication, is_on
    ):
        Kind.objects.filter(pk=publication.kind_id).update(needs_approval=is_on)
        upgrade_to_recorded_rules()
        assert find_faults(BY_NAME["two-people"], no_progress) == []
        if is_on:
            actions.publish(make_publication(kind=publication.kind.slug), by=None, without_approval="urgent")
        assert find_faults(BY_NAME["two-people"], no_progress) == []
        kind = Kind.objects.get(pk=publication.kind_id)
        kind.needs_approval = not is_on
        actions.save_instance(kind, by=None)
        assert find_faults(BY_NAME["two-people"], no_progress) == []

        Kind.objects.filter(pk=kind.pk).update(needs_approval=is_on)

        assert len(find_faults(BY_NAME["two-people"], no_progress)) == 1

    def test_a_rule_of_before_that_was_off_for_a_while_past_the_log_is_found(self, publication):
        upgrade_to_recorded_rules()
        actions.publish(make_publication(kind=publication.kind.slug), by=None)

        Kind.objects.filter(pk=publication.kind_id).update(needs_approval=True)

        assert len(find_faults(BY_NAME["two-people"], no_progress)) == 1

    def test_a_rebuild_has_its_audit_entry(self, publication):
        call_command("rebuild", verbosity=0)

        assert all_faults() == {}

    def test_a_fault_is_reported_with_what_it_is_of_and_what_to_do(self, publication, capsys):
        file = FILES[next(iter(FILES))](publication)
        original_storage().delete(file)

        verify()

        said = capsys.readouterr().out
        assert "FAULT    missing-files" in said and "whole    windows" not in said
        assert f"{file} missing. It is image" in said and "Put the file back from a backup" in said

    def test_what_is_original_is_never_repaired(self, publication):
        file = FILES[next(iter(FILES))](publication)
        original_storage().delete(file)

        verify("--repair")

        assert not original_storage().exists(file)

    def test_a_note_is_no_fault(self, publication, capsys):
        CORRUPTIONS["unused"][0](publication)

        call_command("verify")

        assert "1 × note “unused”" in capsys.readouterr().out

    def test_a_database_of_another_release_is_not_checked_further(self, publication, capsys):
        CORRUPTIONS["schema"][0](publication)

        verify()

        assert capsys.readouterr().out.count("whole ") == 0

    @pytest.mark.parametrize("options", [["--full"], ["--full", "--repair"]])
    def test_an_index_of_another_release_is_the_only_fault_of_it(self, publication, capsys, options):
        for name in ("index-rows", "vocabulary", "terms", "similarity"):
            CORRUPTIONS[name][0](publication)
        SearchIndex.objects.update(version=1, similarity_version=1)

        verify(*options)

        said = capsys.readouterr().out
        assert all(f"  {name}: " not in said for name in ("terms", "similarity"))
        assert "faults: 1," in said if "--repair" in options else "faults: 2," in said

    def test_a_repair_that_the_clock_prevents_is_reported(self, publication, capsys):
        CORRUPTIONS["ends"][0](publication)
        with time_machine.travel(timezone.now() - timedelta(hours=1)):
            verify("--repair")

        assert "could not be repaired: The clock of the server" in capsys.readouterr().out

    def test_an_interruption_is_reported(self, publication, monkeypatch):
        def interrupt(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr("publications.management.commands.verify.find_faults", interrupt)

        with pytest.raises(CommandError, match="Broken off"):
            call_command("verify")


def test_every_check_and_every_kind_of_file_has_its_corruptions():
    assert CORRUPTIONS.keys() | DAMAGES.keys() == BY_NAME.keys()
    assert FILES.keys() == set(models_with_originals())


def test_files_are_named_by_fields_that_verify_knows():
    """It knows fields called `original`: another kind of field would be missed."""
    fields = [field for model in apps.get_models() for field in model._meta.fields]

    assert not [field for field in fields if isinstance(field, FileField)]


def test_files_in_a_bucket_are_verified_likewise(settings):
    with bucket() as server:
        entry = service_urls.parse_storage_url(server.url, settings.ORIGINALS)
        settings.STORAGES = {**settings.STORAGES, "originals": entry}
        publication = make_site()
        assert all_faults() == {}
        names = [FILES[model](publication) for model in FILES]
        original_storage().delete(names[1])
        server.files[f"/bucket/{names[3]}"] = b"half"

        found = all_faults(of_files=True)

    assert set(found) == {"missing-files", "damaged-files"}
    assert names[1] in found["missing-files"][0] and names[3] in found["damaged-files"][0]


def test_every_part_that_checks_name_can_be_repaired():
    assert {check.repair for check in CHECKS if check.repair} == REPAIRS.keys()
