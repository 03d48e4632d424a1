"""Whole answers for readers, kept in memory for as long as nothing public changes. It stands around Django.

Every deed moves a counter that all processes of a machine share; a process on another machine asks the database
twice a second, or at once where the machines have a bell. Where the database does not answer, what is stored goes on
being served.
"""

from .application import PageCache
from .bell import try_bell
from .counter import advance
from .keys import NO_PAGES, Environ
from .lanes import Pools
from .places import READERS
from .stored import COMPRESS, WORTH_COMPRESSING, coding_for
from .watch import Watch

__all__ = [
    "COMPRESS",
    "NO_PAGES",
    "READERS",
    "WORTH_COMPRESSING",
    "Environ",
    "PageCache",
    "Pools",
    "Watch",
    "advance",
    "coding_for",
    "try_bell",
]
