"""Revisions: the working copy as a manuscript, kept at each explicit save."""

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.db import models
from django.db.models import F, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from publications import manuscript
from publications.prose import images_in

from .images import Image
from .publication import Publication


class Why(models.TextChoices):
    SAVED = "saved", _("Saved")
    PUBLISHED = "published", _("Published")
    IMPORTED = "imported", _("Imported")
    RESTORED = "restored", _("Restored")
    REDACTED = "redacted", _("Redacted")
    WORD = "word", _("From Word")


class RevisionQuerySet(models.QuerySet):
    def keep(self, publication: Publication, *, by, why: Why = Why.SAVED) -> "Revision":
        """Keep the working copy as it stands, and bring its digest and version up to date."""
        text = as_manuscript(publication)
        publication.digest = _digest(publication, text)
        Publication.objects.filter(pk=publication.pk).update(
            digest=publication.digest, version=F("version") + 1
        )
        publication.refresh_from_db(fields=["version"])
        return self.create(
            publication=publication,
            number=publication.version,
            manuscript=manuscript.dumps(text),
            digest=publication.digest,
            saved_by=by,
            why=why,
        )

    def keep_many(self, publications: Sequence[Publication], *, by, why: Why) -> None:
        """Keep many working copies, as `keep` does with each, in a number of statements that does not grow."""
        prefetch_related_objects(publications, *ROWS)
        texts = [as_manuscript(publication) for publication in publications]
        for publication, text in zip(publications, texts, strict=True):
            publication.digest, publication.version = _digest(publication, text), publication.version + 1
        Publication.objects.bulk_update(publications, ["digest", "version"])
        self.bulk_create(
            self.model(
                publication=publication,
                number=publication.version,
                manuscript=manuscript.dumps(text),
                digest=publication.digest,
                saved_by=by,
                why=why,
            )
            for publication, text in zip(publications, texts, strict=True)
        )


ROWS = (
    "kind",
    "bylines__author",
    "tags",
    "related_links__target",
    "cover",
    "translation_of",
    "series_number",
    "attachments",
)
"""What a manuscript is read from besides the publication itself."""


class Revision(models.Model):
    """One manuscript of a publication: who saved it, when and why."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    manuscript = models.TextField()
    digest = models.CharField(max_length=64)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    saved_at = models.DateTimeField(auto_now_add=True)
    why = models.CharField(max_length=10, choices=Why, default=Why.SAVED)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["publication", "number"], name="revision_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.publication_id}/{self.number}"


def as_manuscript(publication: Publication) -> manuscript.Manuscript:
    """The working copy with its authors, tags, links and files, as plain text."""
    return manuscript.Manuscript(
        uid=str(publication.uid),
        title=publication.title,
        language=publication.language,
        kind=publication.kind.slug,
        slug=publication.slug,
        summary=publication.summary,
        key_points=tuple(publication.key_points_list),
        body=publication.body,
        bylines=tuple(
            manuscript.Byline(author=line.author.slug, name=line.author.name, role=line.role)
            for line in publication.signed()
        ),
        tags=tuple(sorted((tag.name for tag in publication.tags.all()), key=str.casefold)),
        related=tuple(str(link.target.uid) for link in publication.linked()),
        published_at=publication.published_at,
        cover=publication.cover.key if publication.cover else "",
        translation_of=str(publication.translation_of.uid) if publication.translation_of else "",
        number=str(publication.series_number or ""),
        doi=publication.doi,
        isbn=publication.isbn,
        note=publication.note,
        images=tuple(_picture(image) for image in pictured(publication)),
        attachments=tuple(
            manuscript.Attachment(file=file.filename, label=file.label, digest=file.digest)
            for file in publication.attachments.all()
        ),
    )


def _digest(publication: Publication, text: manuscript.Manuscript) -> str:
    """The digest of the manuscript, with tags by their address: a new name of a tag changes no draft."""
    return replace(text, tags=tuple(sorted(tag.slug for tag in publication.tags.all()))).digest


def pictured(publication: Publication) -> list[Image]:
    """The pictures of the library that the working copy shows: its cover, then those of its text."""
    keys = [publication.cover.key] if publication.cover else []
    keys += [key for key in images_in(publication.body) if key not in keys]
    found = {image.key: image for image in Image.objects.filter(key__in=keys)} if keys else {}
    return [found[key] for key in keys if key in found]


def _picture(image: Image) -> manuscript.Picture:
    return manuscript.Picture(
        key=image.key,
        file=image.filename,
        digest=image.digest,
        alt={"en": image.alt_en, "sv": image.alt_sv},
        credit=image.credit,
        licence=image.licence,
        decorative=image.decorative,
        focus=(image.focus_x, image.focus_y),
    )
