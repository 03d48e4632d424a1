"""The tags in the head of a piece: Dublin Core for all, Highwire for what is scholarly, Open Graph for messages.

Dublin Core in HTML: DCMI, "Expressing Dublin Core metadata using HTML/XHTML meta and link elements". Highwire: the
`citation_` tags as Google Scholar's guidelines for webmasters list them. Open Graph: ogp.me, with its `article`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from publications.languages import TREES
from publications.models import doi_url

from .names import Name
from .record import Record, moment

LOCALES = {
    "en": "en_GB", "sv": "sv_SE", "uk": "uk_UA", "ru": "ru_RU", "be": "be_BY", "pl": "pl_PL", "de": "de_DE",
    "fr": "fr_FR", "es": "es_ES", "ka": "ka_GE", "hy": "hy_AM", "az": "az_AZ", "ro": "ro_RO", "et": "et_EE",
    "lv": "lv_LV", "lt": "lt_LT", "fi": "fi_FI", "da": "da_DK", "no": "nb_NO", "cs": "cs_CZ", "sk": "sk_SK",
    "hu": "hu_HU", "bg": "bg_BG", "el": "el_GR", "tr": "tr_TR", "ar": "ar_AR", "he": "he_IL", "fa": "fa_IR",
    "zh": "zh_CN", "ja": "ja_JP",
}  # fmt: skip


@dataclass(frozen=True)
class Tag:
    """A `meta` element: `attribute` is what its name is called, "name" or "property"."""

    name: str
    content: str
    attribute: str = "name"


@dataclass(frozen=True)
class Picture:
    """What a message shows of a page: the whole address of a picture that any program can read."""

    url: str
    alt: str = ""
    width: int = 0
    height: int = 0


def tags_of(record: Record, picture: Picture | None = None) -> list[Tag]:
    """All tags of a piece, those without content left out."""
    found = [*_dublin_core(record), *_open_graph(record, picture)]
    if record.is_scholarly:
        found += _highwire(record)
    return [tag for tag in found if tag.content]


def as_html(tags: Iterable[Tag]) -> SafeString:
    """A line for each, of which there are some forty. Names are ours and hold no sign that HTML knows."""
    lines = (f'<meta {tag.attribute}="{tag.name}" content="{escape(tag.content)}">' for tag in tags)
    return mark_safe("\n".join(lines))


def _dublin_core(record: Record) -> Iterator[Tag]:
    yield Tag("DC.title", record.title)
    yield from (Tag("DC.creator", _in_a_list(name)) for name in record.creators)
    yield from (Tag("DC.contributor", _in_a_list(each.name)) for each in (*record.editors, *record.others))
    yield Tag("DC.description", record.summary)
    yield Tag("DC.date", record.published.isoformat())
    yield Tag("DC.publisher", record.publisher)
    yield Tag("DC.language", record.language)
    yield Tag("DC.type", "Report" if record.is_report else "Text")
    yield Tag("DC.identifier", record.url)
    yield Tag("DC.identifier", doi_url(record.doi) if record.doi else "")
    yield Tag("DC.identifier", f"urn:isbn:{record.isbn}" if record.isbn else "")
    yield Tag("DC.source", record.external_url)
    yield from (Tag("DC.subject", word) for word in record.keywords)


def _highwire(record: Record) -> Iterator[Tag]:
    yield Tag("citation_title", record.title)
    people = record.authors
    for person in people:
        yield Tag("citation_author", _in_a_list(person.name))
        yield Tag("citation_author_institution", person.affiliation)
        yield Tag("citation_author_orcid", f"https://orcid.org/{person.orcid}" if person.orcid else "")
    if not people:
        yield Tag("citation_author", record.publisher)
    yield Tag("citation_publication_date", f"{record.published:%Y/%m/%d}")
    yield Tag("citation_technical_report_institution", record.publisher)
    yield Tag("citation_technical_report_number", record.number)
    yield Tag("citation_publisher", record.publisher)
    yield Tag("citation_language", record.language)
    yield Tag("citation_doi", record.doi)
    yield Tag("citation_isbn", record.isbn)
    yield Tag("citation_public_url", record.url)
    yield Tag("citation_abstract_html_url", record.url)
    yield Tag("citation_fulltext_html_url", record.url)
    yield Tag("citation_pdf_url", record.pdf)
    yield from (Tag("citation_keywords", word) for word in record.keywords)


def _open_graph(record: Record, picture: Picture | None) -> Iterator[Tag]:
    def tag(name: str, content: str) -> Tag:
        return Tag(name, content, "property")

    yield tag("og:type", "article")
    yield tag("og:title", record.title)
    yield tag("og:description", record.summary)
    yield tag("og:url", record.url)
    yield tag("og:site_name", record.publisher_short)
    yield tag("og:locale", LOCALES.get(record.language, ""))
    yield from (
        tag("og:locale:alternate", LOCALES.get(text.language, ""))
        for text in record.texts
        if text.language in TREES
    )
    yield tag("article:published_time", moment(record.first_published))
    if record.modified and record.modified > record.first_published:
        yield tag("article:modified_time", moment(record.modified))
    yield tag("article:section", record.kind)
    yield from (tag("article:author", person.url) for person in record.authors)
    yield from (tag("article:tag", word) for word in record.keywords)
    if picture:
        yield tag("og:image", picture.url)
        yield tag("og:image:alt", picture.alt)
        yield tag("og:image:width", str(picture.width or ""))
        yield tag("og:image:height", str(picture.height or ""))
    yield Tag("twitter:card", "summary_large_image" if picture else "summary")


def _in_a_list(name: Name) -> str:
    """Turned round, but where that would be read as two people: two words on either side of a comma."""
    is_doubtful = " " in name.family and " " in name.given
    return name.full if is_doubtful else name.inverted


def links_of(record: Record) -> list[dict[str, str]]:
    """Ways that say what they are: the address to cite (FAIR Signposting)."""
    return [{"rel": "cite-as", "href": doi_url(record.doi)}] if record.doi else []
