"""Linked data (JSON-LD, in the words of schema.org): what pages are about, for search engines and other machines."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from publications.locales import absolute_url, localized_path
from publications.models import Author, SiteSettings

from .record import Contributor, Correction, Record, RecordFile, Series, TranslationLink, moment

Node = dict[str, Any]
IN_A_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
"""What could end the element that the data stand in."""
LONGEST_HEADLINE = 110
LOGO_SIDE = 512  # pixels


@dataclass(frozen=True)
class HeadImage:
    """What a message shows of a page: the whole address of a image that any program can read."""

    url: str
    alt: str = ""
    width: int = 0
    height: int = 0


def script(nodes: Iterable[Node]) -> SafeString:
    """The nodes, without empty values, as the content of an element of data: no sign in it that HTML knows."""
    graph = {"@context": "https://schema.org", "@graph": [_filled(node) for node in nodes]}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(IN_A_SCRIPT))


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(each) for name, each in value.items() if each not in ("", None, [], {})}
    return [_filled(each) for each in value] if isinstance(value, list) else value


def publication_json_ld(record: Record, image: HeadImage | None = None) -> Node:
    """The piece itself: an Article or a Report, as its kind says."""
    return {
        "@type": record.schema_type,
        "@id": record.url,
        "url": record.url,
        "mainEntityOfPage": record.url,
        "headline": record.title[:LONGEST_HEADLINE],
        "name": record.title,
        "description": record.summary,
        "inLanguage": record.language,
        "datePublished": moment(record.first_published),
        "dateModified": moment(record.modified),
        "author": [_person(person) for person in record.authors] or [_publisher(record)],
        "editor": [_person(person) for person in record.editors],
        "contributor": [_person(person) for person in record.others],
        "publisher": _publisher(record),
        "genre": record.kind,
        "reportNumber": record.number if record.schema_type == "Report" else "",
        "keywords": list(record.keywords),
        "wordCount": record.words or None,
        "version": record.edition,
        "isAccessibleForFree": True,
        "image": _image(image) if image else {},
        **_belonging(record),
    }


def _belonging(record: Record) -> Node:
    """What the piece belongs to, is a text of, comes with and was corrected in."""
    originals = [text for text in record.texts if text.is_original]
    return {
        "isBasedOn": record.external_url,
        "isPartOf": [_series(each) for each in record.series],
        "workTranslation": [_other(record, text) for text in record.texts] if record.is_original else [],
        "translationOfWork": _other(record, originals[0]) if originals else {},
        "correction": [_correction(each) for each in record.corrections],
        "encoding": [_file(file) for file in record.files],
        "identifier": [*_identifier("DOI", record.doi), *_identifier("ISBN", record.isbn)],
    }


def _series(series: Series) -> Node:
    return {"@type": "CreativeWorkSeries", "@id": series.url, "name": series.name, "url": series.url}


def _other(record: Record, text: TranslationLink) -> Node:
    return {"@type": record.schema_type, "@id": text.url, "name": text.title, "inLanguage": text.language}


def _correction(correction: Correction) -> Node:
    return {"@type": "CorrectionComment", "text": correction.note, "datePublished": moment(correction.at)}


def _file(file: RecordFile) -> Node:
    return {
        "@type": "MediaObject",
        "contentUrl": file.url,
        "encodingFormat": file.media_type,
        "name": file.label,
    }


def _identifier(name: str, value: str) -> list[Node]:
    return [{"@type": "PropertyValue", "propertyID": name, "value": value}] if value else []


def _person(person: Contributor) -> Node:
    """Of an organisation the name and the page: schema.org gives it no title and no affiliation."""
    if person.is_organisation:
        address = f"{person.url}#organization" if person.url else ""
        return {"@type": "Organization", "@id": address, "name": person.name.full, "url": person.url}
    return {
        "@type": "Person",
        "@id": f"{person.url}#person" if person.url else "",
        "name": person.name.full,
        "url": person.url,
        "jobTitle": person.title,
        "affiliation": {"@type": "Organization", "name": person.affiliation} if person.affiliation else {},
        "sameAs": f"https://orcid.org/{person.orcid}" if person.orcid else "",
    }


def _publisher(record: Record) -> Node:
    return {
        "@type": "Organization",
        "@id": f"{record.publisher_url}#organization",
        "name": record.publisher,
        "url": record.publisher_url,
        "logo": _logo(),
    }


def _image(image: HeadImage) -> Node:
    return {
        "@type": "ImageObject",
        "url": image.url,
        "width": image.width or None,
        "height": image.height or None,
        "caption": image.alt,
    }


def _logo() -> Node:
    return _image(HeadImage(absolute_url(static("logo.png")), width=LOGO_SIDE, height=LOGO_SIDE))


def breadcrumb(steps: Sequence[dict[str, str]], here: str) -> Node:
    """The way to a page; `here` is the whole address of the page itself, for the step without one."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": step["label"],
                "item": absolute_url(step["url"]) if step.get("url") else here,
            }
            for place, step in enumerate(steps, start=1)
        ],
    }


def organisation(site: SiteSettings, locale: str, accounts: Sequence[str] = ()) -> Node:
    """The centre; `accounts` are its own addresses elsewhere."""
    home = absolute_url(localized_path(locale, "publications:home"))
    names = {site.name_en, site.name_sv, site.short_name} - {site.get_translation("name", locale), ""}
    return {
        "@type": "Organization",
        "@id": f"{home}#organization",
        "name": site.get_translation("name", locale),
        "alternateName": sorted(names),
        "description": site.get_translation("description", locale),
        "url": home,
        "logo": _logo(),
        "sameAs": list(accounts),
    }


def website(site: SiteSettings, locale: str) -> Node:
    """The site, and how to search it."""
    home, listed = (absolute_url(localized_path(locale, f"publications:{name}")) for name in ("home", "list"))
    return {
        "@type": "WebSite",
        "@id": f"{home}#website",
        "name": site.short_name,
        "url": home,
        "inLanguage": locale,
        "publisher": {"@id": f"{home}#organization"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{listed}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def profile(author: Author, locale: str, picture: str = "") -> Node:
    """The page of an author whom readers may know."""
    page = absolute_url(localized_path(locale, "publications:author", slug=author.slug))
    return {
        "@type": "ProfilePage",
        "@id": page,
        "url": page,
        "inLanguage": locale,
        "mainEntity": {
            **(
                _organisation_profile(page)
                if author.is_organisation
                else _person_profile(author, page, locale)
            ),
            "name": author.name,
            "url": page,
            "description": author.get_translation("biography", locale),
            "image": picture,
        },
    }


def _organisation_profile(page: str) -> Node:
    return {"@type": "Organization", "@id": f"{page}#organization"}


def _person_profile(author: Author, page: str, locale: str) -> Node:
    affiliation = author.get_translation("affiliation", locale)
    return {
        "@type": "Person",
        "@id": f"{page}#person",
        "jobTitle": author.get_translation("title", locale, fallback=False),
        "affiliation": {"@type": "Organization", "name": affiliation} if affiliation else {},
        "sameAs": f"https://orcid.org/{author.orcid}" if author.orcid else "",
    }
