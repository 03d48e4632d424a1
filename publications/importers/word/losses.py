"""Collect the differences between a Word file and its draft, and report them as notes."""

from collections import Counter
from dataclasses import dataclass, field

from publications.stored_messages import gettext as _
from publications.stored_messages import ngettext

from ..imported_file import ImportLog, ImportNote

MAX_QUOTED = 12
MAX_QUOTED_CHARACTERS = 160


@dataclass
class ConversionLosses:
    """The differences found while reading a file, as counts and texts."""

    fields: Counter[str] = field(default_factory=Counter)
    charts: list[str] = field(default_factory=list)
    diagrams: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    equations: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    placeholders: list[str] = field(default_factory=list)
    headers_and_footers: list[str] = field(default_factory=list)
    """Texts of headers and footers."""
    pictures: list[str] = field(default_factory=list)
    """Images that could not be kept, each with the reason."""
    cropped: list[str] = field(default_factory=list)
    tables_of_contents: int = 0
    tracking_urls: list[str] = field(default_factory=list)
    internal_links: int = 0
    dead_links: list[str] = field(default_factory=list)
    lettered_lists: int = 0
    highlights: int = 0
    underlined: int = 0
    symbols: list[str] = field(default_factory=list)
    single_cell_tables: int = 0
    merged_tables: list[int] = field(default_factory=list)
    lost_notes: list[str] = field(default_factory=list)
    moved_note_count: int = 0
    template: str = ""
    macros: bool = False
    embedded: int = 0

    def as_notes(self) -> list[ImportNote]:
        """Return the losses as notes: first content missing from the draft, then content in another form."""
        log = ImportLog()
        self._note_dropped(log)
        self._note_changed(log)
        return log.notes

    def _note_dropped(self, log: ImportLog) -> None:
        drop = log.dropped
        for name in self.pictures:
            drop("picture", _("A picture was not kept: %s") % name)
        if self.charts:
            drop(
                "chart",
                _("Charts are not kept. Save each as a picture and put it in: %s") % quote_texts(self.charts),
            )
        if self.diagrams:
            drop(
                "diagram",
                _("Drawings (SmartArt) are not kept; their words were: %s") % quote_texts(self.diagrams),
            )
        if self.objects:
            drop("object", _("Embedded objects are not kept: %s") % quote_texts(self.objects))
        if self.headers_and_footers:
            drop("frame", _("Headers and footers are left out: %s") % quote_texts(self.headers_and_footers))
        if self.hidden:
            drop("hidden", _("Hidden text is left out: %s") % quote_texts(self.hidden))
        if self.placeholders:
            drop(
                "prompt", _("Prompts that nobody filled in are left out: %s") % quote_texts(self.placeholders)
            )
        if self.tables_of_contents:
            drop("contents", _("The table of contents is left out: the page makes its own."))
        if self.embedded:
            drop(
                "embedded", _("Files that are embedded as text are left out. Copy their text into the file.")
            )
        for note in self.lost_notes:
            drop("note", _("A note that the text does not refer to is left out: %s") % note)
        if self.template:
            drop(
                "template", _("The file names a template elsewhere, which was not opened: %s") % self.template
            )
        if self.macros:
            drop("macros", _("The file holds macros. They were not run and are not in the draft."))

    def _note_changed(self, log: ImportLog) -> None:
        change = log.changed
        if self.boxes:
            change(
                "box",
                _("Text boxes stand after the paragraph that they were fixed to: %s")
                % quote_texts(self.boxes),
            )
        if self.equations:
            change(
                "equation",
                _("Equations are kept as plain text. Look at each: %s") % quote_texts(self.equations),
            )
        if self.fields:
            names = ", ".join(f"{name} ({count})" for name, count in self.fields.most_common())
            change("word-field", _("Fields became plain text, as Word last showed them: %s") % names)
        if self.merged_tables:
            numbers = ", ".join(str(number) for number in self.merged_tables)
            change(
                "merged",
                _("Merged cells were divided; the words stand in the first of each. Tables: %s") % numbers,
            )
        if self.single_cell_tables:
            change("unpacked", ngettext(
                "%(count)d table of a single cell became plain paragraphs.",
                "%(count)d tables of a single cell became plain paragraphs.", self.single_cell_tables,
            ) % {"count": self.single_cell_tables})  # fmt: skip
        for name in self.cropped:
            change("cropped", _("A picture is cropped as it was in Word: %s") % name)
        for address in self.tracking_urls:
            change("tracking", _("What traces readers was cut from a link: %s") % address)
        self._note_format(log)

    def _note_format(self, log: ImportLog) -> None:
        change = log.changed
        if self.internal_links:
            change("inner-link", ngettext(
                "%(count)d link within the text became plain words: what it led to has no address here.",
                "%(count)d links within the text became plain words: what they led to has no address here.",
                self.internal_links) % {"count": self.internal_links})  # fmt: skip
        for address in self.dead_links:
            change(
                "dead-link",
                _("A link leads nowhere that readers can reach, and became plain words: %s") % address,
            )
        if self.lettered_lists:
            change("lettered", _("Lists with letters or Roman numbers are numbered 1, 2, 3."))
        if self.moved_note_count:
            change("moved-note", _("Notes of the title or summary stand at the first paragraph."))
        if self.highlights:
            change("highlight", _("Highlighting is not kept."))
        if self.underlined:
            change("underline", _("Underlining is not kept: readers would take it for links."))
        if self.symbols:
            change("sign", _("Signs of a special font may look different: %s") % quote_texts(self.symbols))


def quote_texts(texts: list[str]) -> str:
    """Return distinct texts, truncated and joined, with the number of further ones."""
    distinct = list(
        dict.fromkeys(" ".join(text.split())[:MAX_QUOTED_CHARACTERS] for text in texts if text.strip())
    )
    shown = "; ".join(f"“{text}”" for text in distinct[:MAX_QUOTED])
    remaining = len(distinct) - MAX_QUOTED
    return f"{shown} (+{remaining})" if remaining > 0 else shown or str(len(texts))
