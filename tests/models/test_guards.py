"""What the database itself refuses, on either engine, and that it still does after later migrations."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from publications import actions
from publications.models import Edition, EndReason
from publications.models.guards import (
    FROZEN_COLUMN_NAMES,
    SQLITE_TRIGGERS,
    find_missing_guards,
    install_guards,
    remove_guards,
)
from tests.conftest import ROOT
from tests.factories import make_live, make_publication, saved

pytestmark = pytest.mark.django_db


def refused(**fields):
    """Whether the database refuses to set these fields on the live edition."""
    edition = make_live()
    try:
        with transaction.atomic():
            Edition.objects.filter(pk=edition.pk).update(**fields)
    except DatabaseError:
        return True
    return False


def second_edition() -> tuple[Edition, Edition]:
    first = make_live()
    second = actions.publish(saved(first.publication, body="Two."), by=None)
    first.refresh_from_db()
    return first, second


@pytest.mark.parametrize(
    "field",
    ["title", "slug", "summary", "key_points", "body", "type_line", "change_note", "digest", "language"],
)
def test_the_text_of_an_edition_is_frozen(field):
    assert refused(**{field: "x"})


def test_every_frozen_column_is_one_of_the_table():
    assert set(FROZEN_COLUMN_NAMES) <= {field.column for field in Edition._meta.fields}


def test_a_redaction_may_change_the_text_and_raises_its_count():
    assert not refused(body="[redacted]", redaction_count=1)


def test_two_windows_of_one_publication_never_overlap():
    first, second = second_edition()

    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.filter(pk=first.pk).update(visible_until=second.visible_from + timedelta(hours=1))


def test_an_edition_cannot_be_slipped_into_the_window_of_another():
    edition = make_live()
    copy = Edition.objects.get(pk=edition.pk)
    copy.pk, copy.number, copy.visible_from = None, 9, edition.visible_from + timedelta(seconds=1)
    copy.visible_until = copy.expires_at = copy.visible_from + timedelta(seconds=1)

    with pytest.raises(DatabaseError), transaction.atomic():
        copy.save(force_insert=True)


def test_windows_of_two_publications_may_overlap():
    make_live(), make_live()

    assert Edition.objects.live().count() == 2


def test_the_end_does_not_come_before_the_start():
    edition = make_live()

    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(
            visible_until=edition.visible_from - timedelta(seconds=1)
        )


def test_two_editions_of_a_publication_have_no_open_end():
    first, _second = second_edition()
    Edition.objects.filter(pk=first.pk).update(end_reason=EndReason.NONE)

    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.filter(pk=first.pk).update(visible_until=first.expires_at)


def test_an_address_belongs_to_one_publication():
    edition, other = make_live(), make_publication()

    with pytest.raises(DatabaseError), transaction.atomic():
        other.addresses.create(locale="en", slug=edition.slug)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("edition_frozen", "ALTER TABLE publications_edition DISABLE TRIGGER edition_frozen"),
        ("edition_kept", "ALTER TABLE publications_edition ENABLE REPLICA TRIGGER edition_kept"),
        (
            "edition_kept",
            "CREATE OR REPLACE FUNCTION edition_kept() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN OLD; END'",
        ),
        (
            "edition_frozen",
            "CREATE OR REPLACE TRIGGER edition_frozen BEFORE UPDATE OF title ON publications_edition "
            "FOR EACH ROW EXECUTE FUNCTION edition_frozen()",
        ),
        (
            "edition_no_overlap",
            "ALTER TABLE publications_edition DROP CONSTRAINT edition_no_overlap, ADD CONSTRAINT edition_no_overlap "
            "EXCLUDE USING gist (publication_id WITH =, tstzrange(visible_from, visible_until) WITH &&) "
            "WHERE (visible_from < visible_until AND number > 1)",
        ),
    ],
)
def test_a_guard_that_is_off_or_says_something_else_is_missed(name, statement):
    assert find_missing_guards() == []

    with connection.cursor() as cursor:
        cursor.execute(statement)

    assert find_missing_guards() == [name]
    install_guards()
    assert find_missing_guards() == []


def test_all_guards_are_in_place():
    assert find_missing_guards() == []


def test_the_triggers_are_off_while_migrations_run():
    remove_guards(plan=())
    assert find_missing_guards() == []

    remove_guards(plan=["a migration"])
    assert {"edition_frozen", "edition_kept"} <= set(find_missing_guards())

    install_guards()
    assert find_missing_guards() == []


@pytest.fixture
def migrated(migrated_sqlite, tmp_path) -> Path:
    """The folder of a site of its own, on SQLite."""
    return shutil.copytree(migrated_sqlite, tmp_path / "site")


REBUILD = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection, models
from publications.models import Edition

field = models.CharField(max_length=300, default="")
field.set_attributes_from_name("later")
with connection.schema_editor() as editor:
    editor.add_field(Edition, field)
    editor.remove_field(Edition, field)
triggers = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
with connection.cursor() as cursor:
    dropped = cursor.execute(triggers).fetchone()[0]
    call_command("migrate", verbosity=0)
    print(dropped, cursor.execute(triggers).fetchone()[0])
"""


def test_the_guards_survive_a_migration_that_rebuilds_the_table(migrated):
    """SQLite only, in a database of its own: Django drops the triggers there, and each migrate puts them back."""
    assert run_on_sqlite(REBUILD, migrated) == ["0", str(len(SQLITE_TRIGGERS))]


FAILURE = """
import importlib
import django
django.setup()
from django.core.management import call_command
from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder
from django.db import connection
from publications.models import guards

def fail(apps, schema_editor):
    raise ValueError("This migration fails.")

applied = MigrationRecorder(connection).migration_qs.filter(app="publications")
last = applied.exclude(name__contains="squashed").latest("name")
last.delete()
module = importlib.import_module(f"publications.migrations.{last.name}")
module.Migration.operations = [migrations.RunPython(fail)]
try:
    call_command("migrate", verbosity=0)
except ValueError as error:
    print(len(guards.find_missing_guards()), error)
"""


def test_the_guards_are_back_after_a_migration_that_failed(migrated):
    assert run_on_sqlite(FAILURE, migrated) == ["0", "This", "migration", "fails."]


MIGRATE_WITHOUT_WRITING = """
import contextlib
import io
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from publications.models import guards

MigrationRecorder(connection).migration_qs.filter(app="publications").latest("pk").delete()
with connection.cursor() as cursor:
    for statement in guards._drop_statements("sqlite"):
        cursor.execute(statement)
missing = len(guards.find_missing_guards())
for options in ({"check_unapplied": True}, {"plan": True}, {"plan": True, "check_unapplied": True}):
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        call_command("migrate", verbosity=0, **options)
    print(len(guards.find_missing_guards()) == missing > 0)
"""


def test_migrate_plan_and_check_write_nothing(migrated):
    assert run_on_sqlite(MIGRATE_WITHOUT_WRITING, migrated) == ["True"] * 3


def run_on_sqlite(script: str, folder: Path) -> list[str]:
    """Run a script on a site of its own and return the words that it prints."""
    surroundings = {**os.environ, "SITE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
    surroundings.pop("DATABASE_URL", None)
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=True
    )
    return ran.stdout.split()
