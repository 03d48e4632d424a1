"""A bell that all machines of the site hear, where CACHE_URL names a Redis or Valkey server.

It only says that there is something to ask the database about, at once and not within half a second. Nothing is kept
there, and without it, or while it is away, nothing is older than it would be anyway. Who rings says which counter has
moved, so that those who have the same one in their memory pass over it.
"""

import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings

CHANNEL = "sceeus:changes"
PATIENCE = 1.0  # seconds to reach the server
AGAIN = 2.0  # seconds until the next attempt, where it is away
HEARTBEAT = 10.0  # seconds after which a silent connection is looked after
logger = logging.getLogger(__name__)


def ring(counter: bytes) -> None:
    """Tell the other machines; nobody waits for it. `counter` is the name of the one that has moved, empty for none."""
    if settings.CACHE_URL:
        threading.Thread(target=_ring, args=(settings.CACHE_URL, counter), name="bell", daemon=True).start()


def listen(heard: Callable[[bytes], None]) -> None:
    """Call `heard` with the name of the counter each time the bell rings, from a thread of its own, without an end."""
    if settings.CACHE_URL:
        threading.Thread(target=_listen, args=(settings.CACHE_URL, heard), name="bell", daemon=True).start()


def _server(address: str):
    import redis

    return redis.Redis.from_url(
        address, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, health_check_interval=HEARTBEAT
    )


def try_bell() -> None:
    """Ring once and wait for it. Raises what the server, or the way to it, has to say."""
    _publish(settings.CACHE_URL, b"")


def _publish(address: str, counter: bytes) -> None:
    with _server(address) as server:
        server.publish(CHANNEL, counter)


def _ring(address: str, counter: bytes) -> None:
    try:
        _publish(address, counter)
    except Exception as error:
        logger.warning("The server of CACHE_URL cannot be told of a change: %s", error)


def _listen(address: str, heard: Callable[[bytes], None]) -> None:
    told = False
    while True:
        try:
            with _server(address) as server, server.pubsub(ignore_subscribe_messages=True) as channel:
                channel.subscribe(CHANNEL)
                told = False
                while True:
                    if message := channel.get_message(timeout=PATIENCE):
                        heard(message["data"])
        except Exception as error:  # whatever it is, the thread must live on
            if not told:
                logger.warning("The server of CACHE_URL is away; changes are seen within a second: %s", error)
                told = True
            time.sleep(AGAIN)
