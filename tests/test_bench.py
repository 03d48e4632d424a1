"""What `make bench` tells: figures beside budgets and beside the last run."""

import subprocess
import sys

import pytest

from tests.bench.figures import Figure, keep, last, row


def test_what_is_above_its_budget_is_marked():
    kept, missed = Figure("a", 2.0, "ms", 3), Figure("b", 4.0, "ms", 3)

    assert kept.line(None)[3] == "≤ 3"
    assert missed.line(None)[3] == "≤ 3  !"


def test_a_budget_of_nginx_is_held_against_the_ratio():
    assert Figure("a", 60.0, "µs", 2, of_nginx=True, nginx=2.5).line(None)[3] == "≤ 2 ×  !"


def test_a_rate_is_to_be_no_less_than_its_budget():
    assert Figure("import", 90.0, "a s", 300, at_least=True).line(None)[3] == "≥ 300  !"


def test_a_change_is_told_against_the_last_run():
    assert row(Figure("a", 3.0, "ms").line(2.0)).endswith("+50%")
    assert row(Figure("a", 3.0, "ms").line(2.95)).endswith("=")


def test_parts_that_a_run_leaves_out_stay_as_they_were(tmp_path):
    keep(tmp_path / "last.json", [Figure("a", 1.0, "ms"), Figure("b", 2.0, "ms")], {})

    keep(tmp_path / "last.json", [Figure("a", 3.0, "ms")], last(tmp_path / "last.json"))

    assert last(tmp_path / "last.json") == {"a": 3.0, "b": 2.0}


def test_an_unknown_part_is_named_with_those_there_are():
    done = subprocess.run([sys.executable, "-m", "tests.bench", "wram"], capture_output=True, text=True)

    assert done.returncode == 2
    assert "there is no part “wram”: choose of warm, render" in done.stderr


TOOLS = ("bench", "exercise", "audit", "figures.search", "figures.pdf", "figures.word")


@pytest.mark.parametrize("name", TOOLS)
def test_each_tool_that_measures_starts_without_a_site(name):
    done = subprocess.run([sys.executable, "-m", f"tests.{name}", "--help"], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
