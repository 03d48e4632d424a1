"""The house: which room stands on which floor, and that imports only ever go down."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

FLOORS = {
    "publications.management": 7,
    "sceeus": 7,
    "publications.urls": 6,
    "publications.templatetags": 3,
    "publications.site_setup": 6,
    "publications.exporters": 6,
    "publications.views": 5,
    "publications.feeds": 5,
    "publications.oai": 5,
    "publications.api": 5,
    "publications.sitemaps": 5,
    "publications.admin": 5,
    "publications.middleware": 5,
    "publications.demonstration": 5,
    "publications.integrity": 5,
    "publications.actions": 4,
    "publications.importers": 4.3,
    "publications.importers.word.drafts": 4.6,
    "publications.metadata": 3,
    "publications.preflight": 3,
    "publications.snapshot": 3,
    "publications.presentation": 4,
    "publications.draft_content": 3,
    "publications.renditions": 3,
    "publications.sessions": 3,
    "publications.search": 3,
    "publications.page_cache": 3,
    "publications.migration_state": 2,
    "publications.models": 2,
    "publications.importers.word": 2.6,
    "publications.importers.coverage": 2.3,
    "publications.importers.tracking": 2.3,
    "publications.importers.report": 2,
    "publications.apps": 6,
    "publications.roles": 1,
    "publications.seeds": 4,
    "publications.manuscript": 1,
    "publications.markup": 1,
    "publications.images": 1,
    "publications.pdf": 1,
    "publications.publication_fields": -1,
    "publications.locales": -2,
    "publications.html_tree": -2,
    "publications.ooxml": -2,
    "accounts": 1,
    "publications.slugs": -2,
    "publications.xml_writer": 1,
    "publications.converters": 5,
    "publications.bucket_storage": 1,
    "publications.original_storage": 1,
    "publications.disk_reserve": 1,
    "publications.diff": 0,
    "publications.durable_files": 0,
    "publications.site_lock": 0,
}
ACTION_CALLERS = {
    "publications.admin",
    "publications.management",
    "publications.site_setup",
    "publications.demonstration",
    "publications.importers",
    "publications.integrity",
    "publications.actions",
}
APPS = ("accounts", "publications", "sceeus")
MADE_BY_MACHINE = ("migrations", "settings.py", "formats")


def modules() -> list[tuple[str, Path]]:
    paths = [path for app in APPS for path in ROOT.glob(f"{app}/**/*.py")]
    kept = [
        path for path in paths if not any(part in MADE_BY_MACHINE for part in path.relative_to(ROOT).parts)
    ]
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path)
        for path in kept
    ]


def room_of(module: str) -> str | None:
    """The room a module belongs to: the longest name in the table that it starts with."""
    fitting = [room for room in FLOORS if module == room or module.startswith(f"{room}.")]
    return max(fitting, key=len) if fitting else None


def imports(module: str, path: Path) -> list[tuple[str, bool]]:
    """The project's own modules that a file imports, and whether inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = {
        node
        for scope in ast.walk(tree)
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(scope)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node in inner) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(name, node in inner) for name in _named(module, path, node)]
    return [(name, inside) for name, inside in found if name.partition(".")[0] in APPS]


def _named(module: str, path: Path, node: ast.ImportFrom) -> list[str]:
    base = node.module or ""
    if node.level:
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        for _step in range(node.level - 1):
            package = package.rpartition(".")[0]
        base = f"{package}.{base}".rstrip(".")
    if base == "publications":
        return [f"publications.{alias.name}" for alias in node.names]
    return [base]


def faults(files: list[tuple[str, Path]]) -> list[str]:
    """Every import that goes up, stays on its floor, or hides in a function."""
    found = []
    for module, path in files:
        room = room_of(module)
        for name, inside in imports(module, path):
            other = room_of(name)
            if other == room or other is None:
                continue
            if FLOORS[other] >= FLOORS[room]:
                found.append(f"{module} (floor {FLOORS[room]}) imports {name} (floor {FLOORS[other]})")
            if inside and module != "publications.apps":
                found.append(f"{module} imports {name} inside a function")
    return found


def test_every_module_has_its_room():
    homeless = [module for module, _path in modules() if module != "publications" and room_of(module) is None]

    assert not homeless


def test_imports_only_go_down():
    assert not faults(modules())


def test_only_the_desk_and_commands_do_deeds():
    doers = {
        room_of(module)
        for module, path in modules()
        for name, _ in imports(module, path)
        if room_of(name) == "publications.actions"
    }

    assert doers <= ACTION_CALLERS


def test_public_views_never_read_a_working_copy():
    """The one door: no public view and no part of a public page names the model Publication."""
    readers = [
        path
        for path in (ROOT / "publications/views").glob("*.py")
        if "import Publication" in path.read_text()
    ]
    named = [
        f"{path.name}:{node.lineno}"
        for folder in ("views", "presentation")
        for path in (ROOT / "publications" / folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id in ("Publication", "Revision", "Attachment", "Byline")
    ]

    assert not readers and not named


def test_no_room_imports_in_a_circle():
    arrows: dict[str, set[str]] = {}
    for module, path in modules():
        arrows.setdefault(room_of(module), set()).update(room_of(name) for name, _ in imports(module, path))
    for room, others in arrows.items():
        for other in others - {room, None}:
            assert room not in arrows.get(other, set()), f"{room} and {other} import each other"


@pytest.mark.parametrize("line", ["from publications import views", "import publications.admin.site"])
def test_an_import_upwards_is_noticed(tmp_path, line):
    culprit = tmp_path / "culprit.py"
    culprit.write_text(f"{line}\n", encoding="utf-8")

    assert faults([("publications.models.culprit", culprit)])
