"""Integrity checks: files against rows, rows against each other, and derived data against its sources.

`CHECKS` lists them in the order in which `manage.py verify` runs them. Checks only read; `REPAIRS` repair derived data.
"""

from .checks import CHECKS, REPAIRS, can_run, find_faults
from .report import Check, Progress, no_progress
from .row_digests import record_rows

__all__ = ["CHECKS", "REPAIRS", "Check", "Progress", "can_run", "find_faults", "no_progress", "record_rows"]
