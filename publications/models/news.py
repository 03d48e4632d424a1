"""News for staff: what happened at the desk, who may know of it, and how each person wants to be mailed about it.

A `NewsEvent` copies no text. Titles and remarks are read from the rows that it refers to when somebody reads the news,
so that permissions, redaction, withdrawal and deletion apply to news and mails as they do to the desk.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.locales import LOCALES

from .edition import Edition
from .edition_queryset import EndReason
from .publication import Publication
from .review import ReviewComment
from .revision import is_own
from .submission import Submission

MAX_UNREAD = 99
"""The unread count is not counted further."""
NEWS_DAYS = 365
"""How long events are kept."""
ENDED_EARLY = (EndReason.WITHDRAWN, EndReason.UNDONE, EndReason.CANCELLED)


class NewsType(models.TextChoices):
    """What an event is, as people choose it."""

    SUBMITTED = "submitted", _("A draft is to be checked")
    REVIEWED = "reviewed", _("A reader makes a remark or approves")
    TOMORROW = "tomorrow", _("A publication goes live tomorrow")
    PUBLISHED = "published", _("Something is published")
    CORRECTED = "corrected", _("Something is corrected or updated")
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
        own_permission: lets a person see events of drafts that they have created or saved.
        live_permission: lets a person see events of publications that readers see now, under the same title.
        includes_actor: whether the person who caused an event is informed of it, too.
        timing: the choice for people who have made none.
        administrator_timing: the same for people who may change the settings of the site.
    """

    permissions: tuple[str, ...]
    own_permission: str = ""
    live_permission: str = ""
    includes_actor: bool = False
    timing: MailTiming = MailTiming.AT_ONCE
    administrator_timing: MailTiming = MailTiming.DAILY

    def condition_for(self, user) -> Q | None:
        """Return which events of the type a user may see; None for none."""
        condition = Q() if self.includes_actor else ~Q(by=user)
        if any(user.has_perm(f"publications.{name}") for name in self.permissions):
            return condition
        if self.own_permission and user.has_perm(f"publications.{self.own_permission}"):
            return condition & is_own(user, "publication")
        if self.live_permission and user.has_perm(f"publications.{self.live_permission}"):
            live = Edition.objects.live().filter(
                publication=OuterRef("publication"), title=OuterRef("edition__title")
            )
            return condition & Q(Exists(live.order_by()))
        return None


AUDIENCES = {
    NewsType.SUBMITTED: Audience(permissions=("publish_publication",)),
    NewsType.REVIEWED: Audience(permissions=("publish_publication",), own_permission="change_publication"),
    NewsType.TOMORROW: Audience(
        permissions=("publish_publication",), own_permission="change_publication", includes_actor=True
    ),
    NewsType.PUBLISHED: Audience(
        permissions=("view_publication",), live_permission="relate_publication", timing=MailTiming.DAILY
    ),
    NewsType.CORRECTED: Audience(
        permissions=("view_publication",), live_permission="relate_publication", timing=MailTiming.DAILY
    ),
    NewsType.IMPORTED: Audience(permissions=("change_sitesettings",), includes_actor=True),
}


class NewsEventQuerySet(models.QuerySet):
    def due(self) -> "NewsEventQuerySet":
        """Events that have happened; those of scheduled editions are stored before."""
        return self.filter(happens_at__lte=timezone.now())

    def outdated(self) -> "NewsEventQuerySet":
        return self.filter(happens_at__lte=timezone.now() - timedelta(days=NEWS_DAYS))

    def current(self) -> "NewsEventQuerySet":
        """Events that still hold: nothing that was deleted, taken back, published since, or is about the past."""
        now = timezone.now()
        open_submissions = Submission.objects.unpublished().filter(
            publication=OuterRef("publication"), submitted_at=OuterRef("happens_at")
        )
        return (
            self.filter(publication__deleted_at=None)
            .exclude(edition__end_reason__in=ENDED_EARLY)
            .exclude(type=NewsType.TOMORROW, edition__visible_from__lte=now)
            .filter(~Q(type=NewsType.SUBMITTED) | Exists(open_submissions))
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
        """Events with the rows that their texts are read from, without the long texts of these."""
        return self.select_related("by", "publication", "edition", "comment__review").defer(
            "publication__body",
            "edition__body",
            "edition__html",
            "edition__plain_text",
            "edition__paragraphs",
        )


class NewsEvent(models.Model):
    """Something that staff are informed of. It is stored in the transaction in which it happened.

    Attributes:
        happens_at: when it is news; later than now for what a scheduled edition will bring.
        counts: of an import, the number of files by outcome.
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
        ReviewComment, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False
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


class NewsSettings(models.Model):
    """The choices of a person: the timing by type of news, the language of mails, and what they have read.

    `language` is empty until the person chooses one; `mail_language` is the one of their mails.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="news_settings"
    )
    timings = models.JSONField(default=dict)
    language = models.CharField(_("language of mails"), max_length=2, blank=True)
    read_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("choices about mail")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user) -> "NewsSettings":
        """Return the choices of a user, unsaved ones for a user who has made none."""
        choices = cls.objects.filter(user=user).first() or cls(user=user)
        choices.user = user  # with the permissions that it has read already
        return choices

    @property
    def mail_language(self) -> str:
        return self.language or LOCALES[0]

    def store(self, **columns: object) -> None:
        """Store these columns, and leave others as another request may have stored them."""
        NewsSettings.objects.update_or_create(user=self.user, defaults=columns)

    def timing(self, news_type: NewsType) -> MailTiming:
        """Return when the user is mailed about a type of news."""
        audience = AUDIENCES[news_type]
        if news_type in self.timings:
            return MailTiming(self.timings[news_type])
        is_administrator = self.user.has_perm("publications.change_sitesettings")
        return audience.administrator_timing if is_administrator else audience.timing

    def visible_types(self) -> list[NewsType]:
        """Return the types of news of which the user may see some."""
        return [
            news_type
            for news_type, audience in AUDIENCES.items()
            if audience.condition_for(self.user) is not None
        ]

    def unread(self) -> NewsEventQuerySet:
        """Return the events since the user last read the news, without types that they never want mail about."""
        types = [name for name in self.visible_types() if self.timing(name) != MailTiming.NEVER]
        return NewsEvent.objects.visible_to(self.user).filter(
            type__in=types, happens_at__gt=self.read_until or self.user.date_joined
        )

    def unread_count_text(self) -> str:
        """Return the number of unread events, "" for none, not counted beyond `MAX_UNREAD`."""
        count = self.unread()[: MAX_UNREAD + 1].count()
        return f"{MAX_UNREAD}+" if count > MAX_UNREAD else str(count or "")
