"""Write the list of modules at the end of docs/where-to-change-what.md: what each is for, and its public names.

    python scripts/list_modules.py          write it
    python scripts/list_modules.py --check  exit with 1 if it is out of date

All of it is read from the modules: the first sentence of the docstring, then constants, functions and classes.
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "where-to-change-what.md"
HEADING = "## Every module\n"
INTRODUCTION = """
Written by `make modules` from the docstrings; the names are the public constants, functions and classes of each module.
"""
APPS = tuple(sorted(path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"))
"""The packages at the top level: every one with code."""
EXCLUDED = ("migrations", "content", "formats")


def build_section() -> str:
    """Return the section: a paragraph for each package, a line for each of its modules."""
    parts = [HEADING, INTRODUCTION]
    package = None
    for path in find_modules():
        if path.parent != package:
            package = path.parent
            parts.append(f"\n### `{package.relative_to(ROOT)}/`\n\n")
        parts.append(describe_module(path))
    return "".join(parts)


def find_modules() -> list[Path]:
    """Return the modules of all apps, package by package; `__init__` only lists names of others."""
    paths = [path for app in APPS for path in (ROOT / app).glob("**/*.py") if path.stem != "__init__"]
    kept = [path for path in paths if not set(EXCLUDED) & set(path.relative_to(ROOT).parts)]
    return sorted(kept, key=lambda path: (str(path.parent), path.name))


def describe_module(path: Path) -> str:
    """Return the line of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    paragraph = (ast.get_docstring(tree) or "").partition("\n\n")[0]
    sentence = " ".join(paragraph.split()) or "No docstring."
    names = ", ".join(f"`{name}`" for name in public_names(tree))
    return f"- `{path.name}`: {sentence}{f' {names}' if names else ''}\n"


def public_names(tree: ast.Module) -> Iterator[str]:
    """Yield the constants, functions and classes of a module that are no private ones, in their order."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield from [name] if not name.startswith("_") else []
            case ast.Assign(targets=targets):
                yield from (name for target in targets for name in constants_in(target))
            case ast.AnnAssign(target=target):
                yield from constants_in(target)


def constants_in(target: ast.expr) -> list[str]:
    """Return the names in upper case that an assignment has as its targets."""
    names = [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
    return [name for name in names if name.isupper() and not name.startswith("_")]


def main() -> int:
    """Write the list, or check it. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description="Write the list of modules into docs/where-to-change-what.md."
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit with 1 if it is out of date"
    )
    options = parser.parse_args()
    text = DOCUMENT.read_text(encoding="utf-8")
    updated = f"{text.partition(HEADING)[0].rstrip()}\n\n{build_section()}"
    if options.check and updated != text:
        print("docs/where-to-change-what.md is out of date: run `make modules`.", file=sys.stderr)
        return 1
    if not options.check:
        DOCUMENT.write_text(updated, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
