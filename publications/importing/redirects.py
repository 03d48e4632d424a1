"""Redirects of an import: old addresses that files name lead to their publications, never away from another one."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications import deeds
from publications.addresses import in_tree
from publications.importers import Sort
from publications.languages import TREES, tree_of
from publications.models import Address, AuditLine, DeedKind, FormerPath, Publication

from .taken import Taken


def add_redirects(taken: Taken, *, by) -> int:
    """Let the old addresses of a file redirect to its publication, and report those that cannot.

    A publication that was redacted gets no new ones, as a redaction may have removed them: they are counted, not named.

    Returns:
        How many of them redirect to it now.
    """
    if not taken.arrival.former_paths or not taken.publication:
        return 0
    spelled = {path: FormerPath.normal(path) for path in taken.arrival.former_paths if path}
    for path in (path for path, normal in spelled.items() if not normal):
        told = _("This is no old address that could lead here: %s") % path
        taken.entry.tell(Sort.DROPPED, "redirect", told)
    paths = {path for path in spelled.values() if path.strip("/")}
    if AuditLine.objects.filter(publication=taken.publication, deed=DeedKind.REDACT).exists():
        paths = _without_new_paths(paths, taken)
    others = _addresses_of_others(paths, taken.publication)
    elsewhere = deeds.lead_here(taken.publication, sorted(paths - others), by=by)
    for path in sorted({*others, *elsewhere}):
        told = _("The old address %s leads to another piece already.") % path
        taken.entry.tell(Sort.DROPPED, "redirect", told)
    return len(paths) - len({*others, *elsewhere})


def _without_new_paths(paths: set[str], taken: Taken) -> set[str]:
    """Return the paths that redirect somewhere already, and report how many others there are."""
    present = set(FormerPath.objects.filter(path__in=paths).values_list("path", flat=True))
    if count := len(paths - present):
        told = ngettext(
            "%d old address was not added: a redaction may have removed it.",
            "%d old addresses were not added: a redaction may have removed them.",
            count,
        )
        taken.entry.tell(Sort.DROPPED, "redirect", told % count)
    return paths & present


def _addresses_of_others(paths: Iterable[str], publication: Publication) -> set[str]:
    """The paths that are addresses of other publications of this site, drafts included."""
    return {path for path in paths if (place := _place_on_this_site(path)) and _is_taken(*place, publication)}


def _place_on_this_site(path: str) -> tuple[str, str] | None:
    """The locale and the slug of a path that is shaped like the address of a publication here."""
    for tree in TREES:
        before = FormerPath.normal(in_tree(tree, "publications:detail", slug="x")).removesuffix("x")
        if path.startswith(before) and "/" not in path.removeprefix(before):
            return tree, path.removeprefix(before)
    return None


def _is_taken(tree: str, slug: str, publication: Publication) -> bool:
    if Address.objects.filter(tree=tree, slug=slug).exclude(publication=publication).exists():
        return True
    drafts = Publication.objects.filter(slug=slug).exclude(pk=publication.pk)
    return any(tree_of(language) == tree for language in drafts.values_list("language", flat=True))
