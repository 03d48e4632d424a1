"""publish_many: publish a batch, one deed each, under one lock: for imports, where thousands follow each other."""

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import prefetch_related_objects

from publications import prose, search
from publications.composing import Prepared, compose
from publications.models import (
    ROWS,
    Address,
    AuditLine,
    Change,
    Edition,
    EditionWithRows,
    Generation,
    Publication,
    Revision,
    Why,
    whole_minute,
)

from .ground import ClockBehind, Deed, NotReady, Refused, keep, start
from .publish import (
    Window,
    address_taken,
    date_for_readers,
    put_before_readers,
    put_in_window,
    told_of,
    window_of,
)
from .storing import store_all

Outcome = Edition | Refused


@dataclass(frozen=True)
class Batch:
    """What the deeds of a batch share: the generation that is held, who does them, what was rendered ahead."""

    generation: Generation
    by: User | None
    prepared: Prepared
    ends: Mapping[int, datetime]

    @contextmanager
    def deed(self, piece: Publication | None = None) -> Iterator[Deed]:
        """A deed of its own; where it is refused, its number of the generation is not used up."""
        number, at = self.generation.number, self.generation.at
        try:
            yield start(self.generation, by=self.by, publication=piece)
        except Refused:
            self.generation.number, self.generation.at = number, at
            raise


@transaction.atomic
def publish_many(
    publications: Sequence[Publication],
    *,
    by: User | None,
    prepared: Prepared | None = None,
    ends: Mapping[int, datetime] | None = None,
) -> list[Outcome]:
    """Put each before its readers now, by the rules of publish; says of each its edition or why there is none.

    One that is refused leaves the others as they are. Every piece has its own audit line and its own number of
    the generation. First editions at a given address and without a number are written together, all others one
    by one; a test holds that both ways write the same. `prepared` are texts that were rendered ahead; `ends` are
    the moments at which some pieces end, by primary key. Raises ClockBehind, and nothing is done.
    """
    if not publications:
        return []
    batch = Batch(Generation.objects.select_for_update().get(), by, prepared or {}, ends or {})
    before = batch.generation.number
    pieces = _held(publications)
    first = _first(pieces) - set(batch.ends)
    outcomes = _publish_first(batch, [piece for piece in pieces if piece.pk in first])
    for piece in pieces:
        if piece.pk not in first:
            outcomes[piece.pk] = _publish(batch, piece)
    if batch.generation.number != before:
        keep(batch.generation)
    return [outcomes[publication.pk] for publication in publications]


def _held(publications: Sequence[Publication]) -> list[Publication]:
    """The pieces as the database has them now, held until the deeds are done."""
    keys = [publication.pk for publication in publications]
    found = Publication.objects.select_for_update(no_key=True).in_bulk(keys)
    return [found[pk] for pk in dict.fromkeys(keys)]


def _first(pieces: Sequence[Publication]) -> set[int]:
    """Those that were never published or scheduled, have an address, and are of a kind that gives no numbers."""
    prefetch_related_objects(pieces, "kind")
    there = set(Edition.objects.filter(publication__in=pieces).values_list("publication_id", flat=True))
    return {piece.pk for piece in pieces if piece.pk not in there and piece.slug and not piece.kind.numbered}


def _publish(batch: Batch, piece: Publication) -> Outcome:
    try:
        with transaction.atomic(), batch.deed(piece) as deed:
            until = batch.ends.get(piece.pk)
            return put_before_readers(deed, piece, until=until, prepared=batch.prepared)
    except ClockBehind:
        raise
    except Refused as reason:
        return reason


@dataclass
class Draft:
    """A first edition on its way: its deed, its window and what it is made of."""

    deed: Deed
    window: Window
    piece: Publication
    composition: EditionWithRows
    is_changed: bool


def _publish_first(batch: Batch, pieces: Sequence[Publication]) -> dict[int, Outcome]:
    """What publish does for a piece that has no edition, for many at once."""
    if not pieces:
        return {}
    prefetch_related_objects(pieces, *ROWS)
    owners = _owners(pieces)
    there = frozenset(owners)
    outcomes: dict[int, Outcome] = {}
    drafts = []
    for piece in pieces:
        try:
            with batch.deed() as deed:
                drafts.append(_draft(piece, deed, owners, batch.prepared))
        except ClockBehind:
            raise
        except Refused as reason:
            outcomes[piece.pk] = reason
        else:
            owners[piece.tree, piece.slug] = piece.pk
    return outcomes | _store(drafts, there, batch.by)


Owners = dict[tuple[str, str], int]


def _owners(pieces: Sequence[Publication]) -> Owners:
    """Whom the addresses that the pieces propose belong to."""
    slugs = [piece.proposed_slug() for piece in pieces]
    rows = Address.objects.filter(slug__in=slugs).values_list("tree", "slug", "publication_id")
    return {(tree, slug): pk for tree, slug, pk in rows}


def _draft(piece: Publication, deed: Deed, owners: Owners, prepared: Prepared) -> Draft:
    """Everything that may be refused, before anything is written. Raises NotReady or Refused."""
    if reasons := piece.missing():
        raise NotReady(*reasons)
    window = window_of(None, None, deed.moment)
    date = date_for_readers(piece, window, Change.FIRST, None)
    before = piece.slug, piece.published_at
    piece.slug = piece.proposed_slug()
    if owners.get((piece.tree, piece.slug), piece.pk) != piece.pk:
        raise address_taken(piece.slug)
    if piece.published_at and date != whole_minute(piece.published_at):
        piece.published_at = None
    try:
        composition = compose(piece, published_at=date, prepared=prepared, is_first=True)
    except prose.Unrenderable as reason:
        raise NotReady(str(reason)) from reason
    composition.edition.number = 1
    put_in_window(composition.edition, window, Change.FIRST, "", deed)
    return Draft(deed, window, piece, composition, is_changed=before != (piece.slug, piece.published_at))


def _store(drafts: list[Draft], there: Container[tuple[str, str]], by: User | None) -> dict[int, Outcome]:
    """Write working copies, addresses that are not `there` yet, revisions, editions and audit lines, in this order."""
    pieces = [draft.piece for draft in drafts]
    changed = [draft.piece for draft in drafts if draft.is_changed]
    Publication.objects.bulk_update(changed, ["published_at", "slug"])
    new = [piece for piece in pieces if (piece.tree, piece.slug) not in there]
    Address.objects.bulk_create(Address(tree=piece.tree, slug=piece.slug, publication=piece) for piece in new)
    Revision.objects.keep_many(pieces, by=by, why=Why.PUBLISHED)
    for draft in drafts:
        draft.composition.edition.digest = draft.piece.digest
    editions = store_all([draft.composition for draft in drafts])
    search.store(edition.pk for edition in editions)
    for draft in drafts:
        draft.composition.edition.replaced = draft.composition.edition.kept = None
    AuditLine.objects.bulk_create(told_of(draft.deed, draft.composition.edition) for draft in drafts)
    return {draft.piece.pk: draft.composition.edition for draft in drafts}
