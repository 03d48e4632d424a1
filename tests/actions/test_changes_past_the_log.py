"""What somebody changed past the audit log stays a fault, whatever honest actions follow."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications import actions
from publications.admin.history.audit_text import describe_entry
from publications.models import FOREVER, AuditEntry, Edition, Publication
from tests.actions.test_audit_chain import find_chain_faults, last_entry, unguarded
from tests.factories import make_author, make_live, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db


def change_windows(publication: Publication, **values) -> None:
    """Change the windows of all editions, as somebody who owns the database can."""
    with unguarded():
        publication.editions.update(**values)


@pytest.mark.parametrize("act", ["redact", "remove a name", "pen name"])
def test_a_redaction_of_an_entry_that_was_changed_does_not_absolve_that(editor, act):
    """Its texts are redacted, and it stays a fault, which the entry of the redaction names."""
    author = make_author("Ivan Petrov")
    actions.save_instance(author, by=editor)
    publication = make_live(
        title="Rye of Ivan Petrov", author=author, body="Ivan Petrov sells rye."
    ).publication
    entries = AuditEntry.objects.filter(subject__contains="Ivan Petrov")
    changed = entries.get(publication=None if act == "pen name" else publication)
    AuditEntry.objects.filter(pk=changed.pk).update(actor_name="innocent")
    assert len(find_chain_faults()) == 1

    if act == "pen name":
        author.name, author.is_pseudonymous = "A. Writer", True
        actions.save_instance(author, by=editor)
    elif act == "redact":
        actions.redact(publication, "Ivan Petrov", by=editor)
    else:
        removal = actions.NameRemoval(spellings=("Ivan Petrov",))
        actions.remove_name_from_publication(publication, removal, by=editor)

    found = find_chain_faults()
    assert len(found) == 1 and f"version {changed.site_version} " in found[0]
    after = AuditEntry.objects.get(pk=changed.pk)
    assert "Ivan" not in after.subject and after.personal_salt != changed.personal_salt
    assert last_entry().detail["differing_entries"] == [changed.site_version]
    assert str(changed.site_version) not in last_entry().public_part.get("redacted", {})
    assert f"of versions {changed.site_version}" in describe_entry(last_entry()).description


ACTIONS = {
    "publish": lambda publication, editor: actions.publish(saved(publication, title="Other"), by=editor),
    "publish later": lambda publication, editor: actions.publish(
        saved(publication, title="Other"), by=editor, at=tomorrow()
    ),
    "publish many": lambda publication, editor: actions.publish_many(
        [saved(publication, title="Other"), make_publication()], by=editor
    ),
    "withdraw": lambda publication, editor: actions.withdraw(publication, by=editor, note="Not ours."),
    "retract": lambda publication, editor: actions.retract(publication, by=editor, note="Made up."),
    "undo": lambda publication, editor: actions.undo(publication, by=editor),
    "redact": lambda publication, editor: actions.redact(publication, "rye", by=editor),
    "approve": lambda publication, editor: actions.approve(publication, by=editor, seen=publication.digest),
    "relate": lambda publication, editor: actions.set_related_links(
        publication, [make_live().publication], by=editor
    ),
    "redirect": lambda publication, editor: actions.add_redirects(publication, ["/old/"], by=editor),
}
"""Actions on a publication that is live, as somebody who changed its rows would like them."""


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_does_not_record_windows_that_were_changed_before_as_its_own(editor, name):
    publication = make_live(body="We sell rye.").publication
    actions.withdraw(publication, by=editor, note="Wrong.")
    change_windows(
        publication, end_reason="", withdrawal_reason="", expires_at=FOREVER, visible_until=FOREVER
    )
    assert len(find_chain_faults()) == 1

    ACTIONS[name](Publication.objects.get(pk=publication.pk), editor)

    assert len(find_chain_faults()) == 1
    entry = publication.audit_entries.first()
    assert entry.public_part.keys() & {"publication", "windows"} == {"publication"}
    assert entry.detail["differing_windows"] is True
    assert "had been changed before" in describe_entry(entry).description


def test_editions_that_were_deleted_are_not_forgotten_by_the_next_one(editor):
    """Also where the new edition gets the number, and so the windows the place, of a deleted one."""
    publication = make_publication()
    actions.publish(publication, by=editor, at=tomorrow())
    with unguarded():
        Edition.objects.all().delete()
    before = len(find_chain_faults())

    actions.publish(publication, by=editor, at=tomorrow())

    assert last_entry().detail["differing_windows"] and len(find_chain_faults()) >= before > 0


def test_a_repair_leaves_the_fault_of_changed_windows_and_records_the_ends_that_it_replaced(editor):
    edition = make_live()
    actions.withdraw(edition.publication, by=editor)
    until = tomorrow()
    change_windows(edition.publication, end_reason="", expires_at=FOREVER, visible_until=until)
    assert len(find_chain_faults()) == 1

    with pytest.raises(CommandError):
        call_command("verify", "--repair", verbosity=0)

    assert len(find_chain_faults()) == 1
    repair = AuditEntry.objects.get(detail__repaired="windows")
    assert repair.detail["former_ends"] == {f"{edition.publication_id}/1": until.isoformat()}
    assert Edition.objects.get().visible_until == FOREVER


def test_the_windows_of_many_publications_are_compared_at_once(editor):
    counts = []
    for number in (2, 6):
        publications = [make_publication(title=f"Text {number}/{each}") for each in range(number)]
        actions.publish_many(publications, by=editor)
        publications = [
            saved(each, title=f"{each.title} again")
            for each in Publication.objects.in_bulk([each.pk for each in publications]).values()
        ]
        with CaptureQueriesContext(connection) as captured:
            actions.publish_many(publications, by=editor)
        queries = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
        counts.append(sum("windows" in query for query in queries))

    assert counts == [1, 1]
