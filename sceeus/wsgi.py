"""The WSGI application: the onion host, request bodies, then the page cache, then Django."""

import gc
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sceeus.settings")

application = get_wsgi_application()  # models may be imported from here on

from accounts.mail import send_in_background  # noqa: E402
from publications import page_cache  # noqa: E402
from publications.metadata import COMPRESSIBLE_TYPES, SLOW_FORMATS  # noqa: E402
from publications.page_parameters import parameters_of  # noqa: E402
from publications.renditions import MAX_RENDERINGS  # noqa: E402
from sceeus import service_urls  # noqa: E402
from sceeus.onion_service import OnionService  # noqa: E402
from sceeus.static_files import collected_static_paths  # noqa: E402

if connection.vendor == "postgresql":
    service_urls.limit_lock_waits(connection.settings_dict)
send_in_background()
if settings.PAGES_IN_MEMORY:
    # Seconds after which a thread that renders a page yields to those that send stored pages, which take 30 µs.
    sys.setswitchinterval(0.0005)
    application = page_cache.PageCache(
        page_pool=page_cache.WorkerPool(
            application, ThreadPoolExecutor(settings.RENDER_THREADS, "pages"), slots=page_cache.PAGE_SLOTS
        ),
        # One thread more than may render PDFs, so that files that exist are sent at the same time.
        slow_pool=page_cache.WorkerPool(
            application, ThreadPoolExecutor(MAX_RENDERINGS + 1, "slow"), slots=page_cache.SLOW_SLOTS
        ),
        verify_pool=page_cache.WorkerPool(
            application,
            ThreadPoolExecutor(page_cache.VERIFY_THREADS, "verify"),
            slots=page_cache.VERIFY_SLOTS,
        ),
        watcher=page_cache.SiteStateWatcher(stale_seconds=settings.STALE_SECONDS),
        max_bytes=settings.PAGES_IN_MEMORY,
        parameters=parameters_of,
        compressible=COMPRESSIBLE_TYPES,
        slow_extensions=tuple(f".{format.extension}" for format in SLOW_FORMATS),
        static_paths=collected_static_paths(),
    )
application = page_cache.RequestBodies(application)
if settings.ONION_URL:
    application = OnionService(application, onion_url=settings.ONION_URL, site_url=settings.SITE_URL)
# A full collection stops all threads, for 80 ms if it goes through all that is loaded, which is never freed.
get_resolver().url_patterns  # noqa: B018 (loads the views)
gc.collect()
gc.freeze()
