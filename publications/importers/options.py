"""The options of an import, validated before any work."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from publications.locales import LANGUAGE_NAMES
from publications.models import Kind

from .imported_file import EarlierText
from .mapping import ImportMapping
from .markdown import NAME_PLACEHOLDERS, SLUG_PLACEHOLDERS, find_unknown_placeholder
from .report import FileReport

DISTINGUISHING_PLACEHOLDER = re.compile(rf":(?:{'|'.join((*NAME_PLACEHOLDERS, *SLUG_PLACEHOLDERS))})\b")
"""The placeholders that give texts distinct addresses."""
MAIN_PLACEHOLDERS = (
    ":year",
    ":month",
    ":day",
    ":title",
    ":slug",
    ":lang",
    ":categories",
    ":section",
    ":path",
)
"""Those of the patterns of most sites; others of Jekyll, Hugo and Hexo are read as well."""
INVALID_IN_SITE_ADDRESS = re.compile(r"""[\s"'?#]""")

ProgressCallback = Callable[[int, int], object]
"""Called with the number of finished files, or steps of comparison, and their total."""


def _ignore_progress(done: int, total: int) -> None:
    """Report no progress."""


def _record_nothing(files: Sequence[FileReport]) -> None:
    """Keep no record beside the report."""


class InvalidOptions(ValueError):
    """Options that are invalid; the message gives the reason, `option` the name of the one that is, if it is one."""

    def __init__(self, message: str, *, option: str = "") -> None:
        super().__init__(message)
        self.option = option


@dataclass(frozen=True)
class ImportOptions:
    """The options of an import.

    Args:
        path: the folder or file to import.
        authors: a CSV, YAML or JSON file or a folder of profiles with authors; None uses a list that is found.
        author: the default author of texts without one.
        media: further folders with images.
        boundary: the folder outside of which nothing is read, unless another option names it; None if the site that
            texts belong to may be in a folder above theirs.
        mapping: names and fields of the source with those of this site.
        publish: whether to publish the drafts.
        dry_run: whether to roll everything back.
        kind: the slug of the default kind.
        language: the default language.
        permalink: a pattern of the old addresses; "" uses that of the site's configuration.
        site: the address of the old site.
        processes: number of reading processes; 0 uses all cores.
        by: the user in audit entries and revisions.
        progress: called after each batch of files that is imported, or read by a dry run; what it raises ends the run.
        similarity_progress: called after each step of the similarity index.
        record_batch: called in the transaction of each batch with the reports of its files; not in a dry run.
        max_texts: the most texts that a source may have; 0 for any number.
        earlier_texts: the texts of an earlier import by their paths then; they are recognised in another layout.
        archive_import: the primary key of the `ArchiveImport` whose page the news lead to; None for a folder.
    """

    path: Path
    authors: Path | None = None
    author: str = ""
    media: tuple[Path, ...] = ()
    boundary: Path | None = None
    mapping: ImportMapping = field(default_factory=ImportMapping)
    publish: bool = False
    dry_run: bool = False
    kind: str = "commentary"
    language: str = "en"
    permalink: str = ""
    site: str = ""
    processes: int = 0
    by: User | None = None
    progress: ProgressCallback = _ignore_progress
    similarity_progress: ProgressCallback = _ignore_progress
    record_batch: Callable[[Sequence[FileReport]], object] = _record_nothing
    max_texts: int = 0
    earlier_texts: Mapping[str, EarlierText] = field(default_factory=dict)
    archive_import: int | None = None

    def validate(self) -> None:
        """Raise InvalidOptions if a path, kind, language or address is invalid."""
        kinds = list(Kind.objects.values_list("slug", flat=True))
        if self.kind not in kinds:
            values = {"kind": self.kind, "known": ", ".join(kinds)}
            raise InvalidOptions(_("There is no kind “%(kind)s”. There are: %(known)s.") % values)
        if self.language not in LANGUAGE_NAMES:
            raise InvalidOptions(_("The language “%(language)s” is not known.") % {"language": self.language})
        if not self.path.exists():
            raise InvalidOptions(_("There is no “%s”.") % self.path)
        self._validate_paths()
        self._validate_addresses()

    def _validate_paths(self) -> None:
        """Refuse author lists and media folders that do not exist."""
        if self.authors and not self.authors.exists():
            message = _(
                "There is no “%s”. Give a CSV file with the columns id and full_name, or a folder of profiles."
            )
            raise InvalidOptions(message % self.authors, option="authors")
        for path in self.media:
            if not path.exists():
                message = _("There is no “%s”. Give a folder with pictures.")
                raise InvalidOptions(message % path, option="media")
            if not path.is_dir():
                message = _("“%s” is no folder. Give the folder that the pictures are in.")
                raise InvalidOptions(message % path, option="media")

    def _validate_addresses(self) -> None:
        """Refuse an invalid address of a site, and a pattern that gives all texts the same address."""
        if self.site and not is_site_address(self.site):
            message = _("“%s” is no address of a site. Write it whole, such as https://old.example.")
            raise InvalidOptions(message % self.site, option="site")
        if problem := describe_unknown_placeholder(self.permalink):
            raise InvalidOptions(problem, option="permalink")
        if self.permalink and not DISTINGUISHING_PLACEHOLDER.search(self.permalink):
            message = _(
                "“%s” gives all texts the same address. Write a pattern with :title or :slug, such as "
                "/:year/:month/:day/:title/."
            )
            raise InvalidOptions(message % self.permalink, option="permalink")


def describe_unknown_placeholder(pattern: str) -> str:
    """Return that a pattern of addresses has a placeholder that stands for nothing, and which there are, or ""."""
    unknown = find_unknown_placeholder(pattern)
    message = _("“%(name)s” stands for nothing in a pattern. These do: %(known)s.")
    return message % {"name": unknown, "known": ", ".join(MAIN_PLACEHOLDERS)} if unknown else ""


def is_site_address(address: str) -> bool:
    """Whether this is the absolute URL of a site, without query and fragment."""
    if INVALID_IN_SITE_ADDRESS.search(address):
        return False
    try:
        parts = urlsplit(address)
        has_host = any(map(str.isalnum, parts.hostname or ""))
        return parts.scheme in ("http", "https") and has_host and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
