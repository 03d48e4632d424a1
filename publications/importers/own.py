"""A manuscript of our own, read strictly, with the files beside it. One with a fault is refused, never read loosely:
read as another file it would lose fields of the publication that it names."""

import hashlib
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _

from publications import images, manuscript
from publications.manuscript import Manuscript

from . import values
from .arrival import Arrival, Refusal, Telling
from .card import Card, tell_address
from .page import anchors_in, fragment_links_in, rendered_as_published, share_of


def read_own(card: Card, telling: Telling) -> Arrival:
    """Read a file that says `format: 1`. Raises Refusal, with the line of the fault."""
    try:
        text, files = manuscript.read(card.path)
    except manuscript.Unreadable as reason:
        remedy = _(
            "Or take out the line “format: …”: then it is read as any other file, as a new publication."
        )
        raise Refusal(f"{reason} {remedy}") from reason
    text = replace(
        text,
        uid=card.uid,
        slug=card.slug,
        translation_of=text.translation_of or card.translation_of,
        attachments=tuple(_known_by_its_bytes(each, files) for each in text.attachments),
    )
    facts = _looked_at(text, files, telling)
    unsound = {each.file for each in text.images if each.file in files} - facts.keys()
    rendered = rendered_as_published(text, telling)
    tell_address(card, telling)
    return Arrival(
        card.source, text, lines=telling.lines, facts=facts,
        files={name: path for name, path in files.items() if name not in unsound},
        staff=frozenset(line.author for line in text.bylines), former_paths=card.former_paths,
        is_draft=values.flag(str(text.more.get("draft", ""))) is True,
        prose=rendered, share=share_of(text.body, text, rendered, telling),
        anchors=anchors_in(rendered), fragment_links=fragment_links_in(rendered),
    )  # fmt: skip


def _known_by_its_bytes(attachment: manuscript.Attachment, files: dict[str, Path]) -> manuscript.Attachment:
    """The digest is that of the file, whatever is written of it."""
    if attachment.file not in files:
        return attachment
    return replace(attachment, digest=hashlib.sha256(files[attachment.file].read_bytes()).hexdigest())


def _looked_at(text: Manuscript, files: dict[str, Path], telling: Telling) -> dict[str, images.ImageFacts]:
    """What the pictures that are there are; one that is none is told."""
    found = {}
    for name in dict.fromkeys(each.file for each in text.images if each.file in files):
        try:
            found[name] = images.examine(files[name].read_bytes())
        except images.UnsuitableImage as reason:
            telling.dropped("image-missing", f"{name}: {reason}")
    return found
