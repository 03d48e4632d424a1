"""Editions and pages as PDFs and social images: the same words as on their pages, in the same order."""

import textwrap

from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from publications.locales import absolute_url, language_label, text_direction
from publications.models import Author, Edition, EditionWithRows, Image, SiteSettings
from publications.pdf import (
    CreditedName,
    CreditGroup,
    Notice,
    PdfDocument,
    PdfImage,
    PdfLabels,
    PdfSection,
    SocialImage,
)

from ..locales import current_locale
from .authors import BylineGroup, BylinePerson, byline_people, names_in_teaser
from .links import author_url, external_link_html
from .publication_page import change_notes_of, contents
from .teasers import topics

ROLE_LABELS = {
    "author": gettext_lazy("By"),
    "with": gettext_lazy("With"),
    "editor": gettext_lazy("Edited by"),
}
FULLY_NAMED = 4  # names of a role that are told with both title and affiliation
MAX_DETAIL = 190  # characters that the image has room for


def pdf_document_of(
    piece: EditionWithRows, *, site: SiteSettings, citation: str = "", notice: Notice | None = None
) -> PdfDocument:
    """A stored edition as it is set, in the words of its tree.

    `citation` says how it is to be cited; `notice` stands above everything.
    """
    edition, told = piece.edition, change_notes_of(piece)
    address = absolute_url(iri_to_uri(edition.get_absolute_url()))
    return PdfDocument(
        address=address,
        title=edition.title,
        language=edition.language,
        direction=edition.direction,
        kind=edition.kind_label,
        kind_rest=edition.type_line_rest,
        published_on=timezone.localdate(edition.published_at),
        imprint=_imprint(edition, told),
        site=site.short_name,
        publisher=site.name,
        html=f"{external_link_html(edition)}{edition.html}",
        labels=_labels(),
        roles=_roles(piece),
        summary=edition.summary,
        key_points=tuple(edition.key_points_list),
        has_contents=bool(contents(edition)),
        topics=tuple(topic.label for topic in topics(piece.tags)),
        notice=notice,
        change_notes=tuple(_note(note, edition) for note in told["latest_notes"] if note.note),
        disclaimer=edition.disclaimer,
        sections=_sections(piece, told, citation, address),
        cover=_picture(edition.cover) if edition.cover else None,
        images={image.key: _picture(image) for image in piece.images},
    )


def social_image_of(edition: Edition, cover_digest: str = "") -> SocialImage:
    """A stored edition as its social card. `cover_digest` stands for its cover, where it has one."""
    site, cover = SiteSettings.current(), edition.cover
    return SocialImage(
        title=edition.title,
        language=edition.language,
        direction=edition.direction,
        kind=edition.kind_label,
        authors=names_in_teaser(edition.bylines.all()),
        detail=_day(edition.published_at),
        site=site.short_name,
        publisher=site.name,
        locale=current_locale(),
        cover=PdfImage(cover_digest, cover.width, cover.height) if cover else None,
    )


def _day(moment) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _labels() -> PdfLabels:
    return PdfLabels(
        language=current_locale(),
        key_points=gettext("Key points"),
        contents=gettext("Contents"),
        notes=gettext("Notes"),
    )


def _imprint(edition: Edition, told: dict) -> tuple[str, ...]:
    first, notes = _day(told["first_published_at"]), told["latest_notes"]
    published = f"{gettext('Published')} {first}" if notes else first
    spoken = (
        f"{gettext('Language:')} {language_label(edition.language)}"
        if edition.language != current_locale()
        else ""
    )
    number = gettext("Edition %(number)d") % {"number": edition.number} if edition.number > 1 else ""
    changed = (f"{note.label} {note.words}" for note in notes)
    return tuple(part for part in (published, *changed, number, spoken) if part)


def _roles(piece: EditionWithRows) -> tuple[CreditGroup, ...]:
    return tuple(
        CreditGroup(
            label=str(ROLE_LABELS.get(group.role, ROLE_LABELS["editor"])),
            names=tuple(CreditedName(person.name, _below(person, group)) for person in group.names),
            below=group.shared_affiliation,
        )
        for group in byline_people(piece.bylines, author_url)
    )


def _below(person: BylinePerson, group: BylineGroup) -> str:
    if group.shared_affiliation:
        return ""
    if len(group.names) > FULLY_NAMED and person.affiliation:
        return person.affiliation
    return ", ".join(part for part in (person.title, person.affiliation) if part)


def _note(note, edition: Edition) -> Notice:
    return Notice(note.note, f"{note.label} {note.words}:" if note.note else "", language=edition.language)


def _sections(piece: EditionWithRows, told: dict, citation: str, address: str) -> tuple[PdfSection, ...]:
    """What follows the text: the notes on changes, the authors, how to cite it and where it stands."""
    found = [_notes(piece.edition, told), _about(piece), _citation(citation, address)]
    return tuple(section for section in found if section.lines)


def _notes(edition: Edition, told: dict) -> PdfSection:
    """All notes, where those above the text are not all of them."""
    if len(told["notes"]) == len(told["latest_notes"]):
        return PdfSection("", ())
    lines = tuple(
        Notice(note.note, f"{note.label} {note.words}{':' if note.note else ''}", language=edition.language)
        for note in told["notes"]
    )
    return PdfSection(gettext("Corrections and updates"), lines)


def _about(piece: EditionWithRows) -> PdfSection:
    """Those of whom there is more to tell than the byline does."""
    known = [row for row in piece.bylines if row.author.biography or row.author.shown_orcid]
    lines = tuple(_told_of(row.name, " ".join(row.author.biography.split()), row.author) for row in known)
    return PdfSection(ngettext("About the Author", "About the Authors", len(piece.bylines)), lines)


def _told_of(name: str, biography: str, author: Author) -> Notice:
    """The biography opens with the name, as most do of themselves."""
    if biography.startswith(f"{name} "):
        return Notice(biography.removeprefix(name).lstrip(), name, address=_orcid(author))
    return Notice(biography, f"{name}:" if biography else name, address=_orcid(author))


def _orcid(author: Author) -> str:
    return f"https://orcid.org/{author.shown_orcid}" if author.shown_orcid else ""


def _citation(citation: str, address: str) -> PdfSection:
    """How to cite it, and where it stands, which are one line where the reference ends in that address."""
    text = citation.removesuffix(address).strip()
    if text != citation:
        return PdfSection(gettext("Suggested citation"), (Notice(text, address=address),))
    lines = (Notice(text), Notice("", address=address)) if text else (Notice("", address=address),)
    return PdfSection(gettext("Suggested citation"), lines)


def _picture(image: Image) -> PdfImage:
    return PdfImage(image.digest, image.width, image.height, alt=image.alt, credit=image.credit)


def page_social_image_of(
    title: str,
    *,
    site: SiteSettings,
    kind: str = "",
    authors: str = "",
    detail: str = "",
    cover: Image | None = None,
    cover_digest: str = "",
) -> SocialImage:
    """What the social image of a page says, in the language of the page.

    Args:
        site: whose page it is.
        kind: a word above the title.
        authors, detail: lines below it; the second is cut to the words that there is room for.
        cover, cover_digest: a picture beside the words, and what stands for it as it is shown there.
    """
    locale = current_locale()
    return SocialImage(
        title=title,
        language=locale,
        direction=text_direction(locale),
        kind=kind,
        authors=authors,
        detail=textwrap.shorten(detail, MAX_DETAIL, placeholder=" …"),
        site=site.short_name,
        publisher=site.name if title != site.name else "",
        locale=locale,
        cover=PdfImage(cover_digest, cover.width, cover.height) if cover else None,
        is_page=True,
    )
