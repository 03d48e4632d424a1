"""A manuscript of our own, read strictly, with the files beside it."""

import hashlib
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _

from publications import manuscript, pictures
from publications.manuscript import Manuscript

from . import values
from .arrival import Arrival, Telling
from .card import Card
from .page import rendered_as_published, share_of


def read_own(card: Card, telling: Telling) -> Arrival | None:
    """One that is not sound is nothing here: it is read like any other file, and that is told."""
    try:
        text, files = manuscript.read(card.path)
    except manuscript.Unreadable as reason:
        telling.guessed("manuscript", _("Not a sound manuscript, read as any other file: %s") % reason)
        return None
    text = replace(
        text,
        uid=card.uid,
        slug=text.slug or card.slug,
        translation_of=text.translation_of or card.translation_of,
        attachments=tuple(_known_by_its_bytes(each, files) for each in text.attachments),
    )
    facts = _looked_at(text, files, telling)
    unsound = {each.file for each in text.images if each.file in files} - facts.keys()
    rendered = rendered_as_published(text, telling)
    return Arrival(
        card.source, text, lines=telling.lines, facts=facts,
        files={name: path for name, path in files.items() if name not in unsound},
        staff=frozenset(line.author for line in text.bylines), former_paths=card.former_paths,
        is_draft=values.flag(str(text.more.get("draft", ""))) is True,
        prose=rendered, share=share_of(text.body, text, rendered, telling),
    )  # fmt: skip


def _known_by_its_bytes(attachment: manuscript.Attachment, files: dict[str, Path]) -> manuscript.Attachment:
    """The digest is that of the file, whatever is written of it."""
    if attachment.file not in files:
        return attachment
    return replace(attachment, digest=hashlib.sha256(files[attachment.file].read_bytes()).hexdigest())


def _looked_at(text: Manuscript, files: dict[str, Path], telling: Telling) -> dict[str, pictures.Facts]:
    """What the pictures that are there are; one that is none is told."""
    found = {}
    for name in dict.fromkeys(each.file for each in text.images if each.file in files):
        try:
            found[name] = pictures.examine(files[name].read_bytes())
        except pictures.Unsuitable as reason:
            telling.dropped("image-missing", f"{name}: {reason}")
    return found
