"""Read Markdown files with front matter, as Jekyll, Hugo and Eleventy have them, and manuscripts of this site.

`open_markdown_source` indexes the files; the source then reads them in separate processes. Nothing here uses the
database or imports models. A file that cannot be read is refused with a message; it never makes the
import fail.
"""

from .authors import read_authors
from .data_files import read_data
from .folder_files import MARKDOWN_SUFFIXES
from .links import PATH_END_PREFIX
from .permalinks import NAME_PLACEHOLDERS, SLUG_PLACEHOLDERS, find_unknown_placeholder
from .reader import MarkdownImportContext, read_file
from .source import MarkdownSource, open_markdown_source
from .source_file import SourceFile
from .taxonomies import AUTHOR_FOLDERS, TOPIC_FOLDERS
from .unsupported_files import describe_unsupported_files

__all__ = [
    "AUTHOR_FOLDERS",
    "MARKDOWN_SUFFIXES",
    "NAME_PLACEHOLDERS",
    "PATH_END_PREFIX",
    "SLUG_PLACEHOLDERS",
    "TOPIC_FOLDERS",
    "MarkdownImportContext",
    "MarkdownSource",
    "SourceFile",
    "describe_unsupported_files",
    "find_unknown_placeholder",
    "open_markdown_source",
    "read_authors",
    "read_data",
    "read_file",
]
