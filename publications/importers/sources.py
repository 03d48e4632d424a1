"""The systems that an import reads from, and which of them a folder or file is of.

A new system is a package beside `markdown` with an `ImportSource`, and a row of SYSTEMS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .markdown import open_markdown_source
from .options import ImportOptions
from .source import ImportSource


@dataclass(frozen=True)
class SourceSystem:
    """A system that texts come from.

    Args:
        name: as reports and the desk name it.
        is_source: whether a folder or file is an export or a copy of this system.
        open_source: indexes it. Raises ImportRefused if it cannot be read.
    """

    name: str
    is_source: Callable[[Path], bool]
    open_source: Callable[[ImportOptions], ImportSource]


def _open_markdown(options: ImportOptions) -> ImportSource:
    return open_markdown_source(options.path, language=options.language, permalink=options.permalink)


MARKDOWN = SourceSystem("Markdown", lambda path: True, _open_markdown)
SYSTEMS: tuple[SourceSystem, ...] = (MARKDOWN,)
"""The first that recognizes a folder or file reads it; the last reads Markdown, and says what there is instead."""


def find_system(path: Path) -> SourceSystem:
    """Return the system that a folder or file is of."""
    return next(system for system in SYSTEMS if system.is_source(path))


def open_source(options: ImportOptions) -> ImportSource:
    """Return the source of an import, indexed.

    Raises:
        ImportRefused: there are no texts, or they cannot be read.
    """
    return find_system(options.path).open_source(options)
