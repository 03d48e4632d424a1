"""The site itself: its name, the generation of its public pages, and the book of deeds."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .links import check_link
from .publication import Publication
from .words import Bilingual

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # before any deed


class SingleRow(models.Model):
    """A table of one row, numbered 1 and made by migration."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="single_%(class)s")]


class Site(Bilingual, SingleRow):
    """The names under which the centre publishes."""

    short_name = models.CharField(_("short name"), max_length=60, default="SCEEUS")
    name_en = models.CharField(
        _("name, English"), max_length=160, default="Stockholm Centre for Eastern European Studies"
    )
    name_sv = models.CharField(_("name, Swedish"), max_length=160, default="Centrum för Östeuropastudier")
    description_en = models.CharField(_("description, English"), max_length=300, blank=True)
    description_sv = models.CharField(_("description, Swedish"), max_length=300, blank=True)
    publisher_en = models.TextField(
        _("who publishes, English"),
        blank=True,
        help_text=_("A few lines at the foot of every page: host, funder."),
    )
    publisher_sv = models.TextField(_("who publishes, Swedish"), blank=True)
    newsletter = models.CharField(
        _("newsletter"),
        max_length=500,
        blank=True,
        validators=[check_link],
        help_text=_("The address of a sign-up page, or an e-mail address."),
    )
    lead = models.ForeignKey(
        Publication,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead of the home page"),
        help_text=_("While it is public it leads the home page; else the newest piece does."),
    )

    class Meta(SingleRow.Meta):
        verbose_name = _("name of the site")
        verbose_name_plural = _("name of the site")

    def __str__(self) -> str:
        return self.short_name

    @property
    def name(self) -> str:
        return self.worded("name")

    @property
    def description(self) -> str:
        return self.worded("description")

    @property
    def publisher(self) -> str:
        return self.worded("publisher")


class Generation(SingleRow):
    """The number that every deed advances: what public pages, and the caches of them, go by.

    `at` is the moment of the last deed. A clock that has gone back behind it is noticed by the next one.
    """

    number = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(default=BEGINNING)

    class Meta(SingleRow.Meta):
        verbose_name = _("generation")

    def __str__(self) -> str:
        return str(self.number)


class DeedKind(models.TextChoices):
    PUBLISH = "publish", _("Published")
    SCHEDULE = "schedule", _("Scheduled")
    WITHDRAW = "withdraw", _("Withdrawn")
    UNDO = "undo", _("Undone")
    CANCEL = "cancel", _("Schedule cancelled")
    RELATE = "relate", _("Related links changed")
    APART = "apart", _("Suggestions changed")
    AMEND = "amend", _("Amended")
    REDACT = "redact", _("Redacted")
    REBUILD = "rebuild", _("Rebuilt")


class AuditLine(models.Model):
    """One deed: who did what, to what, and when. Lines are only added."""

    deed = models.CharField(_("deed"), max_length=10, choices=DeedKind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="deeds",
        verbose_name=_("by"),
    )
    by_name = models.CharField(_("by"), max_length=150)
    at = models.DateTimeField(_("at"), default=timezone.now)
    publication = models.ForeignKey(Publication, on_delete=models.SET_NULL, null=True, related_name="audit")
    subject = models.CharField(_("what"), max_length=300)
    detail = models.JSONField(_("detail"), default=dict)
    generation = models.PositiveBigIntegerField(unique=True)

    class Meta:
        ordering = ["-generation"]
        verbose_name = _("audit line")
        verbose_name_plural = _("audit trail")

    def __str__(self) -> str:
        return f"{self.get_deed_display()}: {self.subject}"
