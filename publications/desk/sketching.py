"""What stands in a form, as a working copy that is not stored: for the preview beside it and for comparison."""

import re

from django.http import QueryDict

from publications import composing
from publications.languages import slugify
from publications.models import Byline, Kind, Publication, Tag

from .forms import PublicationForm
from .unsent_forms import as_posted

NO_ROW = 0
"""The number of a piece that is not stored yet: no row has it, so that nothing is found beside it."""

NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def number_in(posted: QueryDict, name: str) -> int:
    """A whole number that was sent, else 0, which no row has."""
    sent = posted.get(name, "")
    return int(sent) if NUMBER.fullmatch(sent) else NO_ROW


def form_of(values: list[list[str]], piece: Publication | None) -> PublicationForm:
    """The form of a piece filled with raw values."""
    return as_typed(as_posted(values), piece)


def as_typed(filled: QueryDict, piece: Publication | None) -> PublicationForm:
    """The form with these values, cleaned as far as they go; nothing is joined with what others saved."""
    form = PublicationForm(filled, instance=_copy(piece))
    form.joins = False
    form.full_clean()
    return form


def sketch(form: PublicationForm) -> Publication:
    """The working copy as the form has it. A field that is wrong stands as it is stored."""
    piece, cleaned = form.instance, form.cleaned_data
    stored = list(piece.attachments.all()) if piece.pk else []
    piece.pk = piece.pk or NO_ROW
    piece.kind = Kind.objects.filter(pk=piece.kind_id).first() or Kind.objects.first()
    if "cover_choice" in cleaned:
        piece.cover = next((image for image, _role in cleaned["cover_choice"]), None)
    if "translation_choice" in cleaned:
        piece.translation_of = next((other.original for other, _role in cleaned["translation_choice"]), None)
    bylines = [
        Byline(publication=piece, author=author, role=role, position=place)
        for place, (author, role) in enumerate(cleaned.get("bylines", ()))
    ]
    gone = {file.pk for file in cleaned.get("detach") or ()}
    attachments = [file for file in stored if file.pk not in gone]
    return composing.with_rows(piece, bylines=bylines, tags=_tags(cleaned), attachments=attachments)


def _copy(piece: Publication | None) -> Publication | None:
    return Publication.objects.select_related("kind").get(pk=piece.pk) if piece and piece.pk else None


def _tags(cleaned: dict) -> list[Tag]:
    """Tags by name; one that is not there yet is shown as it would be made."""
    names = cleaned.get("tags", [])
    known = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
    return [known.get(name) or Tag(name=name, slug=slugify(name) or "topic") for name in names]
