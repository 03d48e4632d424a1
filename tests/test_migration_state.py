"""Releases and databases that do not fit: what prepare, serve and migrate say and refuse, on either engine."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from publications.migration_state import (
    DERIVED_FIELDS,
    DERIVED_MODELS,
    OUR_APPS,
    find_created,
    find_lost_rows,
    find_unknown_rows,
    read_migration_state,
)
from publications.models import Review, Tag
from tests.factories import make_live
from tests.own_databases import run_python

pytestmark = pytest.mark.django_db


def plan_back_to(name: str) -> tuple[list, object]:
    """The plan of `migrate publications NAME`, and the models as they are before it."""
    executor = MigrationExecutor(connection)
    found = executor.loader.get_migration_by_prefix("publications", name)
    state = executor._create_project_state(with_applied_migrations=True)
    return executor.migration_plan([("publications", found.name)]), state.apps


def lost_by_going_back_to(name: str) -> str:
    return "\n".join(find_lost_rows(*plan_back_to(name)))


def make_review() -> Review:
    revision = make_live().publication.revisions.first()
    return Review.objects.invite(revision, reader="Ann", days=3, by=None)[0]


def test_the_database_of_this_release_lacks_nothing():
    assert read_migration_state().is_current


def test_going_back_names_the_tables_whose_rows_would_be_lost():
    make_review()

    assert "reviews (publications_review): 1 row" in lost_by_going_back_to("0012").lower()


def test_going_back_names_the_columns_whose_values_would_be_lost():
    Tag.objects.create(name="Rye")
    assert "made_in_draft" not in lost_by_going_back_to("0014")

    Tag.objects.create(name="Oats", made_in_draft=True)

    assert "(publications_tag.made_in_draft): 1 row" in lost_by_going_back_to("0014")


def test_what_is_derived_is_no_loss():
    make_live()

    assert "publications_indexedterm" not in lost_by_going_back_to("0006")
    assert "publications_editionterm" not in lost_by_going_back_to("0010")


def test_what_was_renamed_since_is_named_as_it_is_now():
    made = migrations.Migration("0020_made", "publications")
    made.operations = [
        migrations.CreateModel("Note", fields=[]),
        migrations.AddField("Ware", "mark", models.TextField()),
    ]
    renamed = migrations.Migration("0021_renamed", "publications")
    renamed.operations = [
        migrations.RenameModel("Note", "Review"),
        migrations.RenameModel("Ware", "Tag"),
        migrations.RenameField("Tag", "mark", "name_sv"),
    ]
    Tag.objects.create(name="Rye", name_sv="Råg")
    make_review()

    lost = find_lost_rows([(renamed, True), (made, True)], apps)

    assert [where.partition("(")[2] for where in lost] == [
        "publications_review): 1 row",
        "publications_tag.name_sv): 1 row",
    ]


CREATED_BY_MIGRATION = {
    "0013_reviews": {"review", "reviewremark"},
    "0015_tag_made_in_draft": {"tag.made_in_draft"},
    "0021_external_url": {"edition.external_url", "publication.external_url"},
    "0024_typed_into_other_forms": {"typed.path"},
    "0026_organisations": {"author.is_organisation"},
    "0042_deleted_drafts": {"publication.deleted_at", "publication.deleted_by"},
    "0043_news": {"newssettings"},
    "0044_news_that_is_read": {"newssettings.read_events"},
    "0045_editorial_plans": {"editorialplan"},
    "0047_calendar_addresses": {"calendaraddress"},
    "0048_comments": {
        f"comment.{name}"
        for name in (
            "author",
            "author_name",
            "edited_at",
            "end",
            "publication",
            "quote",
            "resolved_at",
            "resolved_by",
            "start",
            "thread",
        )
    },
    "0049_proposed_authors": {"author.is_proposed"},
    "0050_press_links": {"presslink", "presslinkevent"},
    "0051_folder_imports": {"folderimport"},
    "0052_outdated_translations": {"translationcheck"},
    "0054_starts_of_imports": {"folderimport.starts"},
    "0058_imported_publications": {"archiveimport.created_publications", "archiveimport.published_editions"},
    "0060_archive_import_tasks": {"archiveimport.task"},
    "0061_editorial_status": {"edition.editorial_status", "edition.notice_at", "edition.notice_text"},
    "0062_approvals": {"approval", "kind.needs_approval"},
    "0066_served_pdfs": {"servedpdf"},
    "0067_name_removals": {"nameremovalrecord", "redactedaddress"},
    "0068_bound_approvals": {"approval.after", "approval.site_version", "approval.snapshot_digest"},
    "0070_import_decisions": {"importdecision"},
    "0071_old_addresses": {f"redirect.{name}" for name in ("file_digest", "image", "query", "site_path")},
    "0072_addresses_of_imports": {"archiveimport.kept_addresses"},
    "0073_updates_by_imports": {"archiveimport.updated_revisions"},
    "0074_earlier_report_of_imports": {"archiveimport.earlier_report"},
    "0075_publication_hidden_reason": {"publication.hidden_reason"},
    "0077_fediverse_addresses": {"author.fediverse_address"},
    "0001_initial": {  # of subscriptions
        "alertevent",
        "alertmail",
        "condition",
        "eventmatch",
        "signupattempt",
        "subscriber",
        "subscription",
        "suppressedaddress",
    },
    "0002_earlier_timings": {"earliertiming"},
    "0005_mail_due_at_of_attempts": {"signupattempt.mail_due_at"},
    "0006_mailed_events": {"mailedevent"},
    "0007_removed_mails": {"removedmails"},
}
"""Models and fields, as their migrations name them, whose data would be lost by undoing those. Others lose nothing."""


def test_going_back_loses_only_what_people_entered():
    plan, _apps = plan_back_to("0012")

    created = {migration.name: find_created([(migration, True)]) for migration, _backwards in plan}

    assert {
        name: {".".join(key[1:]) for key in models | fields}
        for name, (models, fields) in created.items()
        if models | fields
    } == CREATED_BY_MIGRATION


def test_derived_models_and_fields_exist():
    models = {
        model._meta.model_name: model for name in OUR_APPS for model in apps.get_app_config(name).get_models()
    }
    assert models.keys() >= DERIVED_MODELS
    existing = {
        (name, field.name) for name, _field in DERIVED_FIELDS for field in models[name]._meta.get_fields()
    }
    assert DERIVED_FIELDS - existing == {("auditentry", "changed_pages")}  # its former name


def test_a_way_back_that_would_lose_rows_is_refused_and_changes_nothing():
    make_review()

    with pytest.raises(CommandError, match="publications_review"):
        call_command("migrate", "publications", "0012", verbosity=0)

    assert read_migration_state().is_current and Review.objects.exists()


def as_by_a_newer_release() -> None:
    MigrationRecorder(connection).record_applied("publications", "9999_later")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE publications_letter (id integer, sender text)")
        cursor.execute("INSERT INTO publications_letter VALUES (1, 'Ann'), (2, 'Bo')")
        cursor.execute("ALTER TABLE publications_sitesettings ADD COLUMN motto text DEFAULT 'Grain'")


def test_old_code_names_what_a_newer_release_has_made():
    as_by_a_newer_release()

    assert read_migration_state().newer == ("publications.9999_later",)
    assert find_unknown_rows() == ["publications_letter (2 rows)", "publications_sitesettings.motto (1 row)"]


@pytest.fixture
def _no_server(monkeypatch):
    """`serve` replaces its process by the server: where it does not refuse, that would be the one of the tests."""
    monkeypatch.setattr("os.execv", lambda *command: pytest.fail("The server was started."))


@pytest.mark.usefixtures("_no_server")
@pytest.mark.parametrize("command", ["prepare", "serve"])
def test_old_code_refuses_the_database_of_a_newer_release(command):
    as_by_a_newer_release()

    with pytest.raises(CommandError) as refusal:
        call_command(command)

    assert all(name in str(refusal.value) for name in ("9999_later", "publications_letter (2 rows)"))


def test_a_server_that_prepares_a_newer_database_may_be_allowed_to_serve_from_it(monkeypatch):
    as_by_a_newer_release()
    get_user_model().objects.create(username="ann")  # no empty site
    started = []
    monkeypatch.setattr("os.execv", lambda program, arguments: started.append(arguments))
    monkeypatch.setattr("os.chdir", lambda folder: None)

    call_command("serve", prepare=True, allow_newer_database=True)

    assert "sceeus.server" in started[0]


def test_migrations_that_a_squash_has_left_behind_are_not_newer():
    recorder = MigrationRecorder(connection)
    last = recorder.migration_qs.filter(app="publications").latest("pk")
    recorder.migration_qs.filter(pk=last.pk).update(name="0000_left_behind")
    recorder.record_applied("publications", last.name)

    assert read_migration_state().is_current


@pytest.mark.usefixtures("_no_server")
def test_serve_refuses_a_database_that_lacks_migrations():
    MigrationRecorder(connection).record_unapplied("accounts", "0001_initial")
    names = MigrationRecorder(connection).migration_qs.filter(app="accounts")
    names.delete()

    with pytest.raises(CommandError, match="Run “manage"):
        call_command("serve")


BACK_AND_FORWARD = """
import django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from publications.migration_state import read_migration_state
from tests.factories import make_live

call_command("migrate", verbosity=0)
User.objects.create(username="ann")  # no empty site: prepare loads no demonstration
make_live()
call_command("prepare")
call_command("migrate", "publications", "0017", verbosity=0)
before = read_migration_state().unapplied
call_command("prepare")
print(len(before), read_migration_state().is_current)
"""


def test_a_site_with_publications_goes_back_and_forward_again(own_site):
    unapplied, is_current = run_python(BACK_AND_FORWARD, own_site).split()

    assert int(unapplied) > 1 and is_current == "True"
