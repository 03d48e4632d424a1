"""Progress of commands: one line on a terminal that is written again and again, nothing elsewhere."""

import time
from collections.abc import Callable

PROGRESS_SECONDS = 0.2  # between two updates


def show_progress(stream, unit: str, *, is_shown: bool) -> Callable[[int, int], None]:
    """Return a function that writes how many are done, of how many.

    Args:
        stream: of the command.
        unit: what is counted, as a plural.
    """
    last = 0.0

    def show(done: int, total: int) -> None:
        nonlocal last
        if is_shown and stream.isatty() and (done == total or time.monotonic() - last > PROGRESS_SECONDS):
            last = time.monotonic()
            stream.write(f"\r{done} of {total} {unit} …{'\n' if done == total else ''}", ending="")
            stream.flush()

    return show
