"""The table of all checks with their remedies, and the repairs of derived data."""

from collections.abc import Callable
from functools import partial

from django.db import transaction

from publications import actions
from publications.models import guards

from . import (
    approvals,
    audit,
    audit_chain,
    comments,
    database,
    derived,
    editions,
    mail,
    originals,
    row_digests,
    two_people,
)
from .report import Check, Progress

RESTORE_FILE = (
    "Put the file back from a backup: tar -C SITE_DATA -xf BACKUP/originals.tar originals/NAME. With a bucket: put "
    "back an earlier version of the object. Where there is none, upload it again at the desk."
)
NO_REPAIR = (
    "Nothing repairs this by itself. Put back the last sound backup, or ask whoever keeps the database."
)
FIND_CHANGE = (
    "Something was changed past the site, by a fault of a disk or on purpose. Nothing repairs this by itself: compare "
    "with the last sound backup, find out who had access, and put the backup back."
)
REBUILD_SEARCH = "Run “manage.py verify --repair” or “manage.py rebuild search”."
REBUILD_SIMILARITY = "Run “manage.py verify --repair” or “manage.py rebuild similarity”."
RUN_REPAIR = "Run “manage.py verify --repair”."

SCHEMA = Check(
    "schema",
    "the database has the migrations of this release, and no others",
    database.find_schema_faults,
    "Run “manage.py prepare”, or start the release that migrated it.",
)

CHECKS: tuple[Check, ...] = (
    SCHEMA,
    Check("pages", "the file of the database is whole", database.find_damaged_pages, NO_REPAIR),
    Check("constraints", "the database refuses what models forbid", database.find_missing_constraints, NO_REPAIR),
    Check("guards", "published texts and windows are guarded", database.find_missing_guards, RUN_REPAIR, "guards"),
    Check("single-rows", "the tables of one row have it", database.find_empty_single_row_tables, NO_REPAIR),
    Check("references", "no row refers to one that does not exist", database.find_dangling_rows, NO_REPAIR),
    Check("order", "no edition ends before it begins", editions.find_disordered_windows, NO_REPAIR),
    Check("one-live", "at most one edition of a publication is live", editions.find_overlaps, RUN_REPAIR, "windows"),
    Check(
        "ends",
        "each edition lasts until its end or the next one, without a gap",
        editions.find_wrong_ends,
        RUN_REPAIR,
        "windows",
    ),
    Check("taken-back", "what was taken back is not public", editions.find_public_cancelled,
          "Withdraw the publication at the desk, then publish what readers are to see."),
    Check("one-scheduled", "at most one edition is scheduled", editions.find_several_scheduled,
          "Cancel the schedule at the desk until none is left, then schedule again."),
    Check("numbers", "editions are numbered without a gap, in their order", editions.find_wrong_numbers, NO_REPAIR),
    Check("notices", "retractions and concerns are those of actions, and editions carry them on",
          editions.find_wrong_notices, NO_REPAIR),
    Check("copies", "bylines and tags are listed as their editions are", editions.find_wrong_copies, RUN_REPAIR,
          "copies"),
    Check("years", "editions are listed under the year of their date", editions.find_wrong_years, RUN_REPAIR, "copies"),
    Check("images", "readers see the images of editions", editions.find_hidden_images,
          "Publish the publication again: that names the images that it shows."),
    Check("addresses", "the address of each edition leads to its publication", editions.find_wrong_addresses,
          "Publish the publication again: that claims its address."),
    Check("revisions", "each draft is kept as a revision", editions.find_missing_revisions,
          "Open the draft at the desk and save it: that keeps a revision."),
    Check("comments", "comments are at the words that they quote", comments.find_misplaced_comments, RUN_REPAIR,
          "comments"),
    Check("versions", "each version of the site has its audit entry", audit.find_versions_without_entry, NO_REPAIR),
    Check("entries", "the audit trail says how each edition came and ended",
          audit.find_editions_without_entry, NO_REPAIR),
    Check("chain", "each audit entry is as it was written, in its order", audit_chain.find_broken_links, FIND_CHANGE),
    Check("published-head", "the audit trail contains the head that is public", audit.find_lost_head, FIND_CHANGE),
    Check("entry-texts", "audit entries say what they said at first, or what a redaction has left",
          audit_chain.find_changed_entries, FIND_CHANGE),
    Check("recorded-editions", "editions are as the audit trail has recorded them",
          audit_chain.find_differing_editions, FIND_CHANGE),
    Check("approvals", "approvals are as the audit trail has recorded them", approvals.find_wrong_approvals,
          FIND_CHANGE),
    Check("two-people", "kinds need two people as the audit trail has recorded it", two_people.find_wrong_rules,
          FIND_CHANGE),
    Check("restored-rows", "each row is as it was when the backup was made", row_digests.find_changed_rows,
          "Restore this backup again, or another. If it was not this backup that was restored last, the rows say "
          "nothing.", is_restored=True, is_final=True),
    Check("missing-files", "every uploaded file is there", originals.find_missing, RESTORE_FILE, is_final=True),
    Check("damaged-files", "every uploaded file has the size and the bytes with which it came", originals.find_damaged,
          RESTORE_FILE, is_final=True),
    Check("unused", "each file is of something", originals.find_unused,
          "They do no harm: what is no longer used, or what an upload left that was broken off. Nothing removes them.",
          is_note=True),
    Check("mail", "mails to staff are delivered", mail.find_undelivered,
          "The desk says why, under Outbox: mend the address or EMAIL_URL, then try again there. If nothing is sent at "
          "all, run “manage.py send_mail” each minute.", is_note=True),
    Check("made-files", "made pictures, PDFs and cards are whole", derived.find_broken_files, RUN_REPAIR, "files"),
    Check("index", "searches find what is public, and nothing else", derived.find_index_differences, REBUILD_SEARCH,
          "search"),
    Check("index-release", "the search index is of this release", derived.find_outdated_index,
          "Run “manage.py prepare”.", "search", is_full=True),
    Check("index-rows", "the search index is what a rebuild makes", derived.find_wrong_index_rows, REBUILD_SEARCH,
          "search", "index-release", is_full=True),
    Check("vocabulary", "words and names are counted as they stand", derived.find_wrong_vocabulary, REBUILD_SEARCH,
          "search", "index-release", is_full=True),
    Check("similarity-release", "similarity is of this release and complete", derived.find_incomplete_similarity,
          "Wait for the import that runs. If none runs, repeat the last one or run “manage.py prepare”.", is_full=True),
    Check("terms", "similarity goes by the words of the texts", derived.find_wrong_terms, REBUILD_SIMILARITY,
          "similarity", "similarity-release", is_full=True),
    Check("similarity", "suggestions are largely those of a rebuild", derived.find_poor_similarity, REBUILD_SIMILARITY,
          "similarity", "similarity-release", is_full=True),
    Check("manuscripts", "each revision can be read", derived.find_unreadable_revisions, NO_REPAIR, is_full=True),
)  # fmt: skip


def find_faults(check: Check, progress: Progress) -> list[str]:
    """Return the faults that a check finds twice, as rows may change while it runs; see `Check.is_final`."""
    faults = list(check.find(progress))
    if not faults or check.is_final or check.is_note:
        return faults
    confirmed = set(check.find(progress))
    return [fault for fault in faults if fault in confirmed]


def can_run(check: Check, faults: dict[str, list[str]]) -> bool:
    """Return whether the checks that a check requires found nothing."""
    return not faults.get(SCHEMA.name) and not faults.get(check.requires)


REPAIRS: dict[str, Callable[[], None]] = {
    "windows": actions.repair_windows,
    "copies": actions.repair_copied_columns,
    "guards": transaction.atomic(guards.install_guards),  # all of them or none
    "files": derived.remove_broken_files,
    "comments": comments.place_comments_again,
    **{name: partial(actions.rebuild_index, name) for name in actions.INDEXES},
}
"""Repairs of derived data, in order: guards of PostgreSQL need sound rows, and the others need right windows."""
