"""JSON-LD in the vocabulary of schema.org: what pages are about, for search engines and other programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from publications.locales import absolute_url, localized_path
from publications.models import Author, SiteSettings

from .contributors import Contributor
from .record import Correction, Record, RecordFile, Series, TranslationLink

Node = dict[str, Any]
SCRIPT_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
"""Characters that could end the script element or its JSON."""
MAX_HEADLINE_CHARACTERS = 110
LOGO_PIXELS = 512


@dataclass(frozen=True)
class HeadImage:
    """An image of a page in a format that any program reads, at its absolute address."""

    url: str
    alt: str = ""
    width: int = 0
    height: int = 0


def format_local_datetime(at: datetime) -> str:
    """Return a datetime to the second in the time zone of the site (RFC 3339)."""
    return timezone.localtime(at).isoformat(timespec="seconds")


def render_json_ld(nodes: Iterable[Node]) -> SafeString:
    """Return the nodes, without empty values, as the escaped content of a script element."""
    graph = {"@context": "https://schema.org", "@graph": [_without_empty(node) for node in nodes]}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(SCRIPT_ESCAPES))


def to_json_ld(record: Record) -> str:
    """Return a record as JSON-LD, the same node as in the head of its page."""
    node = {"@context": "https://schema.org", **publication_json_ld(record)}
    return json.dumps(_without_empty(node), ensure_ascii=False, indent=2) + "\n"


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_empty(item) for name, item in value.items() if item not in ("", None, [], {})}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value


def publication_json_ld(record: Record, image: HeadImage | None = None) -> Node:
    """Return the node of a publication: an Article or a Report, depending on its kind."""
    return {
        "@type": record.schema_type,
        "@id": record.url,
        "url": record.url,
        "mainEntityOfPage": record.url,
        "headline": record.title[:MAX_HEADLINE_CHARACTERS],
        "name": record.title,
        "description": record.summary,
        "inLanguage": record.language,
        "datePublished": format_local_datetime(record.first_published_at),
        "dateModified": format_local_datetime(record.modified_at),
        "author": [_person(person) for person in record.authors] or [_publisher(record)],
        "editor": [_person(person) for person in record.editors],
        "contributor": [_person(person) for person in record.contributors],
        "publisher": _publisher(record),
        "genre": record.kind,
        "reportNumber": record.number if record.schema_type == "Report" else "",
        "keywords": list(record.keywords),
        "wordCount": record.word_count or None,
        "version": record.edition_number,
        "creativeWorkStatus": record.notice.definition.work_status if record.notice else "",
        "isAccessibleForFree": True,
        "license": record.license_url,
        "image": _image(image) if image else {},
        **_relations(record),
    }


def _relations(record: Record) -> Node:
    """Return series, translations, corrections, files and identifiers."""
    originals = [translation for translation in record.translations if translation.is_original]
    return {
        "isBasedOn": record.external_url,
        "isPartOf": [_series(series) for series in record.series],
        "workTranslation": [_translation(record, translation) for translation in record.translations]
        if record.is_original
        else [],
        "translationOfWork": _translation(record, originals[0]) if originals else {},
        "correction": [_correction(correction) for correction in _notice_and_corrections(record)],
        "encoding": [_file(file) for file in record.files],
        "identifier": [*_identifier("DOI", record.doi), *_identifier("ISBN", record.isbn)],
    }


def _series(series: Series) -> Node:
    return {"@type": "CreativeWorkSeries", "@id": series.url, "name": series.name, "url": series.url}


def _translation(record: Record, translation: TranslationLink) -> Node:
    return {
        "@type": record.schema_type,
        "@id": translation.url,
        "name": translation.title,
        "inLanguage": translation.language,
    }


def _notice_and_corrections(record: Record) -> list[Correction]:
    """Return the notice, if there is one, before the corrections: schema.org has one property for both."""
    notice = [Correction(record.notice_statement, record.notice.at)] if record.notice else []
    return [*notice, *record.corrections]


def _correction(correction: Correction) -> Node:
    return {
        "@type": "CorrectionComment",
        "text": correction.note,
        "datePublished": format_local_datetime(correction.at),
    }


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
    """Return the node of a person, or of an organisation, which has no title and affiliation in schema.org."""
    if person.is_organisation:
        address = f"{person.url}#organization" if person.url else ""
        return {
            "@type": "Organization",
            "@id": address,
            "name": person.name.full,
            "url": person.url,
            "sameAs": list(person.profile_urls),
        }
    return {
        "@type": "Person",
        "@id": f"{person.url}#person" if person.url else "",
        "name": person.name.full,
        "url": person.url,
        "jobTitle": person.title,
        "affiliation": {"@type": "Organization", "name": person.affiliation} if person.affiliation else {},
        "sameAs": list(person.profile_urls),
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
    return _image(HeadImage(absolute_url(static("logo.png")), width=LOGO_PIXELS, height=LOGO_PIXELS))


def breadcrumb(items: Sequence[dict[str, str]], current_url: str) -> Node:
    """Return the node of a breadcrumb; `current_url` is the absolute address for the item without one."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": item["label"],
                "item": absolute_url(item["url"]) if item.get("url") else current_url,
            }
            for position, item in enumerate(items, start=1)
        ],
    }


def organisation(site: SiteSettings, locale: str, profile_urls: Sequence[str] = ()) -> Node:
    """Return the node of the publisher; `profile_urls` are those of its accounts on other sites."""
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
        "sameAs": list(profile_urls),
    }


def website(site: SiteSettings, locale: str) -> Node:
    """Return the node of the site with its search."""
    home, list_url = (
        absolute_url(localized_path(locale, f"publications:{name}")) for name in ("home", "list")
    )
    return {
        "@type": "WebSite",
        "@id": f"{home}#website",
        "name": site.short_name,
        "url": home,
        "inLanguage": locale,
        "publisher": {"@id": f"{home}#organization"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{list_url}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def profile(author: Author, locale: str, portrait: str = "") -> Node:
    """Return the node of the page of an author who is no pseudonym."""
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
            "image": portrait,
            "sameAs": author.profile_urls,
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
    }
