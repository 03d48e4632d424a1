"""Storage of static files: names with a hash of the content, inlined style sheets, compressed copies.

Of the files of packages (Django's admin) only the scripts that the desk loads are compressed: compressing all would
take half a minute at the first start of a site.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from publications.folder_storage import DurableStorageMixin

COMPRESSED_PATHS = (
    "css/", "js/", "vendor/",
    *(f"admin/js/{name}.js" for name in ("actions", "cancel", "change_form", "filters")),
)  # fmt: skip
IMPORT = re.compile(r'^@import url\("([\w-]+\.css)"\);$', re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?://.*|/\*(?:(?!\*/)[\s\S])*\*/[ \t]*)\n", re.MULTILINE)


class PreparedStaticFilesStorage(DurableStorageMixin, CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True  # an import in a script names the file by its content as well

    def post_process(self, paths: Mapping, dry_run: bool = False, **options):
        """Inline imported style sheets and drop comments of scripts, then name and compress as Django does."""
        self._urls.clear()
        own_names = [] if dry_run else [name for name in paths if name.startswith(("css/", "js/"))]
        prepared = {name: (self, name) for name in own_names if self._prepare(name, paths)}
        yield from super().post_process({**paths, **prepared}, dry_run=dry_run, **options)

    def _prepare(self, name: str, paths: Mapping) -> bool:
        """Write a style sheet with its imports inlined, or a script without comments; return whether it changed.

        The source is read, as the collected file may be prepared already.
        """
        text = _read_text(*paths[name])
        if name.startswith("js/"):
            prepared = strip_comments(text)
        else:
            prepared = IMPORT.sub(lambda match: _read_text(*paths[f"css/{match[1]}"]), text)
        if prepared != text:
            Path(self.path(name)).write_text(prepared, encoding="utf-8")
        return prepared != text

    def url(self, name: str, force: bool = False) -> str:
        """Return the URL, kept as long as the process lives: collected files do not move."""
        if (name, force) not in self._urls:
            self._urls[name, force] = super().url(name, force)
        return self._urls[name, force]

    @cached_property
    def _urls(self) -> dict[tuple[str, bool], str]:
        return {}

    def compress_files(self, paths: Iterable[str]):
        return super().compress_files([path for path in paths if path.startswith(COMPRESSED_PATHS)])


def collected_static_paths() -> frozenset[str]:
    """Return the paths of all collected static files under the names that pages link to."""
    names = getattr(staticfiles_storage, "hashed_files", {}).values()
    return frozenset(f"{settings.STATIC_URL}{name}" for name in names)


def strip_comments(script: str) -> str:
    """Return a script without the comments that have lines of their own."""
    return COMMENT.sub("", script)


def _read_text(source, path: str) -> str:
    with source.open(path) as file:
        return file.read().decode("utf-8")
