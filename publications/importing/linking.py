"""The last links of an import: related pieces, cached_for_version all are here, and old pages of authors."""

from collections.abc import Iterable, Sequence
from itertools import batched
from urllib.parse import unquote
from uuid import UUID

from django.utils.translation import gettext as _

from publications import deeds
from publications.importers import People, Sort
from publications.models import AuditLine, Author, DeedKind, FormerPath, Publication, RelatedLink

from .account import Account, Outcome
from .taken import Taken

FOLLOWING = (Outcome.NEW, Outcome.UPDATED, Outcome.UNCHANGED)  # of which the text here is that of the file
MOST = 20
BATCH = 500


def relate_all(done: Sequence[Taken], account: Account, *, by) -> None:
    """Link pieces as their files say, those to pieces that a later run brings included.

    Links that an import has set follow their file; where somebody has set the links of a piece, they stay.
    """
    for some in batched([each for each in done if each.publication], BATCH, strict=False):
        last_set = _last_set([each.publication.pk for each in some])
        following = [each for each in some if last_set.get(each.publication.pk, bool(each.related))]
        now = _links([each.publication.pk for each in following])
        pieces = _by_uid({uid for each in following for uid in _uids(each.related)})
        for each in following:
            targets = _targets(each, pieces)
            account.related += bool(targets)
            if [target.pk for target in targets] != now.get(each.publication.pk, []):
                deeds.relate(each.publication, targets, by=by, imported=True)


def _last_set(keys: Iterable[int]) -> dict[int, bool]:
    """Of pieces whose links were ever set, by primary key: whether an import did it last."""
    lines = AuditLine.objects.filter(deed=DeedKind.RELATE, publication__in=keys).order_by("pk")
    return {pk: bool(detail.get("imported")) for pk, detail in lines.values_list("publication_id", "detail")}


def _links(keys: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = RelatedLink.objects.filter(source__in=keys).order_by("source", "position", "pk")
    for source, target in rows.values_list("source_id", "target_id"):
        found.setdefault(source, []).append(target)
    return found


def _targets(each: Taken, pieces: dict[str, Publication]) -> list[Publication]:
    """The pieces that a file names and that are here, each once; what is left out is told."""
    for name in each.related:
        if not any(uid in pieces for uid in _uids([name])):
            each.entry.tell(Sort.DROPPED, "related", _("A related piece is not here: %s") % name)
    named = [pieces[uid] for uid in _uids(each.related) if uid in pieces]
    targets = [piece for piece in named if piece.pk != each.publication.pk]
    if len(targets) > MOST:
        told = _("Related pieces beyond the first %d were left out.") % MOST
        each.entry.tell(Sort.DROPPED, "related", told)
    return targets[:MOST]


def _uids(written: Iterable[str]) -> list[str]:
    """Those that are uids, in their one spelling, each once."""
    found: dict[str, None] = {}
    for text in written:
        try:
            found[str(UUID(text))] = None
        except ValueError:
            continue
    return list(found)


def _by_uid(uids: set[str]) -> dict[str, Publication]:
    found = (
        Publication.objects.filter(uid__in=some).only("uid")
        for some in batched(sorted(uids), BATCH, strict=False)
    )
    return {str(piece.uid): piece for some in found for piece in some}


def report_lost_fragments(done: Sequence[Taken]) -> None:
    """Report each link of a text that leads to a place that its page does not have."""
    pages = {each.entry.address: each.arrival.anchors for each in done if each.entry.outcome in FOLLOWING}
    for each in done:
        for link in each.arrival.fragment_links:
            path, _mark, fragment = link.partition("#")
            anchors = pages.get(path or each.entry.address)
            if anchors is not None and not {fragment, unquote(fragment)} & anchors:
                told = _("A link leads to a place that its page does not have: %s") % link
                each.entry.tell(Sort.DROPPED, "fragment", told)


def lead_authors(people: People, account: Account, *, by) -> None:
    """Let the old pages of those who write here lead to their new ones; a pen name has no page."""
    former = {person.slug: person.former_paths for person in people.by_id.values() if person.former_paths}
    if not former:
        return
    known = set(FormerPath.objects.exclude(author=None).values_list("path", flat=True))
    for author in Author.objects.filter(slug__in=former, pseudonymous=False):
        paths = [path for path in former[author.slug] if path]
        account.redirects += len(paths)
        if any(FormerPath.normal(path) not in known for path in paths):
            deeds.lead_here(author, paths, by=by)
