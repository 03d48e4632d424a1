"""What a mail says about an event: the words of its type, and the edition as it is now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.locales import absolute_url, format_day, other_language_label
from publications.models import Edition, EditionWithRows, byline_names
from publications.news import remove_line_ends
from publications.presentation import byline_text

from .expansion import ENDING_TYPES, find_edition
from .labels import SEPARATOR, join_details
from .models import AlertEvent, AlertType
from .newsletter import IssueItem, build_issue

SINCE_LABELS = {
    AlertType.UPDATED: gettext_lazy("%(first)s, updated since"),
    AlertType.CORRECTED: gettext_lazy("%(first)s, corrected since"),
}
"""How a change is called in a mail that also has what came before it, by its type."""
FIRST_TYPES = (AlertType.NEW, AlertType.CORRECTED)
"""What a reader has to know of a text that was changed since."""
GRAVE_TYPES = (AlertType.RETRACTED, AlertType.WITHDRAWN, AlertType.TAKEN_BACK, AlertType.CONCERN)
"""They lead a mail of many: no reader may miss them."""
MARKED_TYPES = (AlertType.RETRACTED, AlertType.CONCERN, AlertType.WITHDRAWN)
"""Their subject says already what the title is marked with."""
TAKEN_BACK_NOTE = gettext_lazy("This was published by mistake. Please disregard the email about it.")
MAX_TEXT_CHARACTERS = 300
"""Of a summary or a note in a mail of many."""
MAX_SUBJECT_CHARACTERS = 78
"""Of a subject that has all titles, and of the first title in one that has not: a longer one hides what follows."""
MAX_PREVIEW_CHARACTERS = 150
"""Of the line that a list of mails shows beside the subject; most show fewer."""


@dataclass(frozen=True)
class MailEntry:
    """An event in a mail.

    Attributes:
        title: in one line.
        note: what the editors say to readers: of the correction or update, or the reason.
        url: the page that readers go on to; "" if there is none.
        language, direction: those of the text.
        items: what an issue of the newsletter has.
        is_new_issue: it is an issue that is published, whatever of it is public by then.
        first: what the same mail has of the text before this change; None for nothing.
        events: the primary keys of all that it stands for in a mail.
    """

    type: AlertType
    title: str
    language: str
    direction: str
    url: str = ""
    details: str = ""
    note: str = ""
    summary: str = ""
    items: tuple[IssueItem, ...] = ()
    is_new_issue: bool = False
    first: AlertType | None = None
    events: tuple[int, ...] = ()

    def shorten(self, limit: int | None) -> "MailEntry":
        """Return it with texts of at most so many characters; None is no limit."""
        items = tuple(replace(item, summary=_cut(item.summary, limit)) for item in self.items)
        return replace(self, note=_cut(self.note, limit), summary=_cut(self.summary, limit), items=items)

    @property
    def label(self) -> str:
        """What has become of it; a new issue says itself what it is."""
        if self.first:
            return SINCE_LABELS[self.type] % {"first": self.first.label}
        return "" if self.is_new_issue else str(self.type.label)

    @property
    def is_news(self) -> bool:
        """Whether it is new, rather than a change of a text that readers may know."""
        return AlertType.NEW in (self.type, self.first)

    @property
    def subject(self) -> str:
        """The subject of a mail about it; that of a new issue is as its editor has written it."""
        if self.is_new_issue:
            return self.title
        return _("%(label)s: “%(title)s”") % {"label": self.label, "title": self.title}


def describe_events(events: Iterable[AlertEvent], *, is_short: bool = False) -> dict[int, MailEntry]:
    """Return what is to be said of the events that hold, in the current language, by their primary keys.

    Args:
        is_short: cut long texts, which are on the page.
    """
    found = [(event, edition) for event in events if (edition := find_edition(event))]
    names = byline_names([edition for _event, edition in found])
    entries = _describe(found, names, MAX_TEXT_CHARACTERS if is_short else None)
    return {event.pk: entry for (event, _edition), entry in zip(found, entries, strict=True)}


def _describe(
    found: Iterable[tuple[AlertEvent, Edition]], names: Mapping[int, Iterable], limit: int | None
) -> Iterator[MailEntry]:
    for event, edition in found:
        event_type = AlertType(event.type)
        title = edition.title if event_type in MARKED_TYPES else edition.marked_title
        is_ending = event_type in ENDING_TYPES
        kind, authors = edition.kind.get_translation("name"), byline_text(names[edition.pk])
        language = other_language_label(edition.language)
        yield MailEntry(
            type=event_type,
            title=remove_line_ends(title),
            language=edition.language,
            direction=edition.direction,
            url=_find_url(event, edition),
            details=join_details(kind, authors, format_day(event.happens_at), language),
            note=_cut(_find_note(event), limit),
            summary="" if is_ending else _cut(edition.summary, limit),
            items=tuple(build_issue(edition))
            if edition.kind.is_newsletter and not (is_ending or limit)
            else (),
            is_new_issue=edition.kind.is_newsletter and event_type == AlertType.NEW and not limit,
        )


def describe_issue(issue: EditionWithRows) -> MailEntry:
    """Return what is said of an issue that is not public yet, as when it becomes public now."""
    edition = issue.edition
    event = AlertEvent(type=AlertType.NEW, happens_at=timezone.now(), edition=edition)
    (entry,) = _describe([(event, edition)], {edition.pk: issue.bylines}, None)
    return entry


def _find_url(event: AlertEvent, edition: Edition) -> str:
    """Return the page of the text; of what was taken back, that of the edition before it."""
    if event.type == AlertType.TAKEN_BACK:
        edition = Edition.objects.live().filter(publication=edition.publication_id).first()
    return absolute_url(edition.get_absolute_url()) if edition else ""


def _find_note(event: AlertEvent) -> str:
    if event.type == AlertType.TAKEN_BACK:
        return str(TAKEN_BACK_NOTE)
    if event.type == AlertType.WITHDRAWN:
        return event.edition.withdrawal_reason
    if event.type in (AlertType.NEW, AlertType.REPUBLISHED):
        return ""
    return event.edition.change_note or event.edition.notice_text


def _cut(text: str, limit: int | None) -> str:
    text = text.strip()
    return Truncator(text).chars(limit) if limit else text


def merge_entries(entries: list[MailEntry]) -> MailEntry:
    """Return what a mail says of one publication: its last entry, and what its reader has to know before that.

    Args:
        entries: of events of the publication, in the order in which they have happened.
    """
    entries = _remove_lifted(entries)
    *earlier, last = entries
    types = [entry.type for entry in earlier]
    first = next((each for each in FIRST_TYPES if each in types), None)
    if first == AlertType.NEW and last.type == AlertType.REPUBLISHED:
        return replace(last, type=first)
    if last.type not in SINCE_LABELS:
        return last
    is_corrected = first == AlertType.NEW and AlertType.CORRECTED in types
    since = AlertType.CORRECTED if is_corrected else last.type
    first = None if first == since else first
    notes = [entry.note for entry in entries if entry.type in SINCE_LABELS and entry.note]
    return replace(last, type=since, note="\n".join(dict.fromkeys(notes)), first=first)


def _remove_lifted(entries: list[MailEntry]) -> list[MailEntry]:
    """Return the entries without a concern that the last one lifts, which is left alone if there is nothing else."""
    *_earlier, last = entries
    if last.type != AlertType.LIFTED or AlertType.CONCERN not in [entry.type for entry in entries]:
        return entries
    others = [entry for entry in entries if entry.type not in (AlertType.CONCERN, AlertType.LIFTED)]
    return others or [last]


def sort_entries(entries: list[MailEntry]) -> list[MailEntry]:
    """Return what readers must not miss, then what is new, then changes; each in the order of time."""
    return sorted(entries, key=lambda entry: (entry.type not in GRAVE_TYPES, not entry.is_news))


def describe_many(entries: list[MailEntry], more: int) -> str:
    """Return the subject of a mail: of a few events all of them if it stays short, else the first one and how many."""
    first, count = entries[0], len(entries) - 1 + more
    if not count:
        return first.subject
    if _has_short_subject(entries, more):
        return _list_subjects(entries)
    title = Truncator(first.title).chars(MAX_SUBJECT_CHARACTERS)
    first_subject = replace(first, title=title).subject
    return _("%(first)s, and %(count)d more") % {"first": first_subject, "count": count}


def preview_many(entries: list[MailEntry], more: int) -> str:
    """Return the line beside the subject in a list of mails: what the subject does not say.

    If the subject has all events it is the note or the summary of the first, else what the others are.
    """
    first, *others = entries
    if others and not _has_short_subject(entries, more):
        text = _list_subjects(others)
    else:
        text = first.note or first.summary or first.details
    return _cut(remove_line_ends(text), MAX_PREVIEW_CHARACTERS)


def _has_short_subject(entries: list[MailEntry], more: int) -> bool:
    return not more and len(_list_subjects(entries)) <= MAX_SUBJECT_CHARACTERS


def _list_subjects(entries: list[MailEntry]) -> str:
    return SEPARATOR.join(entry.subject for entry in entries)
