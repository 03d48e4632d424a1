"""Whether what an import could not bring along is mended: as far as the text shows it.

An edit alone mends nothing. What a note names (the address of a link, the words of a missing picture) may stand in the
text as it was imported: the note is resolved when the draft has none of it any more. Where it does not stand there,
only a person can say.
"""

from collections.abc import Iterator

from publications.models import Publication
from publications.stored_messages import Stored

from .reconcile import ImportState

MISSING_PICTURE, PUBLIC_TEXT, MADE_SUMMARY = "image-missing", "still-public", "summary"


def is_resolved(topic: str, note: Stored, publication: Publication, state: ImportState | None) -> bool:
    """Return whether a draft shows that what a note of an import is about is mended.

    Args:
        topic: the key of a NoteTopic.
        note: the text of the note, as a report stores it.
        publication: with its status.
        state: the publication as it was imported, if it was edited at the desk since; else None.
    """
    if topic == PUBLIC_TEXT:
        return not publication.live_from
    if state is None or state.last_import is None:
        return False
    if topic == MADE_SUMMARY:
        return publication.summary != state.last_import.summary
    names = {f"*{name}*" if topic == MISSING_PICTURE else name for name in _list_names(note)}
    traces = {name for name in names if name in state.last_import.body}
    return bool(traces) and not any(trace in publication.body for trace in traces)


def _list_names(stored: Stored) -> Iterator[str]:
    """Yield what a stored message names."""
    if isinstance(stored, dict):
        values = stored.get("parts") or stored.get("values") or ()
        for value in values.values() if isinstance(values, dict) else values:
            yield from _list_names(value)
    elif name := str(stored).removesuffix(":").strip():
        yield name
