"""The site that texts were written for: its generator, its settings, and the files that texts include."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..report import ImportLog, ImportRefused
from .encoding import CONTROL_CHARACTERS
from .front_matter import Loader, as_text, read_front_matter

MAX_PARENT_FOLDERS = 3
MAX_INCLUDE_BYTES = 500_000
MAX_DOCUMENTS = 2_000
INCLUDED = ("", ".md", ".markdown", ".html", ".htm", ".txt", ".liquid")
MARKERS = {
    "jekyll": ("_config.yml", "_config.yaml"),
    "hugo": (
        "hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config/_default", "config.toml", "config.yaml",
        "config.yml",
    ),
    "eleventy": (".eleventy.js", ".eleventy.cjs", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs"),
}  # fmt: skip
"""Files by which a generator is recognized, the most reliable first."""


@dataclass
class SourceSite:
    """A site made by a generator, as far as its folder shows."""

    generator: str = ""
    folder: Path | None = None
    settings: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    _cache: dict[Path, str | None] = field(default_factory=dict)

    def include(self, name: str, *, beside: Path | None = None) -> str | None:
        """Return the text of a file to include; None if it is missing, not text, or outside of its folder."""
        home = beside or (self.folder / "_includes" if self.folder else None)
        if home is None or Path(name).suffix.lower() not in INCLUDED:
            return None
        path = home / name
        if path not in self._cache:
            self._cache[path] = _read_within(path, home)
        return self._cache[path]

    def included_texts(self) -> Iterator[str]:
        """Return the texts of all files that can be included."""
        home = self.folder / "_includes" if self.folder else None
        for path in sorted(home.rglob("*"))[:MAX_DOCUMENTS] if home else ():
            yield self.include(path.relative_to(home).as_posix()) or ""


class SiteValues(dict):
    """`site.…` in templates: settings, and the documents of a collection, which are loaded on access."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        super().__init__({name: item for name, item in settings.items() if name != "collections"})
        self.folder, self.settings = folder, settings

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (
            isinstance(name, str) and bool(re.fullmatch(r"[\w-]+", name)) and self._collection(name).is_dir()
        )

    def get(self, name: str, default: Any = None) -> Any:
        if not super().__contains__(name) and name in self:
            self[name] = _documents(self._collection(name), name, self.settings)
        return super().get(name, default)

    def _collection(self, name: str) -> Path:
        return self.folder / f"_{name}"


def find_source_site(root: Path) -> SourceSite:
    """Return the site in this folder or up to three folders above."""
    folders = [root.resolve(), *list(root.resolve().parents)[:MAX_PARENT_FOLDERS]]
    for generator, names in MARKERS.items():
        for folder in folders:
            path = next((folder / name for name in names if (folder / name).exists()), None)
            if path:
                return _site(generator, folder, path)
    home = next((folder for folder in folders if (folder / "_includes").is_dir()), None)
    return _site("", home, home / "_config.yml") if home else SourceSite()


def _site(generator: str, folder: Path, path: Path) -> SourceSite:
    files = sorted(path.glob("*")) if path.is_dir() else [path]
    settings = "\n".join(text for item in files if (text := _read_within(item, folder)))
    fields = _parse_yaml(settings) if path.suffix in (".yml", ".yaml") else {}
    return SourceSite(generator, folder, settings, SiteValues(folder, fields))


def _parse_yaml(text: str) -> dict[str, Any]:
    try:
        settings = yaml.load(text, Loader)  # noqa: S506  (it makes texts and lists, and nothing else)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _read_within(path: Path, home: Path) -> str | None:
    try:
        real = path.resolve()
        if (
            not real.is_relative_to(home.resolve())
            or not real.is_file()
            or real.stat().st_size > MAX_INCLUDE_BYTES
        ):
            return None
        text = real.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        return CONTROL_CHARACTERS.sub("", text)
    except (OSError, ValueError):
        return None


def _documents(folder: Path, name: str, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the documents of a collection as mappings for templates: their fields and addresses."""
    pattern = _permalink(folder.name, name, settings)
    documents = []
    for path in sorted(folder.rglob("*.m*d*"))[:MAX_DOCUMENTS]:
        try:
            fields = read_front_matter(path.read_bytes(), ImportLog()).fields
        except (ImportRefused, OSError):
            continue
        filled = re.sub(r":(title|name|slug|path)", path.stem, pattern).replace(":collection", name)
        documents.append({"slug": path.stem, **fields, "url": as_text(fields.get("permalink")) or filled})
    return documents


def _permalink(folder: str, name: str, settings: Mapping[str, Any]) -> str:
    """Return the address pattern of a collection from its settings, or the default for its folder."""
    collections = settings.get("collections")
    own = collections.get(name) if isinstance(collections, dict) else None
    if isinstance(own, dict) and own.get("permalink"):
        return as_text(own["permalink"])
    for item in settings.get("defaults") if isinstance(settings.get("defaults"), list) else []:
        scope, given = (item.get("scope"), item.get("values")) if isinstance(item, dict) else (None, None)
        fits = isinstance(scope, dict) and (
            scope.get("type") == name or as_text(scope.get("path")).strip("/") == folder
        )
        if fits and isinstance(given, dict) and given.get("permalink"):
            return as_text(given["permalink"])
    return "/:collection/:title/"
