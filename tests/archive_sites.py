"""Sites to archive: every state of a publication, what only history remembers, and a site that is empty again."""

from pathlib import Path

from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from publications import actions, search, seeds
from publications.exporters import publish_head
from publications.models import (
    Edition,
    Head,
    ImportDecision,
    NameRemovalRecord,
    Publication,
    RedactedAddress,
    Redirect,
    ServedPdf,
    Synonym,
    guards,
    original_storage,
    store_original,
)
from tests.desk_states import make_newsroom
from tests.factories import make_live, make_person, make_publication, saved

KEPT = ("django_content_type", "auth_permission", "auth_group")
"""Beginnings of the names of tables that a migration fills."""


def make_full_site() -> None:
    """Fill every table that an archive has: all states of publications, and rows that other tests have no need of."""
    person = make_person("Administrators")
    make_newsroom(person)
    publication = make_live(title="Vera Holm in the title").publication
    actions.redact(publication, "Vera Holm", by=person)
    attached = make_publication()
    attached.attachments.create(
        original=store_original(b"only in a revision", "txt"), filename="old.txt", size=18
    )
    saved(attached)
    attached.attachments.all().delete()
    saved(attached)
    content_type = ContentType.objects.get_for_model(Publication)
    LogEntry.objects.create(
        user=person, content_type=content_type, object_id="1", object_repr="Rye", action_flag=CHANGE
    )
    ServedPdf.record(Edition.objects.earliest("pk"), b"%PDF")
    Redirect.objects.create(path="/old/rye", publication=publication)
    RedactedAddress.objects.store(["/en/publications/vera-holm/"])
    NameRemovalRecord.objects.create(started_by=person, report={"left": []})
    ImportDecision.objects.create(type="topic", name="Rye", choice="left_out", decided_by=person)
    Synonym.objects.create(spellings="Kyiv\nKiev")
    other = make_live().publication
    actions.exclude_suggestion(publication, other, by=person)
    translated = make_live(language="sv", translation_of=other).publication
    actions.publish(saved(other, body="Rye."), by=person, change="correction", note="Rye.")
    actions.check_translation(translated, other, edition=2, by=person)
    publish_head(Head.read().serialize())
    for _step in search.similarity.rebuild():  # what was added text by text may differ from a rebuild
        pass


def empty_site() -> None:
    """Make the site of the test as new: without rows but those of the first migrate, and without uploaded files."""
    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.db_table.startswith(KEPT)
    ]
    with connection.cursor() as cursor:
        quoted = [connection.ops.quote_name(table) for table in tables]
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"TRUNCATE {', '.join(quoted)} RESTART IDENTITY CASCADE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        else:
            guards.remove_guards(plan=["delete"])
            for table in quoted:
                cursor.execute(f"DELETE FROM {table}")
            cursor.execute("DELETE FROM sqlite_sequence")
            guards.install_guards()
    seeds.create_seeds()
    for name in [*_files(Path(original_storage().location))]:
        name.unlink()


def _files(folder: Path):
    return (path for path in folder.rglob("*") if path.is_file())


def read_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}
