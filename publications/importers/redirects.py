"""Redirects of an import: from the old addresses in files to their publications, unless another has the address."""

from collections.abc import Iterable, Iterator, Mapping

from publications import actions
from publications.actions import AddressRefusal, OldAddress, RefusedAddress
from publications.models import ActionType, AuditEntry, Author, Image, Redirect
from publications.stored_messages import gettext as _
from publications.stored_messages import ngettext

from .imported_file import NoteKind
from .report import FileReport
from .source_authors import AuthorList


def add_redirects(file: FileReport, *, by) -> int:
    """Redirect the old addresses of a file to its publication, and report those that cannot.

    A redacted publication gets no new redirects, because the redaction may have removed them; they are reported as a
    number only.

    Returns:
        The number of addresses that redirect to the publication.
    """
    former_paths = [path for path in file.imported.former_paths if path and "?" not in path]
    if not former_paths or not file.publication:
        return 0
    normalized = {path: Redirect.normalize_path(path) for path in former_paths}
    for path in (path for path, normalized_path in normalized.items() if not normalized_path):
        message = _("This is no old address that could lead here: %s") % path
        file.add_note(NoteKind.DROPPED, "redirect", message)
    paths = {path for path in normalized.values() if path.strip("/")}
    if AuditEntry.objects.filter(publication=file.publication, action=ActionType.REDACT).exists():
        paths = _without_new_paths(paths, file)
    refused = actions.add_redirects(file.publication, sorted(paths), by=by)
    for path in sorted(refused):
        message = (
            _("The old address %s is that of something else here already: look at “Old addresses”.") % path
        )
        file.add_note(NoteKind.DROPPED, "redirect", message)
    return len(paths) - len(refused)


def keep_further_addresses(files: Iterable[FileReport], *, by, archive_import: int | None) -> int:
    """Lead the old addresses of texts that have a query to them, and those of pictures and attached files to these.

    Those of texts that cannot be kept are reported. A file that several texts have leads to one of them.

    Returns:
        The number of addresses that lead somewhere.
    """
    stored = [file for file in files if file.publication and file.imported.manuscript]
    keys = {image.key for file in stored for image in file.imported.manuscript.images}
    images = Image.objects.in_bulk(keys, field_name="key")
    owners = {row.address: (file, row) for file in stored for row in _further_addresses(file, images)}
    refused = keep_old_addresses(
        [row for _file, row in owners.values()], by=by, archive_import=archive_import
    )
    for refusal in refused:
        file = owners[refusal.address][0]
        if refusal.address in file.imported.former_paths:
            message = _("The old address %(address)s was not kept: %(why)s")
            values = {"address": refusal.address, "why": refusal.text}
            file.add_note(NoteKind.DROPPED, "redirect", message % values)
    return len(owners) - len(refused)


def _further_addresses(file: FileReport, images: Mapping[str, Image]) -> Iterator[OldAddress]:
    text = file.imported.manuscript
    targets = {image.file: images.get(image.key) for image in text.images}
    digests = {attachment.file: attachment.digest for attachment in text.attachments}
    for address in file.imported.former_paths:
        if "?" in address:
            yield OldAddress(address, file.publication)
    for address, name in file.imported.former_files.items():
        if digests.get(name):
            yield OldAddress(address, file.publication, digests[name])
        elif targets.get(name):
            yield OldAddress(address, targets[name])


def keep_old_addresses(
    rows: Iterable[OldAddress], *, by, archive_import: int | None = None
) -> list[RefusedAddress]:
    """Keep old addresses of another site in one action; safe to repeat.

    They may have a query, and lead to publications, files of theirs, topics, authors, site pages, images and lists. A
    redacted publication gets no new ones, because the redaction may have removed them.

    Args:
        archive_import: the primary key of the `ArchiveImport` that keeps them, if one does.

    Returns:
        Those that could not be kept, with the reasons.
    """
    redactions = AuditEntry.objects.filter(action=ActionType.REDACT).exclude(publication=None)
    redacted = set(redactions.values_list("publication", flat=True).distinct())
    refused, kept = [], []
    for row in rows:
        publication = (row.columns or {}).get("publication")
        is_blocked = publication is not None and publication.pk in redacted and not _is_kept(row)
        (refused if is_blocked else kept).append(row)
    blocked = [RefusedAddress(row.address, AddressRefusal.REDACTED) for row in refused]
    return [*blocked, *actions.keep_old_addresses(kept, by=by, archive_import=archive_import)]


def _is_kept(row: OldAddress) -> bool:
    path, query = row.key or ("", "")
    return Redirect.objects.filter(path=path, query=query).exists()


def _without_new_paths(paths: set[str], file: FileReport) -> set[str]:
    """Return the paths that are redirects already, and report the number of the others."""
    redirects = Redirect.objects.without_query().filter(path__in=paths)
    existing = set(redirects.values_list("path", flat=True))
    if count := len(paths - existing):
        message = ngettext(
            "%d old address was not added: a redaction may have removed it.",
            "%d old addresses were not added: a redaction may have removed them.",
            count,
        )
        file.add_note(NoteKind.DROPPED, "redirect", message % count)
    return paths & existing


def redirect_authors(authors: AuthorList, *, by) -> int:
    """Redirect the old pages of authors to their new ones, except for pseudonyms, which have no page.

    Returns:
        The number of addresses that redirect.
    """
    former_paths = {
        author.slug: author.former_paths for author in authors.by_id.values() if author.former_paths
    }
    if not former_paths:
        return 0
    redirects = Redirect.objects.without_query().exclude(author=None)
    existing = set(redirects.values_list("path", flat=True))
    count = 0
    for author in Author.objects.filter(slug__in=former_paths, is_pseudonymous=False):
        paths = [path for path in former_paths[author.slug] if path]
        count += len(paths)
        if any(Redirect.normalize_path(path) not in existing for path in paths):
            actions.add_redirects(author, paths, by=by)
    return count
