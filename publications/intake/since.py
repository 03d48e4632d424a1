"""What has become of pieces since they were last taken in: whether a file brings news, and whether it may be taken.

The rule: a file is compared with the revision that the last import kept. The same: nothing is done, whatever the
desk has made of the piece. Another, and the working copy is as the import left it: the draft follows the file.
Another, and it is not: the desk's text stays, and that is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from publications import manuscript
from publications.manuscript import Manuscript
from publications.models import Publication, Revision, Why, as_manuscript

from .files import is_nameable
from .register import Register
from .settling import settled


@dataclass
class Standing:
    """A piece on the site, its text as last taken in, and whether the desk has changed it since."""

    publication: Publication
    imported: Manuscript | None
    is_edited: bool

    @property
    def is_imported(self) -> bool:
        """Whether an import made the publication. One that was made otherwise is changed by no import."""
        return self.imported is not None

    def brings_news(self, text: Manuscript, register: Register, files: Mapping[str, Path | bytes]) -> bool:
        """Whether a manuscript with its files says anything else than the one that was taken in last.

        What no import made is compared as it stands. An address that the desk has changed since is no news, nor is a
        file without authors: those that the publication has stay.
        """
        before = self.imported or as_manuscript(self.publication)
        if self.is_imported and _has_new_pictures(text, register, files):
            return True
        if text.slug == self.publication.slug:
            text = replace(text, slug=before.slug)
        if not text.bylines:
            text = replace(text, bylines=before.bylines)
        here = {*files, *(each.digest for each in before.attachments)}
        one, other = (_compared(each, register, here, self.publication.pk) for each in (text, before))
        return one != other


def since_import(uids: Iterable[str]) -> dict[str, Standing]:
    """How the pieces of these uids stand, in two statements."""
    pieces = {
        piece.pk: piece for piece in Publication.objects.filter(uid__in=list(uids)).select_related("kind")
    }
    histories: dict[int, list[Revision]] = {pk: [] for pk in pieces}
    for revision in Revision.objects.filter(publication__in=list(pieces)).order_by("number").iterator():
        history = histories[revision.publication_id]
        if revision.why == Why.IMPORTED:
            history.clear()
        history.append(revision)
    return {str(piece.uid): _standing(piece, histories[pk]) for pk, piece in pieces.items()}


def _standing(piece: Publication, history: list[Revision]) -> Standing:
    if not history or history[0].why != Why.IMPORTED:
        return Standing(piece, None, is_edited=True)
    imported = manuscript.loads(history[0].manuscript)
    return Standing(piece, imported, is_edited=_is_edited(history[0].digest, history[1:]))


def _is_edited(imported: str, later: Iterable[Revision]) -> bool:
    """Whether the working copy is another than the import left it.

    Publishing gives a number and a date and keeps that, which is no edit. A redaction is one for good: what it took
    out must not come back with a file.
    """
    own, is_edited = {imported}, False
    for revision in later:
        if revision.why == Why.REDACTED:
            own.clear()
        elif revision.why == Why.PUBLISHED and not is_edited:
            own.add(revision.digest)
        is_edited = revision.digest not in own
    return is_edited


def _has_new_pictures(text: Manuscript, register: Register, files: Mapping[str, Path | bytes]) -> bool:
    new = [each for each in text.images if each.key not in register.images]
    return any(each.file in files and is_nameable(each) for each in new)


def _compared(text: Manuscript, register: Register, here: set[str], own: int) -> Manuscript:
    """What two files are compared by: all that a working copy takes from them."""
    text = settled(text, register, here=here, own=own)
    return replace(
        text,
        bylines=tuple(replace(line, name="") for line in text.bylines),
        tags=tuple(sorted(name.casefold() for name in text.tags)),
        attachments=tuple(replace(each, file="") for each in text.attachments),
        images=(),
        related=(),
        number="",
        note="",
        uid="",
        more={},
    )
