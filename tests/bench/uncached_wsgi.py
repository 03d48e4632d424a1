"""The site as `sceeus.wsgi`, with a page cache that keeps nothing, so that every request renders its page."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sceeus.settings")
django.setup()

from publications.page_cache.store import PageStore  # noqa: E402
from sceeus.wsgi import application  # noqa: E402

__all__ = ["application"]

PageStore.set = lambda self, key, response: None
