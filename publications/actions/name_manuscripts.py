"""Manuscripts refer to authors by slug: they follow where removing a name gives an author another."""

from collections.abc import Iterable
from dataclasses import replace

from publications import manuscript
from publications.models import Author, Publication, Revision, RevisionReason, WordFile

from .revisions import store_revision

COLUMNS = ((Revision, "manuscript"), (WordFile, "text"))


def rename_author_in_manuscripts(author: Author, old_slug: str) -> None:
    """Replace slug and name of an author in all revisions and in the texts that were read from Word files."""
    for model, column in COLUMNS:
        for row in model.objects.filter(**{f"{column}__contains": old_slug}):
            text = manuscript.loads(getattr(row, column))
            bylines = tuple(
                replace(line, author=author.slug, name=author.name) if line.author == old_slug else line
                for line in text.bylines
            )
            if bylines != text.bylines:
                setattr(row, column, manuscript.dumps(replace(text, bylines=bylines)))
                row.save(update_fields=[column])


def save_drafts(publications: Iterable[Publication], *, by) -> None:
    """Store a revision of each draft, whose digest depends on the slugs of its authors and tags.

    Editions with the digest that a draft had before get its new one, so that the draft does not count as changed.
    """
    for publication in publications:
        before = publication.digest
        store_revision(publication, by=by, reason=RevisionReason.REDACTED)
        if publication.digest != before:
            update_edition_digests(publication, before)


def update_edition_digests(publication: Publication, before: str) -> None:
    """Give editions that had the digest of the draft its new one, as both lost the same name or passage."""
    for edition in publication.editions.filter(digest=before):
        edition.digest, edition.redaction_count = publication.digest, edition.redaction_count + 1
        edition.save(update_fields=["digest", "redaction_count"])
