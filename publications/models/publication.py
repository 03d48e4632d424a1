"""Publications: the drafts that editors work on at the desk, the admin site. No public page reads them."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Replace
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from taggit.managers import TaggableManager

from publications.locales import locale_of
from publications.markup import image_keys_in
from publications.slugs import slugify
from publications.stored_messages import show_message

from .author import Author
from .image import Image, digest_of
from .kind import SeriesNumber
from .publication_content import PublicationContent
from .tag import TaggedPublication

DELETED_DRAFT_RETENTION = timedelta(days=30)


class BylineRole(models.TextChoices):
    AUTHOR = "author", _("Author")
    WITH = "with", _("With")
    EDITOR = "editor", _("Editor")


class PublicationQuerySet(models.QuerySet):
    def deleted(self) -> "PublicationQuerySet":
        """Deleted drafts, the last deleted first."""
        return self.filter(deleted_at__isnull=False).order_by("-deleted_at", "-pk")

    def to_be_purged(self) -> "PublicationQuerySet":
        """Drafts that have been deleted for as long as they can be restored."""
        return self.deleted().filter(deleted_at__lt=timezone.now() - DELETED_DRAFT_RETENTION)

    def with_identifier(self, name: str, value: str) -> "PublicationQuerySet":
        """Publications with this DOI in any case, or this ISBN however it is hyphenated.

        Args:
            name: "doi" or "isbn".
        """
        if name == "isbn":
            digits = Replace("isbn", models.Value("-"))
            return self.alias(isbn_digits=digits).filter(isbn_digits__iexact=value.replace("-", ""))
        return self.filter(**{f"{name}__iexact": value})


class PublicationManager(models.Manager.from_queryset(PublicationQuerySet)):
    """Publications without deleted drafts, which nothing shows but their own list."""

    def get_queryset(self) -> PublicationQuerySet:
        return super().get_queryset().filter(deleted_at=None)


class Publication(PublicationContent):
    """A publication as its editors write it. Readers see its editions, which `publications.actions` creates.

    A draft that was never public can be deleted: it stays restorable for `DELETED_DRAFT_RETENTION`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    authors = models.ManyToManyField(Author, through="Byline", related_name="+")
    tags = TaggableManager(
        _("tags"), through=TaggedPublication, blank=True, help_text=_("Divided by commas.")
    )
    translation_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="translations",
        verbose_name=_("translation of"),
    )  # fmt: skip
    internal_note = models.TextField(
        _("internal note"), blank=True, help_text=_("For colleagues. Never public.")
    )
    undecided_changes = models.PositiveIntegerField(
        _("tracked changes to be decided"), default=0, editable=False
    )
    hidden_reason = models.JSONField(null=True, editable=False)
    """Why the site that it was imported from hid it, a stored message, until somebody publishes it all the same."""
    version = models.PositiveIntegerField(default=0, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("saved"), auto_now=True)

    deleted_at = models.DateTimeField(null=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+",
        db_constraint=False,
    )  # fmt: skip

    objects = PublicationManager()
    with_deleted = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        permissions = [
            ("publish_publication", "Can publish, withdraw and undo"),
            ("relate_publication", "Can change related links"),
            ("redact_publication", "Can redact a name or passage everywhere"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled"))

    @property
    def purged_at(self) -> datetime | None:
        """When a deleted draft is removed for good."""
        return self.deleted_at and self.deleted_at + DELETED_DRAFT_RETENTION

    @property
    def locale(self) -> str:
        """The locale of its address."""
        return locale_of(self.language)

    @property
    def source_publication(self) -> "Publication":
        """The publication that this one is a translation of, or itself: the same for a whole translation group."""
        return self.translation_of or self

    @property
    def current_series_number(self) -> SeriesNumber | None:
        """The series number that the next edition shows, or None.

        A number belongs to its kind. If the kind stops being numbered, a publication that was public with a number
        keeps it, because readers may have cited it.
        """
        number = self.series_number
        if not number or number.kind_id != self.kind_id:
            return None
        keeps_number = (
            self.kind.is_numbered or self.editions.ever_public().filter(series_number=number).exists()
        )
        return number if keeps_number else None

    def bylines_with_authors(self) -> models.QuerySet["Byline"]:
        """Return the bylines with their authors, without a query where they were prefetched."""
        is_prefetched = "bylines" in getattr(self, "_prefetched_objects_cache", ())
        return self.bylines.all() if is_prefetched else self.bylines.select_related("author")

    def links_with_targets(self) -> models.QuerySet["RelatedLink"]:
        """Return the related links with their targets, without a query where they were prefetched."""
        is_prefetched = "related_links" in getattr(self, "_prefetched_objects_cache", ())
        return self.related_links.all() if is_prefetched else self.related_links.select_related("target")

    def self_and_translations(self) -> models.QuerySet["Publication"]:
        """Return the publication and its translations."""
        source = self.source_publication.pk
        return Publication.objects.filter(models.Q(pk=source) | models.Q(translation_of=source))

    def proposed_slug(self) -> str:
        """Return the slug as typed, or one made from the title."""
        return slugify(self.slug) or slugify(self.title) or "publication"

    @property
    def hidden_text(self) -> str:
        """Why the site that it was imported from hid it, as a sentence, until somebody has published it, or ""."""
        return show_message(self.hidden_reason) if self.hidden_reason else ""

    def publish_errors(self) -> list[tuple[str, str]]:
        """Return what prevents publishing: pairs of the name of a field and a message for editors."""
        required = {
            "title": (_("The title is missing."), self.title.strip()),
            "summary": (
                _("The summary is missing: two sentences that say what happened and what you make of it."),
                self.summary.strip() or self.key_points.strip(),
            ),
            "body": (
                _("It has neither a text nor publications: choose some.")
                if self.kind.is_newsletter
                else _("The text is missing."),
                self.body.strip()
                or self.external_url
                or (self.kind.is_newsletter and self.related_links.exists()),
            ),
            "bylines": (_("An author is missing."), self.bylines.exists()),
        }
        errors = [(field, str(message)) for field, (message, value) in required.items() if not value]
        errors += [("bylines", message) for message in self.proposed_author_errors().values()]
        body_messages = [*self._missing_image_messages(), *self._undecided_change_messages()]
        return [*errors, *(("body", message) for message in body_messages)]

    def proposed_author_errors(self) -> dict[int, str]:
        """Return by proposed author, whose primary key it is, the message that they are not accepted yet."""
        text = _(
            "%(name)s is proposed as an author and not accepted yet. Accept them, or choose an author who is there."
        )
        authors = [byline.author for byline in self.bylines.all()]  # prefetched where many are published
        return {author.pk: text % {"name": author.name} for author in authors if author.is_proposed}

    def _undecided_change_messages(self) -> list[str]:
        if not self.undecided_changes:
            return []
        return [
            ngettext(
                "%(count)d tracked change of the Word file is neither accepted nor rejected.",
                "%(count)d tracked changes of the Word file are neither accepted nor rejected.",
                self.undecided_changes,
            )
            % {"count": self.undecided_changes}
        ]

    def _missing_image_messages(self) -> list[str]:
        keys = image_keys_in(self.body)
        existing = set(Image.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
        return [
            _("There is no picture “%s” in the image library.") % key for key in keys if key not in existing
        ]


class Byline(models.Model):
    """An author of a publication, in order."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(
        Author, on_delete=models.PROTECT, related_name="bylines", verbose_name=_("author")
    )
    role = models.CharField(_("role"), max_length=10, choices=BylineRole, default=BylineRole.AUTHOR)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "author"], name="author_once_per_publication"),
        ]

    def __str__(self) -> str:
        return str(self.author)


class Attachment(models.Model):
    """A file of a publication, such as the designed PDF of a report."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="attachments")
    original = models.CharField(max_length=120, editable=False)
    filename = models.CharField(_("file name"), max_length=200)
    label = models.CharField(_("label"), max_length=200, blank=True)
    size = models.PositiveBigIntegerField(editable=False, default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.label or self.filename

    @property
    def digest(self) -> str:
        return digest_of(self.original)


class RelatedLink(models.Model):
    """A link from one publication to another, set by staff and public beside the live edition."""

    source = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="related_links")
    target = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="linked_from")
    position = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="linked_once"),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="not_linked_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"


def truncate_to_minute(value: datetime) -> datetime:
    """Return a date of a publication without seconds, as the form of the desk shows it."""
    return value.replace(second=0, microsecond=0)
