"""Figures: what was measured, what it may be, and what it was the last time; one table of them all."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

COLUMNS = ("", "figure", "unit", "budget", "× nginx", "req/s", "p50 ms", "p99 ms", "change")
WIDTHS = (44, 9, 9, 12, 8, 8, 8, 8, 8)
STEADY = 0.05  # a change below this is none


@dataclass
class Figure:
    """One line of the table. `budget` is the most that `value` may be; with `of_nginx`, what the ratio may be."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    of_nginx: bool = False
    nginx: float | None = None
    rate: float | None = None
    p50: float | None = None
    p99: float | None = None
    at_least: bool = False

    def line(self, before: float | None) -> tuple[str, ...]:
        return (
            self.name,
            _told(self.value),
            self.unit,
            self._budget(),
            _told(self.nginx),
            _told(self.rate),
            _told(self.p50),
            _told(self.p99),
            _change(self.value, before),
        )

    def _budget(self) -> str:
        if self.budget is None:
            return ""
        value = self.nginx if self.of_nginx else self.value
        kept = value is None or (value >= self.budget if self.at_least else value <= self.budget)
        limit = f"{'≥' if self.at_least else '≤'} {self.budget:g}{' ×' if self.of_nginx else ''}"
        return limit if kept else f"{limit}  !"


def _told(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _change(value: float, before: float | None) -> str:
    if not before:
        return "" if before is None else "="
    change = value / before - 1
    return "=" if abs(change) < STEADY else f"{change:+.0%}"


def row(cells: Iterable[str]) -> str:
    first, *others = (cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True))
    return f"{first.strip():<{WIDTHS[0]}}{''.join(others)}".rstrip()


def last(path: Path) -> dict[str, float]:
    """The values of the last run, by name; parts that it left out are those of the run before."""
    try:
        return {each["name"]: each["value"] for each in json.loads(path.read_text("utf-8"))}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def keep(path: Path, figures: Iterable[Figure], before: dict[str, float]) -> None:
    new = {each.name: asdict(each) for each in figures}
    old = {name: {"name": name, "value": value} for name, value in before.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([*(old | new).values()], indent=1, ensure_ascii=False), "utf-8")
