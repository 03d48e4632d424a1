"""The entrance for the application server: the page cache outside, Django inside."""

import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sceeus.settings")

application = get_wsgi_application()

if settings.PAGES_IN_MEMORY:
    from publications.middleware import COMPRESSED  # models may be imported from here on
    from publications.pagecache import PageCache, Pools, Watch
    from publications.renditions import ROOM
    from publications.sessions import names_a_session
    from publications.views.parameters import parameters_of

    # Seconds after which who makes a page lets others go on. They are done in 30 µs, so it is soon its turn again.
    sys.setswitchinterval(0.0005)
    application = PageCache(
        application,
        watch=Watch(),
        most_bytes=settings.PAGES_IN_MEMORY,
        parameters=parameters_of,
        compressible=frozenset(COMPRESSED),
        # One more than may be making papers, so that what is made is sent meanwhile.
        pools=Pools.of(settings.RENDER_THREADS, slow=ROOM + 1),
        is_signed_in=names_a_session,
        readers=int(os.environ.get("SERVER_THREADS", "64")),  # serve tells it
    )
