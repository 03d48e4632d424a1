"""Markdown files with front matter, as Jekyll, Hugo and Eleventy have them, and manuscripts of this site.

First `index_files` looks over all files and gives each its uid and slug; then `read_files` reads one after another, in
processes of their own. Nothing here touches the database or imports models, and no file makes the import fail: one that
cannot be read is refused with a sentence.
"""

from .authors import AuthorList, ListedAuthor, read_authors
from .file_index import FileIndex, index_files
from .images import FoundImage, ImageFinder, image_key
from .read_ahead import read_files
from .reader import MarkdownImportContext, read_file
from .source_file import NAME_PLACEHOLDERS, SLUG_PLACEHOLDERS, SourceFile
from .taxonomies import AUTHOR_FOLDERS, TOPIC_FOLDERS, ListedTopic, Taxonomies

__all__ = [
    "AUTHOR_FOLDERS",
    "NAME_PLACEHOLDERS",
    "SLUG_PLACEHOLDERS",
    "TOPIC_FOLDERS",
    "AuthorList",
    "FileIndex",
    "FoundImage",
    "ImageFinder",
    "ListedAuthor",
    "ListedTopic",
    "MarkdownImportContext",
    "SourceFile",
    "Taxonomies",
    "image_key",
    "index_files",
    "read_authors",
    "read_file",
    "read_files",
]
