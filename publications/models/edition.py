"""Editions: the published snapshots of publications, written by `publications.actions` alone."""

from datetime import MINYEAR, UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.locales import LANGUAGE_NAMES, LOCALES, locale_of, localized_path, text_direction

from .image import Image
from .kind import DASH, SeriesNumber
from .publication import Publication, PublicationContent
from .validators import host_of

FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
WORDS_PER_MINUTE = 230


class Change(models.TextChoices):
    """The type of change since the previous edition."""

    FIRST = "first", _("First edition")
    SILENT = "silent", _("Silent fix")
    CORRECTION = "correction", _("Correction, with a note to readers")
    UPDATE = "update", _("Update, the date moves")


class EndReason(models.TextChoices):
    """Why an edition ended other than by its own end or the next edition."""

    NONE = "", "–"
    CANCELLED = "cancelled", _("Cancelled before it was public")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    UNDONE = "undone", _("Undone")


WITHDRAWN_OR_UNDONE = (EndReason.UNDONE, EndReason.WITHDRAWN)
"""Reasons after which the text of an edition stays hidden, even if the publication is live again."""


class EditionQuerySet(models.QuerySet):
    def live(self, at: datetime | None = None) -> "EditionQuerySet":
        """Editions that readers see now, or at the given moment, which several queries of one page share."""
        now = at or timezone.now()
        return self.filter(visible_from__lte=now, visible_until__gt=now)

    def not_cancelled(self) -> "EditionQuerySet":
        """Editions without those cancelled before they started."""
        return self.exclude(end_reason=EndReason.CANCELLED)

    def ever_public(self, at: datetime | None = None) -> "EditionQuerySet":
        """Editions that are or were public."""
        return self.not_cancelled().filter(
            visible_from__lte=at or timezone.now(), visible_until__gt=F("visible_from")
        )

    def readable(self, at: datetime | None = None) -> "EditionQuerySet":
        """Editions whose text is served at their permanent address while the publication is live."""
        return self.ever_public(at).exclude(end_reason__in=WITHDRAWN_OR_UNDONE)

    def scheduled(self) -> "EditionQuerySet":
        """Editions that will become live later."""
        return self.filter(end_reason=EndReason.NONE, visible_from__gt=timezone.now())

    def last_public_by(self, at: datetime) -> "Edition | None":
        """Return the last of these that had started by the given moment, or None."""
        return self.not_cancelled().filter(visible_from__lte=at).order_by("-visible_from").first()

    def latest(self) -> "Edition | None":
        return self.order_by("-number").first()

    def latest_in_effect(self) -> "Edition | None":
        """Return the last of these that was neither cancelled nor undone, or None."""
        return (
            self.exclude(end_reason__in=(EndReason.CANCELLED, EndReason.UNDONE)).order_by("-number").first()
        )

    def next_number(self) -> int:
        """Return the next number; those of cancelled editions are not used again."""
        last = self.order_by("-number").values_list("number", flat=True).first()
        return (last or 0) + 1

    def at_address(self, locale: str, slug: str) -> "EditionQuerySet":
        """Editions of the publication that an address belongs to, current or former."""
        return self.filter(publication__addresses__locale=locale, publication__addresses__slug=slug)

    def for_locale(self, locale: str, at: datetime | None = None) -> "EditionQuerySet":
        """One edition of each translation group: in the language of the locale, else of the first locale, else any."""
        return self.filter(is_shown_in_locale(locale, at or timezone.now()))

    def hidden_in_locale(self, locale: str, at: datetime) -> "EditionQuerySet":
        """Live editions that the locale leaves out, found among groups with a translation: fast for counts of many."""
        translated = Edition.objects.exclude(translation_group=F("publication")).order_by()
        groups = self.live(at).order_by().filter(translation_group__in=translated.values("translation_group"))
        return groups.exclude(is_shown_in_locale(locale, at))

    def tagged(self, tag) -> "EditionQuerySet":
        return self.filter(tag_rows__tag=tag)

    def authored_by(self, author) -> "EditionQuerySet":
        return self.filter(bylines__author=author)

    def counterpart_of(self, publication: int | None) -> "Edition | None":
        """Return the one of these that is the live edition of a publication or of a translation of it, or None."""
        live = Edition.objects.live().filter(publication=publication).order_by()
        return (
            self.filter(translation_group__in=live.values("translation_group")).first()
            if publication
            else None
        )

    def published_in(self, year: int) -> "EditionQuerySet":
        """Editions dated in a year: a range of the index of lists. Years 0 and 1, without bounds in UTC, have none."""
        return self.filter(published_at__year=year) if year > MINYEAR else self.none()

    def newest_first(self) -> "EditionQuerySet":
        return self.order_by("-published_at", "-pk")

    def with_teaser_columns(self) -> "EditionQuerySet":
        """Editions with the columns of a teaser and their kinds."""
        return self.select_related("kind").without_texts()

    def without_texts(self) -> "EditionQuerySet":
        """Editions whose long text columns are deferred."""
        return self.defer("body", "html", "plain_text", "paragraphs")


def is_shown_in_locale(locale: str, at: datetime) -> Q:
    """Return the condition that an edition is the one of its translation group that a locale shows."""
    group = Edition.objects.live(at).filter(translation_group=models.OuterRef("translation_group")).order_by()
    has_locale = models.Exists(group.filter(language=locale))
    has_first_locale = models.Exists(group.filter(language=LOCALES[0]))
    return Q(language=locale) | (~has_locale & (Q(language=LOCALES[0]) | ~has_first_locale))


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
