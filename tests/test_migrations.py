"""Migrations on rows of an older release: what the renames carry along, and that the squash gives the same schema."""

import json

import pytest
from django.db import connection

from tests.own_databases import own_database, run_python
from tests.schemas import read_schema

MIGRATE_STEP_BY_STEP = """
import json
from unittest.mock import patch
import django
django.setup()
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.schemas import read_schema

executor = MigrationExecutor(connection)
executor.loader.replace_migrations = False
executor.loader.build_graph()
graph = executor.loader.graph
others = [node for node in graph.leaf_nodes() if "publications" not in dict(graph.forwards_plan(node))]
state = executor.migrate([*others, ("publications", "0028_rename_tree_to_locale")])
old = state.apps.get_model

model = ContentType.objects.create(app_label="publications", model="auditline")
permission = Permission.objects.create(content_type=model, codename="view_auditline", name="Can view audit line")
Group.objects.create(name="Auditors").permissions.add(permission)
owner = old("auth", "User").objects.create(username="ann")
forms = old("publications", "Typed").objects
draft, author = (
    forms.create(owner=owner, key=key, path=path, values=[[name, "on"] for name in names])
    for key, path, names in (
        ("draft", "", ["title", "note", "en-note"]),
        ("author", "/desk/publications/author/1/change/", ["name", "guest", "pseudonymous", "note"]),
    )
)
page = forms.create(owner=owner, key="page", path="/desk/publications/page/1/change/", values=[["guest", "on"]])
lines = old("publications", "AuditLine").objects
for number, detail in enumerate(
    [{"kind": "kind", "changed": ["numbered", "name_en"]}, {"kind": "page", "changed": ["guest"]}], start=1
):
    lines.create(deed="amend", by_name="ann", subject="s", generation=number, detail=detail)

try:
    with patch("django.core.management.commands.migrate.emit_post_migrate_signal", side_effect=KeyboardInterrupt):
        call_command("migrate", verbosity=0)
except KeyboardInterrupt:
    pass
else:
    raise AssertionError("The first run was not interrupted.")
call_command("migrate", verbosity=0)

from publications.models import AuditEntry, Autosave
print(json.dumps({
    "schema": read_schema(connection),
    "permissions": list(Group.objects.get(name="Auditors").permissions.values_list("codename", flat=True)),
    "forms": {form.key: [form.path, [name for name, value in form.values]] for form in Autosave.objects.all()},
    "details": [entry.detail for entry in AuditEntry.objects.order_by("site_version")],
}))
"""

LOCK_TABLES = """
import json
import django
django.setup()
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

STRONG_LOCKS = '''
SELECT DISTINCT relname FROM pg_locks JOIN pg_class ON pg_class.oid = relation
WHERE pid = pg_backend_pid() AND relkind = 'r' AND relnamespace = 'public'::regnamespace
AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
'''
call_command("migrate", verbosity=0)
call_command("migrate", "publications", "0032", verbosity=0)
executor = MigrationExecutor(connection)
locked = {}
for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
    existing = set(connection.introspection.table_names())
    with transaction.atomic(), connection.cursor() as cursor:
        MigrationExecutor(connection).migrate([(migration.app_label, migration.name)])
        cursor.execute(STRONG_LOCKS)
        locked[migration.name] = sorted({name for (name,) in cursor} & existing)
print(json.dumps(locked))
"""

MOVE_COMMENTS = """
import json
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from publications import manuscript

call_command("migrate", "publications", "0047", verbosity=0)
state = MigrationExecutor(connection).loader.project_state([("publications", "0047_calendar_addresses")])
old = state.apps.get_model
kind = old("publications", "Kind").objects.create(slug="note")
draft = old("publications", "Publication").objects.create(title="T", kind=kind, body="New.\\n\\nFirst.\\n\\nThe second one.")
text = manuscript.Manuscript(title="T", body="First.\\n\\nThe second one.")
revision = draft.revisions.create(number=1, manuscript=manuscript.dumps(text), digest="d")
review = draft.reviews.create(revision=revision, reader="Ann", token_hash="h", expires_at=timezone.now())
remark = review.comments.create(place=2, text="So?", is_resolved=True)
review.comments.create(text="Good.")
review.comments.create(is_fine=True)
draft.draft_comments.create(author_name="Bo", passage="First", text="Sure?", position=1)
event = old("publications", "NewsEvent").objects.create(type="reviewed", publication=draft, comment=remark)
call_command("migrate", verbosity=0)

from publications.models import Comment, NewsEvent, Publication
rows = list(Comment.objects.order_by("pk"))
Comment.objects.follow_texts(Publication.objects.all())
print(json.dumps({
    "rows": [[row.author_label, row.text, row.quote, row.start, row.passage, row.is_approval] for row in rows],
    "placed": [row.quote for row in Comment.objects.filter(start=5)],
    "resolved": [row.text for row in rows if row.resolved_at],
    "news": NewsEvent.objects.get().comment.text,
}))
"""
CHAIN_ENTRIES = """
import json
from datetime import timedelta
import django
django.setup()
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone
from publications import actions
from publications.integrity import CHECKS, no_progress
from publications.models import AuditEntry, Edition
from publications.models.content_digest import read_content_digests
from tests.factories import make_author, make_image, make_publication, make_tag, saved

call_command("migrate", verbosity=0)
by = get_user_model().objects.create(username="ann")
publication = make_publication(authors=[make_author("Ann Ek")], tags=(make_tag("Rye"),), cover=make_image())
actions.publish(publication, by=by)
actions.publish(saved(publication, title="Ivan Petrov’s oats"), by=by, change="correction", note="It was rye.")
actions.redact(publication, "Ivan Petrov", by=by)
actions.undo(publication, by=by)
actions.publish_many([make_publication(title=f"Text {n}") for n in range(450)], by=by)
never = make_publication(title="Never")
actions.publish(never, by=by, at=timezone.now() + timedelta(days=1))
actions.undo(never, by=by)
call_command("migrate", "publications", "0063", verbosity=0)
call_command("migrate", verbosity=0)
names = ("chain", "entry-texts", "recorded-editions")
digests = [(edition.content_digest, digest) for edition, digest in read_content_digests(Edition.objects.all())]
salts = AuditEntry.objects.values("personal_salt").distinct().count()
print(json.dumps({
    "faults": [fault for check in CHECKS if check.name in names for fault in check.find(no_progress)],
    "same_digests": all(stored == digest for stored, digest in digests) and len(digests) == 454,
    "salts": salts == AuditEntry.objects.count(),
}))
"""
STOPPED = {
    "0044_news_that_is_read",
    "0045_editorial_plans",
    "0048_comments",
    "0052_outdated_translations",
    "0054_starts_of_imports",
    "0057_archive_imports",
    "0058_imported_publications",
    "0059_user_settings",
    "0060_archive_import_tasks",
    "0062_approvals",
    "0064_hash_chain_of_audit_entries",
    "0070_import_decisions",
    "0071_old_addresses",
    "0072_addresses_of_imports",
    "0073_updates_by_imports",
    "0001_initial",  # of subscriptions
    "0006_mailed_events",  # of subscriptions: older senders do not store what their mails name
}
"""Migrations for which the app servers of older releases stop, as for those up to 0032. They are of one release:
0048 moves rows that these servers write, so they have stopped for the others as well."""


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> dict:
    """What an older database has after its migrations, of which the first run was killed at its end."""
    with own_database(tmp_path_factory.mktemp("site")) as environment:
        return json.loads(run_python(MIGRATE_STEP_BY_STEP, environment))


@pytest.mark.django_db
def test_the_squashed_migration_gives_the_schema_of_the_steps(migrated):
    assert read_schema(connection) == migrated["schema"]


def test_permissions_of_a_group_survive_a_migrate_that_was_killed_after_its_last_migration(migrated):
    assert migrated["permissions"] == ["view_auditentry"]


def test_values_of_unsaved_forms_have_the_new_names_of_fields(migrated):
    assert migrated["forms"]["draft"][1] == ["title", "internal_note", "en-internal_note"]
    assert migrated["forms"]["author"][1] == ["name", "is_guest", "is_pseudonymous", "note"]


def test_unsaved_forms_have_the_new_paths_of_models(migrated):
    assert migrated["forms"]["page"] == ["/desk/publications/sitepage/1/change/", ["guest"]]


def test_details_of_audit_entries_have_the_new_names_of_models_and_fields(migrated):
    assert migrated["details"] == [
        {"kind": "kind", "changed": ["is_numbered", "name_en"]},
        {"kind": "sitepage", "changed": ["guest"]},
    ]


def test_comments_of_readers_and_from_word_become_comments(tmp_path):
    with own_database(tmp_path) as environment:
        moved = json.loads(run_python(MOVE_COMMENTS, environment))

    assert moved["rows"] == [
        ["Ann", "So?", "", None, 2, False],
        ["Ann", "Good.", "", None, 0, False],
        ["Ann", "", "", None, 0, True],
        ["Bo", "Sure?", "First", None, 0, False],
    ]
    assert (moved["resolved"], moved["news"], moved["placed"]) == (["So?"], "So?", ["First"])


def test_entries_and_editions_of_older_releases_are_chained(own_site):
    chained = json.loads(run_python(CHAIN_ENTRIES, own_site))

    assert chained == {"faults": [], "same_digests": True, "salts": True}


@pytest.mark.postgresql
def test_no_migration_beside_app_servers_can_deadlock_with_their_actions(tmp_path):
    """Each locks one table against writes at most, but those for which the app servers of older releases stop."""
    with own_database(tmp_path) as environment:
        locked = json.loads(run_python(LOCK_TABLES, environment))

    assert locked["0035_index_translations"] == ["publications_edition"]
    assert {name: tables for name, tables in locked.items() if len(tables) > 1}.keys() <= STOPPED
