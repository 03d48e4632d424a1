"""The chain of audit entries: what each action records, and that redactions leave it whole."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications import actions
from publications.actions.transaction import begin_action
from publications.admin.history.audit_text import describe_entry
from publications.integrity import CHECKS, no_progress
from publications.models import (
    EDITORIAL_CHANGES,
    NOTICE_COLUMNS,
    ActionType,
    AuditEntry,
    Edition,
    EditionByline,
    Publication,
    read_content_digests,
)
from publications.models.guards import install_guards, remove_guards
from tests.factories import make_author, make_live, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db
NAMES = ("chain", "entry-texts", "recorded-editions")


def find_chain_faults() -> list[str]:
    return [fault for check in CHECKS if check.name in NAMES for fault in check.find(no_progress)]


def forge_digests() -> None:
    """Store the content digests of changed editions past the audit log, as somebody who owns the database can."""
    for edition, digest in read_content_digests(Edition.objects.all()):
        Edition.objects.filter(pk=edition.pk).update(content_digest=digest)


def last_entry() -> AuditEntry:
    return AuditEntry.objects.first()


def test_publishing_records_the_content_of_the_edition(editor):
    edition = actions.publish(make_publication(), by=editor)

    assert last_entry().public_part["editions"] == {f"{edition.publication_id}/1": edition.content_digest}


def test_each_entry_holds_the_hash_of_the_one_before(editor):
    publication = make_live().publication
    before = last_entry().hash

    actions.withdraw(publication, by=editor)

    assert last_entry().hash == last_entry().compute_hash(before) != last_entry().compute_hash("")


def test_drafts_that_are_published_together_follow_each_other(editor):
    drafts = [make_publication(title=f"Text {number}") for number in range(3)]
    actions.publish_many(drafts, by=editor)

    entries = list(AuditEntry.objects.order_by("site_version"))

    assert len(entries) == 3 and len({entry.personal_salt for entry in entries}) == 3
    assert find_chain_faults() == []


def test_a_redaction_changes_entries_and_editions_and_records_both(editor):
    publication = make_publication(title="Grain of Ivan Petrov", body="Ivan Petrov sells rye.")
    edition = actions.publish(publication, by=editor)
    entry = last_entry()

    actions.redact(publication, "Ivan Petrov", by=editor)

    redaction, redacted = last_entry(), AuditEntry.objects.get(pk=entry.pk)
    assert "Ivan" not in redacted.subject and redacted.personal_salt != entry.personal_salt
    assert (redacted.hash, redacted.personal_hash) == (entry.hash, entry.personal_hash)
    assert redaction.public_part["redacted"] == {str(entry.site_version): redacted.compute_personal_hash()}
    assert list(redaction.public_part["editions"]) == [f"{publication.pk}/1"]
    assert Edition.objects.get().content_digest != edition.content_digest
    assert find_chain_faults() == []


@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_redaction_does_not_record_an_earlier_change_as_its_own(editor, is_hidden):
    publication = make_publication(body="Ivan Petrov sells rye.")
    actions.publish(publication, by=editor)
    EditionByline.objects.update(name="Somebody Else")
    if is_hidden:
        forge_digests()

    actions.redact(publication, "Ivan Petrov", by=editor)

    assert len(find_chain_faults()) == 1
    assert "editions" not in last_entry().public_part and last_entry().detail["differing"] == [1]
    assert "past the audit trail: 1" in describe_entry(last_entry()).description


def test_two_redactions_of_the_same_entry_are_sound_and_a_change_after_them_is_found(editor):
    publication = make_publication(
        title="Ivan Petrov and Olga Smirnova", body="Of Ivan Petrov, Olga Smirnova."
    )
    actions.publish(publication, by=editor)
    for name in ("Ivan Petrov", "Olga Smirnova"):
        actions.redact(publication, name, by=editor)
    assert find_chain_faults() == []

    AuditEntry.objects.filter(action="publish").update(subject="Ivan Petrov")

    assert len(find_chain_faults()) == 1


def test_a_redaction_of_an_entry_by_an_entry_of_another_action_is_a_fault(editor):
    publication = make_live().publication
    entry = last_entry()
    redacted = AuditEntry.objects.redact(
        entry, read_recorded=AuditEntry.objects.read_redacted_hashes, subject="Other"
    )
    actions.withdraw(publication, by=editor)
    withdrawal = last_entry()
    withdrawal.public_part["redacted"] = redacted
    withdrawal.hash = withdrawal.compute_hash(entry.hash)
    withdrawal.save()

    assert len(find_chain_faults()) == 1


def test_a_pen_name_changes_bylines_and_entries_and_records_both(editor):
    author = make_author("Ann Ek")
    actions.save_instance(author, by=editor)
    make_live(author=author)

    author.name, author.is_pseudonymous = "A. Writer", True
    actions.save_instance(author, by=editor)

    assert last_entry().public_part.keys() == {"editions", "redacted"}
    assert find_chain_faults() == []


def test_an_entry_that_one_removal_of_a_name_redacts_twice_is_no_fault(editor):
    """First with the name of the author, then with the other spellings."""
    author = make_author("Vera Holm")
    make_live(author=author)
    action = begin_action(by=editor)
    action.write_audit_entry(ActionType.AMEND, author, kind="author", pk=author.pk, why="Holm, Vera")
    removal = actions.NameRemoval(spellings=("Vera Holm", "Holm, Vera"), author=author)

    actions.remove_name_from_rows(removal, by=editor)

    assert find_chain_faults() == [] and not last_entry().detail.get("differing_entries")
    assert not AuditEntry.objects.filter(subject__contains="Holm").exists()
    assert "Holm" not in str(AuditEntry.objects.values_list("detail", flat=True))


def test_a_deleted_draft_that_was_scheduled_and_cancelled_is_no_fault(editor):
    publication = make_publication()
    actions.publish(publication, by=editor, at=tomorrow())
    actions.undo(publication, by=editor)
    actions.delete_draft(publication, by=editor)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert actions.purge_deleted_drafts() == 1

    assert not Publication.with_deleted.exists()
    assert find_chain_faults() == []


def test_every_state_of_windows_is_recorded(editor):
    publication = make_publication()
    actions.publish(publication, by=editor, until=tomorrow() + timedelta(days=9))
    actions.publish(saved(publication, title="Later"), by=editor, at=tomorrow())
    actions.publish(saved(publication, title="Now"), by=editor, keep_scheduled=True)
    actions.withdraw(publication, by=editor, note="Not ours.")
    actions.undo(publication, by=editor)

    assert find_chain_faults() == []


def test_an_action_reads_no_more_of_a_long_log(editor):
    """The last entry is read by its index, whatever stands before it."""
    publication = make_live().publication
    counts = []
    for _repetition in range(2):
        with CaptureQueriesContext(connection) as captured:
            actions.withdraw(publication, by=editor)
            actions.undo(publication, by=editor)
        counts.append(sum("publications_auditentry" in query["sql"] for query in captured))
        actions.publish_many([make_publication(title=f"Text {n}") for n in range(20)], by=editor)

    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("action", ["retract", "express_concern"])
@pytest.mark.parametrize("is_next", [False, True], ids=["its edition", "the next edition"])
@pytest.mark.parametrize("column", NOTICE_COLUMNS)
def test_a_notice_that_was_changed_with_its_digest_is_found(editor, action, is_next, column):
    """Also one that no other check finds, as the note of the change and all later editions agree with it."""
    publication = make_live().publication
    getattr(actions, action)(publication, by=editor, note="The figures are made up.")
    if is_next:
        actions.withdraw(publication, by=editor)
        actions.undo(publication, by=editor)
    assert find_chain_faults() == []
    values = {
        "notice_text": "A comma was missing.",
        "notice_at": timezone.now() - timedelta(days=9),
        "editorial_status": {"retract": "concern", "express_concern": "retracted"}[action],
    }
    with unguarded():
        marked = publication.editions.exclude(editorial_status="")
        marked.update(**{column: values[column]})
        if column == "notice_text":
            marked.filter(change__in=EDITORIAL_CHANGES).update(change_note=values[column])
        forge_digests()

    assert any("not as the audit entries have recorded it" in fault for fault in find_chain_faults())


@contextmanager
def unguarded():
    """Let the block change texts of editions, as somebody who owns the database can."""
    connection.check_constraints()  # PostgreSQL alters no table while some are to be checked
    remove_guards(plan=[None])
    yield
    connection.check_constraints()
    install_guards()
