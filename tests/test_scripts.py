"""Scripts as they are served: each in one file with the modules that it alone loads, without comments and spaces."""

import re
from posixpath import dirname, join, normpath

import pytest

from sceeus.scripts import serve_scripts
from tests.conftest import ROOT

SOURCES = {
    "js/form.js": 'import { table } from "./editor/table.js";\nimport { search } from "./search.js";\ntable(search);\n',
    "js/editor/table.js": 'import { Node as Block } from "../../vendor/model.js";\n'
    'import { row } from "./row.js";\n'
    'export const table = () => import("./paste.js").then(() => row(Block));\n',
    "js/editor/row.js": 'export function row(block) {\n  return ["a row", block];\n}\n',
    "js/editor/paste.js": 'import { clean } from "./clean.js";\nexport const paste = clean;\n',
    "js/editor/clean.js": 'export const clean = "cleaned";\n',
    "js/list.js": 'import { search } from "./search.js";\nsearch();\n',
    "js/search.js": 'export function search() {\n  return "a search";\n}\n',
}


@pytest.fixture(scope="module")
def served() -> dict[str, str]:
    return serve_scripts(SOURCES)


def imports_of(name: str, text: str) -> set[str]:
    paths = re.findall(r'(?:from|import) ?\(?"(\.[^"]+)"', text)
    return {normpath(join(dirname(name), path)) for path in paths}


def test_a_script_holds_the_modules_that_it_alone_loads(served):
    assert "a row" in served["js/form.js"]
    assert "cleaned" in served["js/editor/paste.js"]


def test_a_module_of_several_scripts_and_one_that_is_loaded_later_stay_files(served):
    form = served["js/form.js"]

    assert "a search" not in form and "cleaned" not in form
    assert imports_of("js/form.js", form) == {"js/search.js", "js/editor/paste.js", "vendor/model.js"}
    assert imports_of("js/list.js", served["js/list.js"]) == {"js/search.js"}


def test_a_module_that_is_loaded_later_and_at_once_stays_a_file():
    served = serve_scripts(
        {
            **SOURCES,
            "js/form.js": 'import { paste } from "./editor/paste.js";\npaste();\nimport("./list.js");\n',
        }
    )

    assert imports_of("js/form.js", served["js/form.js"]) == {"js/editor/paste.js", "js/list.js"}


def test_a_module_that_exports_nothing_has_no_name():
    served = serve_scripts({"js/form.js": 'import "./bar.js";\n', "js/bar.js": 'show("a bar");\n'})

    assert served["js/form.js"] == '(()=>{show("a bar");})();'


@pytest.mark.parametrize(
    "module",
    [
        "export default 1;\n",
        "export { a };\n",
        'import * as all from "./b.js";\n',
        "export let a;\n",
        "export const a = 1, b = 2;\n",
        'export const b = (title) => `a${title ? ` "${title}"` : ""}`;\n',
    ],
)
def test_a_form_of_module_that_is_not_known_is_refused(module):
    with pytest.raises(ValueError, match="not known"):
        serve_scripts({"js/a.js": 'import { b } from "./c.js";\nb();\n', "js/c.js": module})


def test_an_import_of_a_page_script_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="not known"):
        serve_scripts({"js/a.js": 'import b from "./c.js";\n', "js/c.js": "export const b = 1;\n"})


def test_scripts_are_sent_without_comments_and_spaces():
    sources = {
        "js/a.js": "// A sum.\nexport const sum = (a, b) => a + b;\n\n/** Both. */\nf(`// ${a}  b`, /[/]\\/*/);\n"
    }

    assert serve_scripts(sources) == {"js/a.js": "export const sum=(a,b)=>a+b;f(`// ${a}  b`,/[/]\\/*/);"}


def test_every_import_of_ours_leads_to_a_file():
    static = ROOT / "static"
    sources = {
        path.relative_to(static).as_posix(): path.read_text("utf-8") for path in (static / "js").rglob("*.js")
    }

    for name, text in serve_scripts(sources).items():
        assert all((static / module).exists() for module in imports_of(name, text)), name
