"""The bibliographic record of an edition, from which every citation, export format and head of a page is made.

A record is made of an edition and its rows, and says no more than the page of that edition does.

Citations sort people by their family names ("Berg, Ann"), but a byline is one line of text. The family name is the
author's own where one is stored, else a guess, which is right for most names of Europe.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from publications.locales import absolute_url, localized_path
from publications.models import (
    BylineRole,
    Change,
    Edition,
    EditionAttachment,
    EditionByline,
    EditionWithRows,
    SiteSettings,
    Tag,
    TagKind,
)

PDF = "application/pdf"
PARTICLES = {
    "af", "al", "av", "bin", "da", "dal", "de", "dei", "del", "della", "den", "der", "des", "di", "do", "dos", "du",
    "el", "ibn", "la", "le", "lo", "ten", "ter", "van", "von", "zu", "zum", "zur",
}  # fmt: skip
"""Small words that belong to the family name behind them."""
SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"}


@dataclass(frozen=True)
class Name:
    """A person or an organisation. Without a family name it is always written as it is read."""

    full: str
    family: str = ""
    given: str = ""
    suffix: str = ""

    @property
    def inverted(self) -> str:
        """Berg, Ann"""
        return ", ".join(part for part in (self.family, self.given, self.suffix) if part) or self.full

    @property
    def initials(self) -> str:
        """A.-C. B. for Ann-Charlotte Britt"""
        return " ".join(
            "-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in self.given.split()
        )


@dataclass(frozen=True)
class Contributor:
    """A person or an organisation in a byline; `url` is that of their page, which a pen name does not have."""

    name: Name
    url: str = ""
    orcid: str = ""
    title: str = ""
    affiliation: str = ""
    is_organisation: bool = False


@dataclass(frozen=True)
class Series:
    """A series or project that pieces belong to."""

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
    """A note that told readers what had been wrong."""

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
    """One edition of a piece. Addresses are whole; words are in the language of the piece's tree."""

    title: str
    language: str
    locale: str
    url: str
    kind: str
    label: str
    published: date
    first_published: datetime
    publisher: str
    publisher_short: str
    publisher_url: str
    authors: tuple[Contributor, ...] = ()
    editors: tuple[Contributor, ...] = ()
    others: tuple[Contributor, ...] = ()
    summary: str = ""
    number: str = ""
    doi: str = ""
    isbn: str = ""
    external_url: str = ""
    keywords: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    texts: tuple[TranslationLink, ...] = ()
    corrections: tuple[Correction, ...] = ()
    files: tuple[RecordFile, ...] = ()
    announced: datetime | None = None
    modified: datetime | None = None
    edition: int = 1
    words: int = 0
    schema_type: str = "Article"
    is_scholarly: bool = False
    is_report: bool = False
    is_original: bool = True
    is_current: bool = True
    key: str = ""
    rows: EditionWithRows | None = field(default=None, repr=False, compare=False)

    @property
    def creators(self) -> list[Name]:
        """Whom a reference begins with: the authors, in the order of the piece, else the organisation."""
        return [person.name for person in self.authors] or [Name(self.publisher)]

    @property
    def pdf(self) -> str:
        """The address of the piece as a PDF: the one that was designed, or else the one that is made of its page."""
        designed = (file.url for file in self.files if file.media_type == PDF)
        return next(designed, f"{self.url.rstrip('/')}.pdf")


def moment(at: datetime) -> str:
    """A moment to the second, in the zone of the site (RFC 3339)."""
    return timezone.localtime(at).isoformat(timespec="seconds")


def build_record(rows: EditionWithRows, *, site: SiteSettings, address: str = "") -> Record:
    """Return the record of an edition, without a query.

    Args:
        address: the path to cite instead of that of the publication, for an edition that is not the live one.
    """
    edition, tags = rows.edition, rows.tags
    return Record(
        rows=rows,
        title=edition.title,
        language=edition.language,
        locale=edition.locale,
        url=absolute_url(address or edition.get_absolute_url()),
        label=edition.kind_label,
        published=timezone.localdate(edition.published_at),
        first_published=rows.first_published_at,
        announced=rows.last_announced_at,
        modified=_modified_at(edition, rows.last_announced_at),
        summary=edition.summary or " ".join(edition.key_points_list),
        doi=edition.doi,
        isbn=edition.isbn,
        external_url=edition.external_url,
        edition=edition.number,
        words=edition.word_count,
        is_current=not address,
        is_original=edition.translation_group == edition.publication_id,
        keywords=tuple(
            sorted((tag.get_translation("name", edition.locale) for tag in tags), key=str.casefold)
        ),
        series=tuple(_series(edition, tag) for tag in tags if tag.kind == TagKind.SERIES),
        texts=tuple(_translation_link(edition, other) for other in rows.translations),
        corrections=tuple(Correction(each.change_note, each.visible_from) for each in rows.corrections),
        files=tuple(_file(edition, file) for file in rows.attachments),
        **_of_kind(edition),
        **_of_publisher(site, edition.locale),
        **_people(edition, rows.bylines),
    )


def _modified_at(edition: Edition, announced: datetime | None) -> datetime:
    """Return when the text last changed: as the page announces it, or when a silent fix became public.

    The first edition has not changed, however late it came after its date.
    """
    if edition.number is None or edition.change == Change.FIRST:  # a preview has no number
        return edition.published_at
    if edition.change == Change.SILENT or announced is None:
        return max(edition.published_at, edition.visible_from)
    return announced


def _of_kind(edition: Edition) -> dict[str, object]:
    kind, number = edition.kind, edition.number_of_kind
    return {
        "kind": kind.get_translation("name", edition.locale),
        "number": str(number) if number else "",
        "schema_type": kind.schema_type,
        "is_scholarly": kind.is_scholarly,
        "is_report": kind.is_numbered or bool(number),
    }


def _of_publisher(site: SiteSettings, locale: str) -> dict[str, str]:
    return {
        "publisher": site.get_translation("name", locale),
        "publisher_short": site.short_name,
        "publisher_url": absolute_url(localized_path(locale, "publications:home")),
    }


def _people(edition: Edition, bylines: Sequence[EditionByline]) -> dict[str, object]:
    """By their roles; where nobody is called author, all are, as pages and feeds have it."""
    roles: dict[str, list[Contributor]] = {}
    for row in bylines:
        roles.setdefault(row.role, []).append(_person(edition, row))
    if BylineRole.AUTHOR not in roles:
        roles = {BylineRole.AUTHOR: [person for people in roles.values() for person in people]}
    named = {name: tuple(roles.get(role, ())) for name, role in ROLES.items()}
    return {**named, "key": _key(edition, named["authors"])}


ROLES = {"authors": BylineRole.AUTHOR, "editors": BylineRole.EDITOR, "others": BylineRole.WITH}


def _person(edition: Edition, row: EditionByline) -> Contributor:
    """As the page tells of them: of a pen name, the name alone."""
    author = row.author
    name = parse_name(row.name, author.family_name, is_organisation=author.is_organisation)
    if author.is_pseudonymous:
        return Contributor(name, is_organisation=author.is_organisation)
    return Contributor(
        name=name,
        is_organisation=author.is_organisation,
        url=absolute_url(localized_path(edition.locale, "publications:author", slug=author.slug)),
        orcid=author.orcid,
        title=row.title,
        affiliation=row.affiliation,
    )


def _key(edition: Edition, authors: Sequence[Contributor]) -> str:
    """What a list of references calls it: letters and digits of ASCII alone, one key for each address."""
    family = authors[0].name.family if authors else ""
    slug = edition.slug if edition.slug.isascii() else str(edition.publication_id)
    return f"{_plain(family)}{edition.year}-{edition.locale}-{slug}"


def _plain(family: str) -> str:
    """Åkesson as akesson; what has no such letters is left out."""
    letters = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]", "", letters)


def _series(edition: Edition, tag: Tag) -> Series:
    return Series(
        tag.get_translation("name", edition.locale),
        absolute_url(localized_path(edition.locale, "publications:topic", slug=tag.slug)),
    )


def _translation_link(edition: Edition, other: Edition) -> TranslationLink:
    return TranslationLink(
        language=other.language,
        title=other.title,
        url=absolute_url(other.get_absolute_url()),
        is_original=other.publication_id == edition.translation_group,
    )


def _file(edition: Edition, file: EditionAttachment) -> RecordFile:
    way = {"slug": edition.slug, "digest": file.digest[:32], "filename": file.filename}
    return RecordFile(
        url=absolute_url(localized_path(edition.locale, "publications:attachment", **way)),
        media_type=file.media_type,
        size=file.size,
        label=file.label or file.filename,
    )


def parse_name(full: str, family: str = "", *, is_organisation: bool = False) -> Name:
    """A name as its byline has it, with the family name where its author has told it; an organisation has none."""
    full = " ".join(full.split())
    if is_organisation:
        return Name(full)
    words, told = full.split(" "), family.split()
    if told == words:
        return Name(full)
    if told and (place := _place(told, words)) is not None:
        rest = words[:place] + words[place + len(told) :]
        return Name(full, " ".join(told), " ".join(rest))
    return _guessed(full)


def _place(told: list[str], words: list[str]) -> int | None:
    """Where the words told stand among those of the name, the last such place."""
    places = range(len(words) - len(told), -1, -1)
    return next((place for place in places if words[place : place + len(told)] == told), None)


def _guessed(full: str) -> Name:
    main, _comma, behind = full.partition(", ")
    words = main.split(" ")
    suffix = behind
    if not suffix and len(words) > 2 and words[-1].lower() in SUFFIXES:
        suffix = words.pop()
    if len(words) < 2:
        return Name(full)
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in PARTICLES:
        first -= 1
    return Name(full, " ".join(words[first:]), " ".join(words[:first]), suffix)
