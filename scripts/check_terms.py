"""Find words that are not the field's in identifiers, file names and docstrings.

    python scripts/check_terms.py          list every place; exit with 1 if there is one
    python scripts/check_terms.py --count  count by package and word

`WORDS` names each word with what to say instead. Migrations that are applied already keep their names.
"""

import argparse
import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORDS = {
    "alike": "similar",
    "asked": "params, query, or the thing asked for",
    "begun": "started",
    "bell": "pubsub",
    "blacken": "redact",
    "deed": "action",
    "deeds": "actions",
    "epoch": "site version, site state",
    "floor": "layer",
    "floors": "layers",
    "foremost": "top",
    "ground": "context, transaction",
    "house": "site, settings, layout",
    "kin": "translations",
    "lane": "pool",
    "lanes": "pools",
    "lately": "recently, cached_for_version",
    "likeness": "similarity",
    "meanwhile": "conflict, since",
    "narrowing": "facet",
    "narrowings": "facets",
    "piece": "publication, edition",
    "pieces": "publications, editions",
    "settle": "normalize, resolve",
    "settled": "normalized, resolved",
    "settles": "normalizes, resolves",
    "settling": "normalize, resolve",
    "shelf": "store, group",
    "shelves": "stores, groups",
    "sketch": "unsaved publication",
    "sketches": "unsaved publications",
    "sought": "query",
    "stumble": "error",
    "telling": "the noun of what is rendered",
    "told": "the noun of what is rendered",
    "tongue": "language",
    "tongues": "languages",
    "unmade": "not made yet",
    "wanted": "requested, expected",
    "whence": "source",
    "worded": "translated",
}
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def split_identifier(name: str) -> list[str]:
    """Return the words of a snake_case or CamelCase name, in lower case."""
    return [word.lower() for word in WORD.findall(name)]


def names_and_docstrings(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield (line, kind, text) for each identifier defined or bound in a module and for each docstring."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, "name", name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.ExceptHandler(name=str(name)):
                yield node.lineno, "name", name
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.alias(asname=str(name)):
                yield node.lineno, "name", name
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            if docstring:
                yield node.body[0].lineno, "docstring", docstring


def tracked_files() -> list[Path]:
    """Return the files of the project that git knows, without vendored code and applied migrations."""
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    paths = [ROOT / name for name in listed if name]
    skipped = ("migrations", "vendor", "samples", "content")
    return [path for path in paths if not any(part in skipped for part in path.relative_to(ROOT).parts)]


def find_places(paths: list[Path]) -> Iterator[tuple[Path, int, str, str]]:
    """Yield (path, line, kind, word) for each wrong word in the given files; line 0 is the file name."""
    for path in paths:
        for word in split_identifier(path.stem):
            if word in WORDS:
                yield path, 0, "file name", word
        if path.suffix == ".py":
            for line, kind, text in names_and_docstrings(path.read_text(encoding="utf-8")):
                for word in split_identifier(text):
                    if word in WORDS:
                        yield path, line, kind, word


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--count", action="store_true", help="count by package and word instead of listing places"
    )
    options = parser.parse_args()
    places = list(find_places(tracked_files()))
    if options.count:
        packages = Counter("/".join(path.relative_to(ROOT).parts[:2]) for path, *_rest in places)
        for title, counts in (("package", packages), ("word", Counter(word for *_rest, word in places))):
            print(f"by {title}:", ", ".join(f"{name} {count}" for name, count in counts.most_common()))
        return 0
    for path, line, kind, word in places:
        print(f"{path.relative_to(ROOT)}:{line}: {word} in a {kind}: say {WORDS[word]}")
    print(f"{len(places)} words that are not the field's", file=sys.stderr)
    return 1 if places else 0


if __name__ == "__main__":
    sys.exit(main())
