"""Report what a text loses, and compare the words of its source with those of its page."""

from collections import Counter

from publications import markup
from publications.html_tree import Element
from publications.stored_messages import gettext as _

from ..coverage import compare_words, split_words
from ..imported_file import ImportLog, ImportNote, NoteKind, TextCoverage, dropped_element_note
from ..rendered_page import report_missing_words
from .source_tree import visible_text

MAX_SHOWN = 500


class TextLosses:
    """Reports the parts of a text that are left out; only reported words may be missing from its page."""

    def __init__(self, root: Element, log: ImportLog) -> None:
        self.log = log
        self.words = split_words(visible_text(root))
        self.reported: Counter[str] = Counter()

    def report(self, element: Element, name: str = "") -> None:
        """Report an element that is left out with its words."""
        text = one_line(visible_text(element))
        self.log.add(dropped_element_note(name or element.tag, text[:MAX_SHOWN] or element.get("src")))
        self.forget(element)

    def report_hidden(self, element: Element) -> None:
        """Report a hidden element that is left out, with its words and pictures, if it has any."""
        if text := words_in(element):
            self.log.add(hidden_words_note(text))
            self.forget(element)

    def report_collapsed(self, element: Element) -> None:
        """Report a hidden element that stays, since the old site showed it on a click."""
        self.log.add(collapsed_note(element))

    def forget(self, element: Element) -> None:
        """Expect the words of an element nowhere on the page: they are reported, or the page shows them otherwise."""
        self.reported.update(split_words(visible_text(element)))

    def expect(self, element: Element) -> None:
        """Expect the words of an element on the page again."""
        self.reported.subtract(split_words(visible_text(element)))

    def measure_coverage(self, rendered: markup.RenderedText | None, title: str) -> TextCoverage:
        """Return the coverage of the text by its page with its title, and report missing words."""
        if rendered is None:
            return TextCoverage()
        unreported, reported = [], self.reported.copy()
        for word in self.words:
            if reported[word] > 0:
                reported[word] -= 1
            else:
                unreported.append(word)
        coverage = compare_words(unreported, f"{rendered.text}\n{title}", neighbours=self.words)
        report_missing_words(coverage, self.log)
        return coverage


def words_in(element: Element) -> str:
    """Return the words of an element, and the addresses of its pictures, on one line."""
    sources = [image.get("src") for image in element.find_all("img") if image.get("src")]
    return one_line(" ".join([visible_text(element), *sources]))


def hidden_words_note(words: str) -> ImportNote:
    """Return the note on words that no reader of the old site saw."""
    return ImportNote(NoteKind.DROPPED, "hidden", _("Hidden text was left out: %s") % words)


def collapsed_note(element: Element) -> ImportNote:
    """Return the note on a hidden element that stays, since the old site showed it on a click."""
    text = one_line(visible_text(element)) or "–"
    message = _("A part that the old site showed on a click is part of the text: %s")
    return ImportNote(NoteKind.CHANGED, "collapsed", message % text[:MAX_SHOWN])


def one_line(text: str) -> str:
    return " ".join(text.split())
