"""Fields that texts have without naming them: defaults of Jekyll, `cascade` of Hugo, files of data of Eleventy.

They count below those of the front matter. Code, such as `posts.11tydata.js`, is not run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf.locale import LANG_INFO

from ..imported_file import ImportLog, ImportRefused
from .cascades import CascadePage, fields_for
from .content_folders import HUGO_CONTENT, find_option
from .data_files import read_data, read_within
from .front_matter import as_text, read_front_matter
from .permalinks import INDEX_NAMES
from .source_site import SourceSite

UNSHARED_FIELDS = frozenset({"title", "uid", "slug", "url", "aliases", "redirect_from", "date"})
"""Fields that no other text inherits, whatever a file says; an address for all would be one of none."""
LIST_PAGE_SUFFIXES = (".md", ".markdown", ".mdown", ".html")
CODE_SUFFIXES = (".11tydata.js", ".11tydata.cjs", ".11tydata.mjs")


@dataclass
class InheritedFields:
    """The inherited fields of the texts below a folder.

    Args:
        root: the folder that is imported.
    """

    root: Path
    site: SourceSite
    _cascades: dict[Path, list[Mapping[str, Any]]] = field(default_factory=dict)

    def of(self, path: Path) -> dict[str, Any]:
        """Return the fields that a file inherits, those of the nearest folder last."""
        sources = {
            "jekyll": self._of_jekyll,
            "hugo": self._of_hugo,
            "eleventy": self._of_eleventy,
        }
        find = sources.get(self.site.generator)
        fields: dict[str, Any] = {}
        for values in find(path) if find else ():
            fields |= {str(name): value for name, value in values.items() if name not in UNSHARED_FIELDS}
        return fields

    def list_code(self) -> list[str]:
        """Return the files of code that give texts fields, which cannot be read."""
        if self.site.generator != "eleventy":
            return []
        paths = (path for path in self.root.rglob("*.11tydata.*") if path.name.endswith(CODE_SUFFIXES))
        return sorted(path.relative_to(self.root).as_posix() for path in paths)

    def _of_jekyll(self, path: Path) -> Iterator[Mapping[str, Any]]:
        """Yield the values of the scopes that a file is in, of the narrowest last.

        Source: jekyllrb.com/docs/configuration/front-matter-defaults.
        """
        place = self.place_of(path)
        defaults = self.site.options.get("defaults")
        matches = []
        for item in defaults if isinstance(defaults, list) else ():
            scope, values = (
                (item.get("scope"), item.get("values")) if isinstance(item, dict) else (None, None)
            )
            if isinstance(scope, dict) and isinstance(values, dict) and _is_in_scope(place, scope):
                matches.append((len(as_text(scope.get("path"))), bool(scope.get("type")), values))
        yield from (values for *_width, values in sorted(matches, key=lambda match: match[:2]))

    def _of_hugo(self, path: Path) -> Iterator[Mapping[str, Any]]:
        """Yield the cascades of the settings and of the list pages above a file, the nearest last."""
        page = self._cascade_page(path)
        for cascade, language in self.site.cascades:
            if language in ("", page.language):
                yield from fields_for(cascade, page)
        top = self.site.folder or self.root.resolve()
        folders = [folder for folder in path.resolve().parents if folder.is_relative_to(top)]
        for folder in reversed(folders):
            for values in self._cascades_in(folder, _language_suffix(path)):
                yield from fields_for(values, page)

    def _cascades_in(self, folder: Path, language: str) -> list[Any]:
        """Return what the list page of a folder gives all pages below it."""
        key = folder / f"_index{language}"
        if key not in self._cascades:
            names = dict.fromkeys(
                f"{stem}{suffix}" for stem in ("_index", key.name) for suffix in LIST_PAGE_SUFFIXES
            )
            self._cascades[key] = [
                cascade for name in names if (cascade := _read_cascade(folder / name, folder))
            ]
        return self._cascades[key]

    def _cascade_page(self, path: Path) -> CascadePage:
        place = self.place_of(path)
        folder = self.site.find_content_folder(place)
        below = place.relative_to(folder.path) if folder else PurePosixPath(*_below_content(place.parts))
        suffix = _language_suffix(path).removeprefix(".")
        language = suffix if suffix in LANG_INFO else ""
        stem = below.name.partition(".")[0] if language else PurePosixPath(below.name).stem
        full = PurePosixPath("/", folder.place if folder else "", below.parent)
        names = (full if stem in INDEX_NAMES else full / stem, full / below.name)
        return CascadePage(
            tuple(str(name).lower().replace(" ", "-") for name in names),
            (language or (folder and folder.language) or self.site.default_language).lower(),
        )

    def _of_eleventy(self, path: Path) -> Iterator[Mapping[str, Any]]:
        """Yield the files of data of the folders above a file, then its own (11ty.dev/docs/data-template-dir)."""
        top = self.site.folder or self.root.resolve()
        real_path = path.resolve()
        for folder in reversed([folder for folder in real_path.parents if folder.is_relative_to(top)]):
            yield from _read_eleventy_data(folder, folder.name, top)
        yield from _read_eleventy_data(real_path.parent, real_path.name.partition(".")[0], top)

    def place_of(self, path: Path) -> PurePosixPath:
        """Return the path of a file below the texts of the site, or below the imported folder."""
        real_path = path.parent.resolve() / path.name
        top = self.site.folder if self.site.folder and real_path.is_relative_to(self.site.folder) else None
        place = PurePosixPath(real_path.relative_to(top or self.root.resolve()).as_posix())
        return self.site.below_source(place)


def _is_in_scope(place: PurePosixPath, scope: Mapping[str, Any]) -> bool:
    scope_path, scope_type = as_text(scope.get("path")).strip("/"), as_text(scope.get("type")).lower()
    if scope_path and not (place.is_relative_to(scope_path) or fnmatchcase(str(place), scope_path)):
        return False
    collections = [part.removeprefix("_") for part in place.parts[:-1] if part.startswith("_")]
    return not scope_type or scope_type in (collections or ["pages"])


def _language_suffix(path: Path) -> str:
    """Return `.sv` for `a.sv.md`."""
    return PurePosixPath(path.stem).suffix


def _below_content(parts: tuple[str, ...]) -> tuple[str, ...]:
    return parts[parts.index(HUGO_CONTENT) + 1 :] if HUGO_CONTENT in parts[:-1] else parts


def _read_cascade(path: Path, folder: Path) -> Any:
    text = read_within(path, folder)
    try:
        return find_option(read_front_matter(text.encode(), ImportLog()).fields, "cascade") if text else None
    except ImportRefused:
        return None


def _read_eleventy_data(folder: Path, name: str, top: Path) -> Iterator[Mapping[str, Any]]:
    for suffix in (".json", ".11tydata.json", ".yaml", ".yml"):
        values = read_data(folder / f"{name}{suffix}", top)
        if isinstance(values, dict):
            yield values
