"""Running the site safely: what is checked and to be warned of, and the reports of drills."""

from .certificate import record_certificate
from .checks import CHECKS, CheckResult, OperationCheck, find_warnings, run_checks
from .drill_reports import RefusedReport, accept_report

__all__ = [
    "CHECKS",
    "CheckResult",
    "OperationCheck",
    "RefusedReport",
    "accept_report",
    "find_warnings",
    "record_certificate",
    "run_checks",
]
