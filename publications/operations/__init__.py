"""Running the site safely: what was last done, what is to be warned of, and the reports of drills."""

from .drill_reports import RefusedReport, accept_report

__all__ = ["RefusedReport", "accept_report"]
