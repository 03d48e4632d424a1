"""Delete the backups of a folder that are no longer to be kept. Called by deploy/backup.

    python deploy/expire_backups.py FOLDER NEWEST    # NEWEST: the name of the backup that has just been made

Kept are the last backup of each of the last KEEP_DAILY days (14) that have one, of KEEP_WEEKLY weeks (8) and of
KEEP_MONTHLY months (12); the newest; and the last one of an undamaged site. Days without a backup do not count, so that
neither a long pause nor a wrong clock empties the folder. While a backup is newer than the one just made, the clock is
wrong now or was then: nothing is deleted. Names are in UTC.
"""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(\.faults)?")
FORMAT = "%Y-%m-%dT%H%M%SZ"
UNFINISHED = ".part"
MAX_UNFINISHED_AGE = timedelta(days=1)
DEFAULTS = {"KEEP_DAILY": 14, "KEEP_WEEKLY": 8, "KEEP_MONTHLY": 12}
PERIODS: dict[str, Callable[[datetime], object]] = {
    "KEEP_DAILY": lambda at: at.date(),
    "KEEP_WEEKLY": lambda at: at.isocalendar()[:2],
    "KEEP_MONTHLY": lambda at: (at.year, at.month),
}


def made_at(name: str) -> datetime:
    """Return when a backup was made, by its name."""
    return datetime.strptime(name.partition(".")[0], FORMAT).replace(tzinfo=UTC)


def is_backup(name: str) -> bool:
    """Return whether a folder of this name is one that deploy/backup has made."""
    try:
        return bool(NAME.fullmatch(name) and made_at(name))
    except ValueError:  # no day of the calendar
        return False


def is_sound(name: str) -> bool:
    """Return whether a backup is of an undamaged site."""
    return not name.endswith(".faults")


def names_to_keep(names: Iterable[str], counts: dict[str, int]) -> set[str]:
    """Return which backups to keep.

    Args:
        counts: how many periods of each kind in `PERIODS` keep a backup: the last undamaged one, or the last one.
    """
    newest_first = sorted(names, key=made_at, reverse=True)
    best_first = sorted(newest_first, key=is_sound, reverse=True)  # stable: each half has the newest first
    kept = set(newest_first[:1]) | set(best_first[:1])
    for setting, period_of in PERIODS.items():
        periods = list(dict.fromkeys(period_of(made_at(name)) for name in newest_first))
        last = {period_of(made_at(name)): name for name in reversed(best_first)}
        kept |= {last[period] for period in periods[: counts[setting]]}
    return kept


def read_counts() -> dict[str, int]:
    """Return the counts of the environment. KEEP, the former setting, counts days where KEEP_DAILY is not set.

    Raises:
        SystemExit: one is no number.
    """
    values = {name: os.environ.get(name, "") for name in DEFAULTS}
    values["KEEP_DAILY"] = values["KEEP_DAILY"] or os.environ.get("KEEP", "")
    for name, value in values.items():
        if value and not re.fullmatch(r"\d{1,5}", value):
            sys.exit(f"{name} is to be a number of backups, such as {DEFAULTS[name]}, and not “{value}”.")
    return DEFAULTS | {name: int(value) for name, value in values.items() if value}


def expire(folder: Path, newest: str) -> None:
    """Delete what is not to be kept, and what stopped processes have left."""
    names = {path.name for path in folder.iterdir() if is_backup(path.name)}
    later = sorted(name for name in names if made_at(name) > made_at(newest))
    if later:
        print(
            f"No old backup was deleted: {later[-1]} is newer than {newest}, so that the clock of this machine is "
            "wrong, or was. Set it right; rename the folder if its name is wrong.",
            file=sys.stderr,
        )
        return
    for name in names - names_to_keep(names, read_counts()) - {newest}:
        (folder / name).rename(
            folder / f"{name}{UNFINISHED}"
        )  # whoever is stopped here leaves no half of a backup
        shutil.rmtree(folder / f"{name}{UNFINISHED}", ignore_errors=True)
    for path in folder.glob(f"*{UNFINISHED}"):
        if is_backup(path.stem) and made_at(newest) - made_at(path.stem) > MAX_UNFINISHED_AGE:
            shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        expire(Path(sys.argv[1]), sys.argv[2])
    else:
        read_counts()  # refuses wrong ones before a backup is made
