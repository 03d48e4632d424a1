"""The account of an import: what became of each file, everything there is to tell of it, and the totals."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from publications.importers import Line, Share, Sort


class Outcome(StrEnum):
    """What became of a file."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REFUSED = "refused"


OUTCOMES = {
    Outcome.NEW: _("taken in"),
    Outcome.UPDATED: _("updated"),
    Outcome.UNCHANGED: _("unchanged"),
    Outcome.KEPT: _("left as the desk has it"),
    Outcome.REFUSED: _("refused"),
}
SORTS = {Sort.CHANGED: _("changed"), Sort.DROPPED: _("left out"), Sort.GUESSED: _("guessed")}
TOPICS = {
    "held": _("held back from readers"),
    "still-public": _("public, though the file says draft"),
    "render": _("texts that cannot be shown"),
    "words": _("texts with words left out"),
    "missing": _("missing from manuscripts"),
    "redirect": _("old addresses that do not lead here"),
    "address": _("addresses numbered, since another has them"),
    "related": _("related pieces that are not here"),
    "date-from-name": _("dates from the file's name"),
    "date-differs": _("dates that differ from the file's name"),
    "date": _("other dates, concluded or left out"),
    "signed": _("texts that named no author, signed as asked"),
    "organisation": _("new authors taken for organisations"),
    "guest": _("guest authors made"),
    "author": _("names that are nobody's"),
    "tag": _("tags that became one"),
    "title": _("titles made or changed"),
    "summary": _("summaries made or cut"),
    "link": _("links led to new addresses"),
    "link-lost": _("links to pages that did not come along"),
    "fragment": _("links to places that are not on their page"),
    "link-gone": _("links that could not be kept"),
    "link-summary": _("links in summaries left out"),
    "image-missing": _("pictures missing"),
    "image-elsewhere": _("pictures of other sites, now links"),
    "image": _("portraits of the old site left out"),
    "reference": _("reference links that nothing defines, now their words"),
    "include": _("files put in that texts include"),
    "liquid": _("Liquid and shortcodes left out"),
    "html": _("pieces of HTML left out or replaced"),
    "field": _("fields left out"),
    "yaml": _("front matter mended"),
    "manuscript": _("manuscripts read as other files"),
    "encoding": _("files in another encoding"),
    "characters": _("files with characters that are no text"),
}
"""What is told, in the order in which people want to know of it."""


@dataclass
class Entry:
    """One file: what became of it, and what there is to tell.

    `reading` is what reading the file changed or concluded, where this run took nothing of it: it is counted nowhere.
    """

    source: str
    outcome: Outcome
    lines: list[Line] = field(default_factory=list)
    reading: list[Line] = field(default_factory=list)
    title: str = ""
    address: str = ""
    is_published: bool = False
    share: Share = field(default_factory=Share)
    uid: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    language: str = ""

    def tell(self, sort: Sort, topic: str, text: str) -> None:
        line = Line(sort, topic, str(text))
        if line not in self.lines:
            self.lines.append(line)

    def plain(self) -> dict[str, object]:
        """For JSON."""
        lines = [*self.lines, *self.reading]
        told = {sort.value: [line.text for line in lines if line.sort is sort] for sort in Sort}
        return {
            "file": self.source, "outcome": self.outcome.value, "published": self.is_published, "title": self.title,
            "address": self.address, "language": self.language, "authors": self.authors, "tags": self.tags,
            "words": self.share.all, "words_left_out": len(self.share.missing), **told,
        }  # fmt: skip


@dataclass
class Account:
    """All entries of an import, in the order the files were taken in."""

    entries: list[Entry] = field(default_factory=list)
    redirects: int = 0
    related: int = 0
    is_rehearsal: bool = False
    is_publishing: bool = False
    seconds: float = 0.0
    marks: list[tuple[int, float]] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        return sum(entry.outcome is outcome for entry in self.entries)

    def totals(self) -> dict[str, int | float]:
        """Figures by name, those for machines; `worded_totals` has them for people."""
        topics = Counter(line.topic for entry in self.entries for line in entry.lines)
        kept = [entry.share for entry in self.entries if entry.share.all]
        return {
            "files": len(self.entries),
            **{outcome.value: self.count(outcome) for outcome in Outcome},
            "published": sum(entry.is_published for entry in self.entries),
            "authors": len({author for entry in self.entries for author in entry.authors}),
            "tags": len({tag.casefold() for entry in self.entries for tag in entry.tags}),
            "images": len({image for entry in self.entries for image in entry.images}),
            "redirects": self.redirects,
            "related_links": self.related,
            "least_share_of_words": round(min((share.kept for share in kept), default=1.0), 5),
            **{topic.replace("-", "_"): topics[topic] for topic in TOPICS},
            "held": sum(any(line.topic == "held" for line in entry.lines) for entry in self.entries),
            "seconds": round(self.seconds, 1),
            "pieces_a_second": round(len(self.entries) / self.seconds, 1) if self.seconds else 0.0,
        }

    def held_back(self) -> dict[str, list[Entry]]:
        """The files that may not follow to readers by their reasons, the reason of most files first.

        A file with two reasons stands under both.
        """
        return by_text(self.entries, "held")

    def worded_totals(self) -> list[tuple[str, str]]:
        """Names and figures for people, without what did not happen."""
        figures = self.totals()
        rows = [(_("files"), "files"), *((OUTCOMES[outcome], outcome.value) for outcome in Outcome)]
        rows += [
            (_("now public"), "published"),
            (_("authors in use"), "authors"),
            (_("tags"), "tags"),
            (_("pictures"), "images"),
            (_("old addresses that lead on"), "redirects"),
            (_("pieces with related links"), "related_links"),
            *((words, topic.replace("-", "_")) for topic, words in TOPICS.items()),
            (_("seconds"), "seconds"),
            (_("pieces a second"), "pieces_a_second"),
        ]
        return [(str(words), str(figures[name])) for words, name in rows if figures[name]]

    def plain(self) -> dict[str, object]:
        """For JSON."""
        files = [entry.plain() for entry in self.entries]
        held_back = {reason: [entry.source for entry in held] for reason, held in self.held_back().items()}
        return {
            "rehearsal": self.is_rehearsal, "totals": self.totals(), "held_back": held_back,
            "files": files,
        }  # fmt: skip


def by_text(entries: Iterable[Entry], topic: str) -> dict[str, list[Entry]]:
    """Files by the text of their lines on a topic, that of most files first."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        for line in entry.lines:
            if line.topic == topic:
                found.setdefault(line.text, []).append(entry)
    return dict(sorted(found.items(), key=lambda each: (-len(each[1]), each[0])))
