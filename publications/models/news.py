"""News for staff: what happened at the desk, who may know of it, and how each person wants to be mailed about it.

A `NewsEvent` copies no text. Titles and comments are read from the rows that it refers to when somebody reads the news,
so that permissions, redaction, withdrawal and deletion apply to news and mails as they do to the desk.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .approval import Approval
from .audit import PUBLISHING_ACTIONS, AuditEntry
from .comment import Comment
from .edition import Edition
from .edition_queryset import WITHDRAWN_OR_UNDONE, EndReason
from .outdated_translations import TranslationCheck
from .publication import Publication
from .revision import is_own
from .submission import Submission

NEWS_DAYS = 365
"""How long events are kept."""
MAX_TRANSACTION = timedelta(minutes=10)
"""No transaction that stores news lasts longer: later, all news of a moment is there to be read."""


class NewsType(models.TextChoices):
    """What an event is, as people choose it."""

    SUBMITTED = "submitted", _("A draft is to be checked")
    REVIEWED = "reviewed", _("Somebody comments or approves")
    RETURNED = "returned", _("A draft is not ready after all")
    APPROVED = "approved", _("A draft is approved, and may be published")
    ENDED = "ended", _("My approval ended, since the text changed")
    UNAPPROVED = "unapproved", _("Something that needs two people is published by one")
    TOMORROW = "tomorrow", _("A publication goes live tomorrow")
    PUBLISHED = "published", _("Something is published")
    CORRECTED = "corrected", _("Something is corrected or updated")
    TRANSLATION = "follow", _("A text has not followed the other language")
    IMPORTED = "imported", _("An import is done")


class MailTiming(models.TextChoices):
    """When somebody is mailed about a type of news."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("In the daily mail")
    NEVER = "never", _("Never")


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who may know of a type of news, and when they are mailed unless they choose otherwise.

    Attributes:
        permissions: each of them lets a person see every event.
        own_permission: lets a person see events of drafts that they have created, written in or submitted.
        live_permission: lets a person see events of publications that readers see now, under the same title.
        is_for_approver: whether it is news only to whoever has approved the draft as it was before.
        includes_actor: whether the person who caused an event is informed of it, too.
        timing: the choice for people who have made none.
        administrator_timing: the same for people who may change the settings of the site.
    """

    permissions: tuple[str, ...]
    own_permission: str = ""
    live_permission: str = ""
    is_for_approver: bool = False
    includes_actor: bool = False
    timing: MailTiming = MailTiming.AT_ONCE
    administrator_timing: MailTiming = MailTiming.DAILY

    def actor_condition(self, user) -> Q:
        """Return which events of the type are news to a user: those of others, or all."""
        return Q() if self.includes_actor else ~Q(by=user)

    def condition_for(self, user) -> Q | None:
        """Return which events of the type a user may see; None for none."""
        condition = self.actor_condition(user)
        if self.is_for_approver:
            ended = Approval.objects.ended().filter(publication=OuterRef("publication"), approved_by=user)
            condition &= Q(Exists(ended.order_by()))
        if any(user.has_perm(f"publications.{name}") for name in self.permissions):
            return condition
        if self.own_permission and user.has_perm(f"publications.{self.own_permission}"):
            submitted = NewsEvent.objects.filter(
                type=NewsType.SUBMITTED, by=user, publication=OuterRef("publication")
            )
            return condition & (is_own(user, "publication") | Q(Exists(submitted.order_by())))
        if self.live_permission and user.has_perm(f"publications.{self.live_permission}"):
            live = Edition.objects.live().filter(
                publication=OuterRef("publication"), title=OuterRef("edition__title")
            )
            return condition & Q(Exists(live.order_by()))
        return None


AUDIENCES = {
    NewsType.SUBMITTED: Audience(permissions=("publish_publication",)),
    NewsType.REVIEWED: Audience(permissions=("publish_publication",), own_permission="change_publication"),
    NewsType.RETURNED: Audience(permissions=("publish_publication",), own_permission="change_publication"),
    NewsType.APPROVED: Audience(permissions=("publish_publication",), own_permission="change_publication"),
    NewsType.ENDED: Audience(
        permissions=("publish_publication",), is_for_approver=True, administrator_timing=MailTiming.AT_ONCE
    ),
    NewsType.UNAPPROVED: Audience(
        permissions=("view_publication",),
        live_permission="relate_publication",
        administrator_timing=MailTiming.AT_ONCE,
    ),
    NewsType.TOMORROW: Audience(
        permissions=("publish_publication",), own_permission="change_publication", includes_actor=True
    ),
    NewsType.PUBLISHED: Audience(
        permissions=("view_publication",), live_permission="relate_publication", timing=MailTiming.DAILY
    ),
    NewsType.CORRECTED: Audience(
        permissions=("view_publication",), live_permission="relate_publication", timing=MailTiming.DAILY
    ),
    NewsType.TRANSLATION: Audience(permissions=("publish_publication",), own_permission="change_publication"),
    NewsType.IMPORTED: Audience(permissions=("change_sitesettings",), includes_actor=True),
}


class NewsEventQuerySet(models.QuerySet):
    def due(self) -> "NewsEventQuerySet":
        """Events that have happened; those of scheduled editions are stored before."""
        return self.filter(happens_at__lte=timezone.now())

    def by_others(self, user) -> "NewsEventQuerySet":
        """Events that a user is informed of: what they have done themselves is news to others, with exceptions."""
        types = (
            Q(type=news_type) & audience.actor_condition(user) for news_type, audience in AUDIENCES.items()
        )
        return self.filter(reduce(or_, types))

    def outdated(self) -> "NewsEventQuerySet":
        return self.filter(happens_at__lte=timezone.now() - timedelta(days=NEWS_DAYS))

    def current(self) -> "NewsEventQuerySet":
        """Events that still hold: nothing that was deleted, taken back, has ended, or is about the past.

        That one person published what needs two holds whatever becomes of the edition.
        """
        now = timezone.now()
        open_submissions = Submission.objects.unpublished().filter(
            publication=OuterRef("publication"), submitted_at=OuterRef("happens_at")
        )
        approvals = Approval.objects.of_current_text().filter(
            publication=OuterRef("publication"), approved_by=OuterRef("by")
        )
        lasts = Q(edition=None) | Q(edition__end_reason=EndReason.NONE, edition__expires_at__gt=now)
        holds = lasts | Q(type=NewsType.UNAPPROVED)  # nobody escapes it by ending the edition
        return (
            self.filter(publication__deleted_at=None)
            .filter(
                (~Q(type=NewsType.TRANSLATION) & holds) | (Q(type=NewsType.TRANSLATION) & _is_outdated(lasts))
            )
            .exclude(type=NewsType.TOMORROW, edition__visible_from__lte=now)
            .filter(~Q(type=NewsType.SUBMITTED) | Exists(open_submissions))
            .filter(~Q(type=NewsType.APPROVED) | Exists(approvals))
        )

    def visible_to(self, user) -> "NewsEventQuerySet":
        """The current events that the permissions of a user allow them to know of, newest first."""
        visible = Q(pk__in=[])
        for news_type, audience in AUDIENCES.items():
            condition = audience.condition_for(user)
            if condition is not None:
                visible |= Q(type=news_type) & condition
        return self.due().current().filter(visible).order_by("-happens_at", "-pk")

    def with_rows(self) -> "NewsEventQuerySet":
        """Events with the rows that their texts are read from, without the long texts of these.

        `without_approval` is why an edition was published without a second person.
        """
        rows = self.select_related("by", "publication", "edition", "comment__review", "comment__author")
        reason = Case(When(type=NewsType.UNAPPROVED, then=_reason_without_approval()))
        return rows.annotate(without_approval=reason).defer(
            "publication__body",
            "edition__body",
            "edition__html",
            "edition__plain_text",
            "edition__paragraphs",
        )


def _reason_without_approval() -> Subquery:
    """Return what the audit log says of the publication of the edition of an event."""
    published = AuditEntry.objects.filter(
        action__in=PUBLISHING_ACTIONS, publication=OuterRef("publication")
    ).annotate(number=Cast(KeyTextTransform("edition", "detail"), models.IntegerField()))
    reason = KeyTextTransform("without_approval", "detail")
    return Subquery(published.filter(number=OuterRef("edition__number")).values_list(reason)[:1])


def _is_outdated(lasts: Q) -> Q:
    """Return the condition that a text has not followed since the event: a change that lasts, or a withdrawal."""
    own = Edition.objects.in_effect().order_by()
    followed = own.filter(
        publication=OuterRef("publication"),
        restored_from=None,
        created_at__gt=OuterRef("edition__created_at"),
    )
    checks = TranslationCheck.objects.filter(
        publication=OuterRef("publication"),
        edition__publication=OuterRef("edition__publication"),
        edition__number__gte=OuterRef("edition__number"),
    )
    live = Edition.objects.live().order_by()
    is_read = Exists(live.filter(publication=OuterRef("publication"))) | ~Exists(
        Edition.objects.ever_public().filter(publication=OuterRef("publication")).order_by()
    )
    return (lasts & is_read & ~Exists(followed) & ~Exists(checks)) | (
        Q(edition__end_reason__in=WITHDRAWN_OR_UNDONE, happens_at=F("edition__visible_until"))
        & Exists(live.filter(publication=OuterRef("publication")))
        & ~Exists(live.filter(publication=OuterRef("edition__publication")))
        & ~Exists(checks.filter(at__gte=OuterRef("happens_at")))
        & ~Exists(followed.filter(created_at__gt=OuterRef("happens_at")))
    )


class NewsEvent(models.Model):
    """Something that staff are informed of. It is stored in the transaction in which it happened.

    Attributes:
        publication: what it is about; of a text that has not followed, that text, not the changed one.
        happens_at: when it is news; later than now for what a scheduled edition will bring.
        counts: of an import, the number of files by outcome, and `archive_import`, its primary key at the desk; of what
            one person has changed, the primary key of its row by the name of the model.
        expanded_at: when it was put on the mails of those who are mailed about it.
    """

    type = models.CharField(max_length=10, choices=NewsType)
    happens_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, null=True, related_name="news", db_constraint=False
    )
    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    counts = models.JSONField(default=dict)
    expanded_at = models.DateTimeField(null=True)

    objects = NewsEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
        ordering = ["-happens_at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["-happens_at", "-id"], name="news_newest"),
            models.Index(
                fields=["happens_at"], condition=Q(expanded_at__isnull=True), name="news_not_expanded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
