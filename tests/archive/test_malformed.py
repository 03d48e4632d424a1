"""An archive whose checksums are right and whose content is not: refused by file and line, and nothing is restored."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from publications import archive
from publications.archive.bag import MANIFEST, TAG_MANIFEST, FileDigest, digest_of_file, render_manifest
from publications.models import Publication, original_storage
from tests.archive_sites import empty_site, read_files
from tests.factories import make_image, make_live

pytestmark = pytest.mark.django_db
AUTHORS, IMAGES = "data/tables/publications.author.jsonl", "data/tables/publications.image.jsonl"
KEYS = "data/tables/primary-keys.json"


def with_fields(**values: object) -> Callable[[dict], object]:
    return lambda row: {**row, "fields": {**row["fields"], **values}}


ROWS: dict[str, tuple[str, Callable[[dict], object], str]] = {
    "not JSON": (AUTHORS, lambda _row: b"{", "no JSON"),
    "not UTF-8": (AUTHORS, lambda _row: b'"\xff"', "no JSON"),
    "nested deeply": (AUTHORS, lambda _row: b"[" * 100_000, "no JSON"),
    "a number of 5,000 digits": (AUTHORS, lambda row: {**row, "pk": "@"}, "no JSON"),
    "NaN": (AUTHORS, with_fields(email=float("nan")), "no JSON"),
    "a list": (AUTHORS, lambda row: [row], "a row has a model"),
    "a model that is none": (AUTHORS, lambda row: {**row, "model": 1}, "a row has a model"),
    "a model of nobody": (AUTHORS, lambda row: {**row, "model": "x.y"}, r"no table x\.y"),
    "a model that is left out": (AUTHORS, lambda row: {**row, "model": "auth.group"}, r"no table auth\.group"),
    "fields in a list": (AUTHORS, lambda row: {**row, "fields": []}, "a row has a model"),
    "no key": (AUTHORS, lambda row: {name: row[name] for name in ("model", "fields")}, "a row has a model"),
    "a text as key": (AUTHORS, lambda row: {**row, "pk": "1"}, "a row has a model"),
    "a truth value as key": (AUTHORS, lambda row: {**row, "pk": True}, "a row has a model"),
    "a negative key": (AUTHORS, lambda row: {**row, "pk": -1}, "a row has a model"),
    "a huge key": (AUTHORS, lambda row: {**row, "pk": 10**30}, "refuses the row|cannot hold"),
    "a missing column": (AUTHORS, lambda row: {**row, "fields": {}}, "other columns.*name"),
    "an unknown column": (AUTHORS, with_fields(shoes="42"), "other columns.*shoes"),
    "an object as text": (AUTHORS, with_fields(name={}), "name cannot hold {}"),
    "a number as text": (AUTHORS, with_fields(name=7), "name cannot hold 7"),
    "no name": (AUTHORS, with_fields(name=None), "name cannot hold None"),
    "half a character": (AUTHORS, with_fields(name="\ud800"), "refuses the row|cannot hold"),
    "a text as number": (IMAGES, with_fields(width="7"), "width cannot hold '7'"),
    "a fraction as number": (IMAGES, with_fields(width=7.5), "width cannot hold 7.5"),
    "a huge number": (IMAGES, with_fields(width=10**30), "refuses the row|cannot hold"),
    "an infinite number": (IMAGES, with_fields(width=float("inf")), "width cannot hold inf"),
    "a number as truth value": (IMAGES, with_fields(is_decorative=1), "is_decorative cannot hold 1"),
    "no time": (IMAGES, with_fields(added_at="yesterday"), "added_at cannot hold 'yesterday'"),
    "a time without zone": (IMAGES, with_fields(added_at="2026-05-03T10:00:00"), "added_at cannot hold"),
    "a time after all time": (IMAGES, with_fields(added_at="9999-12-31T23:59:59-10:00"), "added_at cannot hold"),
    "a file outside": (IMAGES, with_fields(original="../../etc/passwd"), "original cannot hold"),
    "a reference to none": (AUTHORS, with_fields(portrait=4711), "portrait refers to the row 4711"),
    "a row twice": (AUTHORS, lambda row: [json.dumps(row), json.dumps(row)], "refuses the row"),
}  # fmt: skip
"""A change of the last row of a file, and what is said of it."""

FILES: dict[str, tuple[str, bytes | None, str]] = {
    "no keys": (KEYS, None, f"{KEYS} is missing"),
    "keys: not JSON": (KEYS, b"{", KEYS),
    "keys: a list": (KEYS, b"[]", KEYS),
    "keys: a text": (KEYS, b'{"publications.author":"1"}', KEYS),
    "keys: huge": (KEYS, b'{"publications.author":1%s}' % (b"0" * 30), KEYS),
    "no version of the site": ("data/tables/publications.siteversion.jsonl", None, "publications.siteversion"),
    "no settings": ("data/tables/publications.sitesettings.jsonl", None, "publications.sitesettings"),
    "a file without digest": ("data/files/ab/rye.jpg", b"Rye", r"ab/rye\.jpg is no uploaded file"),
    "a file of another digest": (f"data/files/00/{'0' * 64}.jpg", b"Rye", r"\.jpg is no uploaded file"),
}  # fmt: skip


@pytest.fixture(scope="class")
def archived(shared_site, tmp_path_factory) -> Path:
    """An archive, and the site empty again."""
    make_image()
    make_live()
    folder = tmp_path_factory.mktemp("archive") / "site"
    archive.write_archive(folder)
    empty_site()
    return folder


@pytest.fixture
def folder(archived, in_shared_site, tmp_path) -> Path:
    """A copy of the archive, in a site that is empty."""
    return shutil.copytree(archived, tmp_path / "copy")


def seal(folder: Path) -> None:
    """Make the checksums right."""
    for manifest, is_payload in ((MANIFEST, True), (TAG_MANIFEST, False)):
        names = [
            name
            for name in read_files(folder)
            if (name[:5] == "data/") == is_payload and name != TAG_MANIFEST
        ]
        digests = {name: FileDigest(digest_of_file(folder / name), 0) for name in names}
        (folder / manifest).write_bytes(render_manifest(digests))


class TestMalformed:
    """One archive, changed in each test; the site stays empty."""

    @pytest.mark.parametrize(("file", "change", "message"), ROWS.values(), ids=ROWS)
    def test_a_row_is_refused_by_file_and_line(self, folder, file, change, message):
        *others, last = (folder / file).read_bytes().splitlines()
        changed = change(json.loads(last))
        if not isinstance(changed, bytes):
            lines = (
                changed
                if isinstance(changed, list) and isinstance(changed[0], str)
                else [json.dumps(changed)]
            )
            changed = "\n".join(lines).replace('"@"', "1" * 5000).replace("Infinity", "1e999").encode()
        (folder / file).write_bytes(b"\n".join([*others, changed]) + b"\n")
        line = len(others) + 1 + changed.count(b"\n")

        self.refuse(folder, rf"{file}, line {line}: .*({message})")

    @pytest.mark.parametrize(("file", "content", "message"), FILES.values(), ids=FILES)
    def test_a_file_is_refused_by_its_name(self, folder, file, content, message):
        if content is None:
            (folder / file).unlink()
        else:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)

        self.refuse(folder, message)

    @pytest.mark.parametrize(
        "name", ["data/\0", "data/a\tb", "data/" + "x" * 5000, "data/\x7f", "data/a/../../b"]
    )
    def test_a_name_that_no_archive_has_is_refused(self, folder, name):
        seal(folder)
        with (folder / MANIFEST).open("ab") as file:
            file.write(f"{'0' * 64}  {name}\n".encode())
        tags = [name for name in read_files(folder) if "data/" not in name and name != TAG_MANIFEST]
        digests = {name: FileDigest(digest_of_file(folder / name), 0) for name in tags}
        (folder / TAG_MANIFEST).write_bytes(render_manifest(digests))

        with pytest.raises(CommandError, match=r"Nothing was restored"):
            call_command("restore", folder)

    def test_a_folder_that_is_a_link_is_refused(self, folder, tmp_path):
        seal(folder)
        (folder / "data/tables").rename(tmp_path / "tables")
        (folder / "data/tables").symlink_to(tmp_path / "tables")

        with pytest.raises(CommandError, match=r"data/tables was added"):
            call_command("restore", folder)

    def refuse(self, folder: Path, message: str) -> None:
        seal(folder)
        with pytest.raises(CommandError, match=rf"(?s){message}.*Nothing was restored"):
            call_command("restore", folder)
        assert not Publication.with_deleted.exists()
        assert read_files(Path(original_storage().location)) == {}
