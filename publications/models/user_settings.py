"""The settings of a person: their language, which news is mailed to them, and what news they have read."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from publications.locales import LOCALES

from .news import AUDIENCES, MailTiming, NewsEvent, NewsEventQuerySet, NewsType

MAX_UNREAD = 99
"""The unread count is not counted further."""


class UserSettings(models.Model):
    """The choices of a person: their language, the timing by type of news, and what they have read.

    Attributes:
        language: of the desk and of mails: that of the first sign-in, until the person chooses one. Empty before: the
            desk then goes by the browser, mails by `mail_language`.
        read_until: they have read all news up to then.
        read_events: the primary keys of the events since then that they have read. What an action stores with an
            earlier time than these, and commits after them, is unread.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="user_settings"
    )
    timings = models.JSONField(default=dict)
    language = models.CharField(_("language"), max_length=2, blank=True)
    read_until = models.DateTimeField(null=True)
    read_events = models.JSONField(default=list)

    class Meta:
        verbose_name = _("settings of a user")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user) -> "UserSettings":
        """Return the choices of a user, unsaved ones for a user who has made none."""
        choices = cls.objects.filter(user=user).first() or cls(user=user)
        choices.user = user  # with the permissions that it has read already
        return choices

    @classmethod
    def language_of(cls, user) -> str:
        """Return the language that a user has chosen, or ""."""
        return cls.objects.filter(user=user).values_list("language", flat=True).first() or ""

    @classmethod
    def store_first_language(cls, user, language: str) -> None:
        """Store the language in which a user sees the desk, unless one is stored: mails go by it too."""
        if not cls.language_of(user):
            cls.of(user).store(language=language)

    @classmethod
    def mail_language_of(cls, user) -> str:
        """Return the language of mails to a user. For an account that is not stored the query is made too.

        So the response time of a password reset does not reveal whether an address has an account.
        """
        return cls(language=cls.language_of(user.pk or 0)).mail_language

    @property
    def mail_language(self) -> str:
        return self.language or LOCALES[0]

    def store(self, **columns: object) -> None:
        """Store these columns, and leave others as another request may have stored them."""
        UserSettings.objects.update_or_create(user=self.user, defaults=columns)

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
        """Return the events that the user has not read, without types that they never want mail about."""
        return self._among_unread(NewsEvent.objects.visible_to(self.user))

    def _among_unread(self, events: NewsEventQuerySet) -> NewsEventQuerySet:
        types = [name for name in self.visible_types() if self.timing(name) != MailTiming.NEVER]
        since = self.read_until or self.user.date_joined
        return events.filter(type__in=types, happens_at__gt=since).exclude(pk__in=self.read_events)

    def mark_read(self, until: datetime, events: Collection[int]) -> None:
        """Store that the user has read all news up to a moment, and these events, by primary key, since then.

        Two requests of a user, such as two news that are opened at once, are stored one after the other.
        """
        with transaction.atomic():
            UserSettings.objects.get_or_create(user=self.user)
            stored = UserSettings.objects.select_for_update().get(user=self.user)
            until = max(until, stored.read_until or until)
            recent = NewsEvent.objects.filter(happens_at__gt=until, pk__in={*events, *stored.read_events})
            self.store(read_until=until, read_events=list(recent.values_list("pk", flat=True)))

    def unread_count_text(self) -> str:
        """Return the number of unread events, "" for none, not counted beyond `MAX_UNREAD`."""
        # Every page of the desk shows it. Which events still hold is a long query: most often there is none to look at.
        if not self._among_unread(NewsEvent.objects.due().by_others(self.user)).exists():
            return ""
        count = self.unread()[: MAX_UNREAD + 1].count()
        return f"{MAX_UNREAD}+" if count > MAX_UNREAD else str(count or "")
