"""The content of PDFs and social images: the same texts as on the pages, in the same order."""

import textwrap

from django.utils import timezone
from django.utils.encoding import iri_to_uri, uri_to_iri
from django.utils.translation import gettext, gettext_lazy, ngettext

from publications.locales import absolute_url, current_locale, format_day, language_label, text_direction
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

from .authors import byline_groups, short_byline_text
from .history import ChangeNote
from .links import author_url, external_link_html
from .publication_page import change_notes_context, table_of_contents
from .teasers import topic_links

ROLE_LABELS = {
    "author": gettext_lazy("By"),
    "with": gettext_lazy("With"),
    "editor": gettext_lazy("Edited by"),
}
MAX_DETAIL = 190  # characters that fit on the social image


def pdf_document_of(
    rows: EditionWithRows, *, site: SiteSettings, citation: str = "", notice: Notice | None = None
) -> PdfDocument:
    """Return the content of the PDF of an edition, with labels in the current locale.

    Args:
        citation: the suggested citation.
        notice: shown above everything else.
    """
    edition, note_context = rows.edition, change_notes_context(rows)
    address = absolute_url(iri_to_uri(edition.get_absolute_url()))
    return PdfDocument(
        address=address,
        title=rows.marked_title,
        language=edition.language,
        direction=edition.direction,
        kind=edition.kind_label,
        kind_description=edition.type_line_rest,
        published_on=timezone.localdate(edition.published_at),
        imprint=_imprint(edition, note_context),
        site=site.short_name,
        publisher=site.name,
        html=f"{external_link_html(edition)}{edition.html}",
        labels=_labels(),
        credits=_credit_groups(rows),
        summary=edition.summary,
        key_points=tuple(edition.key_points_list),
        has_contents=bool(table_of_contents(edition)),
        topics=tuple(topic.label for topic in topic_links(rows.tags)),
        notice=notice,
        editorial_notice=_editorial_notice(rows, site),
        watermark=rows.notice.prefix if rows.notice and rows.notice.is_retraction else "",
        change_notes=tuple(_change_notice(note, edition) for note in note_context["notes_above_text"]),
        disclaimer=edition.disclaimer,
        sections=_sections(rows, note_context, citation, address),
        cover=_pdf_image(edition.cover) if edition.cover else None,
        images={image.key: _pdf_image(image) for image in rows.images},
    )


def social_image_of(edition: Edition, cover_digest: str = "") -> SocialImage:
    """Return the content of the social image of an edition. `cover_digest` is that of its cropped cover, if any."""
    site, cover = SiteSettings.current(), edition.cover
    return SocialImage(
        title=edition.marked_title,
        language=edition.language,
        direction=edition.direction,
        kind=edition.kind_label,
        authors=short_byline_text(edition.bylines.all()),
        detail=format_day(edition.published_at),
        site=site.short_name,
        publisher=site.name,
        locale=current_locale(),
        cover=PdfImage(cover_digest, cover.width, cover.height) if cover else None,
    )


def _editorial_notice(rows: EditionWithRows, site: SiteSettings) -> tuple[Notice, ...]:
    """Return the lines of the notice of a retraction or concern: the reason, and the advice to readers."""
    notice = rows.notice
    if not notice:
        return ()
    heading = notice.heading(site.get_translation("name", rows.edition.locale))
    return (
        Notice(notice.text, f"{heading}:", language=notice.language),
        Notice(notice.advice, language=rows.edition.locale),
    )


def _labels() -> PdfLabels:
    return PdfLabels(
        language=current_locale(),
        key_points=gettext("Key points"),
        contents=gettext("Contents"),
        notes=gettext("Notes"),
    )


def _imprint(edition: Edition, note_context: dict) -> tuple[str, ...]:
    first, notes = format_day(note_context["first_published_at"]), note_context["latest_change_notes"]
    published = f"{gettext('Published')} {first}" if notes else first
    language = (
        f"{gettext('Language:')} {language_label(edition.language)}"
        if edition.language != current_locale()
        else ""
    )
    has_number = edition.number is not None and edition.number > 1  # a preview has none
    number = gettext("Edition %(number)d") % {"number": edition.number} if has_number else ""
    changes = (f"{note.label} {note.date_text}" for note in notes)
    return tuple(part for part in (published, *changes, number, language) if part)


def _credit_groups(rows: EditionWithRows) -> tuple[CreditGroup, ...]:
    return tuple(
        CreditGroup(
            label=str(ROLE_LABELS.get(group.role, ROLE_LABELS["editor"])),
            names=tuple(CreditedName(person.name, position) for person, position in group.credits),
            detail=group.shared_affiliation,
        )
        for group in byline_groups(rows.bylines, author_url)
    )


def _change_notice(note: ChangeNote, edition: Edition) -> Notice:
    heading = f"{note.label} {note.date_text}{':' if note.note else ''}"
    return Notice(note.note, heading, language=edition.language)


def _sections(
    rows: EditionWithRows, note_context: dict, citation: str, address: str
) -> tuple[PdfSection, ...]:
    """Return what follows the text: notes on changes, the authors, the suggested citation and the address."""
    sections = [
        _notes_section(rows.edition, note_context),
        _authors_section(rows),
        _citation_section(citation, address),
    ]
    return tuple(section for section in sections if section.lines)


def _notes_section(edition: Edition, note_context: dict) -> PdfSection:
    """Return all notes on changes; none if those above the text are all."""
    if len(note_context["change_notes"]) == len(note_context["latest_change_notes"]):
        return PdfSection("", ())
    lines = tuple(_change_notice(note, edition) for note in note_context["change_notes"])
    return PdfSection(gettext("Corrections and updates"), lines)


def _authors_section(rows: EditionWithRows) -> PdfSection:
    """Return the authors who have a biography or an ORCID iD."""
    described = [row for row in rows.bylines if row.author.biography or row.author.shown_orcid]
    lines = tuple(
        _author_notice(row.name, " ".join(row.author.biography.split()), row.author) for row in described
    )
    return PdfSection(ngettext("About the Author", "About the Authors", len(rows.bylines)), lines)


def _author_notice(name: str, biography: str, author: Author) -> Notice:
    """Return the biography with the name as heading, taken from its start if it begins with it."""
    if biography.startswith(f"{name} "):
        return Notice(biography.removeprefix(name).lstrip(), name, address=_orcid_url(author))
    return Notice(biography, f"{name}:" if biography else name, address=_orcid_url(author))


def _orcid_url(author: Author) -> str:
    return f"https://orcid.org/{author.shown_orcid}" if author.shown_orcid else ""


def _citation_section(citation: str, address: str) -> PdfSection:
    """Return the suggested citation and the address, in one line if the citation ends with the address."""
    text = citation.removesuffix(uri_to_iri(address)).strip()
    if text != citation:
        return PdfSection(gettext("Suggested citation"), (Notice(text, address=address),))
    lines = (Notice(text), Notice("", address=address)) if text else (Notice("", address=address),)
    return PdfSection(gettext("Suggested citation"), lines)


def _pdf_image(image: Image) -> PdfImage:
    return PdfImage(image.digest, image.width, image.height, alt=image.alt, credit=image.credit)


def social_image_of_page(
    title: str,
    *,
    site: SiteSettings,
    label: str = "",
    subtitle: str = "",
    detail: str = "",
    cover: Image | None = None,
    cover_digest: str = "",
) -> SocialImage:
    """Return the content of the social image of a page that is no publication, in the current locale.

    Args:
        label: the line above the title, in the place of the kind of a publication.
        subtitle, detail: lines below it, in the places of authors and date; `detail` is shortened to `MAX_DETAIL`
            characters.
        cover, cover_digest: an image beside the text, and the digest of its cropped file.
    """
    locale = current_locale()
    return SocialImage(
        title=title,
        language=locale,
        direction=text_direction(locale),
        kind=label,
        authors=subtitle,
        detail=textwrap.shorten(detail, MAX_DETAIL, placeholder=" …"),
        site=site.short_name,
        publisher=site.name if title != site.name else "",
        locale=locale,
        cover=PdfImage(cover_digest, cover.width, cover.height) if cover else None,
        is_page=True,
    )
