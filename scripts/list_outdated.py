"""List the pinned packages with their age: `make outdated`. Asks the package index; needs a network.

For each package of requirements/*.txt: when the pinned version was released, the newest version, and when that was.
With --strict it ends with 1 if a pinned version is more than MAX_DAYS behind the newest one.
"""

import argparse
import json
import re
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INDEX = "https://pypi.org"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
TIMEOUT = 20  # seconds
REQUESTS_AT_A_TIME = 4
MAX_DAYS = 365


@dataclass(frozen=True)
class Package:
    """A pinned package.

    Attributes:
        days: how old the pinned version is.
        days_behind: how much older it is than the newest one.
    """

    name: str
    pinned: str
    newest: str
    days: int
    days_behind: int

    def __str__(self) -> str:
        newest = (
            "" if self.pinned == self.newest else f"  newest {self.newest}, {self.days_behind} days later"
        )
        return f"{self.days:>5} days  {self.name} {self.pinned}{newest}"


def read_pins(texts: list[str]) -> dict[str, str]:
    """Return the pinned version of each package of some requirements files."""
    return {name.lower(): version for text in texts for name, version in PINNED.findall(text)}


def read_package(name: str, pinned: str, index: str, now: datetime) -> Package | None:
    """Ask the index about a package; return None if it does not know the pinned version.

    Raises:
        OSError: the index cannot be reached.
    """
    with urllib.request.urlopen(f"{index}/pypi/{name}/json", timeout=TIMEOUT) as response:  # noqa: S310
        facts = json.load(response)
    newest = facts["info"]["version"]
    released = {version: _released_at(facts["releases"].get(version, [])) for version in (pinned, newest)}
    if not all(released.values()):
        return None
    days_behind = (released[newest] - released[pinned]).days
    return Package(name, pinned, newest, (now - released[pinned]).days, max(0, days_behind))


def _released_at(files: list[dict]) -> datetime | None:
    times = [datetime.fromisoformat(file["upload_time_iso_8601"]) for file in files]
    return min(times, default=None)


def list_packages(pins: dict[str, str], index: str) -> list[Package]:
    """Return all packages, the oldest first; those that the index does not know are named on the standard error.

    Raises:
        SystemExit: the index cannot be reached.
    """
    now = datetime.now(UTC)

    def read(item: tuple[str, str]) -> Package | None:
        try:
            package = read_package(*item, index, now)
        except urllib.error.HTTPError as error:
            package = None
            print(f"{item[0]}: the index answers {error.code}.", file=sys.stderr)
        else:
            if package is None:
                print(f"{item[0]} {item[1]}: the index does not know this version.", file=sys.stderr)
        return package

    try:
        with ThreadPoolExecutor(REQUESTS_AT_A_TIME) as pool:
            packages = list(pool.map(read, sorted(pins.items())))
    except OSError as error:
        sys.exit(f"The package index {index} cannot be reached, so that no age is known: {error}")
    return sorted(filter(None, packages), key=lambda package: package.days, reverse=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--strict", action="store_true", help=f"fail if one is more than {MAX_DAYS} days behind"
    )
    parser.add_argument("--index", default=INDEX, help="the package index (%(default)s)")
    options = parser.parse_args(arguments)
    files = sorted((ROOT / "requirements").glob("*.txt"))
    packages = list_packages(read_pins([path.read_text(encoding="utf-8") for path in files]), options.index)
    print(*packages, sep="\n")
    outdated = [package for package in packages if package.days_behind > MAX_DAYS]
    if outdated:
        print(
            f"More than {MAX_DAYS} days behind: {', '.join(package.name for package in outdated)}.",
            file=sys.stderr,
        )
    return 1 if outdated and options.strict else 0


if __name__ == "__main__":
    sys.exit(main())
