"""What templates of a site name: its settings, its files of data, and the documents of its collections."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..imported_file import ImportLog, ImportRefused
from .access import reasons_in_fields
from .data_files import DataFolder
from .front_matter import as_text, as_texts, read_front_matter

MAX_DOCUMENTS = 2_000


class SiteValues(dict):
    """`site.…` in templates: settings, and the documents of a collection, which are loaded on access."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        super().__init__({name: item for name, item in settings.items() if name != "collections"})
        self.setdefault("data", _find_data(folder, as_text(settings.get("data_dir"))))
        self.folder, self.settings = folder, settings

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (
            isinstance(name, str)
            and name in ("posts", *collections_in(self.settings))
            and bool(re.fullmatch(r"[\w-]+", name))
            and self._collection_folder(name).is_dir()
        )

    def get(self, name: str, default: Any = None) -> Any:
        if not super().__contains__(name) and name in self:
            self[name] = _read_documents(self._collection_folder(name), name, self.settings)
        return super().get(name, default)

    def _collection_folder(self, name: str) -> Path:
        return self.folder / f"_{name}"


def _find_data(folder: Path, name: str) -> Mapping[str, Any]:
    """Return the files of data of a site: of Jekyll at its top, of Eleventy also in the folder of its texts."""
    folders = (folder / place for place in (name or "_data", "src/_data", "content/_data"))
    real_root = folder.resolve()
    found = (path for path in folders if path.is_dir() and path.resolve().is_relative_to(real_root))
    return next((DataFolder(path, folder) for path in found), {})


def _read_documents(folder: Path, name: str, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the documents of a collection as mappings for templates: their fields and addresses."""
    pattern = _permalink_pattern(folder.name, name, settings)
    documents = []
    for path in sorted(folder.rglob("*.m*d*"))[:MAX_DOCUMENTS]:
        try:
            fields = read_front_matter(path.read_bytes(), ImportLog()).fields
        except (ImportRefused, OSError):
            continue
        if reasons_in_fields(fields):  # no list shows what was not public
            continue
        address = re.sub(r":(title|name|slug|path)", path.stem, pattern).replace(":collection", name)
        documents.append({"slug": path.stem, **fields, "url": as_text(fields.get("permalink")) or address})
    return documents


def _permalink_pattern(folder: str, name: str, settings: Mapping[str, Any]) -> str:
    """Return the address pattern of a collection from its settings, or the default for its folder."""
    collection = collections_in(settings).get(name)
    if isinstance(collection, dict) and collection.get("permalink"):
        return as_text(collection["permalink"])
    for item in settings.get("defaults") if isinstance(settings.get("defaults"), list) else []:
        scope, values = (item.get("scope"), item.get("values")) if isinstance(item, dict) else (None, None)
        is_match = isinstance(scope, dict) and (
            scope.get("type") == name or as_text(scope.get("path")).strip("/") == folder
        )
        if is_match and isinstance(values, dict) and values.get("permalink"):
            return as_text(values["permalink"])
    return "/:collection/:title/"


def collections_in(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of collections by name; a list has names alone (jekyllrb.com/docs/collections)."""
    collections = settings.get("collections")
    return collections if isinstance(collections, dict) else dict.fromkeys(as_texts(collections))
