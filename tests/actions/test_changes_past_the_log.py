"""What somebody changed past the audit log stays a fault, whatever honest actions follow."""

import pytest

from publications import actions
from publications.admin.history.audit_log import describe_entry
from publications.models import AuditEntry
from tests.actions.test_audit_chain import find_chain_faults, last_entry
from tests.factories import make_author, make_live

pytestmark = pytest.mark.django_db


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
