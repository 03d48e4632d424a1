"""What the database itself refuses, on either engine, and that it still does after later migrations."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from publications import deeds
from publications.models import Edition, End
from publications.models.guards import FROZEN, SQLITE
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
    second = deeds.publish(saved(first.publication, body="Two."), by=None)
    first.refresh_from_db()
    return first, second


@pytest.mark.parametrize(
    "field", ["title", "slug", "summary", "key_points", "markdown", "type_line", "note", "digest", "language"]
)
def test_the_text_of_an_edition_is_frozen(field):
    assert refused(**{field: "x"})


def test_every_frozen_column_is_one_of_the_table():
    assert set(FROZEN) <= {field.column for field in Edition._meta.fields}


def test_what_is_derived_from_the_text_may_be_derived_again():
    assert not refused(html="<p>Again.</p>", text="Again.", paragraphs=[], contents=[])


def test_a_redaction_may_change_the_text_and_raises_its_count():
    assert not refused(markdown="[redacted]", redactions=1)


def test_two_windows_of_one_piece_never_overlap():
    first, second = second_edition()

    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.filter(pk=first.pk).update(visible_until=second.visible_from + timedelta(hours=1))


def test_an_edition_cannot_be_slipped_into_the_window_of_another():
    edition = make_live()
    copy = Edition.objects.get(pk=edition.pk)
    copy.pk, copy.number, copy.visible_from = None, 9, edition.visible_from + timedelta(seconds=1)
    copy.visible_until = copy.expires = copy.visible_from + timedelta(seconds=1)

    with pytest.raises(DatabaseError), transaction.atomic():
        copy.save(force_insert=True)


def test_windows_of_two_pieces_may_overlap():
    make_live(), make_live()

    assert Edition.objects.live().count() == 2


def test_the_end_does_not_come_before_the_start():
    edition = make_live()

    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(
            visible_until=edition.visible_from - timedelta(seconds=1)
        )


def test_two_editions_of_a_piece_have_no_open_end():
    first, _second = second_edition()
    Edition.objects.filter(pk=first.pk).update(end=End.NONE)

    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.filter(pk=first.pk).update(visible_until=first.expires)


def test_an_address_belongs_to_one_publication():
    edition, other = make_live(), make_publication()

    with pytest.raises(DatabaseError), transaction.atomic():
        other.addresses.create(tree="en", slug=edition.slug)


REBUILD = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection, models
from publications.models import Edition

call_command("migrate", verbosity=0)
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


def test_the_guards_survive_a_migration_that_rebuilds_the_table(tmp_path):
    """SQLite only, in a database of its own: Django drops the triggers there, and each migrate puts them back."""
    surroundings = {**os.environ, "SITE_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
    surroundings.pop("DATABASE_URL", None)

    ran = subprocess.run(
        [sys.executable, "-c", REBUILD],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.split() == ["0", str(len(SQLITE))]
