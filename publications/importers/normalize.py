"""Normalize a manuscript as a draft stores it: long values are truncated, names are those of the site.

Both storing and comparing use this module, so that an imported file shows no changes the next time.
"""

from collections.abc import Container
from dataclasses import replace
from uuid import UUID

from django.core.exceptions import ValidationError

from publications.manuscript import Manuscript, ManuscriptByline, ManuscriptFile
from publications.models import (
    BylineRole,
    Publication,
    check_doi,
    check_external_url,
    check_isbn,
    normalize_doi,
    normalize_isbn,
    parse_tags,
    use_existing_names,
)
from publications.publication_fields import MAX_LENGTHS
from publications.slugs import slugify
from publications.stored_messages import gettext as _

from .import_cache import ImportCache
from .titles import describe_title_end

MAX_LABEL_CHARACTERS = 200


def normalize_manuscript(
    manuscript: Manuscript,
    import_cache: ImportCache,
    *,
    available_files: Container[str],
    publication_pk: int | None,
) -> Manuscript:
    """Return the manuscript as a draft stores it.

    Args:
        import_cache: the authors, images and publications of the site.
        available_files: names of the files that can be read, and digests of those that the draft has.
        publication_pk: the publication, which cannot be a translation of itself; None if it is new.
    """
    is_other = (
        is_uid(manuscript.translation_of)
        and manuscript.translation_of.casefold() != manuscript.uid.casefold()
    )
    original = import_cache.find_original(manuscript.translation_of) if is_other else None
    return replace(
        manuscript,
        title=manuscript.title[: MAX_LENGTHS["title"]],
        slug=slugify(manuscript.slug),
        doi=_normalize_identifier("doi", manuscript)[0],
        isbn=_normalize_identifier("isbn", manuscript)[0],
        external_url=_normalize_identifier("external_url", manuscript)[0],
        bylines=_normalize_bylines(manuscript, import_cache),
        tags=tuple(use_existing_names(tag_names(manuscript), import_cache.tags)),
        key_points=tuple(line for point in manuscript.key_points for line in _split_lines(point)),
        cover=manuscript.cover if manuscript.cover in import_cache.images else "",
        attachments=_normalize_attachments(manuscript, available_files),
        translation_of=str(original)
        if original and not translation_refusal(original, publication_pk)
        else "",
    )


def translation_refusal(original: int | None, publication_pk: int | None) -> str:
    """Return the reason why a publication cannot be a translation of this original, or ""."""
    if original == publication_pk:
        return _("Left out: a publication cannot be a translation of itself.")
    if publication_pk and Publication.objects.filter(translation_of=publication_pk).exists():
        return _("Left out: this is the original of other translations. Link them to the other text instead.")
    return ""


def describe_cut_title(manuscript: Manuscript) -> list[str]:
    """Return a message with the truncated part of a title that is too long."""
    rest = manuscript.title[MAX_LENGTHS["title"] :][: MAX_LENGTHS["title"]]
    return [describe_title_end(rest)] if rest else []


def describe_missing_attachments(manuscript: Manuscript, normalized: Manuscript) -> list[str]:
    """Return a message for each attachment that the normalized manuscript does not have."""
    stored = {attachment.file for attachment in normalized.attachments}
    missing = [attachment.file for attachment in manuscript.attachments if attachment.file not in stored]
    return [_("Attachment missing: %(file)s.") % {"file": file} for file in missing]


IDENTIFIERS = {
    "doi": (normalize_doi, check_doi),
    "isbn": (normalize_isbn, check_isbn),
    "external_url": (str.strip, check_external_url),
}


def describe_invalid_identifiers(manuscript: Manuscript) -> list[str]:
    """Return the messages on invalid identifiers of a manuscript, which are left out."""
    return [reason for name in IDENTIFIERS if (reason := _normalize_identifier(name, manuscript)[1])]


def _normalize_identifier(name: str, manuscript: Manuscript) -> tuple[str, str]:
    """Return an identifier in its normal form, and a message if it is invalid."""
    normalize, check = IDENTIFIERS[name]
    value = normalize(getattr(manuscript, name))
    try:
        check(value) if value else None
    except ValidationError as error:
        return "", _("Left out: %(why)s") % {"why": error.messages[0]}
    return value, ""


def is_uid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def tag_names(manuscript: Manuscript) -> tuple[str, ...]:
    """Return the distinct tags of a manuscript as written, split at commas and truncated."""
    names = (name[: MAX_LENGTHS["tags"]].strip() for name in parse_tags(",".join(manuscript.tags)))
    return tuple({name.casefold(): name for name in names if name}.values())


def _normalize_bylines(manuscript: Manuscript, import_cache: ImportCache) -> tuple[ManuscriptByline, ...]:
    """Return the bylines, each author once and in a valid role, without empty ones."""
    bylines: dict[str | tuple[str, str], ManuscriptByline] = {}
    for byline in manuscript.bylines:
        author = import_cache.find_author(byline.author, byline.name)
        normalized = replace(byline, author=author.slug) if author else byline
        role = byline.role if byline.role in BylineRole.values else BylineRole.AUTHOR.value
        if byline.author.strip() or byline.name.strip():
            key = author.slug if author else (byline.author, byline.name)
            bylines.setdefault(key, replace(normalized, role=role))
    return tuple(bylines.values())


def _split_lines(point: str) -> list[str]:
    return [line.strip() for line in point.splitlines() if line.strip()]


def _normalize_attachments(
    manuscript: Manuscript, available_files: Container[str]
) -> tuple[ManuscriptFile, ...]:
    """Return the attachments whose files exist, each once, identified by digest or, without one, by name."""
    attachments = {
        attachment.digest or attachment.file: attachment
        for attachment in manuscript.attachments
        if attachment.digest in available_files or attachment.file in available_files
    }
    return tuple(
        replace(attachment, label=attachment.label[:MAX_LABEL_CHARACTERS])
        for attachment in attachments.values()
    )
