"""Whether the site is whole: files against rows, rows against each other, and what is derived against its sources.

`CHECKS` is the whole list, in the order in which `manage.py verify` asks them. Checks only read; `REPAIRS` names what
repairs the derived parts.
"""

from .checks import CHECKS, REPAIRS, find_faults, has_right_schema
from .report import Check, Progress, no_progress

__all__ = ["CHECKS", "REPAIRS", "Check", "Progress", "find_faults", "has_right_schema", "no_progress"]
