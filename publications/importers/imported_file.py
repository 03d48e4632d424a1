"""The result of reading a file, with the notes on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext_noop

from publications.images import ImageProperties
from publications.manuscript import Manuscript
from publications.markup import RenderedText
from publications.stored_messages import gettext as _

OTHER_LANGUAGE = "other-language"
"""The topic of notes that a text reads as another language than it has."""
NOT_PUBLIC = "not-public"
"""The topic of notes why a text was not for all readers of its old site."""
OLD_LINK = "link-old"
"""The topic of notes on links to pages of the old site that did not come, by their whole addresses."""
PAGE = gettext_noop("It was a page and no text of the list of texts: it is a draft.")
SOUND_PAGE = gettext_noop("It is the page of a sound file that is not in the export: it is a draft.")
"""The notes of that topic on texts that readers saw all the same."""
STILL_PUBLIC = "still-public"
"""The topic of notes that a text is public that its source hides, or without the end that it names."""
LOST_ADDRESS, UNMATCHED_PAGE, SERVER_REDIRECT = "lost-address", "unmatched-page", "server-redirect"
LOST_TEXT = "lost-text"
"""The topic of a remark on public texts that the source has no longer."""
UNREAD = "unread"
"""The topic of a remark on types or fields of the source that are not imported unless somebody says what they are."""
"""The topics of remarks on old addresses that lead nowhere, pages that no rule fits, and what the web server redirects.

An item is an address, or with `ARROW` after it what it led to.
"""
ARROW = " → "
HOME_PAGE = "/"
"""The path of the old home page: this site has its own."""


class NoteKind(StrEnum):
    """The kind of a note: the import changed something, left it out, or guessed it."""

    CHANGED = "changed"
    DROPPED = "dropped"
    GUESSED = "guessed"


@dataclass(frozen=True)
class ImportNote:
    """One statement about a file; `topic` is the key of a NoteTopic."""

    kind: NoteKind
    topic: str
    text: str


class EarlierText(NamedTuple):
    """A text of an earlier import, as its report has it."""

    uid: str
    title: str


@dataclass(frozen=True)
class SourceRemark:
    """One statement about a source as a whole, with what it counts, such as addresses.

    Args:
        topic: what is to be done about each item, by its key in `left_to_do`; "" for a mere statement.
    """

    text: str
    items: tuple[str, ...] = ()
    topic: str = ""


def describe_link() -> str:
    """Return why a symbolic link is refused."""
    return _("This is no plain file: links are not followed.")


def hidden_note(reason: str) -> ImportNote:
    """Return the note that a text was not public, with what says so: it becomes a draft."""
    message = _("It was not public on the old site (%s): it is a draft.")
    return ImportNote(NoteKind.CHANGED, NOT_PUBLIC, message % reason)


def hidden_part_note(reason: str) -> ImportNote:
    """Return the note that a part of a text may have been hidden, with what says so: the text becomes a draft."""
    message = _("The old site may have hidden a part of it (%s): it is a draft.")
    return ImportNote(NoteKind.CHANGED, NOT_PUBLIC, message % reason)


def members_only_note(reason: str) -> ImportNote:
    """Return the note that a text was for members only, with what says so: it becomes a draft."""
    message = _("It was for members of the old site only (%s): it is a draft.")
    return ImportNote(NoteKind.CHANGED, NOT_PUBLIC, message % reason)


def elsewhere_note(address: str) -> ImportNote:
    """Return the note that the old site led to another address in place of a text: it becomes a draft."""
    message = _(
        "The old site led its readers elsewhere and did not show its words: it is a draft. It led to: %s"
    )
    return ImportNote(NoteKind.CHANGED, NOT_PUBLIC, message % address)


def page_note() -> ImportNote:
    """Return the note that a text was a page of its own, such as “About us”: it becomes a draft."""
    return ImportNote(NoteKind.CHANGED, NOT_PUBLIC, _(PAGE))


def sound_note() -> ImportNote:
    """Return the note that a text is about a sound file that did not come along: it becomes a draft."""
    return ImportNote(NoteKind.CHANGED, NOT_PUBLIC, _(SOUND_PAGE))


def unknown_field_note(name: str, value: str) -> ImportNote:
    """Return the note on a value that this site has no field for."""
    message = _("This site has no field for “%(name)s”; its value was left out: %(value)s")
    return ImportNote(NoteKind.DROPPED, "field", message % {"name": name, "value": value})


def other_original_note(address: str) -> ImportNote:
    """Return the note that the source names another address as that of the original of a text."""
    message = _(
        "The old site names another address as that of the original; if it is, say so in the text: %s"
    )
    return ImportNote(NoteKind.DROPPED, "value", message % address[:500])


def unindexed_note() -> ImportNote:
    """Return the note that search engines were to leave a text out."""
    message = _("The old site kept it out of search engines; here they find it once it is public.")
    return ImportNote(NoteKind.DROPPED, "value", message)


def describe_day_first(date: str) -> str:
    """Return how a date such as 3/4/2012 was read."""
    return _("The first number of the date was taken for the day: %s") % date


def describe_cover_caption(caption: str) -> str:
    """Return that a caption of the main picture, with links or without its picture, did not come as it is written."""
    return _("The caption of the main picture, of which at most its words were kept: %s") % caption


def linked_element_note(name: str, address: str) -> ImportNote:
    """Return the note on an element in whose place a link stands."""
    message = _("<%(name)s> was left out, a link stands in its place: %(address)s")
    return ImportNote(NoteKind.CHANGED, "html", message % {"name": name, "address": address})


def dropped_element_note(name: str, text: str) -> ImportNote:
    """Return the note on an element that was left out, with its words or its address."""
    message = _("<%(name)s> was left out: %(what)s")
    return ImportNote(NoteKind.DROPPED, "html", message % {"name": name, "what": text or "–"})


def lost_addresses(addresses: Iterable[str]) -> SourceRemark:
    """Return the remark on old addresses that lead nowhere."""
    return SourceRemark(_("Old addresses that will answer 404:"), tuple(addresses), topic=LOST_ADDRESS)


class ImportLog:
    """Collects the distinct notes on a file while it is read."""

    def __init__(self) -> None:
        self.notes: list[ImportNote] = []
        self._seen: set[ImportNote] = set()

    def changed(self, topic: str, text: str) -> None:
        self.add(ImportNote(NoteKind.CHANGED, topic, text))

    def dropped(self, topic: str, text: str) -> None:
        self.add(ImportNote(NoteKind.DROPPED, topic, text))

    def guessed(self, topic: str, text: str) -> None:
        self.add(ImportNote(NoteKind.GUESSED, topic, text))

    def hidden(self, reason: str) -> None:
        """Note that the text was not public, with what says so: it becomes a draft."""
        self.add(hidden_note(reason))

    def hidden_part(self, reason: str) -> None:
        """Note that a part of the text may have been hidden, with what says so: it becomes a draft."""
        self.add(hidden_part_note(reason))

    @property
    def is_hidden(self) -> bool:
        """Whether a note says that the text was not public."""
        return any(note.topic == NOT_PUBLIC for note in self.notes)

    def add(self, note: ImportNote) -> None:
        if note not in self._seen:
            self._seen.add(note)
            self.notes.append(note)


class ImportRefused(ValueError):
    """A file that cannot be imported; the message names the reason and the remedy."""


@dataclass(frozen=True)
class TextCoverage:
    """The number of words of a source, and those that its page does not contain."""

    total: int = 0
    missing: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """The share of words that the page contains, from 0 to 1."""
        return 1 - len(self.missing) / self.total if self.total else 1.0


@dataclass
class ImportedFile:
    """The result of reading a file. A file without a manuscript is refused; `refusal` is the reason.

    Args:
        files: paths by the names that the manuscript uses.
        former_files: the names in `files` by the old paths of images and attachments.
        image_properties: size and format of the images among the files.
        non_guest_authors: slugs of the authors in the author list; other authors become guests.
        rendered: the text as publishing renders it.
        anchors: the ids on its page.
        fragment_links: the links on its page that have a fragment.
        has_library_words: whether the words of its images are those of a library, as in a manuscript of this site.
    """

    source: str
    manuscript: Manuscript | None = None
    refusal: str = ""
    notes: list[ImportNote] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    former_files: dict[str, str] = field(default_factory=dict)
    image_properties: dict[str, ImageProperties] = field(default_factory=dict)
    non_guest_authors: frozenset[str] = frozenset()
    former_paths: tuple[str, ...] = ()
    is_draft: bool = False
    rendered: RenderedText | None = None
    coverage: TextCoverage = TextCoverage()
    expires_at: datetime | None = None
    anchors: frozenset[str] = frozenset()
    fragment_links: tuple[str, ...] = ()
    has_library_words: bool = False
