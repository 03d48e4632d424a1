"""Rows of an edition: bylines, tags, images and attachments as they were published."""

from datetime import datetime
from typing import Self

from django.db import models

from .edition import Edition
from .edition_queryset import ListQuerySet
from .image import Image, digest_of
from .kind import Kind
from .publication import BylineRole

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "rtf": "application/rtf",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "txt": "text/plain",
    "md": "text/markdown",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "json": "application/json",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
"""Media types of attachments by file extension (IANA, Media Types). Any other file is application/octet-stream, as are
HTML, SVG and scripts, which a browser would run."""


class EditionRowQuerySet(ListQuerySet):
    """The same filters as on editions, applied to the columns copied from the edition."""

    edition_lookup = "edition_id"
    publication_lookup = "edition__publication"

    def for_locale(self, locale: str | None, at: datetime | None = None) -> Self:
        """Rows of the editions that a locale shows. Only those in another language are looked up."""
        if not locale:
            return self
        shown = Edition.objects.for_locale(locale, at).filter(pk=models.OuterRef("edition")).order_by()
        return self.filter(models.Q(language=locale) | models.Exists(shown))

    def with_wrong_copies(self) -> Self:
        """Rows of which a copied column differs from the edition."""
        differs = models.Q()
        for name in self.model.COPIED_COLUMNS:
            differs |= ~models.Q(**{name: models.F(f"edition__{name}")})
        return self.filter(differs)


class EditionRow(models.Model):
    """A row of an edition with copies of the columns that lists filter and sort by.

    The copies never change, except `visible_until`, which only `publications.actions` sets.
    """

    published_at = models.DateTimeField()
    visible_from = models.DateTimeField()
    visible_until = models.DateTimeField()
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=10)

    objects = EditionRowQuerySet.as_manager()

    COPIED_COLUMNS = ("published_at", "visible_from", "visible_until", "kind_id", "year", "language")

    class Meta:
        abstract = True


class EditionByline(EditionRow):
    """An author of an edition, with name, title and affiliation as they were published."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey("Author", on_delete=models.PROTECT, related_name="published", db_index=False)
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=10, choices=BylineRole)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=160, blank=True)
    affiliation = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["edition", "author"], name="author_once_per_edition")]
        indexes = [
            models.Index(
                fields=[
                    "author", "-published_at", "-edition", "visible_from", "visible_until",
                    "kind", "year", "language",
                ],
                name="byline_list",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class EditionTag(EditionRow):
    """A tag of an edition. Its name is the tag's own, as it is now."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="tag_rows")
    tag = models.ForeignKey("Tag", on_delete=models.PROTECT, related_name="published", db_index=False)

    class Meta:
        ordering = ["tag__name"]
        constraints = [models.UniqueConstraint(fields=["edition", "tag"], name="tag_once_per_edition")]
        indexes = [
            models.Index(
                fields=[
                    "tag", "-published_at", "-edition", "visible_from", "visible_until",
                    "kind", "year", "language",
                ],
                name="tag_list",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.tag)


class EditionImage(models.Model):
    """An image that an edition shows, which makes it public."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="image_rows")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="shown_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "image"], name="image_once_per_edition")]

    def __str__(self) -> str:
        return str(self.image)


def is_public_image(image: Image) -> bool:
    """Return whether a readable edition shows the image, or it is the portrait of an author of a live one."""
    live = Edition.objects.live().order_by()
    reachable = Edition.objects.readable().filter(publication__in=live.values("publication"))
    return reachable.filter(image_rows__image=image).exists() or live.with_portrait(image).exists()


class EditionAttachment(models.Model):
    """A file that was published with an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="attachments")
    original = models.CharField(max_length=120)
    filename = models.CharField(max_length=200)
    label = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label or self.filename

    @property
    def digest(self) -> str:
        return digest_of(self.original)

    @property
    def extension(self) -> str:
        return self.filename.rpartition(".")[2].lower()

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES.get(self.extension, "application/octet-stream")
