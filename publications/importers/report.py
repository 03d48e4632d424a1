"""The report of an import: notes, the outcome of each file, and totals.

`ImportLog` collects the notes of one file while it is read, `ImportedFile` is the result of reading it, `FileReport`
its outcome on the site, `ImportReport` the whole import. `TOPICS` lists all topics of notes. This module imports no
models, because files are read in processes that start before Django is set up.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from publications.images import ImageProperties
from publications.manuscript import Manuscript
from publications.markup import RenderedText


class NoteKind(StrEnum):
    """The kind of a note: the import changed something, left it out, or guessed it."""

    CHANGED = "changed"
    DROPPED = "dropped"
    GUESSED = "guessed"


NOTE_KIND_LABELS = {
    NoteKind.CHANGED: _("changed"),
    NoteKind.DROPPED: _("left out"),
    NoteKind.GUESSED: _("guessed"),
}


@dataclass(frozen=True)
class Topic:
    """A topic of notes.

    Topics that need attention are listed in full, others by a few examples. Topics with the same text for many files
    (`is_grouped`) are listed by that text. Topics that are not `is_counted` have no total, because an outcome has one;
    those of Word files only (`is_of_word`) have a total if there are such notes.
    """

    key: str
    label: Promise
    needs_attention: bool = False
    is_grouped: bool = False
    is_counted: bool = True
    is_of_word: bool = False

    @property
    def total_name(self) -> str:
        """The name of its total in the JSON report."""
        return self.key.replace("-", "_")


@dataclass(frozen=True)
class ImportNote:
    """One statement about a file; `topic` is the key of a Topic."""

    kind: NoteKind
    topic: str
    text: str


class ImportLog:
    """Collects the distinct notes on a file while it is read."""

    def __init__(self) -> None:
        self.notes: list[ImportNote] = []
        self._seen: set[ImportNote] = set()

    def changed(self, topic: str, text: str) -> None:
        self._add(ImportNote(NoteKind.CHANGED, topic, text))

    def dropped(self, topic: str, text: str) -> None:
        self._add(ImportNote(NoteKind.DROPPED, topic, text))

    def guessed(self, topic: str, text: str) -> None:
        self._add(ImportNote(NoteKind.GUESSED, topic, text))

    def _add(self, note: ImportNote) -> None:
        if note not in self._seen:
            self._seen.add(note)
            self.notes.append(note)


class ImportRefused(ValueError):
    """A file that cannot be imported; the message names the reason and the remedy."""


@dataclass(frozen=True)
class WordCoverage:
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
        facts: size and format of the images among the files.
        staff: slugs of the authors in the author list; other authors become guests.
        rendered: the text as publishing renders it.
        anchors: the ids on its page.
        fragment_links: the links on its page that have a fragment.
    """

    source: str
    manuscript: Manuscript | None = None
    refusal: str = ""
    notes: list[ImportNote] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    facts: dict[str, ImageProperties] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    former_paths: tuple[str, ...] = ()
    is_draft: bool = False
    rendered: RenderedText | None = None
    coverage: WordCoverage = WordCoverage()
    expires_at: datetime | None = None
    anchors: frozenset[str] = frozenset()
    fragment_links: tuple[str, ...] = ()


class FileOutcome(StrEnum):
    """The outcome of a file."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REFUSED = "refused"


OUTCOME_LABELS = {
    FileOutcome.NEW: _("taken in"),
    FileOutcome.UPDATED: _("updated"),
    FileOutcome.UNCHANGED: _("unchanged"),
    FileOutcome.KEPT: _("left as the desk has it"),
    FileOutcome.REFUSED: _("refused"),
}


_TOPICS = (
    Topic(
        "refused",
        OUTCOME_LABELS[FileOutcome.REFUSED],
        needs_attention=True,
        is_grouped=True,
        is_counted=False,
    ),
    Topic("kept", OUTCOME_LABELS[FileOutcome.KEPT], needs_attention=True, is_grouped=True, is_counted=False),
    Topic("held", _("held back from readers"), needs_attention=True, is_grouped=True),
    Topic("still-public", _("public, though the file says draft"), needs_attention=True, is_grouped=True),
    Topic("render", _("texts that cannot be shown"), needs_attention=True),
    Topic("words", _("texts with words left out"), needs_attention=True),
    Topic("missing", _("missing from manuscripts"), needs_attention=True),
    Topic("redirect", _("old addresses that do not lead here"), needs_attention=True),
    Topic("address", _("addresses numbered, since another has them"), needs_attention=True),
    Topic("related", _("related pieces that are not here")),
    Topic("date-from-name", _("dates from the file's name")),
    Topic("date-differs", _("dates that differ from the file's name")),
    Topic("date", _("other dates, concluded or left out")),
    Topic("signed", _("texts that named no author, signed as asked")),
    Topic("organisation", _("new authors taken for organisations")),
    Topic("guest", _("guest authors made")),
    Topic("author", _("names that are nobody's"), needs_attention=True),
    Topic("tag", _("tags that became one")),
    Topic("title", _("titles made or changed")),
    Topic("summary", _("summaries made or cut")),
    Topic("link", _("links led to new addresses")),
    Topic("link-lost", _("links to pages that did not come along")),
    Topic("fragment", _("links to places that are not on their page")),
    Topic("link-gone", _("links that could not be kept"), needs_attention=True),
    Topic("link-summary", _("links in summaries left out")),
    Topic("image-missing", _("pictures missing")),
    Topic("image-elsewhere", _("pictures of other sites, now links")),
    Topic("image", _("portraits of the old site left out")),
    Topic("reference", _("reference links that nothing defines, now their words")),
    Topic("include", _("files put in that texts include")),
    Topic("liquid", _("Liquid and shortcodes left out")),
    Topic("html", _("pieces of HTML left out or replaced")),
    Topic("field", _("fields left out")),
    Topic("yaml", _("front matter mended"), needs_attention=True),
    Topic("manuscript", _("manuscripts read as other files"), needs_attention=True),
    Topic("encoding", _("files in another encoding"), needs_attention=True),
    Topic("characters", _("files with characters that are no text"), needs_attention=True),
    # Topics of Word files
    Topic("picture", _("pictures of Word files that were not kept"), needs_attention=True, is_of_word=True),
    Topic("chart", _("charts of Word files left out"), needs_attention=True, is_of_word=True),
    Topic("diagram", _("drawings (SmartArt) left out"), needs_attention=True, is_of_word=True),
    Topic("object", _("embedded objects left out"), needs_attention=True, is_of_word=True),
    Topic("frame", _("headers and footers left out"), is_of_word=True),
    Topic("hidden", _("hidden text left out"), is_of_word=True),
    Topic("prompt", _("prompts that nobody filled in"), is_of_word=True),
    Topic("contents", _("tables of contents left out"), is_of_word=True),
    Topic("embedded", _("files embedded as text left out"), needs_attention=True, is_of_word=True),
    Topic("note", _("notes that no text refers to"), needs_attention=True, is_of_word=True),
    Topic("template", _("templates elsewhere that were not opened"), is_of_word=True),
    Topic("macros", _("files with macros"), is_of_word=True),
    Topic("box", _("text boxes moved behind their paragraph"), is_of_word=True),
    Topic("equation", _("equations as plain text"), is_of_word=True),
    Topic("word-field", _("fields of Word as plain text"), is_of_word=True),
    Topic("merged", _("merged cells divided"), is_of_word=True),
    Topic("unpacked", _("tables of one cell as paragraphs"), is_of_word=True),
    Topic("cropped", _("pictures cropped as in Word"), is_of_word=True),
    Topic("tracking", _("links freed of what traces readers"), is_of_word=True),
    Topic("inner-link", _("links within a text as plain words"), is_of_word=True),
    Topic("dead-link", _("links that lead nowhere, as plain words"), is_of_word=True),
    Topic("lettered", _("lists with letters, now numbered"), is_of_word=True),
    Topic("moved-note", _("notes of titles or summaries moved"), is_of_word=True),
    Topic("highlight", _("highlighting left out"), is_of_word=True),
    Topic("underline", _("underlining left out"), is_of_word=True),
    Topic("sign", _("signs of special fonts"), is_of_word=True),
    Topic("byline", _("bylines that say more than names"), is_of_word=True),
    Topic("heading", _("bold lines taken as headings"), is_of_word=True),
    Topic("language", _("languages guessed from the words"), is_of_word=True),
)
TOPICS = {topic.key: topic for topic in _TOPICS}
"""All topics by key, in the order of the report."""


@dataclass
class FileReport:
    """The outcome of a file and the notes on it.

    Args:
        unused_notes: notes on changes and guesses in a file of which this run used nothing; not in the totals.
        imported: the result of reading the file.
        publication: the Publication of the file, or None.
        is_edited: whether the publication was edited at the desk since its import.
    """

    source: str
    outcome: FileOutcome
    notes: list[ImportNote] = field(default_factory=list)
    unused_notes: list[ImportNote] = field(default_factory=list)
    title: str = ""
    address: str = ""
    is_published: bool = False
    coverage: WordCoverage = WordCoverage()
    uid: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    language: str = ""
    imported: ImportedFile | None = None
    publication: Any = None
    is_edited: bool = False

    def add_note(self, kind: NoteKind, topic: str, text: str) -> None:
        note = ImportNote(kind, topic, str(text))
        if note not in self.notes:
            self.notes.append(note)

    def notes_on(self, topic: str) -> list[str]:
        """Return the texts of the notes on a topic."""
        return [note.text for note in self.notes if note.topic == topic]

    def as_dict(self) -> dict[str, object]:
        """Return the file as a mapping for the JSON report."""
        notes = [*self.notes, *self.unused_notes]
        texts = {kind.value: [note.text for note in notes if note.kind is kind] for kind in NoteKind}
        return {
            "file": self.source, "outcome": self.outcome.value, "published": self.is_published, "title": self.title,
            "address": self.address, "language": self.language, "authors": self.authors, "tags": self.tags,
            "words": self.coverage.total, "words_left_out": len(self.coverage.missing), **texts,
        }  # fmt: skip


@dataclass
class ImportReport:
    """A whole import: its files in the order of import, and the totals."""

    files: list[FileReport] = field(default_factory=list)
    redirects: int = 0
    related_links: int = 0
    is_dry_run: bool = False
    is_publishing: bool = False
    seconds: float = 0.0
    progress: list[tuple[int, float]] = field(default_factory=list)

    def count(self, outcome: FileOutcome) -> int:
        return sum(file.outcome is outcome for file in self.files)

    def totals(self) -> dict[str, int | float]:
        """Return the totals by their names in the JSON report; `labelled_totals` returns them for people."""
        topics = Counter(note.topic for file in self.files for note in file.notes)
        ratios = [file.coverage.ratio for file in self.files if file.coverage.total]
        return {
            "files": len(self.files),
            **{outcome.value: self.count(outcome) for outcome in FileOutcome},
            "published": sum(file.is_published for file in self.files),
            "authors": len({author for file in self.files for author in file.authors}),
            "tags": len({tag.casefold() for file in self.files for tag in file.tags}),
            "images": len({image for file in self.files for image in file.images}),
            "redirects": self.redirects,
            "related_links": self.related_links,
            "least_share_of_words": round(min(ratios, default=1.0), 5),
            **{topic.total_name: topics[topic.key] for topic in _counted_topics(topics)},
            "held": sum(bool(file.notes_on("held")) for file in self.files),
            "seconds": round(self.seconds, 1),
            "pieces_a_second": round(len(self.files) / self.seconds, 1) if self.seconds else 0.0,
        }

    def held_back(self) -> dict[str, list[FileReport]]:
        """Return the unpublished files by reason, the most frequent reason first; a file may have several."""
        return group_by_text(self.files, "held")

    def labelled_totals(self) -> list[tuple[str, str]]:
        """Return labels and totals for people, without zeros."""
        totals = self.totals()
        rows = [(_("files"), "files"), *((OUTCOME_LABELS[outcome], outcome.value) for outcome in FileOutcome)]
        rows += [
            (_("now public"), "published"),
            (_("authors in use"), "authors"),
            (_("tags"), "tags"),
            (_("pictures"), "images"),
            (_("old addresses that lead on"), "redirects"),
            (_("pieces with related links"), "related_links"),
            *((topic.label, topic.total_name) for topic in TOPICS.values() if topic.is_counted),
            (_("seconds"), "seconds"),
            (_("pieces a second"), "pieces_a_second"),
        ]
        return [(str(label), str(totals[name])) for label, name in rows if totals.get(name)]

    def as_dict(self) -> dict[str, object]:
        """Return the JSON report as a mapping."""
        held_back = {reason: [file.source for file in files] for reason, files in self.held_back().items()}
        return {
            "rehearsal": self.is_dry_run, "totals": self.totals(), "held_back": held_back,
            "files": [file.as_dict() for file in self.files],
        }  # fmt: skip


def _counted_topics(counts: Counter[str]) -> list[Topic]:
    return [
        topic for topic in TOPICS.values() if topic.is_counted and (counts[topic.key] or not topic.is_of_word)
    ]


def group_by_text(files: Iterable[FileReport], topic: str) -> dict[str, list[FileReport]]:
    """Return files by the text of their notes on a topic, the most frequent text first."""
    groups: dict[str, list[FileReport]] = {}
    for file in files:
        for text in file.notes_on(topic):
            groups.setdefault(text, []).append(file)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))
