"""Why texts were hidden where they come from: stored with their drafts, so that nobody publishes one unawares."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from django.utils.translation import gettext_noop

from publications.models import Publication
from publications.stored_messages import Stored, join_messages, store_message
from publications.stored_messages import gettext as _

from .file_outcome import FileOutcome
from .imported_file import NOT_PUBLIC, PAGE, SOUND_PAGE, STILL_PUBLIC
from .reconcile import INTENT_REFUSALS, FileIntent, PublicationStage, PublicationState, determine_intent
from .report import FileReport

STILL_PUBLIC_TEXT = gettext_noop(
    "It is public here and stays so, though its source hides it: withdraw it at the desk. %(why)s"
)
DECIDED_STAGES = (PublicationStage.SCHEDULED, PublicationStage.ENDED)
"""Stages of texts of which somebody here has decided whether readers see them."""
LeftNote = tuple[str, str, Publication | None, Stored]
"""The topic of a note, the place of its text in the source, that text, and the note as a report stores it."""


def store_hidden_reasons(files: Iterable[FileReport], states: Mapping[int, PublicationState]) -> None:
    """Store with each draft why its source hides it, or that it does so no longer."""
    for file in files:
        publication, reason = file.publication, explain_hidden(file)
        if _keeps_reason(file, states[publication.pk], is_hidden=bool(reason)):
            continue
        stored = store_message(join_messages(_("The old site hid this text."), reason)) if reason else None
        if publication.hidden_reason != stored:
            Publication.objects.filter(pk=publication.pk).update(hidden_reason=stored)


def _keeps_reason(file: FileReport, state: PublicationState, *, is_hidden: bool) -> bool:
    """Whether what a source says of a text does not apply to its draft.

    A draft that an editor has changed may have hidden words that a source has removed before it showed the text. Of a
    text that somebody here has decided about, only words that this run has stored need a new confirmation.
    """
    if not is_hidden:
        return file.is_edited
    is_decided = state.is_live or state.stage in DECIDED_STAGES
    return is_decided and file.outcome is not FileOutcome.UPDATED


def explain_hidden(file: FileReport) -> str:
    """Return why readers of the source did not see a text, or "": a page that is a draft here was public there."""
    intent = determine_intent(file.imported)
    if intent not in (FileIntent.DRAFT, FileIntent.EXPIRED):
        return ""
    notes = [note.text for note in file.imported.notes if note.topic == NOT_PUBLIC]
    if intent is FileIntent.EXPIRED or not notes:
        return INTENT_REFUSALS[intent]
    reasons = [text for text in notes if _hides(store_message(text))]
    return join_messages(*reasons) if reasons else ""


def describe_still_public(reason: str) -> str:
    """Return the note that a text is public that its source hides."""
    return _(STILL_PUBLIC_TEXT) % {"why": reason}


def list_published_since(notes: Collection[LeftNote]) -> Iterator[LeftNote]:
    """Yield the notes, as a later run reports them, that texts are public which the source hid when it was read.

    Args:
        notes: those of a report; what it says itself is not said again.
    """
    reported = {source for _topic, source, _text, note in notes if _msgid_of(note) == STILL_PUBLIC_TEXT}
    reasons: dict[str, list[Stored]] = defaultdict(list)
    texts: dict[str, Publication] = {}
    for topic, source, publication, note in notes:
        is_public = publication and publication.live_from and source not in reported
        if is_public and topic == NOT_PUBLIC and _hides(note):
            reasons[source].append(note)
            texts[source] = publication
    for source, stored in reasons.items():
        note = {"msgid": STILL_PUBLIC_TEXT, "values": {"why": {"parts": stored}}}
        yield STILL_PUBLIC, source, texts[source], note


def _hides(note: Stored) -> bool:
    """Whether a note of the topic NOT_PUBLIC is about a text that readers of the source did not see."""
    return _msgid_of(note) not in (PAGE, SOUND_PAGE)


def _msgid_of(note: Stored) -> str:
    return note.get("msgid", "") if isinstance(note, dict) else ""
