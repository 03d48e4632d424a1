"""Read and render texts in separate processes while others are written to the database.

The processes are forked: they start at once with all modules loaded, and use no database connection.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from itertools import batched, chain
from typing import Any

from publications.child_processes import fork_processes

from .imported_file import ImportedFile

CHUNK_TEXTS = 2
"""Usual texts fit in a pipe (64 kB): a process that is killed within a longer answer makes the others wait for ever."""
MAX_CHUNKS_AHEAD = 24
MIN_PARALLEL_TEXTS = 60

Reader = Callable[[Any, Any], ImportedFile]
"""Reads one text with the context of the import; a function of a module, because it is sent to other processes."""

_read: Reader | None = None
_context: Any = None


def read_texts(
    texts: Iterable[Any], read: Reader, context: Any, *, total: int, processes: int
) -> Iterator[ImportedFile]:
    """Yield the texts in order, each as `read` returns it.

    Args:
        texts: what `read` takes, in order; only a few are held at a time.
        read: returns the text for an element of `texts` and the context.
        total: the number of texts; few are read in this process.
        processes: the number of processes.
    """
    if processes < 1 or total < MIN_PARALLEL_TEXTS:
        yield from (read(text, context) for text in texts)
        return
    chunks, unread = batched(texts, CHUNK_TEXTS), deque()
    try:
        yield from _read_in_processes(chunks, unread, read, context, processes)
    except BrokenProcessPool:  # one was killed, for instance as memory ran out
        yield from (read(text, context) for text in chain.from_iterable(chain(unread, chunks)))


def _read_in_processes(
    chunks: Iterator[tuple], unread: deque[tuple], read: Reader, context: Any, processes: int
) -> Iterator[ImportedFile]:
    """Yield texts, with only a few chunks ahead, so that memory does not grow with the import.

    Args:
        unread: gets the chunks that are sent to a process, and loses those that are read.
    """
    pool = fork_processes(processes, _set_reader, read, context)
    futures: deque[Future] = deque()
    try:
        for chunk in chunks:
            unread.append(chunk)
            futures.append(pool.submit(_read_chunk, chunk))
            if len(futures) > processes * MAX_CHUNKS_AHEAD:
                yield from _next_result(futures, unread)
        while futures:
            yield from _next_result(futures, unread)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _next_result(futures: deque[Future], unread: deque[tuple]) -> list[ImportedFile]:
    result = futures.popleft().result()
    unread.popleft()
    return result


def _set_reader(read: Reader, context: Any) -> None:
    global _read, _context  # one process reads for one import
    _read, _context = read, context


def _read_chunk(texts: tuple) -> list[ImportedFile]:
    return [_read(text, _context) for text in texts]
