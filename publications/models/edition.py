"""Editions: the published snapshots of publications, written by `publications.actions` alone."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publications.editorial_status import EditorialNotice, EditorialStatus
from publications.locales import LANGUAGE_NAMES, locale_of, localized_path, text_direction

from .edition_queryset import WITHDRAWN_OR_UNDONE, EditionQuerySet, EndReason
from .image import Image
from .kind import DASH, SeriesNumber
from .publication import Publication
from .publication_content import PublicationContent
from .validators import host_of

FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
WORDS_PER_MINUTE = 230


class Change(models.TextChoices):
    """The type of change since the previous edition."""

    FIRST = "first", _("First edition")
    SILENT = "silent", _("Silent fix")
    CORRECTION = "correction", _("Correction, with a note to readers")
    UPDATE = "update", _("Update, the date moves")
    RETRACTION = "retraction", _("Retraction, the text stays readable")
    CONCERN = "concern", _("Expression of concern")
    LIFTED = "lifted", _("Concern lifted")


EDITORIAL_CHANGES = (Change.RETRACTION, Change.CONCERN, Change.LIFTED)
"""Changes of the editorial status, by editions with the same text."""
NOTICE_COLUMNS = ("editorial_status", "notice_text", "notice_at")
"""The columns of the notice, which the next edition takes over."""


class Edition(PublicationContent):
    """One numbered snapshot of a publication, live within its window."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="editions")
    translation_group = models.BigIntegerField(
        editable=False
    )  # the primary key of the source publication when this was published
    number = models.PositiveIntegerField(_("edition"))
    locale = models.CharField(max_length=2)
    type_line = models.CharField(max_length=200)
    word_count = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(_("date readers see"))  # unlike that of a draft, never empty
    year = models.PositiveSmallIntegerField()
    change = models.CharField(max_length=10, choices=Change)
    change_note = models.TextField(blank=True)
    editorial_status = models.CharField(
        max_length=10, choices=EditorialStatus, blank=True, default="", db_default=""
    )
    notice_text = models.TextField(blank=True, default="", db_default="")
    notice_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    digest = models.CharField(max_length=64)
    redaction_count = models.PositiveIntegerField(default=0)
    visible_from = models.DateTimeField()
    visible_until = models.DateTimeField(default=FOREVER)
    expires_at = models.DateTimeField(default=FOREVER)
    record_changed_at = models.DateTimeField(null=True)  # when an action last changed its metadata record
    is_scheduled = models.BooleanField(default=False)
    end_reason = models.CharField(max_length=10, choices=EndReason, default=EndReason.NONE, blank=True)
    withdrawal_reason = models.TextField(blank=True)
    restored_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    contents = models.JSONField(default=list)
    images = models.ManyToManyField(Image, through="EditionImage", related_name="editions")
    html = models.TextField()
    plain_text = models.TextField()
    paragraphs = models.JSONField(default=list)
    content_digest = models.CharField(max_length=64, default="", editable=False)  # see `content_digest.py`

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            models.UniqueConstraint(fields=["publication", "number"], name="edition_numbered_once"),
            models.UniqueConstraint(
                fields=["publication", "visible_from"],
                condition=~Q(end_reason="cancelled"),
                name="one_start_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["publication"],
                condition=Q(visible_until=FOREVER) & ~Q(end_reason="cancelled"),
                name="one_open_end",
            ),
            models.CheckConstraint(
                condition=Q(visible_from__lte=F("visible_until"), visible_until__lte=F("expires_at")),
                name="window_in_order",
            ),
        ]
        # Every list uses one of these. The window comes last, as most editions are live.
        indexes = [
            # All that a list asks of the rows that a late page skips: SQLite reads no row behind its long text.
            models.Index(
                fields=[
                    "-published_at", "-id", "visible_from", "visible_until", "kind",
                    "year", "language", "publication", "translation_group",
                ],
                name="edition_newest",
            ),
            models.Index(
                fields=["kind", "year", "language", "-published_at", "-id", "visible_from", "visible_until"],
                name="edition_kind_year",
            ),
            models.Index(
                fields=[
                    "kind", "-published_at", "-id", "visible_from", "visible_until", "year", "language",
                    "translation_group",
                ],
                name="edition_kind",
            ),
            models.Index(
                fields=["publication", "visible_until", "visible_from"],
                name="edition_window",
            ),
            models.Index(
                fields=["translation_group", "language", "visible_until", "visible_from"],
                name="edition_family",
            ),
            # Columns that search and similarity read of thousands of editions, without the rows and their long texts.
            models.Index(
                fields=[
                    "id", "visible_from", "visible_until", "kind", "year", "language", "translation_group",
                    "published_at", "publication",
                ],
                name="edition_found",
            ),
            # For locales, which hide texts of groups with a translation.
            models.Index(
                fields=["translation_group"],
                condition=~Q(translation_group=F("publication")), name="edition_translated",
            ),
            # For feeds: corrections and updates since a moment.
            models.Index(fields=["change", "visible_from", "publication"], name="edition_change"),
            # For harvesters: what has started, ended or changed its record since a moment.
            models.Index(fields=["visible_from", "publication", "visible_until"], name="edition_begun"),
            models.Index(fields=["visible_until", "publication"], name="edition_ended"),
            models.Index(
                fields=["record_changed_at", "publication"],
                condition=Q(record_changed_at__isnull=False),
                name="edition_touched",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def get_absolute_url(self) -> str:
        return localized_path(self.locale, "publications:detail", slug=self.slug)

    @property
    def permanent_url(self) -> str:
        """The permanent address of this edition."""
        return localized_path(self.locale, "publications:edition", slug=self.slug, number=self.number)

    @property
    def previous(self) -> "Edition | None":
        """The previous edition of the publication that was not cancelled."""
        editions = Edition.objects.filter(publication=self.publication_id).not_cancelled()
        return editions.filter(number__lt=self.number).order_by("-number").first()

    @property
    def is_live(self) -> bool:
        return self.visible_from <= timezone.now() < self.visible_until

    @property
    def is_withdrawn_or_undone(self) -> bool:
        """Whether it was withdrawn or undone and is not live, as it may be after the clock was set back."""
        return self.end_reason in WITHDRAWN_OR_UNDONE and not self.is_live

    @property
    def is_retracted(self) -> bool:
        return self.editorial_status == EditorialStatus.RETRACTED

    @property
    def republication_refusal(self) -> str:
        """Why no edition of a text follows this one, the last that started: it is retracted. Else ""."""
        if not self.is_retracted or self.end_reason == EndReason.UNDONE:
            return ""
        return gettext(
            "This publication is retracted, and a retracted text is not published again. If the retraction was a "
            "mistake, take it back; if there is a new text, publish it as a publication of its own."
        )

    @property
    def notice(self) -> EditorialNotice | None:
        """The notice that it carries, if it is retracted or under an expression of concern."""
        if not self.editorial_status:
            return None
        status = EditorialStatus(self.editorial_status)
        return EditorialNotice(status, self.notice_text, self.notice_at, self.language)

    @property
    def marked_title(self) -> str:
        """The title as readers see it: with the prefix of the notice, if there is one."""
        return self.notice.mark(self.title) if self.notice else self.title

    @property
    def direction(self) -> str:
        return text_direction(self.language)

    @property
    def language_name(self) -> str:
        return LANGUAGE_NAMES[self.language]

    @property
    def kind_label(self) -> str:
        """The type line up to its dash: "Quick Comment", "SCEEUS Report No 1, 2023"."""
        return self.type_line.partition(DASH)[0]

    @property
    def current_series_number(self) -> SeriesNumber | None:
        """Its series number if that is of its kind, else None: the number may be from when it was of another kind."""
        number = self.series_number
        return number if number and number.kind_id == self.kind_id else None

    @property
    def type_line_rest(self) -> str:
        return self.type_line.partition(DASH)[2]

    @property
    def reading_minutes(self) -> int:
        return max(1, round(self.word_count / WORDS_PER_MINUTE))

    @property
    def external_host(self) -> str:
        """The host of its external address, or ""."""
        return host_of(self.external_url) if self.external_url else ""

    @property
    def is_link_post(self) -> bool:
        """Whether it has an external address and no text of its own."""
        return bool(self.external_url) and not self.word_count

    @property
    def disclaimer(self) -> str:
        return self.kind.get_translation("disclaimer", locale_of(self.language))
