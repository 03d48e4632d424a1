"""Signals by which processes learn at once that public content has changed.

Processes on one machine map a shared file into memory. It holds two counters: of all changes, and of removals, after
which readers may no longer see something. Other machines receive messages over CACHE_URL, a Redis or Valkey server that
stores nothing: a message only says that the database is to be read, and whether stored pages may still be shown if the
database does not answer. Without that server, changes are found by reading the database.
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
PING_SECONDS = 2.0  # between two pings
SILENT_SECONDS = 5.0  # without any message, after which the connection counts as lost
RECONNECT_SECONDS = 2.0
logger = logging.getLogger(__name__)


class Message(NamedTuple):
    """A message to other machines.

    Attributes:
        counter: name of the counter that was incremented, empty if none was.
        took_back: whether readers may no longer see something.
    """

    counter: bytes = b""
    took_back: bool = True

    def encode(self) -> bytes:
        return self.counter + (b"" if self.took_back else ONLY_ADDED)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Parse a message; one without the suffix, as older releases send them, counts as a removal."""
        return cls(payload.removesuffix(ONLY_ADDED), not payload.endswith(ONLY_ADDED))


def announce_change(*, took_back: bool = True) -> None:
    """Signal to all processes on all machines that public content has changed. Call it after the commit.

    If the file cannot be written, processes find the change in the database within a second.

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
    """The two counters in the memory of this process; without the file, two that never change.

    `name` identifies the file; it is empty without one.
    """

    def __init__(self) -> None:
        self._mapped, self._inode, self.name = self._map()

    def changes(self) -> bytes:
        return self._mapped[:NUMBER_BYTES]

    def taken_back(self) -> bytes:
        return self._mapped[NUMBER_BYTES:]

    def renew(self) -> None:
        """Map the file again if it was replaced, as when a backup is restored."""
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
    """Send a message to other machines in a thread; only the end of the process waits for it."""
    if settings.CACHE_URL:
        threading.Thread(target=_publish, args=(settings.CACHE_URL, message), name="change-signal").start()


def try_pubsub() -> None:
    """Publish one message and wait for it. Raises the errors of the client."""
    with _client(settings.CACHE_URL) as client:
        client.publish(CHANNEL, Message().encode())


class Subscription:
    """The subscription of this process to messages over CACHE_URL, in a thread of its own.

    Attributes:
        number: 0 before the first connection, incremented with each: messages between two may have been missed.
        received_at: when the server last sent anything, on the monotonic clock.
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
            logger.warning("A change could not be published over CACHE_URL (attempt %d): %s", attempt, error)


def _file_name(file: io.FileIO) -> bytes:
    """Return a name of machine and file: processes with the same name share the memory."""
    stat = os.fstat(file.fileno())
    return f"{_machine_id()}:{stat.st_dev}:{stat.st_ino}".encode()


@cache
def _machine_id() -> str:
    """Return the boot ID of the machine, or its host name on systems without one."""
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
