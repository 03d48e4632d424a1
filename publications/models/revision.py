"""Revisions: the working copy as a manuscript, kept at each explicit save."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from django.conf import settings
from django.db import connection, models
from django.db.models import F, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from publications import manuscript
from publications.markup import images_in
from publications.publication_fields import FIELDS, FieldType, PublicationField

from .image import Image
from .kind import Kind, SeriesNumber
from .publication import Publication
from .tag import Tag


class RevisionReason(models.TextChoices):
    SAVED = "saved", _("Saved")
    PUBLISHED = "published", _("Published")
    IMPORTED = "imported", _("Imported")
    RESTORED = "restored", _("Restored")
    REDACTED = "redacted", _("Redacted")
    WORD = "word", _("From Word")


class RevisionQuerySet(models.QuerySet):
    def create_from(
        self, publication: Publication, *, by, why: RevisionReason = RevisionReason.SAVED
    ) -> "Revision":
        """Keep the publication as the database holds it, and bring its digest and version up to date."""
        reload_rows([publication])
        text, publication.digest = _told(publication)
        publication.version = F("version") + 1
        publication.save(update_fields=["digest", "version"])  # which reads the version that it has now
        revision = self._of(publication, text, by, why)
        revision.save(force_insert=True)
        return revision

    def create_many_from(
        self, publications: Sequence[Publication], *, by, why: RevisionReason, reload: bool = True
    ) -> None:
        """Keep many working copies, as `keep` does with each, in a number of statements that does not grow.

        Without `reload` their rows have been loaded under the lock that is held, and not written since.
        """
        if reload:
            reload_rows(publications)
        revisions = []
        for publication in publications:
            text, publication.digest = _told(publication)
            publication.version += 1
            revisions.append(self._of(publication, text, by, why))
        with connection.cursor() as cursor:
            cursor.executemany(_UPDATE, [(each.digest, each.version, each.pk) for each in publications])
        self.bulk_create(revisions)

    def _of(
        self, publication: Publication, text: manuscript.Manuscript, by, why: RevisionReason
    ) -> "Revision":
        return self.model(
            publication=publication,
            number=publication.version,
            manuscript=_written(text),
            digest=publication.digest,
            saved_by=by,
            reason=why,
        )


_UPDATE = "UPDATE publications_publication SET digest = %s, version = %s WHERE id = %s"
_written = lru_cache(50)(
    manuscript.dumps
)  # what is published is often what was just saved: one text, or a batch
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


def reload_rows(publications: Sequence[Publication]) -> None:
    """Load the rows of manuscripts in place of those loaded before, which later writes do not change."""
    for publication in publications:
        publication._prefetched_objects_cache = {}
    prefetch_related_objects(publications, *ROWS)


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
    reason = models.CharField(max_length=10, choices=RevisionReason, default=RevisionReason.SAVED)

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


def manuscript_of(publication: Publication) -> manuscript.Manuscript:
    """The working copy with its authors, tags, links and files, as plain text."""
    return _as_manuscript(publication, publication.tags.all())


def digest_of_draft(publication: Publication) -> str:
    """Return the digest that a revision of the working copy, as it is in memory, would have."""
    return _told(publication)[1]


def _told(publication: Publication) -> tuple[manuscript.Manuscript, str]:
    """The same with its digest, which has tags by their address: a new name of a tag changes no draft."""
    tags = list(publication.tags.all())
    text = _as_manuscript(publication, tags)
    return text, replace(text, tags=tuple(sorted(tag.slug for tag in tags))).digest


def _as_manuscript(publication: Publication, tags: Iterable[Tag]) -> manuscript.Manuscript:
    values = {
        field.manuscript_key: _value(publication, field)
        for field in FIELDS
        if field.manuscript_key and field.type is not FieldType.ROWS
    }
    return manuscript.Manuscript(
        **values,
        uid=str(publication.uid),
        bylines=tuple(
            manuscript.ManuscriptByline(author=line.author.slug, name=line.author.name, role=line.role)
            for line in publication.bylines_with_authors()
        ),
        tags=tuple(sorted((tag.name for tag in tags), key=str.casefold)),
        related=tuple(str(link.target.uid) for link in publication.links_with_targets()),
        images=tuple(_picture(image) for image in images_of(publication)),
        attachments=tuple(
            manuscript.ManuscriptFile(file=file.filename, label=file.label, digest=file.digest)
            for file in publication.attachments.all()
        ),
    )


def _value(publication: Publication, field: PublicationField) -> object:
    """A column as a manuscript has it: lists by line, and other rows by the key that never changes."""
    value = getattr(publication, field.name)
    if field.type is FieldType.REFERENCE:
        return _stable_key(value)
    return tuple(publication.key_points_list) if field.type is FieldType.LINES else value


def _stable_key(row: Kind | Image | SeriesNumber | Publication | None) -> str:
    match row:
        case None:
            return ""
        case Kind():
            return row.slug
        case Image():
            return row.key
        case Publication():
            return str(row.uid)
        case _:
            return str(row)


def images_of(publication: Publication) -> list[Image]:
    """The pictures of the library that the working copy shows: its cover, then those of its text."""
    keys = [publication.cover.key] if publication.cover else []
    keys += [key for key in images_in(publication.body) if key not in keys]
    found = {image.key: image for image in Image.objects.filter(key__in=keys)} if keys else {}
    return [found[key] for key in keys if key in found]


def _picture(image: Image) -> manuscript.ManuscriptImage:
    return manuscript.ManuscriptImage(
        key=image.key,
        file=image.filename,
        digest=image.digest,
        alt={"en": image.alt_en, "sv": image.alt_sv},
        credit=image.credit,
        licence=image.licence,
        decorative=image.is_decorative,
        focus=(image.focus_x, image.focus_y),
    )
