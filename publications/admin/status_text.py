"""The status of a publication, and who submitted it for checking, as text."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from publications.locales import datetime_with_zone
from publications.models import (
    WITHDRAWN_OR_UNDONE,
    Approval,
    EditorialStatus,
    Publication,
    Status,
    Submission,
    find_approvals,
    scheduled_end,
    status_of,
)


def status_text(publication: Publication) -> str:
    """Return the status of an annotated draft: "Live since 3 May 2026; later changes are not public"."""
    return "; ".join(part for part in (_current_text(publication), _scheduled_text(publication)) if part)


def _scheduled_text(publication: Publication) -> str:
    """Return when an edition is scheduled, and whether it has the text of the draft."""
    if not publication.scheduled_from:
        return ""
    if publication.scheduled_digest == publication.digest:
        text = _("this text goes public %s") if publication.live_from else _("goes public %s")
    else:
        text = _("an earlier text goes public %s, without your later changes")
    return text % datetime_with_zone(publication.scheduled_from)


def _current_text(publication: Publication) -> str:
    if publication.live_from:
        return _live_text(publication)
    if not publication.ended_at:
        return "" if publication.scheduled_from else _("Draft, not public yet")
    text = _("Withdrawn %s") if publication.last_end_reason in WITHDRAWN_OR_UNDONE else _("Expired %s")
    return text % date_format(timezone.localtime(publication.ended_at), "DATE_FORMAT")


LIVE_TEXTS = {
    EditorialStatus.NONE: gettext_noop("Live since %s"),
    EditorialStatus.CONCERN: gettext_noop("Under an expression of concern, live since %s"),
    EditorialStatus.RETRACTED: gettext_noop("Retracted %s, still readable, not to be published again"),
}


def _live_text(publication: Publication) -> str:
    text = _(LIVE_TEXTS[EditorialStatus(publication.live_editorial_status)]) % date_format(
        timezone.localtime(publication.live_from), "DATE_FORMAT"
    )
    if until := scheduled_end(publication):
        text = _("%(since)s, until %(until)s") % {"since": text, "until": datetime_with_zone(until)}
    is_retracted = publication.live_editorial_status == EditorialStatus.RETRACTED
    if not is_retracted and publication.digest not in (publication.live_digest, publication.scheduled_digest):
        return _("%s; later changes are not public") % text
    return text


STATUS_MARKS = {
    Status.DRAFT: gettext_lazy("Draft"),
    Status.SCHEDULED: gettext_lazy("Scheduled"),
    Status.LIVE: gettext_lazy("Live"),
    Status.CHANGED: gettext_lazy("Live, changed"),
    Status.CONCERN: gettext_lazy("Concern expressed"),
    Status.RETRACTED: gettext_lazy("Retracted"),
    Status.ENDED: gettext_lazy("No longer public"),
}


def list_open_tasks(publication: Publication) -> list[str]:
    """Return what waits in an annotated draft: its scheduled edition, changes, and that it is to be checked."""
    changes = _("changes are not public") if status_of(publication) is Status.CHANGED else ""
    submission = submission_text(publication.submission) if publication.is_submitted else ""
    texts = (_scheduled_text(publication), changes, submission, _approval_text(publication))
    return [text for text in texts if text]


def _approval_text(publication: Publication) -> str:
    approvals = find_approvals(publication, None) if publication.has_approvals else []
    names = ", ".join(short_name_of(approval.approved_by) for approval in approvals)
    return _("approved by %(names)s") % {"names": names} if names else ""


def with_submissions(publications: QuerySet) -> QuerySet:
    """Annotate drafts with `is_submitted` and `has_approvals`, which may have ended, and select who submitted them."""
    open_submissions = Submission.objects.unpublished().filter(publication=OuterRef("pk"))
    approvals = Approval.objects.of_current_text().filter(publication=OuterRef("pk")).order_by()
    return publications.select_related("submission__submitted_by").annotate(
        is_submitted=Exists(open_submissions), has_approvals=Exists(approvals)
    )


def status_with_submission(publication: Publication) -> str:
    """Return the status of an annotated draft, and who submitted it for checking."""
    status = status_text(publication)
    submission = submission_text(publication.submission) if publication.is_submitted else ""
    return "; ".join(text for text in (status, submission, _approval_text(publication)) if text)


def submission_text(submission: Submission) -> str:
    """Return who submitted a draft, and on which day."""
    params = {
        "who": short_name_of(submission.submitted_by),
        "on": date_format(timezone.localtime(submission.submitted_at), "DATE_FORMAT"),
    }
    return _("ready to be checked, says %(who)s, %(on)s") % params


def short_name_of(user) -> str:
    """Return the first name of a user, else the user name; "–" for None."""
    return (user.get_short_name() or user.get_username()) if user else "–"
