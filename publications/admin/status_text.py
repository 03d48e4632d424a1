"""Where a publication stands, and who has submitted it for checking, in words."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from publications.locales import datetime_with_zone
from publications.models import WITHDRAWN_OR_UNDONE, Publication, Submission, scheduled_end


def status_text(publication: Publication) -> str:
    """One sentence on an annotated draft: "Live since 3 May 2026; your changes are not public"."""
    return "; ".join(part for part in (_now(publication), _next(publication)) if part)


def _next(publication: Publication) -> str:
    """What waits, and whether it is the text as it stands."""
    if not publication.scheduled_from:
        return ""
    if publication.scheduled_digest == publication.digest:
        said = _("this text goes public %s") if publication.live_from else _("goes public %s")
    else:
        said = _("an earlier text goes public %s, without your later changes")
    return said % datetime_with_zone(publication.scheduled_from)


def _now(publication: Publication) -> str:
    if publication.live_from:
        return _live(publication)
    if not publication.ended_at:
        return "" if publication.scheduled_from else _("Draft, never public")
    ended = _("Withdrawn %s") if publication.last_end_reason in WITHDRAWN_OR_UNDONE else _("Expired %s")
    return ended % date_format(timezone.localtime(publication.ended_at), "DATE_FORMAT")


def _live(publication: Publication) -> str:
    since = _("Live since %s") % date_format(timezone.localtime(publication.live_from), "DATE_FORMAT")
    if until := scheduled_end(publication):
        since = _("%(since)s, until %(until)s") % {"since": since, "until": datetime_with_zone(until)}
    if publication.digest not in (publication.live_digest, publication.scheduled_digest):
        return _("%s; your changes are not public") % since
    return since


def with_submissions(publications: QuerySet) -> QuerySet:
    """Annotate drafts with whether they are handed over, and by whom."""
    open_now = Submission.objects.unpublished().filter(publication=OuterRef("pk"))
    return publications.select_related("submission__submitted_by").annotate(is_ready=Exists(open_now))


def status_with_submission(publication: Publication) -> str:
    """Where an annotated publication stands, and who says that it is ready: in words."""
    status = status_text(publication)
    return f"{status}; {submission_text(publication.submission)}" if publication.is_ready else status


def submission_text(ready: Submission) -> str:
    told = {
        "who": person_name(ready.submitted_by),
        "on": date_format(timezone.localtime(ready.submitted_at), "DATE_FORMAT"),
    }
    return _("ready to be checked, says %(who)s, %(on)s") % told


def person_name(person) -> str:
    return (person.get_short_name() or person.get_username()) if person else "–"
