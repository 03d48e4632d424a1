"""Figures: measured values beside their budgets and the values of the last run, in one table."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

COLUMNS = ("", "figure", "unit", "budget", "× nginx", "req/s", "p50 ms", "p99 ms", "change")
WIDTHS = (68, 9, 9, 12, 8, 8, 8, 8, 8)
MIN_CHANGE = 0.05  # a smaller change is shown as "="


@dataclass
class Figure:
    """A row of the table.

    Attributes:
        budget: the limit of `value`, or with `limits_ratio` of `nginx_ratio`.
        is_minimum: whether the budget is a minimum.
        rate: requests a second; `p50` and `p99` are latencies in milliseconds.
    """

    name: str
    value: float
    unit: str
    budget: float | None = None
    limits_ratio: bool = False
    nginx_ratio: float | None = None
    rate: float | None = None
    p50: float | None = None
    p99: float | None = None
    is_minimum: bool = False

    def cells(self, last: float | None) -> tuple[str, ...]:
        return (
            self.name,
            format_number(self.value),
            self.unit,
            self._format_budget(),
            format_number(self.nginx_ratio),
            format_number(self.rate),
            format_number(self.p50),
            format_number(self.p99),
            _format_change(self.value, last),
        )

    def _format_budget(self) -> str:
        if self.budget is None:
            return ""
        value = self.nginx_ratio if self.limits_ratio else self.value
        is_met = value is None or (value >= self.budget if self.is_minimum else value <= self.budget)
        limit = f"{'≥' if self.is_minimum else '≤'} {self.budget:g}{' ×' if self.limits_ratio else ''}"
        return limit if is_met else f"{limit}  !"


def format_number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _format_change(value: float, last: float | None) -> str:
    if not last:
        return "" if last is None else "="
    change = value / last - 1
    return "=" if abs(change) < MIN_CHANGE else f"{change:+.0%}"


def format_row(cells: Iterable[str]) -> str:
    first, *others = (cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True))
    return f"{first.strip():<{WIDTHS[0]}}{''.join(others)}".rstrip()


def read_last(path: Path) -> dict[str, float]:
    """Return the values of the last run by name; parts that it left out have those of the run before."""
    try:
        return {figure["name"]: figure["value"] for figure in json.loads(path.read_text("utf-8"))}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def store(path: Path, figures: Iterable[Figure], last: dict[str, float]) -> None:
    new = {figure.name: asdict(figure) for figure in figures}
    old = {name: {"name": name, "value": value} for name, value in last.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([*(old | new).values()], indent=1, ensure_ascii=False), "utf-8")
