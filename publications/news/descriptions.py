"""An event of the news in words: what happened to which publication, by whom, and where to go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.names import full_name_of
from publications.locales import datetime_with_zone, language_in_sentence
from publications.models import (
    Author,
    Change,
    EndReason,
    Image,
    Kind,
    NewsEvent,
    NewsType,
    find_missing_approval,
)


@dataclass(frozen=True)
class NewsText:
    """An event for one person.

    Attributes:
        subject: one line that says what happened, and to which publication.
        actor: who caused it, or "".
        text: a comment, or the note of a correction; may be "".
        url: the page of the desk where the person goes on.
        public_url: the page that readers see, or "".
    """

    subject: str
    at: datetime
    actor: str = ""
    text: str = ""
    url: str = ""
    public_url: str = ""


def describe_news(event: NewsEvent, user) -> NewsText:
    """Return an event in the current language; the caller has checked that the user may see it."""
    describe = DESCRIPTIONS[NewsType(event.type)]
    subject, text = describe(event)
    is_public = event.type in (NewsType.PUBLISHED, NewsType.CORRECTED)
    return NewsText(
        subject=" ".join(subject.split()),
        at=event.happens_at,
        actor=_actor(event),
        text=text.strip(),
        url=_desk_url(event, user),
        public_url=event.edition.get_absolute_url() if is_public else "",
    )


def _actor(event: NewsEvent) -> str:
    if event.comment:
        return event.comment.author_label
    return full_name_of(event.by)


def _desk_url(event: NewsEvent, user) -> str:
    if event.type == NewsType.IMPORTED:
        pk = event.counts.get("archive_import")
        if pk and user.has_perm("publications.add_archiveimport"):
            return reverse("desk:archive-import", args=[pk])
        return reverse("desk:publications_publication_changelist")
    if pk := event.counts.get("name_removal"):
        is_administrator = user.has_perm("publications.redact_publication")
        return reverse("desk:name-removal", args=[pk]) if is_administrator else reverse("desk:index")
    for name in ("author", "image"):
        if (pk := event.counts.get(name)) and user.has_perm(f"publications.view_{name}"):
            return reverse(f"desk:publications_{name}_change", args=[pk])
    if not event.publication_id:
        may_see_kinds = user.has_perm("publications.view_kind")
        return reverse("desk:publications_kind_changelist" if may_see_kinds else "desk:index")
    if event.comment:
        return (
            reverse("desk:publications_publication_change", args=[event.publication_id])
            + event.comment.fragment
        )
    if event.type == NewsType.TRANSLATION:
        return reverse("desk:translation", args=[event.publication_id, event.edition.publication_id])
    if event.type in (NewsType.APPROVED, NewsType.ENDED) and user.has_perm(
        "publications.publish_publication"
    ):
        return reverse("desk:publish", args=[event.publication_id])
    if event.type in (NewsType.PUBLISHED, NewsType.CORRECTED, NewsType.UNAPPROVED) and not user.has_perm(
        "publications.view_publication"
    ):
        return reverse("desk:related-links-edit", args=[event.publication_id])
    return reverse("desk:publications_publication_change", args=[event.publication_id])


CHANGE_SUBJECTS = {
    Change.CORRECTION: gettext_noop("Corrected: “%(title)s”"),
    Change.UPDATE: gettext_noop("Updated: “%(title)s”"),
    Change.RETRACTION: gettext_noop("Retracted: “%(title)s”"),
    Change.CONCERN: gettext_noop("Expression of concern: “%(title)s”"),
    Change.LIFTED: gettext_noop("Concern lifted: “%(title)s”"),
}
UNAPPROVED_SUBJECTS = {
    Change.RETRACTION: gettext_noop("Retracted without a second person: “%(title)s”"),
    Change.CONCERN: gettext_noop("Concern expressed without a second person: “%(title)s”"),
    Change.LIFTED: gettext_noop("Concern lifted without a second person: “%(title)s”"),
}
TRANSLATION_SUBJECTS = {
    Change.CORRECTION: gettext_noop("The %(language)s text is corrected, “%(title)s” has not followed"),
    Change.UPDATE: gettext_noop("The %(language)s text is updated, “%(title)s” has not followed"),
    Change.RETRACTION: gettext_noop("The %(language)s text is retracted, “%(title)s” is not"),
    Change.CONCERN: gettext_noop(
        "A concern about the %(language)s text is expressed, “%(title)s” has not followed"
    ),
}


def _submitted(event: NewsEvent) -> tuple[str, str]:
    return _("To check: “%(title)s”") % {"title": event.publication}, ""


def _reviewed(event: NewsEvent) -> tuple[str, str]:
    comment = event.comment
    values = {"reader": comment.author_label, "title": event.publication}
    if comment.is_approval:
        return _("%(reader)s approves “%(title)s”") % values, ""
    return _("%(reader)s on “%(title)s”") % values, comment.text


def _returned(event: NewsEvent) -> tuple[str, str]:
    return _("Not ready after all: “%(title)s”") % {"title": event.publication}, event.comment.text


def _approved(event: NewsEvent) -> tuple[str, str]:
    return _("Approved: “%(title)s” may be published") % {"title": event.publication}, ""


def _ended(event: NewsEvent) -> tuple[str, str]:
    return _("Your approval of “%(title)s” ended, since the text changed") % {"title": event.publication}, ""


def _unapproved(event: NewsEvent) -> tuple[str, str]:
    if not event.publication_id:
        return _changed_by_one(event), ""
    if not event.edition_id:
        text = _("“%(title)s” was approved, got another kind, and does not need two people any more")
        return text % {"title": event.publication}, ""
    if event.counts.get("redacted"):
        return _("Redacted by one: “%(title)s”") % {"title": event.edition.title}, ""
    if event.counts.get("withdrawn"):
        subject = _("Withdrawn without a second person: “%(title)s”") % {"title": event.edition.title}
        return subject, event.edition.withdrawal_reason
    if subject := UNAPPROVED_SUBJECTS.get(Change(event.edition.change)):
        return _(subject) % {"title": event.edition.title}, event.edition.change_note
    restored = _("An earlier text is public again without a second person: “%(title)s”")
    subject = (
        restored if event.edition.restored_from_id else _("Published without a second person: “%(title)s”")
    )
    return subject % {"title": event.edition.title}, event.without_approval or find_missing_approval(
        event.edition
    )


def _changed_by_one(event: NewsEvent) -> str:
    if "name_removal" in event.counts:
        return _("A name is removed by one, from published texts that need two people too")
    if "author" in event.counts:
        return _changed_signature(event)
    return _changed_picture(event) if "image" in event.counts else _changed_rule(event)


def _changed_rule(event: NewsEvent) -> str:
    kind = Kind.objects.filter(pk=event.counts.get("kind")).first() or "–"
    if event.counts.get("needs_approval"):
        return _("From now on two people publish a “%(kind)s”") % {"kind": kind}
    return _("A “%(kind)s” does not need two people any more") % {"kind": kind}


def _changed_signature(event: NewsEvent) -> str:
    author = Author.objects.filter(pk=event.counts["author"]).first() or "–"
    return _("Published texts that need two people are signed in another way by one: “%(name)s”") % {
        "name": author
    }


def _changed_picture(event: NewsEvent) -> str:
    # the file name of a hidden portrait may be the name of the author
    image = Image.objects.without_hidden_portraits().filter(pk=event.counts["image"]).first() or "–"
    return _("Published texts that need two people show another picture, changed by one: “%(name)s”") % {
        "name": image
    }


def _tomorrow(event: NewsEvent) -> tuple[str, str]:
    values = {"at": datetime_with_zone(event.edition.visible_from), "title": event.edition.title}
    return _("Goes live %(at)s: “%(title)s”") % values, ""


def _published(event: NewsEvent) -> tuple[str, str]:
    return _("Published: “%(title)s”") % {"title": event.edition.title}, ""


def _corrected(event: NewsEvent) -> tuple[str, str]:
    subject = _(CHANGE_SUBJECTS[Change(event.edition.change)])
    return subject % {"title": event.edition.title}, event.edition.change_note


def _translation(event: NewsEvent) -> tuple[str, str]:
    edition = event.edition
    values = {"title": event.publication, "language": language_in_sentence(edition.language)}
    if edition.end_reason == EndReason.WITHDRAWN:
        return _("The %(language)s text is withdrawn, “%(title)s” is still public") % values, (
            edition.withdrawal_reason
        )
    # After an undo the live edition is a copy, a silent fix: what it brings back counts as an update.
    subject = TRANSLATION_SUBJECTS.get(Change(edition.change), TRANSLATION_SUBJECTS[Change.UPDATE])
    return _(subject) % values, edition.change_note


def _imported(event: NewsEvent) -> tuple[str, str]:
    values = {name: event.counts.get(name, 0) for name in ("new", "updated", "refused")}
    return _("Import done: %(new)d new, %(updated)d updated, %(refused)d refused") % values, ""


DESCRIPTIONS: dict[NewsType, Callable[[NewsEvent], tuple[str, str]]] = {
    NewsType.SUBMITTED: _submitted,
    NewsType.REVIEWED: _reviewed,
    NewsType.RETURNED: _returned,
    NewsType.APPROVED: _approved,
    NewsType.ENDED: _ended,
    NewsType.UNAPPROVED: _unapproved,
    NewsType.TOMORROW: _tomorrow,
    NewsType.PUBLISHED: _published,
    NewsType.CORRECTED: _corrected,
    NewsType.TRANSLATION: _translation,
    NewsType.IMPORTED: _imported,
}
"""For each type the function that returns subject and text."""
