"""Remove a name from the whole site in the background, then search for what is left and store it as a report.

The name is in the memory of the process alone: it is given on standard input, and stands in no table, file or report.
"""

from .process import RemovalOptions, create_record, start_process
from .run import run_removal

__all__ = ["RemovalOptions", "create_record", "run_removal", "start_process"]
