"""A class name means one thing in the whole project."""

import ast
from collections import defaultdict
from pathlib import Path

from scripts.list_modules import APPS

ROOT = Path(__file__).resolve().parent.parent
CONVENTIONAL = {"Meta", "Command"}
"""Names that Django requires."""


def class_names() -> dict[str, list[str]]:
    """Return the modules that define each class at their top level, by its name."""
    modules = defaultdict(list)
    for path in sorted(path for package in APPS for path in (ROOT / package).rglob("*.py")):
        if "migrations" in path.parts:  # which keep code as it was
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                modules[node.name].append(str(path.relative_to(ROOT)))
    return modules


def test_a_class_name_means_one_thing():
    repeated = {name: paths for name, paths in class_names().items() if len(paths) > 1}

    assert {name: paths for name, paths in repeated.items() if name not in CONVENTIONAL} == {}
