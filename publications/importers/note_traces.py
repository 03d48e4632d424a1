"""Whether what an import could not bring along is mended: as far as the text shows it.

An edit alone mends nothing. What a note names (the address of a link, the words of a missing picture) may stand in the
text as it was imported: the note is resolved when the draft has none of it any more. Where it does not stand there,
only a person can say.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from publications.markup import image_keys_in
from publications.models import Image, Publication
from publications.stored_messages import Stored

from .imported_file import OTHER_LANGUAGE, STILL_PUBLIC
from .reconcile import ImportState

MISSING_PICTURE = "image-missing"
MADE_FIELDS = {"summary": "summary", "made-title": "title"}
"""The fields that an import has made, by the topic of the notes on them."""


def is_resolved(topic: str, note: Stored, publication: Publication, state: ImportState | None) -> bool:
    """Return whether a draft shows that what a note of an import is about is mended.

    Args:
        topic: the key of a NoteTopic.
        note: the text of the note, as a report stores it.
        publication: with its status.
        state: the publication as it was imported, if it was edited at the desk since; else None.
    """
    if topic == STILL_PUBLIC:
        return not publication.live_from
    if state is None or state.last_import is None:
        return False
    if topic == OTHER_LANGUAGE:
        return publication.language != state.last_import.language
    if name := MADE_FIELDS.get(topic):
        return getattr(publication, name) != getattr(state.last_import, name)
    names = {name for name in list_names(note) if not name.isdecimal()}  # a count stands in many texts
    traces = {f"*{name}*" if topic == MISSING_PICTURE else name for name in names}
    traces = {trace for trace in traces if _has_words(state.last_import.body, trace)}
    if traces:
        return not any(_has_words(publication.body, trace) for trace in traces)
    return topic == MISSING_PICTURE and _shows_picture(list_names(note), publication, state.last_import.body)


def _has_words(text: str, words: str) -> bool:
    """Whether a text has words as whole ones: `Bo`, not `Book`."""
    return bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text))


def _shows_picture(addresses: Iterable[str], publication: Publication, imported_body: str) -> bool:
    """Return whether a draft shows a picture, which it did not have, of the file name of one of the addresses."""
    shown = {*image_keys_in(publication.body), *([publication.cover.key] if publication.cover else [])}
    images = Image.objects.filter(key__in=shown - {*image_keys_in(imported_body)})
    names = {PurePosixPath(unquote(urlsplit(address).path)).name.casefold() for address in addresses}
    return any(name.casefold() in names for name in images.values_list("filename", flat=True))


def list_names(stored: Stored) -> Iterator[str]:
    """Yield what a stored message names."""
    if isinstance(stored, dict):
        values = stored.get("parts") or stored.get("values") or ()
        for value in values.values() if isinstance(values, dict) else values:
            yield from list_names(value)
    elif name := str(stored).removesuffix(":").strip():
        yield name
