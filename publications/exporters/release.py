"""A digest of the release that renders pages: its code, packages and settings."""

import hashlib
from functools import cache
from importlib.metadata import distributions

from django.conf import settings

FOLDERS = ("accounts", "locale", "publications", "sceeus", "static", "templates")


@cache
def release_fingerprint() -> str:
    """Return a digest of all that pages depend on besides the database: code, templates, packages, the site's URL."""
    digest = hashlib.sha256(repr((settings.SITE_URL, settings.DEBUG)).encode())
    manifest = settings.STATIC_ROOT / "staticfiles.json"  # the names of static files in pages
    digest.update(manifest.read_bytes() if manifest.exists() else b"")
    digest.update(repr(sorted((package.name, package.version) for package in distributions())).encode())
    for folder in FOLDERS:
        for file in sorted((settings.BASE_DIR / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.relative_to(settings.BASE_DIR).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
