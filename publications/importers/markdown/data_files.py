"""Files of data beside texts: settings, and `_data/` or `data/`, in YAML, TOML, JSON and CSV.

A file is read when a text names it. One that is missing, too large or not valid, or that a link leads out of the folder
for, has no values.
"""

import csv
import io
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from .front_matter import CONTROL_CHARACTERS, Loader, as_typed, has_many_aliases

DATA_SUFFIXES = (".yml", ".yaml", ".json", ".toml", ".csv", ".tsv")
MAX_DATA_BYTES = 500_000
MAX_ROWS = 5_000


def parse_data(text: str, suffix: str) -> Any:
    """Return the values in a text as typed, in lists and mappings; None if it is not valid.

    Args:
        suffix: that of its file, in lower case.
    """
    try:
        if suffix in (".yml", ".yaml"):
            return None if has_many_aliases(text) else yaml.load(text, Loader)  # noqa: S506  (it makes texts and lists)
        if suffix == ".toml":
            return as_typed(tomllib.loads(text))
        if suffix == ".json":
            return as_typed(json.loads(text))
        rows = csv.DictReader(io.StringIO(text), delimiter="\t" if suffix == ".tsv" else ",")
        return [row for row, _number in zip(rows, range(MAX_ROWS), strict=False)]
    except (yaml.YAMLError, csv.Error, ValueError, RecursionError):
        return None


def read_within(path: Path, folder: Path, max_bytes: int = MAX_DATA_BYTES) -> str | None:
    """Return the text of a file; None if it cannot be read, is too large, or a link leads out of the folder."""
    try:
        real_path = path.resolve()
        if (
            not real_path.is_relative_to(folder.resolve())
            or not real_path.is_file()
            or real_path.stat().st_size > max_bytes
        ):
            return None
        text = real_path.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        return CONTROL_CHARACTERS.sub("", text)
    except (OSError, ValueError):
        return None


def read_data(path: Path, folder: Path, max_bytes: int = MAX_DATA_BYTES) -> Any:
    """Return the values of a file in a folder, None if it has none."""
    text = read_within(path, folder, max_bytes)
    return None if text is None else parse_data(text, path.suffix.lower())


class DataFolder(Mapping[str, Any]):
    """The values of the files in a folder by their names without suffix, and its folders by theirs, read on access."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        self._cache: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._cache:
            self._cache[name] = self._read(name)
        if self._cache[name] is None:
            raise KeyError(name)
        return self._cache[name]

    def __iter__(self):
        return iter(sorted({path.stem for path in self.folder.glob("*") if self._is_data(path)}))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def _is_data(self, path: Path) -> bool:
        return path.suffix.lower() in DATA_SUFFIXES or path.is_dir()

    def _read(self, name: str) -> Any:
        if not name or name.startswith(".") or "/" in name or "\\" in name:
            return None
        for suffix in DATA_SUFFIXES:
            if (values := read_data(self.folder / f"{name}{suffix}", self.root)) is not None:
                return values
        folder = self.folder / name
        return DataFolder(folder, self.root) if folder.is_dir() and not folder.is_symlink() else None
