"""The report of an import: the outcome of each file with the notes on it, and totals.

`FileReport` is the outcome of a file on the site, `ImportReport` the whole import.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from .file_outcome import OUTCOME_LABELS, FileOutcome
from .imported_file import ImportedFile, ImportNote, NoteKind, SourceRemark, TextCoverage
from .mapping import ImportMapping
from .note_topics import NOTE_TOPICS, NoteTopic
from .source_names import SourceNames

NOTE_KIND_LABELS = {
    NoteKind.CHANGED: _("changed"),
    NoteKind.DROPPED: _("left out"),
    NoteKind.GUESSED: _("guessed"),
}


@dataclass
class FileReport:
    """The outcome of a file and the notes on it.

    Args:
        unused_notes: notes on changes and guesses in a file whose text is not that on the site; not in the totals.
        imported: the result of reading the file.
        publication: the Publication of the file, or None.
        was_public, was_withdrawn: whether readers see an earlier text of it before this run, or did.
        edition: the Edition that this run has published, or None.
        is_edited: whether the publication was edited at the desk since its import.
        changes, reader_changes: what this run changes in the draft, and in what readers see (`field_changes`).
        mended: the notes of which its draft shows that they are mended.
    """

    source: str
    outcome: FileOutcome
    notes: list[ImportNote] = field(default_factory=list)
    unused_notes: list[ImportNote] = field(default_factory=list)
    title: str = ""
    address: str = ""
    is_published: bool = False
    coverage: TextCoverage = field(default_factory=TextCoverage)
    uid: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    language: str = ""
    imported: ImportedFile | None = None
    publication: Any = None
    was_public: bool = False
    was_withdrawn: bool = False
    edition: Any = None
    is_edited: bool = False
    changes: list[dict[str, str]] = field(default_factory=list)
    reader_changes: list[dict[str, str]] = field(default_factory=list)
    mended: list[ImportNote] = field(default_factory=list)

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
            "changes": [change["field"] for change in self.changes],
            "words": self.coverage.total, "words_left_out": len(self.coverage.missing), **texts,
        }  # fmt: skip


@dataclass
class ImportReport:
    """A whole import: its files in their order, and the totals.

    Args:
        system: the name of the system that the texts come from.
        progress: after each batch, the number of files done and the seconds since the start.
        names: the names of authors and topics in the texts, as the source has them.
        decided: what was decided on these names when the import began, by type and name.
        mapping: what the source proposes for its categories and fields; a check reads it.
        new_authors, new_tags: the names of authors and tags that were created, or would be.
        redirects: how many old addresses lead to the texts.
        new_redirects: the primary keys of the old addresses that this run has added, of texts and of others.
        added_addresses: how many of them answer now or not (`count_new_addresses`).
        duplicates: the primary keys of the publications that a new text repeats, by its source; a check finds them.
        author_list: the list of authors that was found; `author_list_problem` is why it cannot be used.
        source_notes: notes on the source as a whole: what it holds, and what is not imported.
        missing_files: the addresses of files that texts use and the source does not hold.
        lost_texts: the uids of public texts that the source has no longer, with that of another of the same title.
        samples: some texts beside their pages; a check of a source with rules has them.
    """

    files: list[FileReport] = field(default_factory=list)
    system: str = ""
    names: SourceNames = field(default_factory=SourceNames)
    decided: dict[str, dict[str, str]] = field(default_factory=dict)
    mapping: ImportMapping = field(default_factory=ImportMapping)
    new_authors: list[str] = field(default_factory=list)
    new_tags: list[str] = field(default_factory=list)
    duplicates: dict[str, set[int]] = field(default_factory=dict)
    author_list: Path | None = None
    author_list_problem: str = ""
    source_notes: list[SourceRemark] = field(default_factory=list)
    missing_files: tuple[str, ...] = ()
    lost_texts: dict[str, str] = field(default_factory=dict)
    samples: list[dict[str, Any]] = field(default_factory=list)
    redirects: int = 0
    new_redirects: set[int] = field(default_factory=set)
    added_addresses: dict[str, int] = field(default_factory=dict)
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
            "became_public": sum(file.is_published and not file.was_public for file in self.files),
            "authors": len({author for file in self.files for author in file.authors}),
            "tags": len({tag.casefold() for file in self.files for tag in file.tags}),
            "images": len({image for file in self.files for image in file.images}),
            "redirects": self.redirects,
            "related_links": self.related_links,
            "min_word_coverage": round(min(ratios, default=1.0), 5),
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
        return label_totals(self.totals(), is_dry_run=self.is_dry_run, with_speed=True)

    def as_dict(self) -> dict[str, object]:
        """Return the JSON report as a mapping."""
        held_back = {reason: [file.source for file in files] for reason, files in self.held_back().items()}
        return {
            "rehearsal": self.is_dry_run, "totals": self.totals(), "held_back": held_back,
            "source": [asdict(note) for note in self.source_notes],
            "files": [file.as_dict() for file in self.files],
        }  # fmt: skip


def label_totals(
    totals: Mapping[str, int | float], *, is_dry_run: bool, with_speed: bool = False
) -> list[tuple[str, str]]:
    """Return labels in the current language and totals, without zeros."""
    totals = {"became_public": totals.get("published", 0), **totals}  # as reports of older releases have it
    rows = [(_("files"), "files"), *((OUTCOME_LABELS[outcome], outcome.value) for outcome in FileOutcome)]
    rows += [
        (_("would become public") if is_dry_run else _("became public"), "became_public"),
        (_("authors of these texts, known and new"), "authors"),
        (_("tags"), "tags"),
        (_("pictures"), "images"),
        (_("old addresses that now redirect to the new ones"), "redirects"),
        (_("texts with related links"), "related_links"),
        *((topic.label, topic.total_name) for topic in NOTE_TOPICS.values() if topic.is_counted),
    ]
    if with_speed:
        rows += [(_("seconds"), "seconds"), (_("files a second"), "pieces_a_second")]
    return [(str(label), str(totals[name])) for label, name in rows if totals.get(name)]


def _counted_topics(counts: Counter[str]) -> list[NoteTopic]:
    return [
        topic
        for topic in NOTE_TOPICS.values()
        if topic.is_counted and (counts[topic.key] or not topic.is_word_only)
    ]


def group_by_text(files: Iterable[FileReport], topic: str) -> dict[str, list[FileReport]]:
    """Return files by the text of their notes on a topic, the most frequent text first."""
    groups: dict[str, list[FileReport]] = {}
    for file in files:
        for text in file.notes_on(topic):
            groups.setdefault(text, []).append(file)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))
