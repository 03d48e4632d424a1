"""Scripts as they are served: each in one file with the modules that it alone loads, without comments and spaces.

A browser finds the modules of a page one after another, and small files compress badly. A module that several
scripts load stays a file of its own, so that its state exists once; so does one that is loaded later, by
`import(…)`. With DEBUG the modules are served as they are written.
"""

import re
from collections.abc import Mapping
from posixpath import dirname, join, normpath, relpath

from rjsmin import jsmin

IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.[^"]+)";$', re.MULTILINE)
LATER_IMPORT = re.compile(r'\bimport\("(\.[^"]+)"\)')
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE)
OTHER_IMPORT = re.compile(r"^import\b(?!\().*", re.MULTILINE)
OTHER_EXPORT = re.compile(r"^export\b.*", re.MULTILINE)
NESTED_TEMPLATE = re.compile(r"\$\{[^{}`]*`.*")
"""A template literal in one of another, whose text rjsmin takes for code."""


def serve_scripts(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the scripts to serve by name.

    Args:
        sources: all scripts by name; others that they import stay files of their own.

    Raises:
        ValueError: a script has a form of `import` other than `IMPORT`, or a nested template literal; or one that is
            put into another has a form of `export` other than `EXPORT`, or lacks a name that is imported.
    """
    for text in sources.values():
        _refuse(OTHER_IMPORT, IMPORT.sub("", text))
        _refuse(NESTED_TEMPLATE, text)
    loaders = _find_loaders(sources)
    return {name: jsmin(_bundle(name, sources, loaders)) for name in sources}


def _find_loaders(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Return for each module the scripts that load it with themselves: those of pages and those loaded later."""
    imports = {name: _targets(IMPORT, name, text) for name, text in sources.items()}
    later = {target for name, text in sources.items() for target in _targets(LATER_IMPORT, name, text)}
    imported = {target for targets in imports.values() for target in targets}
    loaders: dict[str, set[str]] = {}
    for script in later | (set(sources) - imported):
        remaining = [script]
        while remaining:
            module = remaining.pop()
            if script not in loaders.setdefault(module, set()):
                loaders[module].add(script)
                remaining += imports.get(module, [])
    return loaders


def _bundle(script: str, sources: Mapping[str, str], loaders: Mapping[str, set[str]]) -> str:
    """Return a script with the modules that it alone loads, each in a function of its own.

    The order is that in which a browser runs modules; what a module exports is never changed later.
    """
    variables: dict[str, str] = {}
    functions: list[str] = []

    def convert(name: str) -> str:
        def replace_import(match: re.Match) -> str:
            target = _resolve(name, match[2])
            is_inside = target in sources and target != script and loaders[target] == {script}
            if name == script and not is_inside:
                return match[0]
            if is_inside:
                _check_names(match[1] or "", sources[target])
            if target not in variables:
                variables[target] = f"module{len(variables)}"
                functions.append(
                    _as_function(variables[target], convert(target))
                    if is_inside
                    else f'import * as {variables[target]} from "{_relative(target, script)}";\n'
                )
            return f"const {{{match[1].replace(' as ', ': ')}}} = {variables[target]};" if match[1] else ""

        text = IMPORT.sub(replace_import, sources[name])
        return LATER_IMPORT.sub(
            lambda match: f'import("{_relative(_resolve(name, match[1]), script)}")', text
        )

    text = convert(script)
    return "".join([*functions, text])


def _as_function(variable: str, module: str) -> str:
    body = EXPORT.sub("", module)
    _refuse(OTHER_EXPORT, body)
    exports = ", ".join(EXPORT.findall(module))
    if not exports:
        return f"(() => {{\n{body}\n}})();\n"
    return f"const {variable} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();\n"


def _refuse(pattern: re.Pattern, text: str) -> None:
    if form := pattern.search(text):
        raise ValueError(f"This form is not known to sceeus/scripts.py: {form[0]}")


def _check_names(imported: str, module: str) -> None:
    """Raise ValueError for names that a module does not export, such as the second of `export const a = 1, b = 2`."""
    names = {name.split(" as ")[0].strip() for name in imported.split(",")} - {""}
    if missing := names - set(EXPORT.findall(module)):
        raise ValueError(f"This form is not known to sceeus/scripts.py: no export of {', '.join(missing)}")


def _targets(pattern: re.Pattern, name: str, text: str) -> list[str]:
    return [_resolve(name, match[match.re.groups]) for match in pattern.finditer(text)]


def _resolve(name: str, path: str) -> str:
    return normpath(join(dirname(name), path))


def _relative(name: str, script: str) -> str:
    path = relpath(name, dirname(script))
    return path if path.startswith(".") else f"./{path}"
