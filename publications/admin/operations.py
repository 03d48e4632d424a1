"""The page Operations: how backups, mail, disk, certificate and others are, with a remedy for each warning."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from publications.failed_requests import FailedRequest, failed_requests
from publications.operations import CheckResult, run_checks

from .site import render_desk_page, require_permissions

FAILURE_DAYS = 7
MAX_FAILURES = 30


@require_safe
@require_permissions("view_operationrecord")
def operations_page(request: HttpRequest) -> HttpResponse:
    """Show the results of all checks, warnings first, and the requests that failed."""
    results = run_checks()
    return render_desk_page(
        request,
        "operations",
        title=_("Operations"),
        warnings=[result for result in results if result.finding.is_warning],
        others=[result for result in results if not result.finding.is_warning],
        failures=_recent_failures(),
        failure_days=FAILURE_DAYS,
    )


def results_for_first_page(user) -> list[CheckResult]:
    """Return the results that the first page of the desk shows to this user."""
    if not user.has_perm("publications.view_operationrecord"):
        return []
    return run_checks(is_first_page=True)


def _recent_failures() -> list[FailedRequest]:
    try:
        return failed_requests(timezone.now() - timedelta(days=FAILURE_DAYS))[:MAX_FAILURES]
    except OSError:  # the check says so
        return []
