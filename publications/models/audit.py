"""Audit entries: what each change of the public site was, and who made it, in a chain of hashes.

An entry holds the hash of the entry before it, so that a changed, removed or moved entry is found. Its personal part
(who, what, details) is hashed apart with a random salt: a redaction replaces both and records the new hash in its own
entry, and the chain stays whole. The public part may be shown to anybody.
"""

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from publications.hash_chain import FIRST_PREVIOUS, format_time, hash_value, hash_with_salt

from .edition import Edition
from .publication import Publication


class ActionType(models.TextChoices):
    """What an audit entry records: types of functions in `publications.actions`."""

    PUBLISH = "publish", gettext_lazy("Published")
    SCHEDULE = "schedule", gettext_lazy("Scheduled")
    WITHDRAW = "withdraw", gettext_lazy("Withdrawn")
    RETRACT = "retract", gettext_lazy("Retracted")
    EXPRESS_CONCERN = "concern", gettext_lazy("Concern expressed")
    LIFT_CONCERN = "lift", gettext_lazy("Concern lifted")
    UNDO = "undo", gettext_lazy("Taken back")
    REPUBLISH = "republish", gettext_lazy("Published again as it was")
    CANCEL = "cancel", gettext_lazy("Schedule cancelled")
    RELATE = "relate", gettext_lazy("Related links changed")
    APART = "apart", gettext_lazy("Suggestions changed")
    FOLLOW = "follow", gettext_lazy("Translation checked")
    AMEND = "amend", gettext_lazy("Amended")
    APPROVE = "approve", gettext_lazy("Approved")
    REVOKE = "revoke", gettext_lazy("Approval taken back")
    REDACT = "redact", gettext_lazy("Redacted")
    REBUILD = "rebuild", gettext_lazy("Rebuilt")


ADDITIVE_ACTIONS = (
    ActionType.PUBLISH, ActionType.REPUBLISH, ActionType.SCHEDULE, ActionType.RELATE, ActionType.REBUILD,
    ActionType.FOLLOW, ActionType.APPROVE, ActionType.REVOKE,
)  # fmt: skip
"""Types of actions that remove no publication from the public site."""
REDACTING_ACTIONS = (ActionType.REDACT, ActionType.AMEND)
"""Types of actions that may change a published text or an audit entry: AMEND, as it gives an author a pen name."""
UNKNOWN_TEXT = "–"
"""Stands in the details of an entry for a text of which a redaction left nothing: that there was one is still seen."""
SALT_BYTES = 16
AUDIT_FOLDER = "audit"
"""The folder of the storage of originals with the files of the public log."""


def audit_file_name(name: str) -> str:
    """Return the name in the storage of originals of a file of the public audit log."""
    return f"{AUDIT_FOLDER}/{name}"


class AuditEntryQuerySet(models.QuerySet):
    def removals(self) -> "AuditEntryQuerySet":
        """Entries of actions that may have removed something from the public site."""
        return self.exclude(action__in=ADDITIVE_ACTIONS)

    def redaction_times(self, publication_pk: int) -> dict[int, datetime]:
        """Return when each edition of a publication whose text was redacted was redacted last, by number."""
        redactions = self.filter(publication=publication_pk, action=ActionType.REDACT).order_by(
            "site_version"
        )
        rows = redactions.values_list("at", "detail")
        return {number: at for at, detail in rows for number in detail.get("editions", ())}

    def append(self, entries: Collection["AuditEntry"]) -> None:
        """Store new entries at the end of the log, in their order. The caller has locked the site version."""
        last = self.order_by("-site_version").values_list("hash", flat=True).first()
        previous = FIRST_PREVIOUS if last is None else last
        for entry in entries:
            entry.salt_personal_part()
            entry.personal_hash = entry.compute_personal_hash()
            entry.hash = previous = entry.compute_hash(previous)
        self.bulk_create(entries)

    def read_redacted_hashes(self) -> dict[int, str]:
        """Return the hashes of personal parts that redactions have recorded last, by site version of the entry."""
        hashes: dict[int, str] = {}
        entries = self.filter(action__in=REDACTING_ACTIONS, public_part__has_key="redacted")
        for version, public_part in entries.order_by("site_version").values_list(
            "site_version", "public_part"
        ):
            recorded = {int(earlier): digest for earlier, digest in public_part["redacted"].items()}
            hashes |= {earlier: digest for earlier, digest in recorded.items() if earlier < version}
        return hashes

    def redact(
        self, entry: "AuditEntry", *, read_recorded: Callable[[], Mapping[int, str]], **values: object
    ) -> dict[int, str]:
        """Store columns of the personal part of an entry that differ.

        Args:
            read_recorded: returns what `read_redacted_hashes` does; called only if something differs.

        Returns:
            The new hash of its personal part by its site version, which the entry of the redaction has to record;
            empty if nothing differs. The hash is "" where the personal part was not as the log has recorded it: it is
            redacted, and stays a fault of `manage.py verify`.
        """
        changed = {name: value for name, value in values.items() if value != getattr(entry, name)}
        if not changed:
            return {}
        recorded = read_recorded().get(entry.site_version, entry.personal_hash)
        was_recorded = entry.compute_personal_hash() == recorded
        for name, value in changed.items():
            setattr(entry, name, value)
        entry.salt_personal_part()
        entry.save(update_fields=[*changed, "personal_salt"])
        return {entry.site_version: entry.compute_personal_hash() if was_recorded else ""}


class AuditEntry(models.Model):
    """One change of the public site: who did what, to what, and when. Entries are never deleted.

    `changed_publications` holds those whose pages the action changed, by primary key; None stands for every page of the
    site. The pages of a publication are those at its address and below. Lists, feeds and all others count as changed by
    every action.

    Attributes:
        public_part: what the entry proves, by key: "publication", its primary key; "editions", the content digests of
            the editions that it stored or changed, by publication and number ("5/2"); "windows", the digest of the
            windows of its publication; "cancelled", that all editions of it were cancelled before their start;
            "approved", the digest of what was approved; "two_people", of what needed two people, the site versions of
            the approvals by others, none in an emergency; "redacted", the new hashes of the personal parts of entries
            that it redacted, by site version.
        personal_hash: of the personal part as it was at first.
        personal_salt: of the personal part as it is now.
    """

    action = models.CharField(gettext_lazy("action"), max_length=10, choices=ActionType)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="deeds",
        verbose_name=gettext_lazy("by"),
    )
    actor_name = models.CharField(gettext_lazy("by"), max_length=150)
    at = models.DateTimeField(gettext_lazy("at"), default=timezone.now)
    publication = models.ForeignKey(
        Publication, on_delete=models.SET_NULL, null=True, related_name="audit_entries"
    )
    subject = models.CharField(gettext_lazy("what"), max_length=300)
    detail = models.JSONField(gettext_lazy("detail"), default=dict)
    site_version = models.PositiveBigIntegerField(unique=True)
    changed_publications = models.JSONField(null=True, default=None, db_column="changed_pages")
    public_part = models.JSONField(default=dict, editable=False)
    personal_salt = models.CharField(max_length=32, default="", editable=False)
    personal_hash = models.CharField(max_length=64, default="", editable=False)
    hash = models.CharField(max_length=64, default="", editable=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-site_version"]
        verbose_name = gettext_lazy("audit line")
        verbose_name_plural = gettext_lazy("audit trail")

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.subject}"

    def public_record(self, previous: str) -> dict[str, object]:
        """Return what the hash of the entry is made of: a line of the public log, without its own hash.

        Args:
            previous: the hash of the entry before it.
        """
        return {
            "version": self.site_version,
            "at": format_time(self.at),
            "action": self.action,
            "changed": self.changed_publications,
            "personal": self.personal_hash,
            "previous": previous,
            **self.public_part,
        }

    def compute_hash(self, previous: str) -> str:
        return hash_value(self.public_record(previous))

    def salt_personal_part(self) -> None:
        """Set a new random salt."""
        self.personal_salt = secrets.token_hex(SALT_BYTES)

    def compute_personal_hash(self) -> str:
        """Return the hash of the personal part as it is now."""
        values = {"actor": self.actor_name, "by": self.by_id, "subject": self.subject, "detail": self.detail}
        return hash_with_salt(self.personal_salt, values)

    @property
    def missing_approval(self) -> str:
        """Why one person published what needs two, or "". The public part, which never changes, says whether."""
        reason = self.detail.get("without_approval", "")
        return reason or (UNKNOWN_TEXT if self.public_part.get("two_people") == [] else "")

    @property
    def is_removal(self) -> bool:
        """Whether the action may have removed something from the public site."""
        return self.action not in ADDITIVE_ACTIONS

    @property
    def has_history_page(self) -> bool:
        """Whether its publication has a page at the desk, as a deleted draft has not."""
        return bool(self.publication) and not self.publication.deleted_at


PUBLISHING_ACTIONS = (ActionType.PUBLISH, ActionType.SCHEDULE)
STATUS_ACTIONS = (ActionType.RETRACT, ActionType.EXPRESS_CONCERN, ActionType.LIFT_CONCERN)
MISSING_APPROVAL_KEYS = (
    (PUBLISHING_ACTIONS, "edition", "without_approval"),
    (PUBLISHING_ACTIONS, "kept", "kept_without_approval"),
    (STATUS_ACTIONS, "edition", "text_without_approval"),
)
"""Where entries say why a text has no approval: their actions, and the keys of the edition's number and the reason."""


def find_missing_approval(edition: Edition) -> str:
    """Return why the text of an edition was published by one person although it needs two, or "".

    For a text that an undo has restored the entry of its edition holds.
    """
    while edition.restored_from_id:
        edition = edition.restored_from
    entries = AuditEntry.objects.filter(publication=edition.publication_id)
    for actions, number, reason in MISSING_APPROVAL_KEYS:
        entry = entries.filter(action__in=actions, **{f"detail__{number}": edition.number}).first()
        if entry:
            return entry.missing_approval if reason == "without_approval" else entry.detail.get(reason, "")
    return ""
