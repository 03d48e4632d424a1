"""Layers: which package is in which layer, and that a module imports only from layers below its own.

`python -m tests.test_layers` prints the table.
"""

import ast
from pathlib import Path

import pytest

from scripts.list_modules import APPS
from tests.conftest import ROOT

LAYERS = {
    10: ("sceeus", "publications.management"),
    9: ("publications.urls", "publications.apps", "publications.admin", "publications.demonstration"),
    8: (
        "publications.views",
        "subscriptions",
        "publications.feeds",
        "publications.sitemaps",
        "publications.api",
        "publications.oai",
        "publications.middleware",
        "publications.converters",
        "publications.importers",
        "publications.exporters",
        "publications.archive",
        "publications.integrity",
        "publications.name_removal",
    ),
    7: ("publications.actions", "publications.presentation", "publications.seeds", "publications.news"),
    6: (
        "publications.snapshot",
        "publications.draft_content",
        "publications.preflight",
        "publications.search",
        "publications.metadata",
        "publications.renditions",
        "publications.operations",
        "publications.name_search",
        "publications.page_cache",
        "publications.page_parameters",
        "publications.sessions",
        "publications.templatetags",
    ),
    5: ("publications.models",),
    4: ("publications.markup",),
    3: ("publications.diff", "publications.manuscript", "publications.pdf"),
    2: (
        "publications.publication_fields",
        "publications.editorial_status",
        "publications.folder_storage",
        "publications.server_redirects",
        "publications.signing",
        "publications.reserved_disk_space",
        "publications.drill_report",
        "publications.attachment_files",
        "publications.images",
        "publications.ooxml",
    ),
    1: (
        "publications.compression",
        "publications.database_log",
        "publications.fediverse",
        "publications.locales",
        "publications.name_particles",
        "publications.slugs",
        "publications.old_feeds",
        "publications.path_patterns",
        "publications.path_prefixes",
        "publications.seed_content",
        "publications.seed_spellings",
        "publications.html_tree",
        "publications.xml_writer",
        "publications.web_links",
        "publications.stored_messages",
        "publications.hash_chain",
        "publications.roles",
        "publications.child_processes",
        "publications.durable_files",
        "publications.minisign",
        "publications.bucket_storage",
        "publications.site_lock",
        "publications.migration_state",
        "publications.failed_requests",
        "accounts",
    ),
}
"""The packages and single modules of each layer; a package includes all modules in it."""

LAYER_OF = {package: layer for layer, packages in LAYERS.items() for package in packages}
MAX_LAYERS = 10
ACTION_CALLERS = {
    "publications.admin",
    "publications.management",
    "publications.demonstration",
    "publications.importers",
    "publications.integrity",
    "publications.name_removal",
    "publications.actions",
}
PAGE_CACHE = "publications.page_cache"
RENDERING_PACKAGES = {
    f"publications.{name}"
    for name in (
        "views",
        "presentation",
        "templatetags",
        "feeds",
        "sitemaps",
        "api",
        "metadata",
        "models",
        "search",
    )
}
DRAFT_MODELS = ("Publication", "Revision", "Attachment", "Byline")
NOT_CHECKED = ("migrations", "settings.py", "formats")


def modules() -> list[tuple[str, Path]]:
    """Return the dotted name and the path of every module of the project."""
    paths = [path for app in APPS for path in ROOT.glob(f"{app}/**/*.py")]
    checked = [path for path in paths if not set(NOT_CHECKED) & set(path.relative_to(ROOT).parts)]
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path)
        for path in checked
    ]


def package_of(module: str) -> str | None:
    """Return the entry of the table that a module belongs to, or None."""
    matches = [package for package in LAYER_OF if module == package or module.startswith(f"{package}.")]
    return max(matches, key=len) if matches else None


def imports(module: str, path: Path) -> list[tuple[str, bool]]:
    """Return the modules of the project that a file imports, and whether each import is inside a function."""
    syntax = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        node
        for function in ast.walk(syntax)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    imported = []
    for node in ast.walk(syntax):
        if isinstance(node, ast.Import):
            imported += [(alias.name, node in inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported += [(name, node in inside) for name in _imported_modules(module, path, node)]
    return [(name, in_function) for name, in_function in imported if name.partition(".")[0] in APPS]


def _imported_modules(module: str, path: Path, node: ast.ImportFrom) -> list[str]:
    base = node.module or ""
    if node.level:
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        for _level in range(node.level - 1):
            package = package.rpartition(".")[0]
        base = f"{package}.{base}".rstrip(".")
    if base == "publications":
        return [f"publications.{alias.name}" for alias in node.names]
    return [base]


def find_violations(files: list[tuple[str, Path]]) -> list[str]:
    """Return every import from the same layer, from a higher one, or inside a function."""
    violations = []
    for module, path in files:
        package = package_of(module)
        for name, in_function in imports(module, path):
            other = package_of(name)
            if other == package or other is None:
                continue
            if LAYER_OF[other] >= LAYER_OF[package]:
                violations.append(
                    f"{module} (layer {LAYER_OF[package]}) imports {name} (layer {LAYER_OF[other]})"
                )
            if in_function and module != "publications.apps":
                violations.append(f"{module} imports {name} inside a function")
    return violations


def format_table() -> str:
    """Return the table of layers in Markdown."""
    rows = [
        f"| {layer} | {' · '.join(f'`{package.removeprefix("publications.")}`' for package in packages)} |"
        for layer, packages in LAYERS.items()
    ]
    return "\n".join(["| layer | packages and modules |", "| --- | --- |", *rows])


def test_every_module_has_one_layer_and_every_entry_a_module():
    packages = [package_of(module) for module, _path in modules() if module != "publications"]

    assert set(packages) == set(LAYER_OF)
    assert len(LAYER_OF) == sum(map(len, LAYERS.values()))


def test_there_are_at_most_ten_layers():
    assert list(LAYERS) == list(range(len(LAYERS), 0, -1))
    assert len(LAYERS) <= MAX_LAYERS


def test_imports_only_go_down():
    assert not find_violations(modules())


def test_only_the_desk_importers_and_commands_perform_actions():
    callers = {
        package_of(module)
        for module, path in modules()
        for name, _in_function in imports(module, path)
        if package_of(name) == "publications.actions"
    }

    assert callers <= ACTION_CALLERS


def test_only_the_page_cache_knows_its_modules_and_pages_know_nothing_of_it():
    imported = {
        (module, name)
        for module, path in modules()
        for name, _in_function in imports(module, path)
        if package_of(name) == PAGE_CACHE != package_of(module)
    }

    assert {name for _module, name in imported} == {PAGE_CACHE}
    assert not {package_of(module) for module, _name in imported} & RENDERING_PACKAGES


def test_public_views_and_presentation_never_name_a_draft():
    paths = [
        path
        for package in ("views", "presentation")
        for path in (ROOT / "publications" / package).glob("**/*.py")
    ]

    importing = [path.name for path in paths if "import Publication" in path.read_text(encoding="utf-8")]
    naming = [
        f"{path.name}:{node.lineno}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id in DRAFT_MODELS
    ]

    assert paths
    assert not importing
    assert not naming


def test_no_two_packages_import_each_other():
    imported: dict[str | None, set[str | None]] = {}
    for module, path in modules():
        names = {package_of(name) for name, _in_function in imports(module, path)}
        imported.setdefault(package_of(module), set()).update(names)
    for package, others in imported.items():
        for other in others - {package, None}:
            assert package not in imported.get(other, set()), f"{package} and {other} import each other"


@pytest.mark.parametrize("line", ["from publications import views", "import publications.admin.site"])
def test_an_upward_import_is_a_violation(tmp_path, line):
    violator = tmp_path / "violator.py"
    violator.write_text(f"{line}\n", encoding="utf-8")

    assert find_violations([("publications.models.violator", violator)])


if __name__ == "__main__":
    print(format_table())
