"""The benchmark: figures beside budgets and the last run, generated sites, and tools that start."""

import ast
import importlib.util
import subprocess
import sys

import pytest

from publications.models import Edition
from tests.bench.cpu_parts import IMPORT, PAGES, UnknownName, difference, find_function
from tests.bench.figures import Figure, format_row, read_last, store
from tests.bench.site import fill_database
from tests.conftest import ROOT
from tests.exercise.crawler import choose_paths


def test_a_figure_above_its_budget_is_marked():
    met, missed = Figure("a", 2.0, "ms", 3), Figure("b", 4.0, "ms", 3)

    assert met.cells(None)[3] == "≤ 3"
    assert missed.cells(None)[3] == "≤ 3  !"


def test_a_budget_of_nginx_applies_to_the_ratio():
    assert Figure("a", 60.0, "µs", 2, limits_ratio=True, nginx_ratio=2.5).cells(None)[3] == "≤ 2 ×  !"


def test_a_rate_below_its_budget_is_marked():
    assert Figure("import", 90.0, "a s", 300, is_minimum=True).cells(None)[3] == "≥ 300  !"


def test_a_change_is_shown_against_the_last_run():
    assert format_row(Figure("a", 3.0, "ms").cells(2.0)).endswith("+50%")
    assert format_row(Figure("a", 3.0, "ms").cells(2.95)).endswith("=")


def test_parts_that_a_run_leaves_out_keep_their_values(tmp_path):
    store(tmp_path / "last.json", [Figure("a", 1.0, "ms"), Figure("b", 2.0, "ms")], {})

    store(tmp_path / "last.json", [Figure("a", 3.0, "ms")], read_last(tmp_path / "last.json"))

    assert read_last(tmp_path / "last.json") == {"a": 3.0, "b": 2.0}


def test_an_unknown_part_is_refused_with_the_known_ones():
    completed = subprocess.run([sys.executable, "-m", "tests.bench", "wram"], capture_output=True, text=True)

    assert completed.returncode == 2
    assert "there is no part “wram”: choose from warm, render" in completed.stderr


@pytest.mark.parametrize(
    "name", sorted({name for table in (PAGES, IMPORT) for names in table.values() for name in names})
)
def test_a_function_whose_cpu_is_measured_exists(name):
    assert callable(find_function(name)[2])


def test_a_function_that_does_not_exist_is_named():
    with pytest.raises(UnknownName, match="no_such_function"):
        find_function("publications.models:no_such_function")


def test_parts_add_up_to_the_whole():
    before, after = {"template": 1.0, "": 4.0}, {"template": 3.0, "queries": 1.0, "": 9.0}

    assert difference(before, after, "server") == {"server": 2.0, "template": 2.0, "queries": 1.0}


def test_the_reader_beside_a_crawler_requests_other_pages_each_time():
    addresses = [f"/en/publications/text-{number}/" for number in range(2_000)]

    chosen, others = choose_paths(addresses, 200)

    assert len(chosen) == len(set(chosen)) == 200
    assert not set(chosen) & set(others)
    assert len(others) == 2_000 - 80


TOOLS = ("bench", "exercise", "audit", "figures.search", "figures.pdf", "figures.word")


@pytest.mark.parametrize("name", TOOLS)
def test_each_tool_prints_its_help_without_a_site(name):
    completed = subprocess.run(
        [sys.executable, "-m", f"tests.{name}", "--help"], capture_output=True, text=True
    )

    assert completed.returncode == 0, completed.stderr
    assert "usage:" in completed.stdout


def imports_of_tools() -> set[tuple[str, str]]:
    """Return (module, name) of what the tools import of the project, within functions too."""
    files = [
        file
        for folder in ("audit", "bench", "exercise", "figures")
        for file in (ROOT / "tests" / folder).glob("*.py")
    ]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    return {
        (node.module, name.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        and not node.level
        and node.module.startswith(("publications", "tests"))
        for name in node.names
    }


@pytest.mark.parametrize(("module", "name"), sorted(imports_of_tools()))
def test_what_a_tool_imports_exists(module, name):
    assert hasattr(importlib.import_module(module), name) or importlib.util.find_spec(f"{module}.{name}")


@pytest.mark.django_db
def test_a_site_to_measure_has_copies_of_its_texts(monkeypatch):
    monkeypatch.setattr("tests.bench.site.DIFFERENT_TEXTS", 4)

    fill_database(10)

    assert Edition.objects.live().count() == 10
    assert Edition.objects.values("slug").distinct().count() == 10
