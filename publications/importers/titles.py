"""The title and the summary of a text as a draft stores them: made where there is none, and cut, with a note on it."""

from collections.abc import Callable

from publications.publication_fields import MAX_LENGTHS
from publications.stored_messages import gettext as _

from .imported_file import ImportLog
from .rendered_page import Excerpt


def complete_title(title: str, name: str, log: ImportLog) -> str:
    """Return the title of a text, or the one that is made from its address or the name of its file."""
    if not title:
        title = name
        message = _("The text has no title; this one was made from its address or the name of its file: %s")
        log.guessed("made-title", message % title)
    if len(title) > MAX_LENGTHS["title"]:
        message = _("The title was cut at %(most)d characters: %(whole)s")
        log.changed("title", message % {"most": MAX_LENGTHS["title"], "whole": title})
    return title[: MAX_LENGTHS["title"]].strip()


def complete_summary(summary: str, find_excerpt: Callable[[], Excerpt | None], log: ImportLog) -> str:
    """Return the summary of a text, or a paragraph of it."""
    if not summary and (excerpt := find_excerpt()):
        summary = excerpt.text
        log.guessed("summary", excerpt.note)
    if len(summary) > MAX_LENGTHS["summary"]:
        log.changed("summary", _("The summary was cut: %s") % summary)
    return summary[: MAX_LENGTHS["summary"]].strip()


def describe_title_end(rest: str) -> str:
    """Return the message on the end of a title that is too long, which was left out."""
    message = _(
        "The title is longer than %(most)d characters. What comes after them was left out: “%(rest)s”"
    )
    return message % {"most": MAX_LENGTHS["title"], "rest": rest}
