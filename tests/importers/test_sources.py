"""Which system a folder or file is of, and what holds for the sources of all systems."""

from dataclasses import replace

import pytest

from publications.importers import sources
from publications.importers.imported_file import ImportRefused
from publications.importers.options import ImportOptions
from publications.importers.source import SourceEntry, _UsedSlugs

from .letter_export import LETTERS, letter_system, render_export

__all__ = ["letter_system"]
pytestmark = pytest.mark.usefixtures("letter_system")
EXPORT = render_export({"title": "Gas"}, {"title": "Oil"})
POST = "---\ntitle: Gas\n---\n\nA text.\n"


def write(folder, files: dict[str, str]):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("files", "system", "place"),
    [
        ({"old.letters.json": EXPORT}, "Letters", "old.letters.json"),
        ({"old.letters.json": EXPORT, "uploads/a.png": "A", "uploads/b.json": "{}"}, "Letters", "old.letters.json"),
        ({"export/old.LETTERS.json": EXPORT, "a.png": "A"}, "Letters", "export/old.LETTERS.json"),
        ({"old.letters.json": EXPORT, "README.md": "How to import."}, "Letters", "old.letters.json"),
        ({"old.letters.json": EXPORT, "posts/gas.md": POST}, "Markdown", "."),
        ({"old.letters.json": "{}", "gas.md": POST}, "Markdown", "."),
        ({"old.letters.json": "{}"}, "Markdown", "."),
    ],
)  # fmt: skip
def test_an_export_is_found_in_a_folder_by_its_content(tmp_path, files, system, place):
    found, path = sources.find_source(write(tmp_path, files))

    assert (found.name, path) == (system, tmp_path / place)


def test_a_file_is_recognised_by_its_content(tmp_path):
    write(tmp_path, {"a.json": EXPORT, "b.json": "{}"})

    assert sources.find_source(tmp_path / "a.json") == (LETTERS, tmp_path / "a.json")
    assert sources.find_source(tmp_path / "b.json")[0] is sources.MARKDOWN


def test_several_exports_in_a_folder_are_refused_by_name(tmp_path):
    write(tmp_path, {"a.letters.json": EXPORT, "b.letters.json": EXPORT})

    with pytest.raises(ImportRefused, match=r"several exports: a\.letters\.json, b\.letters\.json\."):
        sources.find_source(tmp_path)


def test_more_texts_than_the_desk_imports_are_refused_with_the_way_to_go(tmp_path):
    options = ImportOptions(write(tmp_path, {"a.letters.json": EXPORT}), max_texts=2)
    assert sources.open_source(options).system == "Letters"

    with pytest.raises(ImportRefused, match=r"It has 2 texts; at the desk at most 1 .* import_publications"):
        sources.open_source(replace(options, max_texts=1))


@pytest.mark.parametrize("system", sources.SYSTEMS, ids=lambda system: system.name)
def test_every_system_says_which_files_it_takes(system):
    assert system.suffixes and all(
        suffix == suffix.lower() and suffix[0] == "." for suffix in system.suffixes
    )


class CountedSlugs(set):
    lookups = 0

    def __contains__(self, slug):
        CountedSlugs.lookups += 1
        return super().__contains__(slug)


def test_texts_of_one_slug_are_numbered_on_from_the_last_number():
    entry = SourceEntry(source="a", uid="a", language="sv", requested_slug="text")
    slugs, found = _UsedSlugs(set()), []
    slugs.used["sv"] = CountedSlugs({"text-3"})
    for _text in range(500):
        found.append(slugs.find_free(entry))
        slugs.add("sv", found[-1])

    assert found[:4] == ["text", "text-2", "text-4", "text-5"] and found[-1] == "text-501"
    assert CountedSlugs.lookups < 500 * 5
