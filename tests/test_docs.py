"""Documentation: the paths and names in it exist."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from scripts.list_modules import APPS, DOCUMENT, HEADING, build_section, find_modules
from tests.conftest import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FOLDERS = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and path.name.isidentifier())
MADE_LATER = ("build", "var", "deploy/.env")
"""What commands or operators make."""
PATH = re.compile(rf"(?<![\w/.…>-])(?:{'|'.join(FOLDERS)})/[\w./@*-]*\w[*/]?")
FILE = re.compile(r"`([\w.-]+\.(?:py|md|toml))(?=[ `])")
IDENTIFIER = re.compile(r"\b[A-Za-z]\w*_\w+\b")
ROW_NAME = re.compile(r"`([A-Za-z_]+)`")
EMPHASIZED = re.compile(r"\*{1,2}([^*\n]+)\*{1,2}")
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
NAME = re.compile(r"\b(?:[A-Za-z]+_\w+|[A-Z][a-z]+[A-Z]\w+|[A-Z]{4,}\b|\w+(?=\(\)))")
"""A name of code: with an underscore, in CamelCase, in capitals or called."""
MODULE = re.compile(r"[\w/]+\.py\b")
OF_OTHER_PROGRAMS = {
    "SameSite", "TfidfVectorizer", "db_column", "ignore_startup_parameters", "loop_iteration_limit",
    "max_connections", "output_stream_limit", "pg_amcheck", "set_wakeup_fd", "shared_buffers", "ts_headline",
}  # fmt: skip
"""Names of PostgreSQL, browsers and libraries that documents mention and the code does not."""
CODE_FOLDERS = (*APPS, "deploy", "scripts", "static", "templates", "tests")
SUPERSEDED = re.compile(r"^\S+ · superseded by ", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def paths_in(document: Path) -> set[Path]:
    """Return the paths that a document names: from the root of the project, in backticks, or as links."""
    text = document.read_text(encoding="utf-8").partition(HEADING)[0]
    named = {ROOT / path for path in [*PATH.findall(text), *FILE.findall(text)]}
    linked = {document.parent / path for path in LINK.findall(text)}
    return {path for path in named | linked if not str(path.relative_to(ROOT)).startswith(MADE_LATER)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_path_that_a_document_names_exists(document):
    missing = [
        str(path.relative_to(ROOT))
        for path in sorted(paths_in(document))
        if not any(ROOT.glob(str(path.relative_to(ROOT)))) and not path.exists()
    ]

    assert missing == []


def test_the_table_of_tasks_names_paths():
    assert len(paths_in(ROOT / "docs" / "where-to-change-what.md")) > 50


def test_the_table_of_tasks_has_each_task_once():
    lines = (ROOT / "docs" / "where-to-change-what.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith(("| ---", "| to change"))]
    tasks = [row.split(" | ")[0] for row in rows]

    assert len(tasks) > 50 and [task for task in tasks if tasks.count(task) > 1] == []


def test_every_name_in_the_description_of_the_architecture_is_in_the_code():
    """Names with an underscore: functions, modules, columns and settings."""
    code = "\n".join(
        path.read_text(encoding="utf-8") for app in APPS for path in (ROOT / app).glob("**/*.py")
    )
    code += " ".join(path.stem for path in (ROOT / "publications").glob("**/*.py"))
    without_paths = PATH.sub("", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))

    names = set(IDENTIFIER.findall(without_paths)) - {"test_layers"}

    assert len(names) > 30
    assert {name for name in names if not re.search(rf"\b{name}\b", code)} == set()


def test_every_name_in_the_table_of_tasks_is_in_a_file_of_its_row():
    rows = DOCUMENT.read_text(encoding="utf-8").partition(HEADING)[0].split("\n| ")[1:]

    for row in rows:
        files = [file for path in PATH.findall(row) for file in ROOT.glob(path) if file.is_file()]
        text = "\n".join(file.read_text(encoding="utf-8") for file in files)
        missing = [name for name in ROW_NAME.findall(row) if files and not re.search(rf"\b{name}\b", text)]

        assert missing == [], row


def test_the_list_of_modules_is_current():
    _table, heading, section = DOCUMENT.read_text(encoding="utf-8").partition(HEADING)

    assert heading + section == build_section(), "run `make modules`"
    assert len(find_modules()) > 300


def test_every_module_says_in_one_line_what_it_is_for():
    lines = [line for line in build_section().splitlines() if line.startswith("- ")]

    assert [line for line in lines if "No docstring" in line] == []


@pytest.fixture(scope="module")
def code_files() -> list[Path]:
    files = [path for folder in CODE_FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    suffixes = {".py", ".html", ".css", ".js", ".conf", ".yaml", ".service", ".typ", ".txt", ".xml", ""}
    return [
        *(path for path in files if path.suffix in suffixes),
        *(ROOT / name for name in ("bootstrap", "manage.py", "Makefile", "pyproject.toml")),
    ]


@pytest.fixture(scope="module")
def code_words(code_files) -> set[str]:
    texts = [
        path.read_text(encoding="utf-8", errors="ignore") for path in code_files if path != Path(__file__)
    ]
    return {
        word
        for text in [*texts, *map(str, [*code_files, *ROOT.iterdir()])]
        for word in re.findall(r"\w+", text)
    }


def names_in(text: str) -> set[str]:
    """Return the names of code in backticks that a document does not define in a block of its own."""
    blocks = re.findall(r"```.*?```", text, re.DOTALL)
    spans = IN_BACKTICKS.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    names = {name for span in spans for name in NAME.findall(span)}
    return {name for name in names if not any(f"{name}()" in block for block in blocks)}


def current_documents() -> list[Path]:
    """Return all documents but the decisions that others supersede as a whole: those describe former code."""
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    documents = [*DOCUMENTS, ROOT / "CHANGELOG.md", *decisions]
    return [path for path in documents if not SUPERSEDED.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("document", current_documents(), ids=lambda document: document.name)
def test_every_name_in_backticks_is_in_the_code(document, code_words):
    assert names_in(document.read_text(encoding="utf-8")) - code_words - OF_OTHER_PROGRAMS == set()


@pytest.mark.parametrize("document", current_documents(), ids=lambda document: document.name)
def test_every_module_in_backticks_exists(document, code_files):
    paths = [path.as_posix() for path in code_files]
    modules = {
        name
        for span in IN_BACKTICKS.findall(document.read_text(encoding="utf-8"))
        for name in MODULE.findall(span)
    }

    assert {name for name in modules if not any(path.endswith(f"/{name}") for path in paths)} == set()


@pytest.mark.parametrize(
    "document", [*DOCUMENTS, *sorted((ROOT / "docs" / "decisions").glob("*.md"))], ids=lambda path: path.name
)
def test_every_command_that_a_document_names_exists(document):
    text = document.read_text(encoding="utf-8")
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(re.findall(r"manage\.py (\w+)", text)) - set(get_commands()) == set()
    assert set(re.findall(r"`make ([\w-]+)", text)) - set(targets) == set()


def test_names_of_other_programs_are_all_in_documents():
    names = {name for path in current_documents() for name in names_in(path.read_text(encoding="utf-8"))}

    assert OF_OTHER_PROGRAMS - names == set()


def test_a_name_that_the_code_does_not_have_is_found(code_words):
    text = "Call `made_up()` of `MadeUpName` with `MADE_UP`; `published_at` stays. ```\nmake_it() {}\n``` `make_it`"

    assert names_in(text) - code_words == {"made_up", "MadeUpName", "MADE_UP"}


def test_the_first_five_minutes_name_buttons_and_pages_as_the_desk_does():
    section = (
        (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .split("## The first five minutes")[1]
        .split("\n## ")[0]
    )
    messages = (ROOT / "locale/sv/LC_MESSAGES/django.po").read_text(encoding="utf-8")

    labels = set(EMPHASIZED.findall(section))

    assert len(labels) > 10
    assert {label for label in labels if f'msgid "{label}"' not in messages} == set()


def test_a_path_that_does_not_exist_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_docs.ROOT", tmp_path)
    document = tmp_path / "README.md"
    document.write_text("Change `publications/nowhere.py` and [this](gone.md).", encoding="utf-8")

    assert paths_in(document) == {tmp_path / "publications/nowhere.py", tmp_path / "gone.md"}
