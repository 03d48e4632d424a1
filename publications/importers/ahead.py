"""Reading ahead: files are read and rendered in processes of their own while others are written to the database."""

import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process

import django
from django.utils import translation

from .arrival import Arrival
from .card import Card
from .markdown import Ground, read

CHUNK = 8
AHEAD = 6
FEW = 60

_ground: Ground | None = None


def read_all(cards: Sequence[Card], ground: Ground, *, processes: int) -> Iterator[Arrival]:
    """The arrivals in the order of their cards. With no processes, or few files, it is done here."""
    if processes < 1 or len(cards) < FEW:
        yield from (read(card, ground) for card in cards)
        return
    done = 0
    try:
        for arrivals in _ahead(cards, ground, processes):
            done += len(arrivals)
            yield from arrivals
    except BrokenProcessPool:  # one was killed, by want of memory for instance
        yield from (read(card, ground) for card in cards[done:])


def _ahead(cards: Sequence[Card], ground: Ground, processes: int) -> Iterator[list[Arrival]]:
    """Chunk by chunk, never more than a few ahead: memory does not grow with the import."""
    chunks = (cards[start : start + CHUNK] for start in range(0, len(cards), CHUNK))
    pool = ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=_begin, initargs=(ground, translation.get_language())
    )
    try:
        waiting: deque = deque()
        for chunk in chunks:
            with interrupts_left_alone():
                waiting.append(pool.submit(_read_chunk, chunk))
            if len(waiting) > processes * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def interrupts_left_alone() -> Iterator[None]:
    """Processes that are begun here leave Ctrl-C, which reaches all of a terminal, to the one that began them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(ground: Ground, language: str | None) -> None:
    global _ground  # one process reads for one import
    django.setup()
    translation.activate(language or "en")
    _ground = ground
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process whose import was killed does not stay behind."""
    if parent := parent_process():
        connection.wait([parent.sentinel])
        os._exit(1)


def _read_chunk(cards: Sequence[Card]) -> list[Arrival]:
    return [read(card, _ground) for card in cards]
