"""CPU of other processes, in nanosecond resolution where /proc counts ticks of ten milliseconds."""

import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
SCHEDULER_CLOCK = 2  # CPUCLOCK_SCHED in the id of a process's clock, as clock_getcpuclockid(3) builds it


def cpu_seconds(pid: int) -> float:
    """Return the seconds of CPU that a process has used, its ended threads included; 0 if there is no such process."""
    try:
        return time.clock_gettime((~pid << 3) | SCHEDULER_CLOCK)
    except OSError:
        return 0


def cpu_seconds_of_children(pid: int) -> float:
    """Return the seconds of CPU of the ended children of a process (proc(5): cutime, cstime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[13:15])) / TICKS


def process_tree(pid: int) -> list[int]:
    """Return a process and its descendants."""
    children = [
        int(child)
        for tasks in Path(f"/proc/{pid}/task").glob("*/children")
        for child in tasks.read_text().split()
    ]
    return [pid, *(descendant for child in children for descendant in process_tree(child))]
