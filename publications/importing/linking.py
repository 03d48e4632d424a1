"""The last links of an import: related pieces, once all are here, and old pages of authors."""

from collections.abc import Iterator
from itertools import batched

from django.utils.translation import gettext as _

from publications import deeds
from publications.importers import People, Sort
from publications.models import AuditLine, Author, DeedKind, FormerPath, Publication

from .account import Account

MOST = 20
BATCH = 500


def relate_all(done: list, account: Account, *, by) -> None:
    """Link pieces as their files say. Where somebody has set the links of a piece, they stay as they are."""
    wanted = [each for each in done if each.publication and each.related]
    uids = {uid for each in wanted for uid in each.related}
    pieces = {str(piece.uid): piece for piece in _by_uid(uids)}
    decided = set(
        AuditLine.objects.filter(deed=DeedKind.RELATE, publication__in=[each.publication.pk for each in wanted])
        .values_list("publication_id", flat=True)
    )  # fmt: skip
    for each in wanted:
        account.related += 1
        if each.publication.pk in decided:
            continue
        targets = [pieces[uid] for uid in each.related if uid in pieces]
        if len(targets) > MOST:
            each.entry.tell(
                Sort.DROPPED, "related", _("Related pieces beyond the first %d were left out.") % MOST
            )
        deeds.relate(each.publication, targets[:MOST], by=by)


def _by_uid(uids: set[str]) -> Iterator[Publication]:
    for some in batched(sorted(uids), BATCH, strict=False):
        yield from Publication.objects.filter(uid__in=some).only("uid")


def lead_authors(people: People, account: Account, *, by) -> None:
    """Let the old pages of those who write here lead to their new ones."""
    former = {person.slug: person.former_paths for person in people.by_id.values() if person.former_paths}
    if not former:
        return
    known = set(FormerPath.objects.exclude(author=None).values_list("path", flat=True))
    for author in Author.objects.filter(slug__in=former):
        paths = [path for path in former[author.slug] if path]
        account.redirects += len(paths)
        if any(FormerPath.normal(path) not in known for path in paths):
            deeds.lead_here(author, paths, by=by)
