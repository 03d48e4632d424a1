"""Exercise the site as it is served in earnest: strangers, reload, neighbours, a database that stops, a lock, a flood,
a full disk, unfinished bodies, logs, a clock that is set back, a cut cable, stops.

It starts servers of its own on this machine (ports from EXERCISE_PORTS, 8130), in a folder that it removes, and prints
one table: what was done, what was measured, what it may be. Some minutes; it ends with 1 where a budget is not kept.
neighbours, database, cut-off, bodies and logs need postgresql, redis-server, nginx and caddy (Debian: apt-get install postgresql
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
        parser.error(f"There is no part {min(unknown)}. These can be named: {', '.join(PARTS)}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers are stopped on the way out
    print(line("what", "measured", "budget"))
    kept = [exercise(name) for name in names]
    return int(not all(kept))


def exercise(name: str) -> bool:
    """One part in a folder of its own; whether all its budgets are kept."""
    kept = True
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the owner of a PostgreSQL cluster must reach it
        try:
            for what, measured, budget, is_kept in PARTS[name](Path(folder)):
                print(line(what, measured, budget), "" if is_kept else "  NOT KEPT", flush=True)
                kept = kept and is_kept
        except MissingProgram as missing:
            print(f"{name}: {missing}", file=sys.stderr)
            return False
    return kept


def line(*cells: str) -> str:
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


if __name__ == "__main__":
    sys.exit(main())
