"""Styles, scripts and fonts as they are served: named by their content, with compressed twins of our own.

What packages bring along (Django's admin) is named by content too but not compressed: few pages ask for it,
and compressing all of it would make the first start of a site half a minute longer.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = ("css/", "js/", "vendor/")
IMPORT = re.compile(r'^@import url\("([\w-]+\.css)"\);$', re.MULTILINE)


class StaticFiles(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True  # an import in a script names the file by its content as well

    def post_process(self, paths: Mapping, dry_run: bool = False, **options):
        """Put imported sheets in their places, then name and compress as always."""
        sheets = [] if dry_run else [name for name in paths if name.startswith("css/")]
        whole = {name: (self, name) for name in sheets if self._put_together(name, paths)}
        yield from super().post_process({**paths, **whole}, dry_run=dry_run, **options)

    def _put_together(self, name: str, paths: Mapping) -> bool:
        """Write a sheet with what it imports, from the sources: what was gathered before may be whole already."""
        text = _text(*paths[name])
        whole = IMPORT.sub(lambda found: _text(*paths[f"css/{found[1]}"]), text)
        if whole != text:
            Path(self.path(name)).write_text(whole, encoding="utf-8")
        return whole != text

    def compress_files(self, paths: Iterable[str]):
        return super().compress_files([path for path in paths if path.startswith(OURS)])


def _text(source, path: str) -> str:
    with source.open(path) as file:
        return file.read().decode("utf-8")
