"""Figures of importing the Word files of the corpus: `python -m tests.figures.word [FOLDER]`.

Notes, tables, cells and images of each file are counted in its XML without the importer, so that it is not checked by
itself, and looked for in the rendered draft.
"""

import argparse
import os
import re
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "docx"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NOT_LETTERS = re.compile(r"[\W_]+")
NOTE = re.compile(r'id="fn-(\d+)"')
BITMAP_SUFFIXES = (".png", ".jpg", ".jpeg")


@dataclass
class Source:
    """What the XML of a file has."""

    notes: int
    tables: int
    cells: list[str]
    pictures: list[str]


def read_source(path: Path) -> Source:
    with zipfile.ZipFile(path) as package:
        root = ElementTree.fromstring(package.read("word/document.xml"))
        pictures = [name for name in package.namelist() if name.startswith("word/media/")]
    notes = sum(1 for kind in ("footnoteReference", "endnoteReference") for _each in root.iter(W + kind))
    cells = [
        "".join(part.text or "" for part in cell.iter(W + "t"))
        for cell in root.iter(W + "tc")
        if cell.find(f".//{W}tbl") is None
    ]
    return Source(notes, sum(1 for _each in root.iter(W + "tbl")), cells, pictures)


def letters_of(text: str) -> str:
    return NOT_LETTERS.sub("", text).casefold()


def figures_of(path: Path) -> list[object]:
    from publications import markup
    from publications.importers.word import WordReadOptions, read_word

    source, started = read_source(path), time.perf_counter()
    word = read_word(path.read_bytes(), path.name, WordReadOptions(image_key=lambda digest: digest[:20]))
    seconds = time.perf_counter() - started
    page = markup.render_markdown(word.manuscript.body, language=word.manuscript.language or "en")
    title_block = (word.manuscript.title, word.manuscript.summary, *word.names)
    text = letters_of(" ".join((page.text, *title_block)))
    report = " ".join(line.text for line in word.notes)
    imported_cells = sum(1 for cell in source.cells if letters_of(cell) in text or cell.strip() in report)
    bitmaps = [name for name in source.pictures if name.lower().endswith(BITMAP_SUFFIXES)]
    return [
        path.stem[:38], f"{len(set(NOTE.findall(page.html)))} of {source.notes}",
        f"{page.html.count('<table')} of {source.tables}", f"{imported_cells} of {len(source.cells)}",
        f"{len(word.files)} of {len(bitmaps)}", len(source.pictures) - len(bitmaps),
        len(word.changes), len(word.comments), f"{word.coverage.ratio:.2%}", f"{seconds:.1f}",
    ]  # fmt: skip


COLUMNS = (
    "file",
    "notes",
    "tables",
    "cells",
    "pictures",
    "others",
    "changes",
    "comments",
    "words",
    "seconds",
)
WIDTHS = (40, 10, 10, 14, 10, 8, 9, 10, 9, 8)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.figures.word", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=CORPUS, help="where the .docx files are")
    folder = parser.parse_args().folder
    files = sorted(folder.glob("*.docx"))
    if not files:
        sys.exit(f"There is no Word file in {folder}: name a folder that has some.")
    os.environ["DJANGO_SETTINGS_MODULE"] = "sceeus.settings"
    import django

    django.setup()
    for row in (COLUMNS, *map(figures_of, files)):
        print("".join(str(value).ljust(width) for value, width in zip(row, WIDTHS, strict=True)), flush=True)
    print("kept of found; others are pictures that no page can show, and are named in the report")


if __name__ == "__main__":
    main()
