"""The files in a folder of Markdown: its texts, its pictures and documents, and what cannot be read."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from publications.attachment_files import ATTACHMENT_TYPES
from publications.html_tree import split_names
from publications.stored_messages import gettext as _

from ..html.attachments import OTHER_FILE_TYPES
from .reader import HTML_SUFFIXES
from .source_file import relative_source
from .source_site import SourceSite

MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")
UNREAD_FORMATS = {
    ".adoc": "AsciiDoc", ".asciidoc": "AsciiDoc", ".org": "Org", ".rst": "reStructuredText",
    ".rest": "reStructuredText", ".textile": "Textile", ".mdx": "MDX", ".pdc": "Pandoc", ".pandoc": "Pandoc",
}  # fmt: skip
"""Formats of texts beside Markdown that generators read."""
BUILT_FOLDERS = frozenset(
    {
        "_site", "_layouts", "_includes", "_sass", "_plugins", "layouts", "themes", "public", "static", "assets",
        "resources", "archetypes", "node_modules", "vendor", "dist",
    }
)  # fmt: skip
"""Folders whose files of HTML are templates or the finished site."""
FILE_SUFFIXES = ATTACHMENT_TYPES | OTHER_FILE_TYPES | split_names("jpg jpeg png webp gif avif svg")
"""Suffixes of pictures and documents, without those of what the layout and the program of a site need."""
LAYOUT_FOLDERS = BUILT_FOLDERS - {"static", "assets", "public"}
EXPLANATIONS = ("readme", "changelog", "license")
"""Names of files in such formats that are no texts of a site."""
FRONT_MATTER = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:---|\+\+\+)[ \t]*\r?\n")
SNIFFED_BYTES = 200


def find_texts(paths: Iterable[Path], root: Path) -> Iterator[Path]:
    for path in sorted(paths):
        is_text = path.suffix.lower() in MARKDOWN_SUFFIXES and not _is_hidden(path, root)
        if is_text and not path.is_dir():
            yield path


def _is_hidden(path: Path, root: Path, *, or_built: bool = False) -> bool:
    """Whether a file or a folder of it begins with a dot, or the folder is one of templates or of the built site."""
    parts = path.relative_to(root).parts
    is_built = or_built and not BUILT_FOLDERS.isdisjoint(parts[:-1])
    return is_built or any(part.startswith(".") for part in parts)


def find_html_texts(paths: Iterable[Path], root: Path) -> Iterator[Path]:
    """Yield the texts in HTML: files with front matter that are no templates."""
    for path in paths:
        is_text = path.suffix.lower() in HTML_SUFFIXES and not _is_hidden(path, root, or_built=True)
        if is_text and not path.is_symlink() and path.is_file():
            with path.open("rb") as file:
                has_front_matter = FRONT_MATTER.match(file.read(SNIFFED_BYTES))
            if has_front_matter:
                yield path


def find_files(paths: Iterable[Path], root: Path, site: SourceSite) -> Iterator[Path]:
    """Yield the pictures and documents of a folder, without those of templates and of the built site."""
    built_folders = LAYOUT_FOLDERS | ({"public"} if site.generator == "hugo" else set())
    for path in paths:
        is_listed = path.suffix.lstrip(".").lower() in FILE_SUFFIXES and not _is_hidden(path, root)
        is_built = not built_folders.isdisjoint(path.relative_to(root).parts[:-1])
        if is_listed and not is_built and path.is_file():
            yield path


def refuse_linked_folders(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the links to folders, whose texts are not read, with the reason."""
    links = (path for path in paths if path.is_symlink() and path.is_dir() and not _is_hidden(path, root))
    message = _("This is a link to a folder: links are not followed. Put the folder itself here.")
    return {relative_source(path, root): message for path in links}


def refuse_other_formats(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the texts in formats that are not read, with the reason and the remedy."""
    message = _("This is %(format)s, which is not read. Convert it to Markdown first, such as with pandoc.")
    refused = {}
    for path in paths:
        name = UNREAD_FORMATS.get(path.suffix.lower())
        is_text = name and path.stem.lower() not in EXPLANATIONS
        if is_text and not _is_hidden(path, root, or_built=True):
            refused[relative_source(path, root)] = message % {"format": name}
    return refused
