"""The order of an import: what is to come in, and how; one that cannot be carried out is refused before any work."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from publications.importers import NAME_PLACEHOLDERS, SLUG_PLACEHOLDERS
from publications.languages import NAMES
from publications.models import Kind

NAMES_A_TEXT = re.compile(rf":(?:{'|'.join((*NAME_PLACEHOLDERS, *SLUG_PLACEHOLDERS))})\b")
"""What tells texts apart in a pattern of addresses."""
NOT_IN_SITE = re.compile(r"""[\s"'?#]""")

Tell = Callable[[int, int], object]
"""Takes how many files, or steps of comparing, are done, of how many."""


def _say_nothing(done: int, total: int) -> None:
    """Leave out the progress."""


class Unfit(ValueError):
    """An order that cannot be carried out, with a sentence that says why."""


@dataclass(frozen=True)
class Order:
    """What is to be imported, and how."""

    path: Path
    authors: Path | None = None
    author: str = ""
    media: tuple[Path, ...] = ()
    publish: bool = False
    rehearse: bool = False
    kind: str = "commentary"
    language: str = "en"
    permalink: str = ""
    site: str = ""
    processes: int = 0
    by: User | None = None
    progress: Tell = _say_nothing
    compare_progress: Tell = _say_nothing

    def check(self) -> None:
        """Raises Unfit."""
        kinds = list(Kind.objects.values_list("slug", flat=True))
        if self.kind not in kinds:
            told = {"kind": self.kind, "known": ", ".join(kinds)}
            raise Unfit(_("There is no kind “%(kind)s”. There are: %(known)s.") % told)
        if self.language not in NAMES:
            raise Unfit(_("The language “%(language)s” is not known.") % {"language": self.language})
        if not self.path.exists():
            raise Unfit(_("There is no “%s”.") % self.path)
        self._check_sources()
        self._check_addresses()

    def _check_sources(self) -> None:
        """Refuse lists of authors and folders of media that are not there."""
        if self.authors and not self.authors.exists():
            told = _(
                "--authors: there is no “%s”. Give a CSV file with the columns id and full_name, "
                "or a folder of profiles."
            )
            raise Unfit(told % self.authors)
        for path in self.media:
            if not path.exists():
                raise Unfit(_("--media: there is no “%s”. Give a folder with pictures.") % path)
            if not path.is_dir():
                raise Unfit(_("--media: “%s” is no folder. Give the folder that the pictures are in.") % path)

    def _check_addresses(self) -> None:
        """Refuse what is no address of an old site, and a pattern that gives all texts the same address."""
        if self.site and not is_web_address(self.site):
            told = _("--site: “%s” is no address of a site. Write it whole, such as https://old.example.")
            raise Unfit(told % self.site)
        if self.permalink and not NAMES_A_TEXT.search(self.permalink):
            told = _(
                "--permalink: “%s” gives all texts the same address. Write a pattern with :title or :slug, such as "
                "/:year/:month/:day/:title/."
            )
            raise Unfit(told % self.permalink)


def is_web_address(address: str) -> bool:
    """Whether it is an address of a site, with nothing that belongs to one page of it (query, fragment)."""
    if NOT_IN_SITE.search(address):
        return False
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and any(map(str.isalnum, parts.hostname or ""))
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False
