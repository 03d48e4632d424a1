"""What an import may leave to people: the tasks, and those of the notes and remarks of its report."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .hidden_links import HIDDEN_LINK
from .imported_file import (
    LOST_ADDRESS,
    LOST_TEXT,
    NOT_PUBLIC,
    OLD_LINK,
    OTHER_LANGUAGE,
    SERVER_REDIRECT,
    STILL_PUBLIC,
    UNMATCHED_PAGE,
    UNREAD,
)


class LeftTask(models.TextChoices):
    """What is left to do with a text, in the order of the page."""

    NAMES = "names", _("Names that may be other spellings of one person or topic")
    SIMILAR = "similar", _("Authors and tags that may be one with another")
    REFUSED = "refused", _("Texts that were not imported")
    KEPT = "kept", _("Texts of which the source has another version")
    UPDATED = "updated", _("Live texts whose drafts the import has changed")
    PAGES = "pages", _("Pages that no rule fits")
    UNREAD = "unread", _("Types and fields of the source of which nobody has said what they become")
    PUBLIC = "public", _("Texts that are public, though the source hides them")
    GONE = "gone", _("Public texts that the source has no longer")
    AUTHOR = "author", _("Texts without an author")
    BYLINES = "bylines", _("Texts signed with a name that may be an id")
    SUMMARY = "summary", _("Texts without a summary")
    LANGUAGE = "language", _("Texts that read as another language")
    DATE = "date", _("Texts without a date")
    FILES = "files", _("Pictures and files that are missing")
    ALT = "alt", _("Pictures without alternative text")
    LOST = "lost", _("Parts of texts that did not come along")
    EMBEDS = "embeds", _("Embedded media that are links now, or were left out")
    LINKS = "links", _("Links that lead to the old site or nowhere")
    ADDRESSES = "addresses", _("Old addresses that do not lead here")
    SERVER = "server", _("Redirects for the web server")
    DRAFTS = "drafts", _("Texts that readers do not see yet")
    MADE_TITLE = "made-title", _("Titles that the import has made")
    MADE_SUMMARY = "made-summary", _("Summaries that the import has made")


TASK_OF_TOPIC = {
    "refused": LeftTask.REFUSED, "kept": LeftTask.KEPT, "summary": LeftTask.MADE_SUMMARY,
    "made-title": LeftTask.MADE_TITLE,
    "author": LeftTask.AUTHOR, "image-missing": LeftTask.FILES, "missing": LeftTask.FILES,
    "words": LeftTask.LOST, "render": LeftTask.LOST, "liquid": LeftTask.LOST,
    OTHER_LANGUAGE: LeftTask.LANGUAGE, "hidden": LeftTask.LOST, "value": LeftTask.LOST, "note": LeftTask.LOST,
    "html": LeftTask.EMBEDS, "image-elsewhere": LeftTask.EMBEDS, "link-lost": LeftTask.LINKS,
    "link-gone": LeftTask.LINKS, HIDDEN_LINK: LeftTask.LINKS, OLD_LINK: LeftTask.LINKS,
    "fragment": LeftTask.LINKS, "reference": LeftTask.LINKS,
    "redirect": LeftTask.ADDRESSES, "address": LeftTask.ADDRESSES, STILL_PUBLIC: LeftTask.PUBLIC,
    "yaml": LeftTask.LOST, "manuscript": LeftTask.LOST, "encoding": LeftTask.LOST, "characters": LeftTask.LOST,
}  # fmt: skip
"""The tasks of topics of notes on texts."""
TASK_OF_REASON = {"held": LeftTask.DRAFTS, NOT_PUBLIC: LeftTask.DRAFTS, "date": LeftTask.DATE}
"""The tasks of topics whose notes say why a text lacks what it lacks, or what was found instead."""
TASKS_OF_EDITS = frozenset({LeftTask.AUTHOR, LeftTask.FILES, LeftTask.LOST, LeftTask.EMBEDS, LeftTask.LINKS})
"""The tasks of notes that an edit of the text may have done."""
TASK_OF_REMARK = {
    LOST_ADDRESS: LeftTask.ADDRESSES, UNMATCHED_PAGE: LeftTask.PAGES, SERVER_REDIRECT: LeftTask.SERVER,
    UNREAD: LeftTask.UNREAD, LOST_TEXT: LeftTask.GONE,
}  # fmt: skip
"""The tasks of topics of remarks on the source as a whole."""

MISSING_TOPICS = tuple(topic for topic, task in TASK_OF_TOPIC.items() if task is LeftTask.FILES)
"""Topics of what a text shows, links to or names, and the archive does not hold."""
