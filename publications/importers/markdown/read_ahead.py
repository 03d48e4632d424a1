"""Read and render files in separate processes while others are written to the database.

The processes are forked: they start at once with all modules loaded, and use no database connection.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool

from publications.child_processes import fork_processes

from ..imported_file import ImportedFile
from .reader import MarkdownImportContext, read_file
from .source_file import SourceFile

CHUNK_FILES = 2
"""Usual texts fit in a pipe (64 kB): a process that is killed within a longer answer makes the others wait for ever."""
MAX_CHUNKS_AHEAD = 24
MIN_PARALLEL_FILES = 60

_context: MarkdownImportContext | None = None


def read_files(
    files: Sequence[SourceFile], context: MarkdownImportContext, *, processes: int
) -> Iterator[ImportedFile]:
    """Yield the files in order.

    Args:
        processes: the number of processes; few files are read in this process.
    """
    if processes < 1 or len(files) < MIN_PARALLEL_FILES:
        yield from (read_file(file, context) for file in files)
        return
    done = 0
    try:
        for imported in _read_in_processes(files, context, processes):
            done += len(imported)
            yield from imported
    except BrokenProcessPool:  # one was killed, for instance as memory ran out
        yield from (read_file(file, context) for file in files[done:])


def _read_in_processes(
    files: Sequence[SourceFile], context: MarkdownImportContext, processes: int
) -> Iterator[list[ImportedFile]]:
    """Yield files in chunks, only a few ahead, so that memory does not grow with the import."""
    chunks = (files[start : start + CHUNK_FILES] for start in range(0, len(files), CHUNK_FILES))
    pool = fork_processes(processes, _set_context, context)
    try:
        waiting: deque = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_read_chunk, chunk))
            if len(waiting) > processes * MAX_CHUNKS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _set_context(context: MarkdownImportContext) -> None:
    global _context  # one process reads for one import
    _context = context


def _read_chunk(files: Sequence[SourceFile]) -> list[ImportedFile]:
    return [read_file(file, _context) for file in files]
