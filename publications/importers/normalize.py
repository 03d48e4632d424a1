"""A manuscript as the site stores it: what a draft has no room for is cut, names are those that the site knows.

What is stored and what is compared go through here, so that a file that was imported has no changes the next time.
"""

from collections.abc import Container
from dataclasses import replace
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

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
)
from publications.publication_fields import MAX_LENGTHS
from publications.slugs import slugify

from .site_names import SiteNames

MAX_LABEL = 200


def normalize_manuscript(
    text: Manuscript, site_names: SiteNames, *, present: Container[str], own: int | None
) -> Manuscript:
    """Return the manuscript as a draft stores it.

    Args:
        present: digests and names of the files that exist.
        own: primary key of the publication, which is no translation of itself.
    """
    is_other = is_uid(text.translation_of) and text.translation_of.casefold() != text.uid.casefold()
    original = site_names.original(text.translation_of) if is_other else None
    return replace(
        text,
        title=text.title[: MAX_LENGTHS["title"]],
        slug=slugify(text.slug),
        doi=_identifier("doi", text)[0],
        isbn=_identifier("isbn", text)[0],
        external_url=_identifier("external_url", text)[0],
        bylines=_bylines(text, site_names),
        tags=tag_names(text),
        key_points=tuple(line for point in text.key_points for line in _lines(point)),
        cover=text.cover if text.cover in site_names.images else "",
        attachments=_attachments(text, present),
        translation_of=str(original) if original and not translation_refusal(original, own) else "",
    )


def translation_refusal(original: int | None, own: int | None) -> str:
    """A sentence that says why a publication cannot be a translation of this original; "" where it can."""
    if original == own:
        return _("Left out: a publication cannot be a translation of itself.")
    if own and Publication.objects.filter(translation_of=own).exists():
        return _("Left out: this is the original of other translations. Link them to the other text instead.")
    return ""


def describe_cut_title(text: Manuscript) -> list[str]:
    """A sentence that names what of a title was cut, where it is too long."""
    if len(text.title) <= MAX_LENGTHS["title"]:
        return []
    values = {
        "most": MAX_LENGTHS["title"],
        "rest": text.title[MAX_LENGTHS["title"] :][: MAX_LENGTHS["title"]],
    }
    message = _(
        "The title is longer than %(most)d characters. What comes after them was left out: “%(rest)s”"
    )
    return [message % values]


IDENTIFIERS = {
    "doi": (normalize_doi, check_doi),
    "isbn": (normalize_isbn, check_isbn),
    "external_url": (str.strip, check_external_url),
}


def describe_invalid_identifiers(text: Manuscript) -> list[str]:
    """Sentences that say why identifiers of the manuscript are left out."""
    return [reason for name in IDENTIFIERS if (reason := _identifier(name, text)[1])]


def _identifier(name: str, text: Manuscript) -> tuple[str, str]:
    """An identifier in its normal form, and why there is none where it is invalid."""
    normalize, check = IDENTIFIERS[name]
    value = normalize(getattr(text, name))
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


def tag_names(text: Manuscript) -> tuple[str, ...]:
    """The tags one by one: commas divide, and what is longer than a tag can be is cut."""
    cut = (name[: MAX_LENGTHS["tags"]].strip() for name in parse_tags(",".join(text.tags)))
    return tuple({name.casefold(): name for name in cut if name}.values())


def _bylines(text: Manuscript, site_names: SiteNames) -> tuple[ManuscriptByline, ...]:
    """Each author once, in a known role. A byline that names nobody is left out."""
    bylines: dict[str | tuple[str, str], ManuscriptByline] = {}
    for byline in text.bylines:
        author = site_names.author(byline.author, byline.name)
        known = replace(byline, author=author.slug) if author else byline
        role = byline.role if byline.role in BylineRole.values else BylineRole.AUTHOR.value
        if byline.author.strip() or byline.name.strip():
            key = author.slug if author else (byline.author, byline.name)
            bylines.setdefault(key, replace(known, role=role))
    return tuple(bylines.values())


def _lines(point: str) -> list[str]:
    return [line.strip() for line in point.splitlines() if line.strip()]


def _attachments(text: Manuscript, present: Container[str]) -> tuple[ManuscriptFile, ...]:
    """Those whose file exists, each once; a manuscript written by hand names no digests."""
    attachments = {
        attachment.digest or attachment.file: attachment
        for attachment in text.attachments
        if attachment.digest in present or attachment.file in present
    }
    return tuple(
        replace(attachment, label=attachment.label[:MAX_LABEL]) for attachment in attachments.values()
    )
