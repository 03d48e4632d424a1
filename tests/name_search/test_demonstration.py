"""A name in every column, file and picture of the demonstration: after its removal nothing finds it, nor do tools from outside."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.named_site import NAME
from tests.own_databases import own_database, run_python

SPELLINGS = (NAME, "Åkerholm, Vera")
FRAGMENT = "kerholm"
FILL = "import django; django.setup(); from tests.named_site import fill_site; print(fill_site())"
REMOVE = """
import sys, django; django.setup()
from functools import partial
from publications.actions import NameRemoval
from publications.management.name_check import search_everything
from publications.models import Author, NameRemovalRecord
from publications.name_removal import run_removal
author = Author.objects.get(slug={slug!r})
record = NameRemovalRecord.objects.create()
run_removal(
    NameRemoval(spellings={spellings!r}, author=author), record, search=partial(search_everything, with_site=False)
)
print(record.stage, record.report["count"], len(record.changed_publications), record.report["is_compacted"])
"""


def manage(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def output_of(*command: str | Path) -> str:
    """What a tool prints about a file; one that it cannot read is of no format that the tool knows."""
    process = subprocess.run(command, capture_output=True, check=False)
    return process.stdout.decode("utf-8", "replace").casefold()


def found_from_outside(folder: Path) -> list[str]:
    """Return what exiftool, pdftotext and strings find of the name in the files below a folder, and paths with it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    printed = output_of("exiftool", "-r", "-a", "-u", folder)
    for encoding in ("S", "l"):
        printed += output_of("strings", "--print-file-name", "--encoding", encoding, *files)
    for path in files:
        if path.suffix == ".pdf":
            printed += output_of("pdftotext", path, "-")
    return [line for line in [*printed.splitlines(), *map(str, files)] if FRAGMENT in line.casefold()]


@pytest.mark.django_db
def test_a_name_in_every_place_of_the_demonstration_is_removed(tmp_path):
    site, mirror = tmp_path / "site", tmp_path / "mirror"
    site.mkdir()
    with own_database(site) as environment:
        prepared = manage({**environment, "DEMO": "1"}, "prepare")
        assert prepared.returncode == 0, prepared.stderr
        slug = run_python(FILL, environment)
        assert len(found_from_outside(site)) > 5

        removed = run_python(REMOVE.format(slug=slug, spellings=SPELLINGS), environment)
        mirrored = manage(environment, "mirror", "--with-pdf", str(mirror))
        found = manage(environment, "find_name", *SPELLINGS, "--without-site")
        verified = manage(environment, "verify")

    assert removed == "done 0 3 True"
    assert (mirror / "en").is_dir(), mirrored.stderr
    assert found.returncode == 0, found.stdout + found.stderr
    assert found_from_outside(site) == [] and found_from_outside(mirror) == []
    assert verified.returncode == 0, verified.stdout
