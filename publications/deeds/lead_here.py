"""lead_here: let addresses of another time lead to a piece or an author. A path that leads elsewhere is left alone."""

from collections.abc import Sequence

from django.db import transaction

from publications.models import Author, DeedKind, FormerPath, Publication, Tag

from .ground import begin


@transaction.atomic
def lead_here(target: Publication | Author | Tag, paths: Sequence[str], *, by) -> list[str]:
    """Let the former paths lead to the target; gives those that belong to something else, which stay with it.

    Repeating it changes nothing. The target need not be public: a path answers once it is. The audit line says how
    many there are, not which: a path may hold a name that is to be taken out one day. Raises ClockBehind.
    """
    field = {Author: "author", Tag: "tag"}.get(type(target), "publication")
    wanted = list(dict.fromkeys(path for path in map(FormerPath.normal, paths) if path.strip("/")))
    known = {row.path: row for row in FormerPath.objects.filter(path__in=wanted)}
    new = [path for path in wanted if path not in known]
    if new:
        deed = begin(by=by)
        FormerPath.objects.bulk_create(FormerPath(path=path, **{field: target}) for path in new)
        piece = target if isinstance(target, Publication) else None
        deed.tell(DeedKind.AMEND, target, publication=piece, kind="formerpath", pk=target.pk, count=len(new))
    return [path for path, row in known.items() if getattr(row, f"{field}_id") != target.pk]
