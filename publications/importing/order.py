"""The order of an import: what is to come in, and how; one that cannot be carried out is refused before any work."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from publications.languages import NAMES
from publications.models import Kind

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
        for path in (self.path, *self.media):
            if not path.exists():
                raise Unfit(_("There is no “%s”.") % path)
