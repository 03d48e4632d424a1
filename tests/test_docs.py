"""Documentation: every path that it names exists."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FOLDERS = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and path.name.isidentifier())
MADE_LATER = ("build", "var", "deploy/.env")
"""What commands or operators make."""
PATH = re.compile(rf"(?<![\w/.…>-])(?:{'|'.join(FOLDERS)})/[\w./@*-]*\w[*/]?")
FILE = re.compile(r"`([\w.-]+\.(?:py|md|toml))(?=[ `])")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def paths_in(document: Path) -> set[Path]:
    """Return the paths that a document names: from the root of the project, in backticks, or as links."""
    text = document.read_text(encoding="utf-8")
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


def test_a_path_that_does_not_exist_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_docs.ROOT", tmp_path)
    document = tmp_path / "README.md"
    document.write_text("Change `publications/nowhere.py` and [this](gone.md).", encoding="utf-8")

    assert paths_in(document) == {tmp_path / "publications/nowhere.py", tmp_path / "gone.md"}
