"""The entrance for the application server: the page cache outside, Django inside."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sceeus.settings")

application = get_wsgi_application()

if settings.PAGES_IN_MEMORY:
    from publications.middleware import COMPRESSED  # models may be imported from here on
    from publications.pagecache import PageCache, Watch
    from publications.views.parameters import parameters_of

    # Seconds after which who makes a page lets others go on. They are done in 30 µs, so it is soon its turn again.
    sys.setswitchinterval(0.0005)
    application = PageCache(
        application,
        watch=Watch(),
        most_bytes=settings.PAGES_IN_MEMORY,
        parameters=parameters_of,
        compressible=frozenset(COMPRESSED),
        pool=ThreadPoolExecutor(settings.RENDER_THREADS, thread_name_prefix="render"),
        strangers=ThreadPoolExecutor(max(1, settings.RENDER_THREADS // 4), thread_name_prefix="stranger"),
    )
