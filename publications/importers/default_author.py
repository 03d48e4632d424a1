"""The default author of texts without a byline, usually the organisation."""

from dataclasses import replace

from publications.manuscript import ManuscriptByline
from publications.slugs import slugify
from publications.stored_messages import gettext as _

from .import_cache import ImportCache
from .imported_file import ImportedFile, ImportNote, NoteKind
from .options import InvalidOptions
from .report import ImportReport
from .source_authors import AuthorList


def build_default_byline(
    name: str, authors: AuthorList, import_cache: ImportCache
) -> ManuscriptByline | None:
    """Return the byline for the default author.

    Args:
        name: a name, an alias or an id; looked up in the author list of the import, then among the authors of the
            site. An unknown name is registered as a new organisation.

    Returns:
        The byline, or None if the name is empty.

    Raises:
        InvalidOptions: the name has no characters for an address.
    """
    if not name.strip():
        return None
    match = authors.find(name)
    author = None if match.is_known else import_cache.find_author(name, name)
    slug, full_name = (author.slug, author.name) if author else (match.slug, match.name)
    if not slugify(slug):
        raise InvalidOptions(_("“%(name)s” is no name for an author.") % {"name": name})
    if not author and not match.is_known:
        import_cache.organisation_slugs.add(slug)
    return ManuscriptByline(author=slug, name=full_name)


def report_new_organisation(
    report: ImportReport, byline: ManuscriptByline | None, import_cache: ImportCache
) -> None:
    """Report, with the first text signed, that the default author was created as an organisation."""
    if byline is None or byline.author not in import_cache.organisation_slugs:
        return
    if file := next((file for file in report.files if file.notes_on("signed")), None):
        message = _(
            "“%s” is a new author, taken for an organisation. If it is a person, untick “organisation” among the "
            "authors."
        )
        file.add_note(NoteKind.GUESSED, "organisation", message % byline.name)


def apply_default_byline(imported: ImportedFile, byline: ManuscriptByline | None) -> ImportedFile:
    """Return the file with the default byline and a note if it names no author, otherwise unchanged."""
    if byline is None or imported.manuscript is None or imported.manuscript.bylines:
        return imported
    message = _("It names no author, and was signed: %s") % byline.name
    return replace(
        imported,
        manuscript=replace(imported.manuscript, bylines=(byline,)),
        non_guest_authors=imported.non_guest_authors | {byline.author},
        notes=[*imported.notes, ImportNote(NoteKind.GUESSED, "signed", message)],
    )
