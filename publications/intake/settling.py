"""A manuscript as the site would hold it: what a working copy has no room for is cut, names are those the site knows.

What is written and what is compared go through here, so that a file that was taken in brings no news the next time.
"""

from collections.abc import Container
from dataclasses import replace
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from publications.languages import slugify
from publications.manuscript import Attachment, Byline, Manuscript
from publications.models import (
    Publication,
    Role,
    check_doi,
    check_external_url,
    check_isbn,
    settled_doi,
    settled_isbn,
    split_at_commas,
)
from publications.publication_fields import MAX_LENGTHS

from .register import Register

LONGEST_LABEL = 200


def settled(text: Manuscript, register: Register, *, here: Container[str], own: int | None) -> Manuscript:
    """The manuscript as a working copy.

    `here` holds the digests and the names of files that there are; `own` is the primary key of the piece, which is no
    translation of itself.
    """
    is_other = is_uid(text.translation_of) and text.translation_of.casefold() != text.uid.casefold()
    original = register.original(text.translation_of) if is_other else None
    return replace(
        text,
        title=text.title[: MAX_LENGTHS["title"]],
        slug=slugify(text.slug),
        doi=_identifier("doi", text)[0],
        isbn=_identifier("isbn", text)[0],
        external_url=_identifier("external_url", text)[0],
        bylines=_bylines(text, register),
        tags=tag_names(text),
        key_points=tuple(line for point in text.key_points for line in _lines(point)),
        cover=text.cover if text.cover in register.images else "",
        attachments=_attachments(text, here),
        translation_of=str(original) if original and not why_no_translation(original, own) else "",
    )


def why_no_translation(original: int | None, own: int | None) -> str:
    """Why a piece cannot be a translation of this original, in a sentence: a family has one original."""
    if original == own:
        return _("Left out: a publication cannot be a translation of itself.")
    if own and Publication.objects.filter(translation_of=own).exists():
        return _("Left out: this is the original of other translations. Link them to the other text instead.")
    return ""


def cut_title(text: Manuscript) -> list[str]:
    """What of a title is too long to be kept, in a sentence."""
    if len(text.title) <= MAX_LENGTHS["title"]:
        return []
    told = {"most": MAX_LENGTHS["title"], "rest": text.title[MAX_LENGTHS["title"] :][: MAX_LENGTHS["title"]]}
    return [
        _("The title is longer than %(most)d characters. What comes after them was left out: “%(rest)s”")
        % told
    ]


IDENTIFIERS = {
    "doi": (settled_doi, check_doi),
    "isbn": (settled_isbn, check_isbn),
    "external_url": (str.strip, check_external_url),
}


def wrong_identifiers(text: Manuscript) -> list[str]:
    """Why identifiers that the manuscript has are left out, in sentences."""
    return [why for name in IDENTIFIERS if (why := _identifier(name, text)[1])]


def _identifier(name: str, text: Manuscript) -> tuple[str, str]:
    """An identifier in its one spelling, and why there is none where it is wrong."""
    spelled, check = IDENTIFIERS[name]
    value = spelled(getattr(text, name))
    try:
        check(value) if value else None
    except ValidationError as reason:
        return "", _("Left out: %(why)s") % {"why": reason.messages[0]}
    return value, ""


def is_uid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def tag_names(text: Manuscript) -> tuple[str, ...]:
    """The tags one by one: commas divide, and what is longer than a tag can be is cut."""
    cut = (name[: MAX_LENGTHS["tags"]].strip() for name in split_at_commas(",".join(text.tags)))
    return tuple({name.casefold(): name for name in cut if name}.values())


def _bylines(text: Manuscript, register: Register) -> tuple[Byline, ...]:
    """Each author once, in a role there is. A line that names nobody is none."""
    found: dict[str | tuple[str, str], Byline] = {}
    for line in text.bylines:
        author = register.author(line.author, line.name)
        known = replace(line, author=author.slug) if author else line
        role = line.role if line.role in Role.values else Role.AUTHOR.value
        if line.author.strip() or line.name.strip():
            found.setdefault(author.slug if author else (line.author, line.name), replace(known, role=role))
    return tuple(found.values())


def _lines(point: str) -> list[str]:
    return [line.strip() for line in point.splitlines() if line.strip()]


def _attachments(text: Manuscript, here: Container[str]) -> tuple[Attachment, ...]:
    """Those that are kept already or came along, each once; a manuscript written by hand names no digests."""
    there = [each for each in text.attachments if each.digest in here or each.file in here]
    found = {each.digest or each.file: each for each in there}
    return tuple(replace(each, label=each.label[:LONGEST_LABEL]) for each in found.values())
