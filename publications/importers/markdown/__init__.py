"""Read Markdown files with front matter, as Jekyll, Hugo and Eleventy have them, and manuscripts of this site.

`index_files` first gives each file its uid and slug; then `read_files` reads the files in separate processes. Nothing
here uses the database or imports models. A file that cannot be read is refused with a message; it never makes the
import fail.
"""

from .authors import AuthorList, SourceAuthor, read_authors
from .file_index import MARKDOWN_SUFFIXES, FileIndex, index_files
from .images import FoundImage, ImageFinder, image_key
from .links import PATH_END_PREFIX
from .read_ahead import read_files
from .reader import MarkdownImportContext, read_file
from .source_file import NAME_PLACEHOLDERS, SLUG_PLACEHOLDERS, SourceFile
from .taxonomies import AUTHOR_FOLDERS, TOPIC_FOLDERS, SourceTopic, Taxonomies
from .unsupported_files import describe_unsupported_files

__all__ = [
    "AUTHOR_FOLDERS",
    "MARKDOWN_SUFFIXES",
    "NAME_PLACEHOLDERS",
    "PATH_END_PREFIX",
    "SLUG_PLACEHOLDERS",
    "TOPIC_FOLDERS",
    "AuthorList",
    "FileIndex",
    "FoundImage",
    "ImageFinder",
    "MarkdownImportContext",
    "SourceAuthor",
    "SourceFile",
    "SourceTopic",
    "Taxonomies",
    "describe_unsupported_files",
    "image_key",
    "index_files",
    "read_authors",
    "read_file",
    "read_files",
]
