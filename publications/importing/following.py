"""May this follow to readers? The one question that an import asks before anything of a piece becomes public.

It is answered by how the piece stands once its file has been taken in, and by what the file says of it. Words that
somebody typed at the desk and has not published never go out with an import, and what the desk has decided (that a
piece waits, ends or is taken back) stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.importers import Arrival
from publications.models import Edition, Publication, own_end, with_standing


class Stage(Enum):
    """How far a piece has come, and with whose words."""

    DRAFT = auto()  # never public, and as its file has it
    EDITED = auto()  # with words of the desk that are not public
    BEHIND = auto()  # live, while the working copy is as a later file has it
    SHOWN = auto()  # live as it stands
    WAITING = auto()
    TAKEN_BACK = auto()


class Says(Enum):
    """What a file says of its piece."""

    PUBLIC = auto()
    DRAFT = auto()
    UNDATED = auto()
    AHEAD = auto()
    EXPIRED = auto()


DESK_HOLDS = {
    Stage.EDITED: _(
        "Not published: the desk has changes of its own that are not public. Publish them there."
    ),
    Stage.WAITING: _("Not published: it waits for its moment at the desk."),
    Stage.TAKEN_BACK: _("Not published: it was taken back at the desk, or has expired."),
}
FILE_HOLDS = {
    Says.DRAFT: _("Not published: the file says that it is a draft."),
    Says.UNDATED: _("Not published: it has no date."),
    Says.AHEAD: _("Not published: its date lies ahead."),
    Says.EXPIRED: _("Not published: the end that its file names has passed."),
}


@dataclass(frozen=True)
class Stand:
    """A piece as it stands: its stage, whether readers see it, and the end that its live edition was given."""

    stage: Stage
    is_live: bool = False
    until: datetime | None = None


def may_follow(stage: Stage, says: Says, *, asked: bool) -> tuple[bool, str]:
    """Whether the working copy may be published, and a sentence that says why not where that is to be told."""
    if not asked or stage is Stage.SHOWN:
        return False, ""
    why_not = str(DESK_HOLDS.get(stage) or FILE_HOLDS.get(says) or "")
    return not why_not, why_not


def says(arrival: Arrival) -> Says:
    """What a file says: that its piece is a draft, or by its date that it is not for readers yet."""
    if arrival.is_draft:
        return Says.DRAFT
    moment = arrival.manuscript.published_at if arrival.manuscript else None
    if moment is None:
        return Says.UNDATED
    if arrival.ends_at and arrival.ends_at <= timezone.now():
        return Says.EXPIRED
    return Says.AHEAD if moment > timezone.now() else Says.PUBLIC


def stands(edited: Mapping[int, bool]) -> dict[int, Stand]:
    """How pieces stand, by primary key; given is of each whether the desk has changed it since it came in."""
    pieces = with_standing(Publication.objects.filter(pk__in=list(edited)).only("digest"))
    rows = pieces.annotate(has_editions=Exists(Edition.objects.filter(publication=OuterRef("pk"))))
    return {
        row.pk: Stand(_stage(row, is_edited=edited[row.pk]), is_live=bool(row.live_from), until=own_end(row))
        for row in rows
    }


def _stage(row: Publication, *, is_edited: bool) -> Stage:
    if row.waiting_from:
        return Stage.WAITING
    if row.has_editions and not row.live_from:
        return Stage.TAKEN_BACK
    if row.live_digest == row.digest:
        return Stage.SHOWN
    if is_edited:
        return Stage.EDITED
    return Stage.BEHIND if row.live_from else Stage.DRAFT
