"""Migrations import nothing of the application that can change: a later change must not change what an old one does."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from scripts.list_modules import APPS

FIELD_PARTS = {"publications.models.author", "publications.models.image", "publications.models.validators"}
"""Modules with validators, defaults and file names of fields, which Django writes into migrations by their path."""
FOLDERS = [settings.BASE_DIR / app / "migrations" for app in APPS]
MODULES = sorted(path for folder in FOLDERS for path in folder.rglob("*.py"))


def imports_of_application(source: str, package: str) -> Iterator[str]:
    """Yield the modules of the application that a module imports, anywhere in it, without parts of fields."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
            names = names[:1] if module not in APPS else names[1:]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in APPS and name not in FIELD_PARTS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_migration_imports_nothing_that_can_change(path: Path):
    package = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts[:-1])

    assert list(imports_of_application(path.read_text(encoding="utf-8"), package)) == []


@pytest.mark.parametrize(
    "source",
    ["from publications import markup", "from publications.html_tree import parse", "import accounts.models",
     "def move(apps, editor):\n    from publications.models import Tag", "from ..slugs import slugify", "from .. import markup"],
)  # fmt: skip
def test_an_import_that_can_change_is_found(source: str):
    assert list(imports_of_application(source, "publications.migrations"))


@pytest.mark.parametrize(
    "source",
    ["import publications.models.validators", "from django.db import migrations", "import json"],
)
def test_what_cannot_change_is_allowed(source: str):
    assert not list(imports_of_application(source, "publications.migrations"))
