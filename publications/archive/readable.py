"""The parts of an archive that people read: manuscripts, editions, site pages, an index and an introduction.

They are made from the rows beside them; a restore does not read them. No text depends on the time or on the language
of whoever runs the command.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from publications import manuscript, markup
from publications.hash_chain import format_time
from publications.locales import LOCALES, localized_path
from publications.models import (
    FOREVER,
    Address,
    Edition,
    EditionWithRows,
    EndReason,
    Image,
    Publication,
    SitePage,
    manuscript_of,
)

from .tables import LEFT_OUT, Absence

FILES = "files"
"""The folder of the payload with uploaded files, under the names that the storage of originals has for them."""
PAYLOAD_FROM_PUBLICATION = "../../.."
"""The payload as a relative address from the folder of a publication."""
FILES_FROM_PUBLICATION = f"{PAYLOAD_FROM_PUBLICATION}/{FILES}"
README, INDEX = "README.txt", "index.html"
INDEX_LANGUAGE = "en"
OWN_LINK = re.compile(r'href="(/[^"#?]+)')
NAME_CHARACTERS = re.compile(r"[a-z0-9-]+")
MAX_SLUG = 60


@dataclass(frozen=True)
class PublicationEntry:
    """A publication in the index: its folder, and its editions with the endings of their files.

    Attributes:
        date: of its last edition, or "".
        notice: what a reader has to know of its last edition, or that it is a deleted draft, or "".
    """

    folder: str
    title: str
    kind: str
    authors: str
    date: str
    notice: str = ""
    editions: Sequence["EditionEntry"] = ()


@dataclass(frozen=True)
class EditionEntry:
    """An edition in the index.

    Attributes:
        pdf: the name of its PDF, or "".
    """

    number: int
    pdf: str = ""


@dataclass
class ArchivedFiles:
    """Texts of a publication by the name of their file, with its entry in the index."""

    entry: PublicationEntry
    files: dict[str, bytes] = field(default_factory=dict)


def folder_of(publication: Publication) -> str:
    """Return the folder of a publication: its year, its key, and its slug in letters that any file system keeps."""
    decomposed = unicodedata.normalize("NFKD", publication.proposed_slug())
    slug = "".join(NAME_CHARACTERS.findall(decomposed))[:MAX_SLUG]
    return f"publications/{publication.created_at.year}/{publication.pk:06d}-{slug}".rstrip("-")


def find_pages() -> dict[str, str]:
    """Return the page of the last edition of each publication, in the payload, by its public paths."""
    numbers = dict(Edition.objects.order_by("number").values_list("publication", "number"))
    publications = Publication.with_deleted.filter(pk__in=numbers).only("slug", "title", "created_at")
    pages = {
        row.pk: f"{folder_of(row)}/{_edition_name(numbers[row.pk])}.html" for row in publications.iterator()
    }
    addresses = Address.objects.filter(publication__in=pages).values_list("locale", "slug", "publication")
    return {
        unquote(localized_path(locale, "publications:detail", slug=slug)): pages[pk]
        for locale, slug, pk in addresses.order_by("pk").iterator()
    }


def _edition_name(number: int) -> str:
    return f"edition-{number}"


def render_publication(
    publication: Publication,
    editions: Sequence[EditionWithRows],
    pdfs: Mapping[int, str],
    pages: Mapping[str, str],
) -> ArchivedFiles:
    """Return the draft as a manuscript, and each edition as HTML and as a manuscript.

    Args:
        publication: with the relations of its manuscript.
        editions: all of them, by number, with their rows.
        pdfs: the names of PDFs in the payload, by primary key of the edition.
        pages: those of `find_pages`.
    """
    text, folder = manuscript_of(publication), folder_of(publication)
    ever_due = [rows.edition for rows in editions if rows.edition.end_reason != EndReason.CANCELLED]
    last = ever_due[-1] if ever_due else None
    entry = PublicationEntry(
        folder=folder,
        title=(last or publication).title,
        kind=publication.kind.name_en,
        authors=", ".join(byline.name for byline in text.bylines),
        date=_day(last.published_at) if last else "",
        notice=_describe_end(last) if last else "deleted draft" if publication.deleted_at else "",
        editions=[EditionEntry(rows.edition.number, pdfs.get(rows.edition.pk, "")) for rows in editions],
    )
    files = {manuscript.INDEX_NAME: manuscript.dumps(text).encode()}
    for rows in editions:
        name = _edition_name(rows.edition.number)
        files[f"{name}.md"] = manuscript.dumps(manuscript_of_edition(rows)).encode()
        files[f"{name}.html"] = render_edition(rows, pages).encode()
    return ArchivedFiles(entry, {f"{folder}/{name}": content for name, content in files.items()})


def manuscript_of_edition(rows: EditionWithRows) -> manuscript.Manuscript:
    """Return an edition in the format of manuscripts; its number, times and notices are further fields of it."""
    edition = rows.edition
    return manuscript.Manuscript(
        title=edition.title,
        kind=edition.kind.slug,
        language=edition.language,
        bylines=tuple(
            manuscript.ManuscriptByline(author=line.author.slug, name=line.name, role=line.role)
            for line in rows.bylines
        ),
        summary=edition.summary,
        key_points=tuple(edition.key_points_list),
        tags=tuple(sorted((tag.name for tag in rows.tags), key=str.casefold)),
        published_at=edition.published_at,
        slug=edition.slug,
        number=str(edition.series_number or ""),
        external_url=edition.external_url,
        doi=edition.doi,
        isbn=edition.isbn,
        cover=edition.cover.key if edition.cover else "",
        attachments=tuple(
            manuscript.ManuscriptFile(file=file.filename, label=file.label, digest=file.digest)
            for file in rows.attachments
        ),
        images=tuple(
            manuscript.ManuscriptImage(
                key=image.key, file=image.filename, digest=image.digest, credit=image.credit
            )
            for image in _images_of(rows)
        ),
        uid=str(edition.uid),
        body=edition.body,
        extra_fields=_facts_of(edition),
    )


def _facts_of(edition: Edition) -> dict[str, object]:
    facts = {
        "edition": edition.number,
        "type": edition.type_line,
        "change": edition.change,
        "change_note": edition.change_note,
        "editorial_status": edition.editorial_status,
        "notice": edition.notice_text,
        "visible_from": format_time(edition.visible_from),
        "visible_until": "" if edition.visible_until == FOREVER else format_time(edition.visible_until),
        "end_reason": edition.end_reason,
        "withdrawal_reason": edition.withdrawal_reason,
    }
    return {name: value for name, value in facts.items() if value}


def _describe_end(edition: Edition) -> str:
    """Return that an edition is withdrawn, taken back, retracted or at an end, in English, or ""."""
    with translation.override(INDEX_LANGUAGE):
        status = [edition.get_editorial_status_display()] if edition.editorial_status else []
        reason = edition.get_end_reason_display() if edition.end_reason else "Public until"
    end = [] if edition.visible_until == FOREVER else [f"{reason} {_day(edition.visible_until)}"]
    return " · ".join(status + end)


def render_edition(rows: EditionWithRows, pages: Mapping[str, str]) -> str:
    """Return an edition as a page that needs no server: images, files and the texts it links to are in the archive."""
    edition = rows.edition

    def link_page(match: re.Match[str]) -> str:
        page = pages.get(f"{unquote(match[1]).rstrip('/')}/")
        # Without a page here it would lead nowhere from a folder: the address stays as words.
        return f'href="{PAYLOAD_FROM_PUBLICATION}/{page}' if page else f'title="{match[1]}'

    images = {image.key: _figure(image, edition.language) for image in _images_of(rows)}
    context = {
        "edition": edition,
        "authors": ", ".join(line.name for line in rows.bylines),
        "date": _day(edition.published_at),
        "notice": _describe_end(edition),
        "facts": _facts_of(edition),
        "body": mark_safe(
            OWN_LINK.sub(link_page, markup.insert_images(edition.html, images))
        ),  # sanitized when it was stored
        "attachments": [
            (f"{FILES_FROM_PUBLICATION}/{file.original}", file.label or file.filename)
            for file in rows.attachments
        ],
    }
    return _render("archive/edition.html", context)


def _images_of(rows: EditionWithRows) -> list[Image]:
    cover = [rows.edition.cover] if rows.edition.cover else []
    return list({image.pk: image for image in (*cover, *rows.images)}.values())


def _figure(image: Image, language: str) -> markup.ResponsiveImage:
    return markup.ResponsiveImage(
        src=f"{FILES_FROM_PUBLICATION}/{image.original}",
        width=image.width,
        height=image.height,
        alt="" if image.is_decorative else image.get_translation("alt", language),
        credit=image.credit,
    )


def render_site_pages(pages: Iterable[SitePage]) -> dict[str, bytes]:
    """Return the Markdown of site pages by the name of their file."""
    return {
        f"pages/{page.pk:03d}-{locale}.md": f"# {page.get_translation('title', locale)}\n\n"
        f"{getattr(page, f'body_{locale}')}\n".encode()
        for page in pages
        for locale in LOCALES
        if getattr(page, f"body_{locale}")
    }


def render_index(site: str, entries: Sequence[PublicationEntry]) -> bytes:
    """Return the page that lists all publications, the newest first."""
    newest_first = sorted(entries, key=lambda entry: (entry.date, entry.folder), reverse=True)
    return _render("archive/index.html", {"site": site, "entries": newest_first}).encode()


def render_readme(site: str, missing: Sequence[str]) -> bytes:
    """Return the introduction, in English and Swedish.

    Args:
        missing: names of uploaded files that the site has lost.
    """
    absences = [absence.value for absence in Absence if absence in LEFT_OUT.values()]
    return _render("archive/readme.txt", {"site": site, "absences": absences, "missing": missing}).encode()


def _day(at) -> str:
    return at.astimezone(manuscript.HOME_ZONE).date().isoformat()


def _render(template: str, context: Mapping[str, object]) -> str:
    with translation.override(INDEX_LANGUAGE):
        return render_to_string(template, dict(context))
