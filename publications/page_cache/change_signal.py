"""How processes learn at once that something public has changed.

Those of one machine share a file that each has mapped into its memory: two numbers, of all changes and of those that
took something back from readers. Other machines hear it over CACHE_URL, a Redis or Valkey server, which holds nothing:
a message only says that there is something to ask the database about, and whether old pages may still be shown where
the database does not answer. Without that server, or while it is away, changes are seen by asking the database.
"""

import fcntl
import io
import logging
import mmap
import os
import platform
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple, Self

from django.conf import settings

NUMBER_BYTES = 8
FILE_BYTES = 2 * NUMBER_BYTES
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
CHANNEL = "sceeus:changes"
ONLY_ADDED = b" added"
CONNECT_SECONDS = 1.0
SEND_ATTEMPTS = 3
PING_SECONDS = 2.0  # between two signs of life that are asked of the server
SILENT_SECONDS = 5.0  # without any sign, after which the connection is taken for lost
RECONNECT_SECONDS = 2.0
logger = logging.getLogger(__name__)


class Message(NamedTuple):
    """What is said to other machines: which counter has moved, empty for none, and whether readers lost something."""

    counter: bytes = b""
    took_back: bool = True

    def encode(self) -> bytes:
        return self.counter + (b"" if self.took_back else ONLY_ADDED)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Read a message; one that says nothing about it, as an older release sends them, took something back."""
        return cls(payload.removesuffix(ONLY_ADDED), not payload.endswith(ONLY_ADDED))


def announce_change(*, took_back: bool = True) -> None:
    """Say to all processes, of other machines too, that something public has changed. Call it once that is stored.

    Where the file cannot be written, they learn of it from the database within a second.

    Args:
        took_back: whether readers may no longer see something that they could see before.
    """
    counter = b""
    try:
        with _open_file() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _advance(file, at=0)
            if took_back:
                _advance(file, at=NUMBER_BYTES)
            counter = _file_name(file)
    except OSError:
        logger.warning("The counter of changes in %s could not be moved.", settings.SITE_DATA, exc_info=True)
    notify_peers(Message(counter, took_back))


def _advance(file: io.FileIO, *, at: int) -> None:
    number = int.from_bytes(os.pread(file.fileno(), NUMBER_BYTES, at)) + 1
    os.pwrite(file.fileno(), number.to_bytes(NUMBER_BYTES), at)


class ChangeCounter:
    """The two numbers as this process has them in its memory; where the file cannot be had, two that never move.

    All processes that see one file know it by one `name`; that of one which never moves is empty.
    """

    def __init__(self) -> None:
        self._mapped, self._inode, self.name = self._map()

    def changes(self) -> bytes:
        return self._mapped[:NUMBER_BYTES]

    def taken_back(self) -> bytes:
        return self._mapped[NUMBER_BYTES:]

    def renew(self) -> None:
        """Map the file anew, where another has taken its place, as after a backup was restored."""
        try:
            inode = _file_path().stat().st_ino
        except OSError:
            return
        if inode != self._inode:
            self._mapped, self._inode, self.name = self._map()

    def _map(self) -> tuple[mmap.mmap | bytes, int, bytes]:
        try:
            with _open_file() as file:
                mapped = mmap.mmap(file.fileno(), FILE_BYTES, access=mmap.ACCESS_READ)
                return mapped, os.fstat(file.fileno()).st_ino, _file_name(file)
        except OSError:
            logger.warning("There is no counter of changes in %s.", settings.SITE_DATA, exc_info=True)
            return bytes(FILE_BYTES), 0, b""


def notify_peers(message: Message) -> None:
    """Send a message to other machines; nobody waits for it, except the end of the process, for some seconds."""
    if settings.CACHE_URL:
        threading.Thread(target=_publish, args=(settings.CACHE_URL, message), name="change-signal").start()


def try_pubsub() -> None:
    """Publish once and wait for it. Raises what the server, or the way to it, has to say."""
    with _client(settings.CACHE_URL) as client:
        client.publish(CHANNEL, Message().encode())


class Subscription:
    """What this process hears over CACHE_URL, from a thread of its own.

    `number` is 0 until it hears, and another one after each break: between two, messages may have been missed.
    `received_at` is when the server last gave a sign of life, on the monotonic clock.
    """

    def __init__(self, on_message: Callable[[Message], None]) -> None:
        self.number, self.received_at, self._on_message = 0, 0.0, on_message

    def start(self) -> None:
        if settings.CACHE_URL:
            listener = threading.Thread(
                target=self._listen, args=(settings.CACHE_URL,), name="change-signal", daemon=True
            )
            listener.start()

    def _listen(self, address: str) -> None:
        is_reported = False
        while True:
            before = self.number
            try:
                self._listen_once(address)
            except Exception as error:  # whatever it is, the thread must live on
                if not is_reported or self.number != before:
                    logger.warning("CACHE_URL is away; changes are seen within a second: %s", error)
                    is_reported = True
                time.sleep(RECONNECT_SECONDS)

    def _listen_once(self, address: str) -> None:
        """Raises OSError or what the client raises, once the connection is lost."""
        with _client(address) as client, client.pubsub() as channel:
            channel.subscribe(CHANNEL)
            pinged_at = received_at = time.monotonic()
            while True:
                message = channel.get_message(timeout=CONNECT_SECONDS)
                now = time.monotonic()
                if message:
                    received_at = now
                    self._receive(message, now)
                elif now - received_at > SILENT_SECONDS:
                    raise TimeoutError("it says nothing")
                if now - pinged_at > PING_SECONDS:
                    channel.ping()
                    pinged_at = now

    def _receive(self, message: dict, now: float) -> None:
        if message["type"] == "subscribe":
            self.number += 1
        if message["type"] == "message":
            self._on_message(Message.decode(message["data"]))
        self.received_at = now


def _client(address: str):
    import redis

    return redis.Redis.from_url(
        address, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS
    )


def _publish(address: str, message: Message) -> None:
    for attempt in range(1, SEND_ATTEMPTS + 1):
        try:
            with _client(address) as client:
                client.publish(CHANNEL, message.encode())
            return
        except Exception as error:
            logger.warning("CACHE_URL cannot be told of a change (attempt %d): %s", attempt, error)


def _file_name(file: io.FileIO) -> bytes:
    """Which file of which machine it is: where both are the same, memory is shared."""
    found = os.fstat(file.fileno())
    return f"{_machine()}:{found.st_dev}:{found.st_ino}".encode()


@cache
def _machine() -> str:
    """The machine since it was started, or its host name where the system does not number its starts."""
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return platform.node()


def _file_path() -> Path:
    return Path(settings.SITE_DATA) / "changes"


def _open_file() -> io.FileIO:
    file = io.FileIO(os.open(_file_path(), os.O_RDWR | os.O_CREAT, 0o600), "r+")
    if os.fstat(file.fileno()).st_size < FILE_BYTES:
        os.ftruncate(file.fileno(), FILE_BYTES)
    return file
