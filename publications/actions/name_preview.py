"""What removing a name would change, and whether that is so much that somebody has to confirm it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from publications.models import Publication

from .redaction_report import RedactionReport

MIN_PUBLICATIONS = 10
"""In a site with no more than so many, most of them may hold a name."""


@dataclass
class NamePreview:
    """What removing a name would change.

    Attributes:
        rows: the number of rows beside publications by the name of their model.
        publications: the report of each publication that holds the name.
        refused: the publications that it cannot be removed from, with the reasons.
        accounts: names of accounts that hold it, which stay.
        searched: the number of publications that it has looked at.
        unsearched: of those that it had no time for.
    """

    rows: dict[str, int] = field(default_factory=dict)
    publications: list[tuple[Publication, RedactionReport]] = field(default_factory=list)
    refused: list[tuple[Publication, list[str]]] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    searched: int = 0
    unsearched: int = 0

    @property
    def is_broad(self) -> bool:
        """Whether more than half of the publications hold the name: perhaps it is a common word."""
        return self.searched + self.unsearched > MIN_PUBLICATIONS and 2 * self._count > self.searched

    @property
    def extent(self) -> str:
        """How many of the publications hold it, as a sentence."""
        return _("This name is in %(count)d of %(total)d publications.") % {
            "count": self._count,
            "total": self.searched,
        }

    @property
    def _count(self) -> int:
        refused = [refused for refused, _reasons in self.refused if isinstance(refused, Publication)]
        return len(self.publications) + len(refused)
