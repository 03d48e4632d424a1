"""Accept reports of drills: that a backup was restored and verified on another machine, signed by the key of that one.

The site has the public key alone (`DRILL_PUBLIC_KEY`). A report that is accepted says how its backup was, and nothing
else; neither an older report nor one of another site is accepted.
"""

from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from publications.drill_report import MAX_REPORT_CHARACTERS, DrillReport
from publications.minisign import BadSignature, PublicKey
from publications.models import Operation, OperationRecord

MAX_AGE = timedelta(days=2)
MAX_CLOCK_SKEW = timedelta(minutes=5)


class RefusedReport(Exception):
    """A report that is not accepted: why, in a sentence, and the HTTP status."""

    def __init__(self, reason: str, status: HTTPStatus) -> None:
        super().__init__(reason)
        self.status = status


def accept_report(text: str, signature: str) -> OperationRecord:
    """Store a report.

    Args:
        text: the report as JSON.
        signature: its signature in the format of minisign.

    Raises:
        RefusedReport: the site has no key for it, or the report is malformed, forged, of another site, or not new.
    """
    if not settings.DRILL_PUBLIC_KEY:
        raise RefusedReport(
            "This site takes no reports of drills: DRILL_PUBLIC_KEY is not set.", HTTPStatus.NOT_FOUND
        )
    if max(len(text), len(signature)) > MAX_REPORT_CHARACTERS:
        raise RefusedReport("The report is too long.", HTTPStatus.CONTENT_TOO_LARGE)
    try:
        PublicKey.parse(settings.DRILL_PUBLIC_KEY).verify([text.encode()], signature)
    except BadSignature as error:
        raise RefusedReport(
            f"The report is not signed by the key of this site. {error}", HTTPStatus.FORBIDDEN
        ) from None
    try:
        report = DrillReport.parse(text)
    except ValueError:
        raise RefusedReport("The report is malformed.", HTTPStatus.BAD_REQUEST) from None
    _check_is_current(report)
    return _store(report)


def _check_is_current(report: DrillReport) -> None:
    if report.site != settings.SITE_URL:
        raise RefusedReport(
            f"The report is about another site than {settings.SITE_URL}.", HTTPStatus.CONFLICT
        )
    now = timezone.now()
    if not now - MAX_AGE < report.finished_at < now + MAX_CLOCK_SKEW:
        raise RefusedReport(
            "The report is older than two days, or dated later than now: compare the clocks.",
            HTTPStatus.CONFLICT,
        )


@transaction.atomic
def _store(report: DrillReport) -> OperationRecord:
    stored = OperationRecord.objects.select_for_update().filter(operation=Operation.DRILL).first()
    if stored and stored.at >= report.finished_at:
        raise RefusedReport("This report, or a later one, has been stored before.", HTTPStatus.CONFLICT)
    return OperationRecord.store(
        Operation.DRILL, report.finished_at, backup=report.backup, result=report.result
    )
