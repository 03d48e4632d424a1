"""What became of an arrival: its entry in the account, and its piece on the site."""

from dataclasses import dataclass

from publications.importers import Arrival
from publications.models import Publication

from .account import Entry


@dataclass
class Taken:
    """An arrival with what became of it; `is_edited` says whether the desk has changed the piece since it came in."""

    arrival: Arrival
    entry: Entry
    publication: Publication | None = None
    is_edited: bool = False
    related: tuple[str, ...] = ()

    def lean(self) -> "Taken":
        """Without the texts: what is done is remembered for its links alone."""
        done = self.arrival
        self.arrival = Arrival(done.source, anchors=done.anchors, fragment_links=done.fragment_links)
        if piece := self.publication:
            self.publication = Publication(pk=piece.pk, uid=piece.uid, title=piece.title)
        return self
