"""Remove the name of `tests.named_site` in another process, and look for it with tools from outside."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

NAME = "Vera Åkerholm"
SPELLINGS = (NAME, "Åkerholm, Vera")
FRAGMENT = "kerholm"
REMOVE = f"""
import django; django.setup()
from functools import partial
from publications.actions import NameRemoval
from publications.management.name_check import search_everything
from publications.models import Author, NameRemovalRecord
from publications.name_removal import run_removal
author = Author.objects.get(slug={{slug!r}})
record = NameRemovalRecord.objects.create()
run_removal(
    NameRemoval(spellings={SPELLINGS!r}, author=author), record, search=partial(search_everything, with_site=False)
)
print(record.stage, record.report["count"], len(record.changed_publications), record.report["is_compacted"])
"""
"""A script that removes the name, to be formatted with the `slug` of the author."""


def manage(*command: str, environment: dict[str, str]) -> subprocess.CompletedProcess:
    """Run a command of manage.py, whatever it ends with."""
    arguments = [sys.executable, "manage.py", *command]
    return subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def output_of(*command: str | Path) -> str:
    """What a tool prints about a file; one that it cannot read is of no format that the tool knows."""
    process = subprocess.run(command, capture_output=True, check=False)
    return process.stdout.decode("utf-8", "replace").casefold()


def found_from_outside(folder: Path) -> dict[str, list[str]]:
    """Return the lines with the name that exiftool, strings and pdftotext print of the files in a folder, and paths."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    pdfs = [path for path in files if path.read_bytes()[:4] == b"%PDF"]
    strings = [
        output_of("strings", "--print-file-name", "--encoding", encoding, *files) for encoding in ("S", "l")
    ]
    printed = {
        "exiftool": output_of("exiftool", "-r", "-a", "-u", folder),
        "strings": "\n".join(strings),
        "pdftotext": "\n".join(output_of("pdftotext", path, "-") for path in pdfs),
        "paths": "\n".join(map(str, files)).casefold(),
    }
    found = {tool: [line for line in text.splitlines() if FRAGMENT in line] for tool, text in printed.items()}
    return {tool: lines for tool, lines in found.items() if lines}
