"""The site that texts were written for: its generator, its settings, and the files that texts include."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from publications.slugs import normalize_redirect_path

from .cascades import find_cascades
from .content_folders import ContentFolder, find_content_folders, find_ignored_files, find_option
from .data_files import parse_data, read_within
from .front_matter import as_flag, as_text, as_texts
from .template_values import MAX_DOCUMENTS, SiteValues, collections_in

MAX_PARENT_FOLDERS = 3
PATH_PREFIX = re.compile(r"""\bpathPrefix["']?\s*:\s*["']([^"'\n]*)["']""")
BASE_PATH = re.compile(r"(?:/[\w.~-]+)+")
OPTION_SUFFIXES = (".yml", ".yaml", ".toml", ".json")
MAIN_OPTION_FILES = ("hugo", "config", "_config")
IGNORED_FILES = ".eleventyignore"
INCLUDE_SUFFIXES = ("", ".md", ".markdown", ".html", ".htm", ".txt", ".liquid")
GENERATOR_FILES = {
    "jekyll": ("_config.yml", "_config.yaml"),
    "hugo": (
        "hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config/_default", "config.toml", "config.yaml",
        "config.yml",
    ),
    "eleventy": (".eleventy.js", ".eleventy.cjs", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs"),
    "astro": ("astro.config.mjs", "astro.config.js", "astro.config.ts", "astro.config.cjs", "astro.config.mts"),
}  # fmt: skip
"""Files by which a generator is recognized, the most reliable first; Hexo has the files of Jekyll."""
HUGO_OPTION_FOLDERS = ("config/_default", "config/production")
TERMS_OF_JEKYLL = {"tag": "tags", "tags": "tags", "category": "categories", "categories": "categories"}
"""Where sites of Jekyll have pages of tags and categories, which its plugins and themes make."""
BUNDLE_PAGE = re.compile(r"index(?:\.[\w-]+)?\.(?:md|markdown|html?)")
"""The page of a leaf bundle of Hugo, of which other texts are resources (gohugo.io/content-management/page-bundles)."""


@dataclass
class SourceSite:
    """A site made by a generator, as far as its folder shows.

    Args:
        settings: the texts of its files of settings; `options` has their values.
        values: `site.…` in templates.
        excluded: patterns of files that it leaves out, by the setting or the file that lists them.
        content_folders: those of which alone it makes pages; none if its settings do not say, or none is there.
        cascades: what its settings give pages of Hugo, each with the code of a language or "".
    """

    generator: str = ""
    folder: Path | None = None
    settings: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    excluded: Mapping[str, Sequence[str]] = field(default_factory=dict)
    content_folders: Sequence[ContentFolder] = ()
    cascades: Sequence[tuple[Any, str]] = ()
    _cache: dict[Path, str | None] = field(default_factory=dict)
    _bundle_pages: dict[Path, str] = field(default_factory=dict)

    def has_pages(self, collection: str) -> bool:
        """Whether Jekyll makes pages of a collection, which it does not by default."""
        options = collections_in(self.options).get(collection)
        return isinstance(options, dict) and as_flag(options.get("output")) is True

    @property
    def time_zone(self) -> ZoneInfo | None:
        """The zone of the days of Jekyll, if its settings name it (jekyllrb.com/docs/configuration/options)."""
        name = as_text(self.options.get("timezone")) if self.generator == "jekyll" else ""
        try:
            return ZoneInfo(name) if name else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None

    @property
    def source_folder(self) -> str:
        """The folder of all texts of Jekyll that its settings name, or ""."""
        return self._find_folder("source")

    def _find_folder(self, option: str) -> str:
        return as_text(self.options.get(option)).strip("./") if self.generator == "jekyll" else ""

    def below_source(self, place: PurePosixPath) -> PurePosixPath:
        """Return the path of a file below the site as one below its folder of texts, if it is in that."""
        return _path_below(place, self.source_folder)

    def below_collections(self, place: PurePosixPath) -> PurePosixPath:
        """Return the path of a file as one below the folder of all collections of Jekyll, if it is in that."""
        return _path_below(place, self._find_folder("collections_dir"))

    def find_content_folder(self, place: PurePosixPath) -> ContentFolder | None:
        """Return the innermost folder of content that a file is in, by its path below the site."""
        folders = (folder for folder in self.content_folders if place.is_relative_to(folder.path))
        return max(folders, key=lambda folder: len(folder.path.parts), default=None)

    @property
    def default_language(self) -> str:
        """The code of the language of Hugo without a folder of its own."""
        return as_text(find_option(self.options, "defaultContentLanguage")) or "en"

    @property
    def feed_names(self) -> tuple[str, ...]:
        """The names of the files of the feeds of Hugo (gohugo.io/configuration/output-formats)."""
        rss = find_option(find_option(self.options, "outputFormats"), "rss")
        name = as_text(find_option(rss, "baseName"))
        return ("index.xml", f"{name}.xml") if name else ("index.xml",)

    @property
    def taxonomies(self) -> Mapping[str, str]:
        """The fields of terms that have pages of their own, by the folders of those pages."""
        if self.generator == "hugo":
            names = self.options.get("taxonomies")
            plurals = map(as_text, names.values()) if isinstance(names, dict) else ("tags", "categories")
            return {name: name for name in plurals if name}
        return TERMS_OF_JEKYLL if self.generator == "jekyll" else {}

    @cached_property
    def base_path(self) -> str:
        """The path below which the site was, such as `/blog`; "" if it had all of its host.

        Sources: jekyllrb.com/docs/configuration/options, gohugo.io/configuration/all, hexo.io/docs/configuration,
        11ty.dev/docs/config (pathPrefix).
        """
        written = {
            "jekyll": as_text(self.options.get("baseurl")),
            "hexo": as_text(self.options.get("root")),
            "hugo": as_text(find_option(self.options, "baseURL")),
            "eleventy": next(iter(PATH_PREFIX.findall(self.settings)), ""),
        }.get(self.generator, "")
        path = normalize_redirect_path(written).rstrip("/") if written else ""
        return path if BASE_PATH.fullmatch(path) else ""

    @property
    def url(self) -> str:
        """The address of the site in its settings, or ""."""
        name = {"jekyll": "url", "hexo": "url", "hugo": "baseURL"}.get(self.generator, "")
        return as_text(find_option(self.options, name))

    def under_base(self, path: str) -> str:
        """Return a path from the root of the site as that from the root of its host."""
        is_from_root = path.startswith("/") and not path.startswith("//")
        is_below = path == self.base_path or path.startswith(f"{self.base_path}/")
        return path if not is_from_root or is_below else f"{self.base_path}{path}"

    def below_base(self, path: str) -> str:
        """Return a path from the root of the host as that from the root of the site, if it is below it."""
        return path.removeprefix(self.base_path) if path.startswith(f"{self.base_path}/") else path

    def find_bundle_page(self, folder: Path) -> str:
        """Return the name of the page of a folder that is a leaf bundle of Hugo, or ""."""
        if folder not in self._bundle_pages:
            names = sorted(file.name for file in folder.iterdir() if BUNDLE_PAGE.fullmatch(file.name))
            self._bundle_pages[folder] = next(iter(names), "")
        return self._bundle_pages[folder]

    def read_include(self, name: str, *, folder: Path | None = None) -> str | None:
        """Return the text of a file to include; None if it is missing, not text, or outside of its folder.

        Args:
            folder: the folder that the name is relative to; None is the folder of includes.
        """
        folder = folder or self.include_folder
        if folder is None or Path(name).suffix.lower() not in INCLUDE_SUFFIXES:
            return None
        path = folder / name
        if path not in self._cache:
            self._cache[path] = read_within(path, folder)
        return self._cache[path]

    @property
    def global_data(self) -> Mapping[str, Any]:
        """What templates of Eleventy name without `site.`: the files of `_data`."""
        return self.values.get("data", {}) if self.generator == "eleventy" else {}

    @property
    def include_folder(self) -> Path | None:
        return self.folder / "_includes" if self.folder else None

    def included_texts(self) -> Iterator[str]:
        """Return the texts of all files that can be included."""
        folder = self.include_folder
        for path in sorted(folder.rglob("*"))[:MAX_DOCUMENTS] if folder else ():
            yield self.read_include(path.relative_to(folder).as_posix()) or ""


def _path_below(place: PurePosixPath, folder: str) -> PurePosixPath:
    return place.relative_to(folder) if folder and place.is_relative_to(folder) else place


def find_source_site(root: Path, boundary: Path | None = None) -> SourceSite:
    """Return the site in this folder or up to three folders above, within a boundary if there is one."""
    folders = folders_from(root, MAX_PARENT_FOLDERS, boundary)
    for generator, names in GENERATOR_FILES.items():
        for folder in folders:
            path = next((folder / name for name in names if (folder / name).exists()), None)
            if path:
                return _read_site(generator, folder, path)
    folder = next((folder for folder in folders if (folder / "_includes").is_dir()), None)
    return _read_site("", folder, folder / "_config.yml") if folder else SourceSite()


def folders_from(root: Path, count: int, boundary: Path | None) -> list[Path]:
    """Return a folder and up to `count` folders above it, resolved, without those outside of a boundary."""
    folder = root.resolve()
    outermost = boundary.resolve() if boundary else None
    above = list(folder.parents)[:count]
    return [folder, *(path for path in above if not outermost or path.is_relative_to(outermost))]


def _read_site(generator: str, folder: Path, path: Path) -> SourceSite:
    files = sorted(path.glob("*")) if path.is_dir() else [path]
    if generator == "hugo":
        files = [
            *dict.fromkeys(
                [*files, *(file for name in HUGO_OPTION_FOLDERS for file in (folder / name).glob("*"))]
            )
        ]
    texts = {file: text for file in files if (text := read_within(file, folder))}
    values = [
        (file, parse_data(text, file.suffix.lower()))
        for file, text in texts.items()
        if file.suffix.lower() in OPTION_SUFFIXES
    ]
    options = _merge_options(values, path)
    if generator == "jekyll" and _is_hexo(folder, options):
        generator = "hexo"
    content_folders = find_content_folders(generator, options)
    has_content = any((folder / content.path).is_dir() for content in content_folders)
    return SourceSite(
        generator,
        folder,
        "\n".join(texts.values()),
        SiteValues(folder, options if generator != "hugo" else {}),
        options,
        _find_excluded(generator, folder, options),
        content_folders if has_content else (),
        list(find_cascades(values)) if generator == "hugo" else (),
    )


def _is_hexo(folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether a site with the files of Jekyll is one of Hexo; `source` is a setting of Jekyll alone."""
    package = read_within(folder / "package.json", folder) or ""
    return '"hexo"' in package or ((folder / "source/_posts").is_dir() and not options.get("source"))


def _find_excluded(generator: str, folder: Path, options: Mapping[str, Any]) -> dict[str, list[str]]:
    if generator == "jekyll":
        return {"exclude": as_texts(options.get("exclude"), max_items=None)}
    if generator == "hugo":
        return find_ignored_files(options)
    if ignored := read_within(folder / IGNORED_FILES, folder) if generator == "eleventy" else None:
        return {IGNORED_FILES: [line for line in ignored.splitlines() if not line.startswith(("#", "!"))]}
    return {}


def _merge_options(settings: Iterable[tuple[Path, Any]], place: Path) -> dict[str, Any]:
    """Return the settings in files; of a folder, each file but the main one has the setting of its name."""
    options: dict[str, Any] = {}
    for path, values in settings:
        if path == place or path.stem in MAIN_OPTION_FILES:
            options |= values if isinstance(values, dict) else {}
        elif values is not None:
            options.setdefault(path.stem, values)
    return options
