"""The clock of a server of the exercise: ahead of that of the machine by the seconds that stand in EXERCISE_CLOCK.

Python imports this before anything else, where its folder is in PYTHONPATH. Only the exercise does that.
"""

import datetime
import os
import threading
import time
from pathlib import Path

import time_machine

FILE = Path(os.environ["EXERCISE_CLOCK"])
POLL_SECONDS = 0.02


def follow_offset() -> None:
    """Set the clock of this process whenever the file says something else."""
    offset = ""
    with time_machine.travel(datetime.datetime.now(datetime.UTC), tick=True) as clock:
        while True:
            if (new_offset := FILE.read_text("ascii") or offset) != offset:
                clock.shift(float(new_offset) - float(offset or 0))
                offset = new_offset
            time.sleep(POLL_SECONDS)


def start() -> None:
    threading.Thread(target=follow_offset, daemon=True).start()


start()
os.register_at_fork(after_in_child=start)
