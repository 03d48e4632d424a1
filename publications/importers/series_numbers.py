"""Series numbers that a source names, such as 7/2012: kept where they are free, as reports are cited by them."""

from uuid import UUID

from publications.manuscript import Manuscript
from publications.models import Edition, Publication, SeriesNumber
from publications.stored_messages import gettext as _

from .import_cache import ImportCache
from .normalize import is_uid
from .series_number_formats import parse_series_number


def keep_series_number(publication: Publication, manuscript: Manuscript, import_cache: ImportCache) -> None:
    """Give an unsaved draft the number that its manuscript names, if no other text has it, and it has none yet."""
    if not _needs_number(publication, manuscript):
        return
    year, number = parse_series_number(manuscript)
    row, _created = SeriesNumber.objects.get_or_create(kind=publication.kind, year=year, number=number)
    group, owners = _find_group(publication, manuscript), import_cache.series_numbers
    if row.pk not in owners:
        owners[row.pk] = _find_owner(row) or group
    if owners[row.pk] == group:
        publication.series_number = row


def has_new_number(publication: Publication, manuscript: Manuscript) -> bool:
    """Whether a stored draft without a number would get that of its manuscript, as by better rules."""
    if not _needs_number(publication, manuscript):
        return False
    year, number = parse_series_number(manuscript)
    row = SeriesNumber.objects.filter(kind=publication.kind, year=year, number=number).first()
    return row is None or _find_owner(row) in ("", _find_group(publication, manuscript))


def _needs_number(publication: Publication, manuscript: Manuscript) -> bool:
    has_place = publication.kind.is_numbered and not _number_of(publication)
    return has_place and parse_series_number(manuscript) is not None


def describe_lost_number(publication: Publication, manuscript: Manuscript) -> list[str]:
    """Return a message on the number of a manuscript that its draft does not have."""
    if not manuscript.number.strip():
        return []
    parsed, kept = parse_series_number(manuscript), _number_of(publication)
    if kept and parsed == (kept.year, kept.number):
        return []
    if not publication.kind.is_numbered:
        message = _("Number left out, as publications of this kind have none: %s.")
    elif not parsed:
        message = _("Number left out, as it is not one such as 7/2012, of a year from 1900 to 2099: %s.")
    elif kept:
        message = _("Number left out, as this text has one already: %s.")
    else:
        message = _("Number left out, as another text has it, or had it when this one was imported: %s.")
    return [message % manuscript.number.strip()]


def _number_of(publication: Publication) -> SeriesNumber | None:
    """Return the number of a publication if it is of its kind."""
    number = publication.series_number
    return number if number and number.kind_id == publication.kind_id else None


def _find_group(publication: Publication, manuscript: Manuscript) -> str:
    """Return the uid of the original: the one that the manuscript names, which may come later, or that of the draft."""
    named = manuscript.translation_of
    return str(UUID(named)) if is_uid(named) else _group_of(publication)


def _group_of(publication: Publication) -> str:
    """Return the uid of the original: a text and its translations share a number."""
    return str(publication.source_publication.uid)


def _find_owner(row: SeriesNumber) -> str:
    """Return the uid of the original that has a number, or ""."""
    edition = Edition.objects.filter(series_number=row).select_related("publication").first()
    owner = Publication.objects.filter(series_number=row).first() or (edition and edition.publication)
    return _group_of(owner) if owner else ""
