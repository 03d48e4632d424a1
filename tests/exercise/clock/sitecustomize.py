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
EVERY = 0.02  # seconds between two looks into the file


def follow() -> None:
    """Set the clock of this process whenever the file says something else."""
    is_now = ""
    with time_machine.travel(datetime.datetime.now(datetime.UTC), tick=True) as clock:
        while True:
            if (result := FILE.read_text("ascii") or is_now) != is_now:
                clock.shift(float(result) - float(is_now or 0))
                is_now = result
            time.sleep(EVERY)


def start() -> None:
    threading.Thread(target=follow, daemon=True).start()


start()
os.register_at_fork(after_in_child=start)
