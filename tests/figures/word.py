"""What becomes of the real Word files beside the project, in one table: `python -m tests.figures.word [FOLDER]`.

Notes, tables, cells and pictures of each file are counted in its XML by means of our own, so that the reader does not
vouch for itself, and looked for in the page that the draft would give.
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
SIGNS = re.compile(r"[\W_]+")
NOTE = re.compile(r'id="fn-(\d+)"')
PIXELS = (".png", ".jpg", ".jpeg")


@dataclass
class Source:
    """A file as its XML has it."""

    notes: int
    tables: int
    cells: list[str]
    pictures: list[str]


def source_of(path: Path) -> Source:
    with zipfile.ZipFile(path) as package:
        root = ElementTree.fromstring(package.read("word/document.xml"))
        pictures = [name for name in package.namelist() if name.startswith("word/media/")]
    notes = sum(1 for kind in ("footnoteReference", "endnoteReference") for _each in root.iter(W + kind))
    cells = [
        "".join(part.text or "" for part in each.iter(W + "t"))
        for each in root.iter(W + "tc")
        if each.find(f".//{W}tbl") is None
    ]
    return Source(notes, sum(1 for _each in root.iter(W + "tbl")), cells, pictures)


def bare(text: str) -> str:
    return SIGNS.sub("", text).casefold()


def figures(path: Path) -> list[object]:
    from publications import markup
    from publications.importers.word import WordReadOptions, read_word

    source, started = source_of(path), time.perf_counter()
    word = read_word(path.read_bytes(), path.name, WordReadOptions(image_key=lambda digest: digest[:20]))
    took = time.perf_counter() - started
    page = markup.render_markdown(word.manuscript.body, language=word.manuscript.language or "en")
    opening = (word.manuscript.title, word.manuscript.summary, *word.names)
    text = bare(" ".join((page.text, *opening)))
    result = " ".join(line.text for line in word.notes)
    there = sum(1 for cell in source.cells if bare(cell) in text or cell.strip() in result)
    pixels = [each for each in source.pictures if each.lower().endswith(PIXELS)]
    return [
        path.stem[:38], f"{len(set(NOTE.findall(page.html)))} of {source.notes}",
        f"{page.html.count('<table')} of {source.tables}", f"{there} of {len(source.cells)}",
        f"{len(word.files)} of {len(pixels)}", len(source.pictures) - len(pixels),
        len(word.changes), len(word.comments), f"{word.coverage.ratio:.2%}", f"{took:.1f}",
    ]  # fmt: skip


HEAD = ("file", "notes", "tables", "cells", "pictures", "others", "changes", "comments", "words", "seconds")
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
    for row in (HEAD, *map(figures, files)):
        print("".join(str(value).ljust(width) for value, width in zip(row, WIDTHS, strict=True)), flush=True)
    print("kept of found; others are pictures that no page can show, and are named in the report")


if __name__ == "__main__":
    main()
