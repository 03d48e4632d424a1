"""Everything that changes what readers see: publish, withdraw, retract, undo, redact, related links, redirects, rows.

Each action is one transaction, writes an audit entry and increments the site version. No other package writes an
edition, an address, a related link or anything else that readers see. An action that cannot be done raises
`ActionRefused`, `NotReady` or `Outdated`, and then nothing has changed.
"""

from .approve import approve, revoke_approval
from .delete import check_deletable, delete_draft, delete_instance, has_lasting_editions, purge_deleted_drafts
from .merge import MERGEABLE_ROWS, MergeableRow, MergePlan, merge, plan_merge
from .name_preview import NamePreview
from .name_rows import accounts_with_name
from .news import store_name_removal_news
from .old_addresses import (
    AddressRefusal,
    OldAddress,
    RefusedAddress,
    keep_old_addresses,
    remove_old_addresses,
)
from .proposed_authors import replace_proposed_author
from .public_state import NEVER_PUBLIC, actions_since, public_state, public_states
from .publish import publish, publish_many
from .publish_batch import available_slug
from .publish_plan import MISSING_NOTE
from .rebuild import INDEXES, new_version_after_rebuild, rebuild_index
from .redact import check_passage, preview_redaction, redact
from .redaction_marks import redaction_marks
from .redaction_report import RedactionReport
from .redirects import add_redirects
from .related_links import MAX_RELATED_LINKS, allow_suggestion, exclude_suggestion, set_related_links
from .remove_name import (
    SECONDS_BETWEEN_LOCKS,
    NameRemoval,
    check_name,
    preview_name_removal,
    publications_to_search,
    remove_name_from_image,
    remove_name_from_publication,
    remove_name_from_rows,
    remove_name_from_unused_files,
)
from .repair import repair_copied_columns, repair_windows
from .restore import draft_of_revision, drop_used_identifiers, restore_revision
from .retract import (
    CONCERN,
    LIFTING,
    RETRACTION,
    STATUS_CHANGES,
    StatusChange,
    express_concern,
    lift_concern,
    retract,
    status_refusal,
)
from .revisions import store_revision, store_revisions
from .save import changes_signature, render_site_page, save_instance
from .second_person import approval_refusal, is_reason, kept_schedule_refusal
from .site_addresses import is_used, read_site_paths
from .transaction import (
    ActionRefused,
    ClockBehind,
    NotReady,
    Outdated,
    lock_for_action,
    lock_site_version,
    trust_clock,
)
from .translations import check_translation
from .undo import (
    UndoPlan,
    UndoType,
    find_live_origins,
    find_undone_imports,
    plan_import_undos,
    plan_undo,
    undo,
)
from .withdraw import withdraw

__all__ = [
    "CONCERN",
    "INDEXES",
    "LIFTING",
    "MAX_RELATED_LINKS",
    "MERGEABLE_ROWS",
    "MISSING_NOTE",
    "NEVER_PUBLIC",
    "RETRACTION",
    "SECONDS_BETWEEN_LOCKS",
    "STATUS_CHANGES",
    "ActionRefused",
    "AddressRefusal",
    "ClockBehind",
    "MergePlan",
    "MergeableRow",
    "NamePreview",
    "NameRemoval",
    "NotReady",
    "OldAddress",
    "Outdated",
    "RedactionReport",
    "RefusedAddress",
    "StatusChange",
    "UndoPlan",
    "UndoType",
    "accounts_with_name",
    "actions_since",
    "add_redirects",
    "allow_suggestion",
    "approval_refusal",
    "approve",
    "available_slug",
    "changes_signature",
    "check_deletable",
    "check_name",
    "check_passage",
    "check_translation",
    "delete_draft",
    "delete_instance",
    "draft_of_revision",
    "drop_used_identifiers",
    "exclude_suggestion",
    "express_concern",
    "find_live_origins",
    "find_undone_imports",
    "has_lasting_editions",
    "is_reason",
    "is_used",
    "keep_old_addresses",
    "kept_schedule_refusal",
    "lift_concern",
    "lock_for_action",
    "lock_site_version",
    "merge",
    "new_version_after_rebuild",
    "plan_import_undos",
    "plan_merge",
    "plan_undo",
    "preview_name_removal",
    "preview_redaction",
    "public_state",
    "public_states",
    "publications_to_search",
    "publish",
    "publish_many",
    "purge_deleted_drafts",
    "read_site_paths",
    "rebuild_index",
    "redact",
    "redaction_marks",
    "remove_name_from_image",
    "remove_name_from_publication",
    "remove_name_from_rows",
    "remove_name_from_unused_files",
    "remove_old_addresses",
    "render_site_page",
    "repair_copied_columns",
    "repair_windows",
    "replace_proposed_author",
    "restore_revision",
    "retract",
    "revoke_approval",
    "save_instance",
    "set_related_links",
    "status_refusal",
    "store_name_removal_news",
    "store_revision",
    "store_revisions",
    "trust_clock",
    "undo",
    "withdraw",
]
