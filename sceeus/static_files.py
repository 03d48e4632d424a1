"""Storage of static files: names with a hash of the content, inlined style sheets, bundled scripts, compressed copies.

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

from .scripts import serve_scripts

COMPRESSED_PATHS = (
    "css/", "js/", "vendor/",
    *(f"admin/js/{name}.js" for name in ("actions", "cancel", "change_form", "filters")),
)  # fmt: skip
IMPORT = re.compile(r'^@import url\("([\w-]+\.css)"\);$', re.MULTILINE)


class PreparedStaticFilesStorage(DurableStorageMixin, CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True  # an import in a script names the file by its content as well

    def post_process(self, paths: Mapping, dry_run: bool = False, **options):
        """Inline imported style sheets, bundle and minify scripts, then name and compress as Django does."""
        self._urls.clear()
        prepared = {} if dry_run else self._prepare(paths)
        for name, text in prepared.items():
            Path(self.path(name)).write_text(text, encoding="utf-8")
        own = {name: (self, name) for name in prepared}
        yield from super().post_process({**paths, **own}, dry_run=dry_run, **options)

    def _prepare(self, paths: Mapping) -> dict[str, str]:
        """Return our style sheets and scripts as they are served.

        The sources are read, as collected files may be prepared already.
        """
        texts = {name: _read_text(*paths[name]) for name in paths if name.startswith(("css/", "js/"))}
        scripts = {name: text for name, text in texts.items() if name.startswith("js/")}
        sheets = {
            name: IMPORT.sub(lambda match: texts[f"css/{match[1]}"], text)
            for name, text in texts.items()
            if name not in scripts
        }
        return {**sheets, **serve_scripts(scripts)}

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


def _read_text(source, path: str) -> str:
    with source.open(path) as file:
        return file.read().decode("utf-8")
