"""Importing: a folder of texts comes to the site: read ahead, taken in by batches, published where that is asked.

Broken off at any moment, the next run goes on and ends as one run would have. Repeating a run changes nothing.
"""

from .account import Account, Entry, Outcome
from .bringing import bring_in
from .next_step import next_step
from .options import HELP, OPTIONS
from .order import Order, Unfit
from .telling import Progress, check_writable, told, write_json

__all__ = [
    "HELP",
    "OPTIONS",
    "Account",
    "Entry",
    "Order",
    "Outcome",
    "Progress",
    "Unfit",
    "bring_in",
    "check_writable",
    "next_step",
    "told",
    "write_json",
]
