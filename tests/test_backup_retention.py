"""Which backups are deleted, by their names: days, weeks and months that have one are kept, whatever the clock shows."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / "deploy" / "expire_backups.py"
COUNTS = {"KEEP_DAILY": "2", "KEEP_WEEKLY": "0", "KEEP_MONTHLY": "0"}


def make_backups(folder: Path, names) -> Path:
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "secret-key").write_text("secret")
    return folder


def expire(folder: Path, newest: str, **settings: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(SCRIPT), str(folder), newest]
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=False)


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def name_of(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H%M%SZ")


CASES = {
    "the last of each day": (
        ["2026-01-01T020000Z", "2026-01-02T020000Z", "2026-01-03T020000Z", "2026-01-03T120000Z"],
        COUNTS,
        ["2026-01-02T020000Z", "2026-01-03T120000Z"],
    ),
    "days without a backup do not count": (
        ["2025-01-01T020000Z", "2025-06-01T020000Z", "2026-01-03T020000Z"],
        COUNTS,
        ["2025-06-01T020000Z", "2026-01-03T020000Z"],
    ),
    "a week begins on Monday": (
        ["2026-01-04T020000Z", "2026-01-05T020000Z", "2026-01-11T020000Z", "2026-01-12T020000Z"],
        {"KEEP_DAILY": "0", "KEEP_WEEKLY": "3", "KEEP_MONTHLY": "0"},
        ["2026-01-04T020000Z", "2026-01-11T020000Z", "2026-01-12T020000Z"],
    ),
    "the last of each month": (
        ["2025-11-30T020000Z", "2025-12-01T020000Z", "2025-12-31T235959Z", "2026-01-01T000000Z"],
        {"KEEP_DAILY": "0", "KEEP_WEEKLY": "0", "KEEP_MONTHLY": "2"},
        ["2025-12-31T235959Z", "2026-01-01T000000Z"],
    ),
    "of a day an undamaged one": (
        ["2026-01-02T020000Z", "2026-01-02T120000Z.faults", "2026-01-03T020000Z"],
        COUNTS,
        ["2026-01-02T020000Z", "2026-01-03T020000Z"],
    ),
    "the last undamaged one however old, and the newest": (
        ["2026-01-01T020000Z", *(f"2026-01-{day:02}T020000Z.faults" for day in range(2, 7))],
        COUNTS,
        ["2026-01-01T020000Z", "2026-01-05T020000Z.faults", "2026-01-06T020000Z.faults"],
    ),
    "the newest, though nothing is to be kept": (
        ["2026-01-01T020000Z", "2026-01-02T020000Z"],
        {"KEEP_DAILY": "0", "KEEP_WEEKLY": "0", "KEEP_MONTHLY": "0"},
        ["2026-01-02T020000Z"],
    ),
    "KEEP, the former setting, counts days": (
        [f"2026-01-0{day}T020000Z" for day in range(1, 6)],
        {"KEEP": "3", "KEEP_WEEKLY": "0", "KEEP_MONTHLY": "0"},
        [f"2026-01-0{day}T020000Z" for day in range(3, 6)],
    ),
    "what is no backup": (
        ["2026-13-01T020000Z", "2026-01-01", "notes", "2026-01-02T020000Z", "2026-01-03T020000Z"],
        {**COUNTS, "KEEP_DAILY": "1"},
        ["2026-01-01", "2026-01-03T020000Z", "2026-13-01T020000Z", "notes"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("names, settings, left", CASES.values(), ids=CASES)
def test_backups_are_kept_by_age(tmp_path, names, settings, left):
    folder = make_backups(tmp_path / "backups", names)
    newest = max(name for name in names if name.startswith("2026-01") and "T" in name)

    result = expire(folder, newest, **settings)

    assert (result.returncode, result.stderr) == (0, "")
    assert left_in(folder) == left


def test_two_years_of_nightly_backups_leave_those_of_the_defaults(tmp_path):
    start = datetime(2024, 11, 30, 2, 30, tzinfo=UTC)
    names = [name_of(start + timedelta(days=day)) for day in range(730)]

    expire(make_backups(tmp_path / "backups", names), names[-1])

    left = left_in(tmp_path / "backups")
    assert left[-14:] == names[-14:]
    assert len({name[:7] for name in left}) == 12
    weeks = {datetime.strptime(name[:10], "%Y-%m-%d").isocalendar()[:2] for name in left}
    assert len(weeks) >= 8 and len(left) <= 14 + 8 + 12


@pytest.mark.parametrize(
    ("newest", "reason"), [("2020-01-01T020000Z", "set back"), ("2026-01-04T020000Z", "was ahead once")]
)
def test_a_wrong_clock_deletes_nothing(tmp_path, newest, reason):
    names = [*(f"2026-01-0{day}T020000Z" for day in range(1, 4)), "2040-01-01T020000Z", newest]
    folder = make_backups(tmp_path / "backups", names)

    result = expire(folder, newest, **COUNTS)

    assert left_in(folder) == sorted(names)
    assert result.returncode == 0 and "2040-01-01T020000Z is newer" in result.stderr


def test_a_clock_that_was_ahead_for_one_night_has_cost_one_day(tmp_path):
    names = [*(f"2026-01-0{day}T020000Z" for day in range(1, 6)), "2040-01-01T020000Z"]

    expire(make_backups(tmp_path / "backups", names), names[-1], **{**COUNTS, "KEEP_DAILY": "5"})

    assert left_in(tmp_path / "backups") == names[1:]


def test_what_stopped_processes_left_is_deleted_after_a_day(tmp_path):
    names = ["2026-01-01T020000Z.part", "2026-01-01T030000Z.faults.part", "2026-01-02T130000Z.part"]
    folder = make_backups(tmp_path / "backups", [*names, "2026-01-03T020000Z"])

    expire(folder, "2026-01-03T020000Z", **COUNTS)

    assert left_in(folder) == ["2026-01-02T130000Z.part", "2026-01-03T020000Z"]


@pytest.mark.parametrize("name", ["KEEP", "KEEP_DAILY", "KEEP_WEEKLY", "KEEP_MONTHLY"])
@pytest.mark.parametrize("value", ["many", "-1", "1.5", "9" * 10])
def test_a_wrong_number_is_refused_in_a_sentence(name, value):
    result = subprocess.run(
        [sys.executable, str(SCRIPT)], env={name: value}, capture_output=True, text=True, check=False
    )

    assert result.returncode == 1 and "is to be a number of backups" in result.stderr
    assert value in result.stderr and "Traceback" not in result.stderr
