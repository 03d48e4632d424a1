"""Exercise the site as in production: hostile connections, reload, two servers, a database that stops, a lock, a flood,
a crawler, a full disk, unfinished bodies, logs, senders of mail that are killed, a clock that is set back, a lost
connection, stops.

It starts servers of its own on this machine (ports from EXERCISE_PORTS, 8130), in a folder that it removes, and prints
one table: what was done, what was measured, its budget. Some minutes; it exits with 1 if a budget is missed.
servers, database, cut-off, bodies and logs need postgresql, redis-server, nginx and caddy (Debian: apt-get install postgresql
redis-server nginx-light caddy).
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from .parts import PARTS
from .servers import MissingProgram

WIDTHS = (58, 48, 16)


def main() -> int:
    parser = argparse.ArgumentParser(
        "python -m tests.exercise", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    descriptions = "\n".join(f"{name:<11} {part.__doc__}" for name, part in PARTS.items())
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"all of these, or those named:\n{descriptions}"
    )
    names = parser.parse_args().parts or list(PARTS)
    if unknown := set(names) - set(PARTS):
        parser.error(f"There is no part {min(unknown)}. Choose from {', '.join(PARTS)}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers are stopped on the way out
    print(format_line("what", "measured", "budget"))
    results = [exercise(name) for name in names]
    return int(not all(results))


def exercise(name: str) -> bool:
    """Run a part in a folder of its own; return whether all its budgets are met."""
    is_met = True
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the owner of a PostgreSQL cluster must reach it
        try:
            for what, measured, budget, is_within in PARTS[name](Path(folder)):
                print(format_line(what, measured, budget), "" if is_within else "  MISSED", flush=True)
                is_met = is_met and is_within
        except MissingProgram as missing:
            print(f"{name}: {missing}", file=sys.stderr)
            return False
    return is_met


def format_line(*cells: str) -> str:
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


if __name__ == "__main__":
    sys.exit(main())
