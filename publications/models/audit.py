"""Audit entries: what each change of the public site was, and who made it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

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
    REDACT = "redact", gettext_lazy("Redacted")
    REBUILD = "rebuild", gettext_lazy("Rebuilt")


ADDITIVE_ACTIONS = (
    ActionType.PUBLISH, ActionType.REPUBLISH, ActionType.SCHEDULE, ActionType.RELATE, ActionType.REBUILD,
    ActionType.FOLLOW,
)  # fmt: skip
"""Types of actions that remove no publication from the public site."""


class AuditEntryQuerySet(models.QuerySet):
    def removals(self) -> "AuditEntryQuerySet":
        """Entries of actions that may have removed something from the public site."""
        return self.exclude(action__in=ADDITIVE_ACTIONS)


class AuditEntry(models.Model):
    """One change of the public site: who did what, to what, and when. Entries are never deleted.

    `changed_publications` holds those whose pages the action changed, by primary key; None stands for every page of the
    site. The pages of a publication are those at its address and below. Lists, feeds and all others count as changed by
    every action.
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

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-site_version"]
        verbose_name = gettext_lazy("audit line")
        verbose_name_plural = gettext_lazy("audit trail")

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.subject}"

    @property
    def is_removal(self) -> bool:
        """Whether the action may have removed something from the public site."""
        return self.action not in ADDITIVE_ACTIONS

    @property
    def has_history_page(self) -> bool:
        """Whether its publication has a page at the desk, as a deleted draft has not."""
        return bool(self.publication) and not self.publication.deleted_at


def find_publish_entry(edition: Edition) -> AuditEntry | None:
    """Return the entry of the action that published or scheduled an edition, or None."""
    published = AuditEntry.objects.filter(action__in=(ActionType.PUBLISH, ActionType.SCHEDULE))
    return published.filter(publication=edition.publication_id, detail__edition=edition.number).first()
