"""Redirects of an import: old addresses that files name redirect to their publications, never away from another one."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications import actions
from publications.locales import LOCALES, locale_of, localized_path
from publications.models import ActionType, Address, AuditEntry, Author, Publication, Redirect

from .markdown import AuthorList
from .report import FileReport, NoteKind


def add_redirects(file: FileReport, *, by) -> int:
    """Let the old addresses of a file redirect to its publication, and report those that cannot.

    A publication that was redacted gets no new ones, as a redaction may have removed them: they are counted, not named.

    Returns:
        How many of them redirect to it now.
    """
    if not file.imported.former_paths or not file.publication:
        return 0
    normal = {path: Redirect.normal(path) for path in file.imported.former_paths if path}
    for path in (path for path, spelled in normal.items() if not spelled):
        message = _("This is no old address that could lead here: %s") % path
        file.add_note(NoteKind.DROPPED, "redirect", message)
    paths = {path for path in normal.values() if path.strip("/")}
    if AuditEntry.objects.filter(publication=file.publication, action=ActionType.REDACT).exists():
        paths = _without_new_paths(paths, file)
    taken = _addresses_of_others(paths, file.publication)
    elsewhere = actions.add_redirects(file.publication, sorted(paths - taken), by=by)
    for path in sorted({*taken, *elsewhere}):
        message = _("The old address %s leads to another piece already.") % path
        file.add_note(NoteKind.DROPPED, "redirect", message)
    return len(paths) - len({*taken, *elsewhere})


def _without_new_paths(paths: set[str], file: FileReport) -> set[str]:
    """Return the paths that redirect somewhere already, and report how many others there are."""
    present = set(Redirect.objects.filter(path__in=paths).values_list("path", flat=True))
    if count := len(paths - present):
        message = ngettext(
            "%d old address was not added: a redaction may have removed it.",
            "%d old addresses were not added: a redaction may have removed them.",
            count,
        )
        file.add_note(NoteKind.DROPPED, "redirect", message % count)
    return paths & present


def _addresses_of_others(paths: Iterable[str], publication: Publication) -> set[str]:
    """The paths that are addresses of other publications of this site, drafts included."""
    return {path for path in paths if (place := _split_address(path)) and _is_taken(*place, publication)}


def _split_address(path: str) -> tuple[str, str] | None:
    """The locale and the slug of a path that is shaped like the address of a publication here."""
    for locale in LOCALES:
        prefix = Redirect.normal(localized_path(locale, "publications:detail", slug="x")).removesuffix("x")
        if path.startswith(prefix) and "/" not in path.removeprefix(prefix):
            return locale, path.removeprefix(prefix)
    return None


def _is_taken(locale: str, slug: str, publication: Publication) -> bool:
    if Address.objects.filter(locale=locale, slug=slug).exclude(publication=publication).exists():
        return True
    drafts = Publication.objects.filter(slug=slug).exclude(pk=publication.pk)
    return any(locale_of(language) == locale for language in drafts.values_list("language", flat=True))


def redirect_authors(authors: AuthorList, *, by) -> int:
    """Let the old pages of authors of this site redirect to their new ones; a pen name has no page.

    Returns:
        How many of them redirect now.
    """
    former = {author.slug: author.former_paths for author in authors.by_id.values() if author.former_paths}
    if not former:
        return 0
    known = set(Redirect.objects.exclude(author=None).values_list("path", flat=True))
    count = 0
    for author in Author.objects.filter(slug__in=former, is_pseudonymous=False):
        paths = [path for path in former[author.slug] if path]
        count += len(paths)
        if any(Redirect.normal(path) not in known for path in paths):
            actions.add_redirects(author, paths, by=by)
    return count
