"""The result page of publishing an edition: its status, texts to copy, and what can be taken back."""

from html import unescape

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.encoding import uri_to_iri
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.mail import can_send_mail
from publications import actions, metadata
from publications.locales import datetime_with_zone
from publications.models import FOREVER, AuditEntry, Change, Edition, EditionWithRows, SiteSettings
from publications.preflight.draft import truncate_text
from publications.presentation import absolute_url
from publications.presentation.authors import byline_text

from ..site import get_publication_or_404, render_publication_page, require_permissions
from ..translations import outdated_notices
from .issues_with import describe_scheduled_issues
from .recipients import describe_mails
from .withdraw import undo_context

MAX_SOCIAL_CHARACTERS = 300
"""Characters of a post on Bluesky, the shortest of the networks where a whole post still fits (X: 280 counts
addresses as 23)."""


def edition_url(edition: Edition) -> str:
    """Return the absolute URL of an edition as readers see it, as citations have it: not percent-encoded."""
    return uri_to_iri(absolute_url(edition.get_absolute_url()))


def social_post(edition: Edition) -> str:
    """Return a post for social media: title, as much of the summary as fits, URL."""
    address = edition_url(edition)
    limit = MAX_SOCIAL_CHARACTERS - len(address) - len("\n\n" * 2)
    title = truncate_text(edition.marked_title, limit)
    summary = truncate_text(edition.summary, limit - len(title)) if limit - len(title) > 40 else ""
    return "\n\n".join(part for part in (title, summary, address) if part)


def newsletter_entry(edition: Edition) -> str:
    """Return an entry of a newsletter as plain text, in the language of the publication."""
    with override(edition.locale):
        day = date_format(timezone.localtime(edition.published_at), "DATE_FORMAT")
        line = " · ".join(
            part for part in (byline_text(edition.bylines.all()), edition.kind_label, day) if part
        )
        link = _("Read it: %(address)s") % {"address": edition_url(edition)}
    return "\n\n".join(part for part in (f"{edition.marked_title}\n{line}", edition.summary, link) if part)


def citation_text(edition: Edition) -> str:
    """Return a citation as plain text, in the language of the publication."""
    with override(edition.locale):
        site = SiteSettings.current()
        record = metadata.build_record(EditionWithRows.get(edition), site=site)
        citation, *_others = metadata.citations(record)
        return unescape(strip_tags(citation.html))


TITLES = {
    "live": gettext_lazy("Published"),
    "scheduled": gettext_lazy("Scheduled"),
    "ended": gettext_lazy("No longer public"),
}

CHANGE_TEXTS = {
    Change.SILENT: gettext_lazy(
        "To readers it is a silent fix: the new words without a note, the same date."
    ),
    Change.CORRECTION: gettext_lazy(
        "To readers it is a correction: the note stands on the page, the date is the same."
    ),
    Change.RETRACTION: gettext_lazy("To readers it is retracted: the text stays, with the notice above it."),
    Change.CONCERN: gettext_lazy(
        "To readers it is under an expression of concern: the notice stands above the text."
    ),
    Change.LIFTED: gettext_lazy("To readers the concern is lifted: the note says why."),
    Change.UPDATE: gettext_lazy("To readers it is an update: the page says so, and the date moves."),
}


@require_permissions("publish_publication")
def publish_result(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show the status of an edition, texts to copy, and how to take it back."""
    publication = get_publication_or_404(pk)
    edition = get_object_or_404(publication.editions.select_related("kind"), number=number)
    edition_status, plan = _edition_status(edition), _plan_undo_of(publication, edition)
    is_limited, has_live = edition.expires_at < FOREVER, publication.editions.live().exists()
    return render_publication_page(
        request, "publish_result", publication,
        title=TITLES[edition_status],
        edition_status=edition_status,
        edition=edition,
        is_visible_before=has_live,
        change_text=CHANGE_TEXTS.get(edition.change, "") if edition_status != "ended" else "",
        public_from=datetime_with_zone(edition.visible_from),
        until=datetime_with_zone(edition.expires_at) if is_limited and edition_status != "ended" else "",
        recipients=describe_mails(edition) if edition_status != "ended" else [],
        scheduled_issues=[] if has_live else describe_scheduled_issues(publication, edition.visible_from),
        texts_to_copy=_texts_to_copy(edition) if edition_status != "ended" else [],
        **undo_context(plan),
        state=actions.public_state(publication),
        outdated_translations=outdated_notices(publication),
        previous_edition=edition.previous,
        schedule_note=_schedule_note(publication.audit_entries.filter(detail__edition=number).first()),
    )  # fmt: skip


def _edition_status(edition: Edition) -> str:
    """Return "live", "scheduled" or "ended"."""
    if edition.is_live:
        return "live"
    return "scheduled" if not edition.end_reason and edition.visible_from > timezone.now() else "ended"


def _texts_to_copy(edition: Edition) -> list[dict[str, str]]:
    """Return the texts to copy, each with its label and the rows of its textarea."""
    texts = {
        _("Address"): edition_url(edition),
        _("For social media"): social_post(edition),
        **({_("For the newsletter"): newsletter_entry(edition)} if _is_copied_by_hand(edition) else {}),
        _("Citation"): citation_text(edition),
    }
    return [
        {
            "id": f"text-{position}",
            "label": label,
            "text": text,
            "language": edition.language,
            "rows": _text_rows(text),
        }
        for position, (label, text) in enumerate(texts.items())
    ]


def _is_copied_by_hand(edition: Edition) -> bool:
    """Return whether editors copy entries into a newsletter: one of the site proposes what is new by itself."""
    return not (edition.kind.is_newsletter or can_send_mail())


def _text_rows(text: str) -> int:
    """Return the rows of a textarea of 80 columns that the text fills."""
    return sum(1 + len(line) // 80 for line in text.split("\n"))


def _schedule_note(entry: AuditEntry | None) -> str:
    """Return what became of a scheduled edition that this one replaced."""
    replaced, rescheduled = (entry.detail.get(name) if entry else None for name in ("replaced", "kept"))
    if not replaced:
        return ""
    if rescheduled:
        return _("The edition that waited goes public at its moment, as edition %(kept)s.") % {
            "kept": rescheduled
        }
    return _("It replaces edition %(replaced)s, which waited.") % {"replaced": replaced}


def _plan_undo_of(publication, edition: Edition):
    """Return the plan of an undo, or None where it would not undo this edition."""
    plan = actions.plan_undo(publication)
    return plan if plan and plan.edition.pk == edition.pk else None
