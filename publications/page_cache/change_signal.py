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

COUNTER_BYTES = 8
FILE_BYTES = 2 * COUNTER_BYTES
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
CHANNEL = "sceeus:changes"
ADDITION_SUFFIX = b" added"
CONNECT_TIMEOUT = 1.0
SEND_ATTEMPTS = 3
PING_SECONDS = 2.0  # between two pings
SILENCE_TIMEOUT = 5.0  # without any message, after which the connection counts as lost
RECONNECT_TIMEOUT = 2.0
logger = logging.getLogger(__name__)


class Message(NamedTuple):
    """A message to other machines.

    Attributes:
        counter_name: the counter that was incremented, empty if none was.
        is_removal: whether readers may no longer see something.
    """

    counter_name: bytes = b""
    is_removal: bool = True

    def encode(self) -> bytes:
        return self.counter_name + (b"" if self.is_removal else ADDITION_SUFFIX)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Parse a message; one without the suffix, as older releases send them, counts as a removal."""
        return cls(payload.removesuffix(ADDITION_SUFFIX), not payload.endswith(ADDITION_SUFFIX))


def announce_change(*, is_removal: bool = True) -> None:
    """Signal to all processes on all machines that public content has changed. Call it after the commit.

    If the file cannot be written, processes find the change in the database within a second.

    Args:
        is_removal: whether readers may no longer see something that they could see before.
    """
    counter_name = b""
    try:
        with _open_file() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _increment(file, offset=0)
            if is_removal:
                _increment(file, offset=COUNTER_BYTES)
            counter_name = _counter_name(file)
    except OSError:
        logger.warning(
            "The counter of changes in %s could not be incremented.", settings.SITE_DATA, exc_info=True
        )
    notify_peers(Message(counter_name, is_removal))


def _increment(file: io.FileIO, *, offset: int) -> None:
    number = int.from_bytes(os.pread(file.fileno(), COUNTER_BYTES, offset)) + 1
    os.pwrite(file.fileno(), number.to_bytes(COUNTER_BYTES), offset)


class ChangeCounter:
    """The two counters in the memory of this process; without the file, two that never change.

    `name` identifies the file; it is empty without one.
    """

    def __init__(self) -> None:
        self._memory, self._inode, self.name = self._map()

    def changes(self) -> bytes:
        return self._memory[:COUNTER_BYTES]

    def removals(self) -> bytes:
        return self._memory[COUNTER_BYTES:]

    def remap(self) -> None:
        """Map the file again if it was replaced, as when a backup is restored."""
        try:
            inode = _file_path().stat().st_ino
        except OSError:
            return
        if inode != self._inode:
            self._memory, self._inode, self.name = self._map()

    def _map(self) -> tuple[mmap.mmap | bytes, int, bytes]:
        try:
            with _open_file() as file:
                memory = mmap.mmap(file.fileno(), FILE_BYTES, access=mmap.ACCESS_READ)
                return memory, os.fstat(file.fileno()).st_ino, _counter_name(file)
        except OSError:
            logger.warning("There is no counter of changes in %s.", settings.SITE_DATA, exc_info=True)
            return bytes(FILE_BYTES), 0, b""


def notify_peers(message: Message) -> None:
    """Send a message to other machines in a thread; only the end of the process waits for it."""
    if settings.CACHE_URL:
        threading.Thread(target=_publish, args=(settings.CACHE_URL, message), name="change-signal").start()


def check_pubsub() -> None:
    """Publish one message and wait for it. Raises the errors of the client."""
    with _client(settings.CACHE_URL) as client:
        client.publish(CHANNEL, Message().encode())


class SignalSubscription:
    """The subscription of this process to messages over CACHE_URL, in a thread of its own.

    Attributes:
        connection_number: 0 before the first connection, incremented with each; messages between two may have been
            missed.
        received_at: when the server last sent anything, on the monotonic clock.
    """

    def __init__(self, on_message: Callable[[Message], None]) -> None:
        self.connection_number, self.received_at, self._on_message = 0, 0.0, on_message

    def start(self) -> None:
        if settings.CACHE_URL:
            listener = threading.Thread(
                target=self._listen, args=(settings.CACHE_URL,), name="change-signal", daemon=True
            )
            listener.start()

    def _listen(self, url: str) -> None:
        is_reported = False
        while True:
            previous_number = self.connection_number
            try:
                self._listen_once(url)
            except Exception as error:  # whatever it is, the thread must live on
                if not is_reported or self.connection_number != previous_number:
                    logger.warning(
                        "CACHE_URL cannot be reached; changes are found within a second: %s", error
                    )
                    is_reported = True
                time.sleep(RECONNECT_TIMEOUT)

    def _listen_once(self, url: str) -> None:
        """Raises OSError or what the client raises, once the connection is lost."""
        with _client(url) as client, client.pubsub() as pubsub:
            pubsub.subscribe(CHANNEL)
            pinged_at = received_at = time.monotonic()
            while True:
                message = pubsub.get_message(timeout=CONNECT_TIMEOUT)
                now = time.monotonic()
                if message:
                    received_at = now
                    self._receive(message, now)
                elif now - received_at > SILENCE_TIMEOUT:
                    raise TimeoutError("the server sends nothing")
                if now - pinged_at > PING_SECONDS:
                    pubsub.ping()
                    pinged_at = now

    def _receive(self, message: dict, now: float) -> None:
        if message["type"] == "subscribe":
            self.connection_number += 1
        if message["type"] == "message":
            self._on_message(Message.decode(message["data"]))
        self.received_at = now


def _client(url: str):
    import redis

    return redis.Redis.from_url(url, socket_connect_timeout=CONNECT_TIMEOUT, socket_timeout=CONNECT_TIMEOUT)


def _publish(url: str, message: Message) -> None:
    for attempt in range(1, SEND_ATTEMPTS + 1):
        try:
            with _client(url) as client:
                client.publish(CHANNEL, message.encode())
            return
        except Exception as error:
            logger.warning("A change could not be published over CACHE_URL (attempt %d): %s", attempt, error)


def _counter_name(file: io.FileIO) -> bytes:
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
