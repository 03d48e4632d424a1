"""The bibliographic record of an edition: the source of citations, export formats and head tags.

A record is built from an edition and its rows, and contains no more than the page of that edition does.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from publications.locales import absolute_url, localized_path
from publications.models import (
    Change,
    Edition,
    EditionAttachment,
    EditionWithRows,
    EditorialNotice,
    SiteSettings,
    Tag,
    TagKind,
    doi_url,
)

from .contributors import Contributor, contributor_fields
from .names import Name

PDF = "application/pdf"


@dataclass(frozen=True)
class Series:
    """A series or project."""

    name: str
    url: str


@dataclass(frozen=True)
class TranslationLink:
    """A live translation."""

    language: str
    title: str
    url: str
    is_original: bool


@dataclass(frozen=True)
class Correction:
    """The note of a correction."""

    note: str
    at: datetime


@dataclass(frozen=True)
class RecordFile:
    """An attached file."""

    url: str
    media_type: str
    size: int
    label: str


@dataclass(frozen=True)
class Record:
    """The record of one edition. Addresses are absolute; labels are in the language of its locale.

    The title begins with the prefix of the notice, if there is one.
    """

    title: str
    language: str
    locale: str
    url: str
    kind: str
    label: str
    published_on: date
    first_published_at: datetime
    publisher: str
    publisher_short: str
    publisher_url: str
    authors: tuple[Contributor, ...] = ()
    editors: tuple[Contributor, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    summary: str = ""
    number: str = ""
    doi: str = ""
    isbn: str = ""
    external_url: str = ""
    keywords: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    translations: tuple[TranslationLink, ...] = ()
    corrections: tuple[Correction, ...] = ()
    notice: EditorialNotice | None = None
    files: tuple[RecordFile, ...] = ()
    license_url: str = ""
    last_announced_at: datetime | None = None
    modified_at: datetime | None = None
    edition_number: int = 1
    word_count: int = 0
    schema_type: str = "Article"
    is_scholarly: bool = False
    is_report: bool = False
    is_original: bool = True
    is_current: bool = True
    key: str = ""
    edition_with_rows: EditionWithRows | None = field(default=None, repr=False, compare=False)

    @property
    def edition(self) -> Edition:
        """The edition that the record was built from."""
        return self.edition_with_rows.edition

    @property
    def creators(self) -> list[Name]:
        """The names that a citation starts with: the authors in order, or else the publisher."""
        return [person.name for person in self.authors] or [Name(self.publisher)]

    @property
    def notice_statement(self) -> str:
        """Who retracted it or expressed a concern, when and why; "" without a notice."""
        return self.notice.statement(self.publisher) if self.notice else ""

    @property
    def notes(self) -> list[str]:
        """What formats without a field for it say in a note: the notice, and where the text is."""
        address = f"Text: {self.external_url}" if self.external_url else ""
        return [note for note in (self.notice_statement, address) if note]

    @property
    def pdf(self) -> str:
        """The address of the PDF: of an attached one, or else of the typeset one, which alone carries a notice."""
        attached = (file.url for file in self.files if file.media_type == PDF and not self.notice)
        return next(attached, self.url_in("pdf"))

    @property
    def citation_url(self) -> str:
        """The address to cite: the DOI, or else, and for a superseded edition, the permanent address."""
        return doi_url(self.doi) if self.doi and self.is_current else self.url

    def url_in(self, extension: str) -> str:
        """Return the address of the edition in a format."""
        return f"{self.url.rstrip('/')}.{extension}"


def build_record(edition_with_rows: EditionWithRows, *, site: SiteSettings, address: str = "") -> Record:
    """Return the record of an edition, without a query.

    Args:
        address: the path to cite instead of that of the publication, for an edition that is not the live one.
    """
    edition, tags = edition_with_rows.edition, edition_with_rows.tags
    return Record(
        edition_with_rows=edition_with_rows,
        title=edition_with_rows.marked_title,
        notice=edition_with_rows.notice,
        language=edition.language,
        locale=edition.locale,
        url=absolute_url(address or edition.get_absolute_url()),
        label=edition.kind_label,
        published_on=timezone.localdate(edition.published_at),
        first_published_at=edition_with_rows.first_published_at,
        last_announced_at=edition_with_rows.last_announced_at,
        modified_at=_modified_at(edition, edition_with_rows.last_announced_at),
        summary=edition.summary or " ".join(edition.key_points_list),
        doi=edition.doi,
        isbn=edition.isbn,
        external_url=edition.external_url,
        edition_number=edition.number,
        word_count=edition.word_count,
        is_current=not address,
        is_original=edition.translation_group == edition.publication_id,
        keywords=tuple(
            sorted((tag.get_translation("name", edition.locale) for tag in tags), key=str.casefold)
        ),
        series=tuple(_series(edition, tag) for tag in tags if tag.kind == TagKind.SERIES),
        translations=tuple(_translation_link(edition, other) for other in edition_with_rows.translations),
        corrections=tuple(
            Correction(correction.change_note, correction.visible_from)
            for correction in edition_with_rows.corrections
        ),
        files=tuple(_file(edition_with_rows, file) for file in edition_with_rows.attachments),
        license_url=settings.TEXT_LICENSE,
        **_kind_fields(edition),
        **_publisher_fields(site, edition.locale),
        **contributor_fields(edition, edition_with_rows.bylines),
    )


def _modified_at(edition: Edition, last_announced_at: datetime | None) -> datetime:
    """Return when the text last changed: as the page announces it, or when a silent fix became public.

    The first edition has not changed, however late it came after its date.
    """
    if edition.number is None or edition.change == Change.FIRST:  # a preview has no number
        return edition.published_at
    if edition.change == Change.SILENT or last_announced_at is None:
        return max(edition.published_at, edition.visible_from)
    return last_announced_at


def _kind_fields(edition: Edition) -> dict[str, object]:
    kind, number = edition.kind, edition.current_series_number
    return {
        "kind": kind.get_translation("name", edition.locale),
        "number": str(number) if number else "",
        "schema_type": kind.schema_type,
        "is_scholarly": kind.is_scholarly,
        "is_report": kind.is_numbered or bool(number),
    }


def _publisher_fields(site: SiteSettings, locale: str) -> dict[str, str]:
    return {
        "publisher": site.get_translation("name", locale),
        "publisher_short": site.short_name,
        "publisher_url": absolute_url(localized_path(locale, "publications:home")),
    }


def _series(edition: Edition, tag: Tag) -> Series:
    return Series(
        tag.get_translation("name", edition.locale),
        absolute_url(localized_path(edition.locale, "publications:topic", slug=tag.slug)),
    )


def _translation_link(edition: Edition, other: Edition) -> TranslationLink:
    return TranslationLink(
        language=other.language,
        title=other.marked_title,
        url=absolute_url(other.get_absolute_url()),
        is_original=other.publication_id == edition.translation_group,
    )


def _file(rows: EditionWithRows, file: EditionAttachment) -> RecordFile:
    edition = rows.edition
    url_kwargs = {"slug": edition.slug, "digest": file.digest[:32], "filename": file.filename}
    return RecordFile(
        url=absolute_url(localized_path(edition.locale, "publications:attachment", **url_kwargs)),
        media_type=file.media_type,
        size=file.size,
        label=rows.marked_label(file),
    )
