"""Revisions: the draft as a manuscript, stored at each explicit save."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from publications import manuscript
from publications.markup import image_keys_in
from publications.publication_fields import FIELDS, FieldType, PublicationField

from .comment import Comment
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
    BULK = "bulk", _("Changed in the list")
    MERGED = "merged", _("Authors or tags merged")
    UNDONE = "undone", _("As before an import")


FILE_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
NOT_WRITTEN = (
    RevisionReason.PUBLISHED, RevisionReason.REDACTED, RevisionReason.BULK, RevisionReason.MERGED,
    RevisionReason.UNDONE,
)  # fmt: skip
"""Reasons of revisions that do not make a draft the work of who stored them."""


class RevisionQuerySet(models.QuerySet):
    def create_from(
        self, publication: Publication, *, by, reason: RevisionReason = RevisionReason.SAVED
    ) -> "Revision":
        """Store a revision of a publication as the database has it, and update its digest, version and comments."""
        reload_relations([publication])
        Comment.objects.follow_texts([publication])
        text, publication.digest = _manuscript_and_digest(publication)
        publication.version = F("version") + 1
        publication.save(update_fields=["digest", "version"])  # the version is read back
        revision = self._build(publication, text, by, reason)
        revision.save(force_insert=True)
        return revision

    def create_many_from(
        self, publications: Sequence[Publication], *, by, reason: RevisionReason, reload: bool = True
    ) -> None:
        """Store revisions of many publications in a constant number of statements; see `create_from`.

        Args:
            reload: read their relations again. Without it the caller has read them under its lock and not changed them.
        """
        if reload:
            reload_relations(publications)
        Comment.objects.follow_texts(publications)
        revisions = []
        for publication in publications:
            text, publication.digest = _manuscript_and_digest(publication)
            publication.version += 1
            revisions.append(self._build(publication, text, by, reason))
        with connection.cursor() as cursor:
            cursor.executemany(
                _UPDATE_PUBLICATION, [(row.digest, row.version, row.pk) for row in publications]
            )
        self.bulk_create(revisions)

    def last_imports_of(self, publications: Iterable[Publication]) -> list[int]:
        """Return the primary keys of the last revision of each publication that an import has stored."""
        revisions = self.filter(publication__in=list(publications), reason=RevisionReason.IMPORTED)
        return list(dict(revisions.order_by("number").values_list("publication", "pk")).values())

    def file_digests(self) -> set[str]:
        """Return the SHA-256 digests of files that the manuscripts name."""
        texts = self.values_list("manuscript", flat=True).iterator(chunk_size=200)
        return {digest for text in texts for digest in FILE_DIGEST.findall(text)}

    def _build(
        self, publication: Publication, text: manuscript.Manuscript, by, reason: RevisionReason
    ) -> "Revision":
        return self.model(
            publication=publication,
            number=publication.version,
            manuscript=_dumps(text),
            digest=publication.digest,
            saved_by=by,
            reason=reason,
        )


_UPDATE_PUBLICATION = "UPDATE publications_publication SET digest = %s, version = %s WHERE id = %s"
_dumps = lru_cache(50)(
    manuscript.dumps
)  # a draft is often published just after it was saved, alone or in a batch
MANUSCRIPT_RELATIONS = (
    "kind",
    "bylines__author",
    "tags",
    "related_links__target",
    "cover",
    "translation_of",
    "series_number",
    "attachments",
)
"""Relations of a publication that a manuscript is built from."""


def reload_relations(publications: Sequence[Publication]) -> None:
    """Prefetch the relations of manuscripts again in place of those prefetched before."""
    for publication in publications:
        publication._prefetched_objects_cache = {}
    prefetch_related_objects(publications, *MANUSCRIPT_RELATIONS)


class Revision(models.Model):
    """A manuscript of a publication with who saved it, when and why."""

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
    """Return the manuscript of a draft."""
    return _build_manuscript(publication, publication.tags.all())


def digest_of_draft(publication: Publication) -> str:
    """Return the digest that a revision of the draft, as it is in memory, would have."""
    return _manuscript_and_digest(publication)[1]


def _manuscript_and_digest(publication: Publication) -> tuple[manuscript.Manuscript, str]:
    """Return the manuscript of a draft, and its digest with slugs of tags, which stay when a tag is renamed."""
    tags = list(publication.tags.all())
    text = _build_manuscript(publication, tags)
    return text, replace(text, tags=tuple(sorted(tag.slug for tag in tags))).digest


def _build_manuscript(publication: Publication, tags: Iterable[Tag]) -> manuscript.Manuscript:
    values = {
        field.manuscript_key: _manuscript_value(publication, field)
        for field in FIELDS
        if field.manuscript_key and field.type is not FieldType.RELATED_ROWS
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
        images=tuple(_manuscript_image(image) for image in images_of(publication)),
        attachments=tuple(
            manuscript.ManuscriptFile(file=file.filename, label=file.label, digest=file.digest)
            for file in publication.attachments.all()
        ),
    )


def _manuscript_value(publication: Publication, field: PublicationField) -> object:
    """Return a column as a manuscript has it: lists by line, and other rows by a stable key."""
    value = getattr(publication, field.name)
    if field.type is FieldType.FOREIGN_KEY:
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
    """Return the images of the library that a draft shows: its cover, then those of its text."""
    keys = [publication.cover.key] if publication.cover else []
    keys += [key for key in image_keys_in(publication.body) if key not in keys]
    images = {image.key: image for image in Image.objects.filter(key__in=keys)} if keys else {}
    return [images[key] for key in keys if key in images]


def _manuscript_image(image: Image) -> manuscript.ManuscriptImage:
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


def is_own(user, publication: str = "") -> Q:
    """Return the condition that a user created a draft, or saved a change of it.

    A save that changes nothing, as the button "Check and publish" does, is not one, nor are those of `NOT_WRITTEN`.

    Args:
        publication: the field by which rows refer to their draft; empty for rows that are drafts.
    """
    unchanged = Revision.objects.filter(
        publication=OuterRef("publication"), number=OuterRef("number") - 1, digest=OuterRef("digest")
    )
    saved = Revision.objects.filter(publication=OuterRef(publication or "pk"), saved_by=user)
    saved = saved.exclude(reason__in=NOT_WRITTEN).filter(~Exists(unchanged.order_by()))
    created_by = f"{publication}__created_by" if publication else "created_by"
    return Q(**{created_by: user}) | Q(Exists(saved))
