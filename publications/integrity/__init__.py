"""Integrity checks: files against rows, rows against each other, and derived data against its sources.

`CHECKS` lists them in the order in which `manage.py verify` runs them. Checks only read; `REPAIRS` repair derived data.
"""

from .checks import CHECKS, REPAIRS, find_faults, has_right_schema
from .report import Check, Progress, no_progress

__all__ = ["CHECKS", "REPAIRS", "Check", "Progress", "find_faults", "has_right_schema", "no_progress"]
