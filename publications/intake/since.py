"""What has become of pieces since they were last taken in: whether a file brings news, and whether it may be taken.

The rule: a file is compared with the revision that the last import kept. The same: nothing is done, whatever the
desk has made of the piece. Another, and the desk has saved nothing else since: the draft follows the file.
Another, and the desk has: the desk's text stays, and that is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from publications import manuscript
from publications.languages import slugify
from publications.manuscript import Manuscript
from publications.models import Publication, Revision, Why, settled_doi, settled_isbn, split_at_commas

from .register import Register


@dataclass
class Standing:
    """A piece on the site, its text as last taken in, and whether the desk has changed it since."""

    publication: Publication
    imported: Manuscript | None
    is_edited: bool

    def brings_news(self, text: Manuscript, register: Register) -> bool:
        """Whether a manuscript says anything else than the one that was taken in last."""
        return self.imported is None or _settled(text, register) != _settled(self.imported, register)


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
        return Standing(piece, None, is_edited=bool(history))
    own = {history[0].digest}
    for revision in history[1:]:
        if revision.why == Why.PUBLISHED:  # publishing gives a number and a date, and keeps that
            own.add(revision.digest)
        elif revision.digest not in own:
            return Standing(piece, manuscript.loads(history[0].manuscript), is_edited=True)
    return Standing(piece, manuscript.loads(history[0].manuscript), is_edited=False)


def _settled(text: Manuscript, register: Register) -> Manuscript:
    """What an import puts into a working copy, in one form: names of authors and tags as the site has them."""
    tags = {name[:100].casefold() for name in split_at_commas(",".join(text.tags))}
    return replace(
        text,
        title=text.title[:250],
        slug=slugify(text.slug),
        doi=settled_doi(text.doi),
        isbn=settled_isbn(text.isbn),
        bylines=tuple(dict.fromkeys(_author(line, register) for line in text.bylines)),
        tags=tuple(sorted(tags)),
        key_points=tuple(point.strip() for point in text.key_points if point.strip()),
        published_at=text.published_at,
        translation_of=str(text.translation_of),
        attachments=tuple(replace(each, label="", file="") for each in text.attachments),
        images=(),
        related=(),
        number="",
        note="",
        uid="",
        more={},
    )


def _author(line: manuscript.Byline, register: Register) -> manuscript.Byline:
    known = register.author(line.author, line.name)
    return replace(line, author=known.slug if known else line.author, name="")
