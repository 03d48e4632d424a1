"""URLs of editions and their formats, tags, authors and feeds; links to share; absolute URLs in HTML."""

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import Any
from urllib.parse import quote, urljoin

from django.urls import reverse
from django.utils import translation
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.locales import absolute_url, current_locale, language_label, localized_path
from publications.metadata import FEED_FORMATS, FORMATS
from publications.models import Author, Edition, EditionAttachment, Image, Kind, Tag

SHARE_URLS = (
    ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    ("Bluesky", "https://bsky.app/intent/compose?text={title}%20{url}"),
    ("X", "https://x.com/intent/post?text={title}&url={url}"),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    ("Mastodon", "{mastodon}"),
    (gettext_lazy("E-mail"), "mailto:?subject={title}&body={title}%0A%0A{url}"),
)
SOCIAL_IMAGE_NAME = FORMATS["png"].filename
SOCIAL_IMAGE_SIZE = (1200, 630)  # pixels
TAG = re.compile(r"<[a-z][a-z0-9]*(?:\s+[a-z-]+(?:=\"[^\"]*\")?)+\s*/?>")
URL_ATTRIBUTE = re.compile(r"(?<=\s)(href|src|srcset)=\"([^\"]*)\"")


FILE_SIZE = re.compile(r"\d[  ]?(?:bytes?|[kmg]i?b)\b", re.IGNORECASE)


@dataclass(frozen=True)
class LabelledLink:
    """A link in a list: a translation, a topic, an attachment, a site to share on."""

    label: str
    url: str
    code: str = ""
    title: str = ""
    size: int = 0
    extension: str = ""

    @property
    def names_size(self) -> bool:
        """Whether the label says how large its file is."""
        return bool(FILE_SIZE.search(self.label))


def localized_url(name: str, **kwargs: str | int) -> str:
    """Return the path of a public URL name in the current locale."""
    return localized_path(current_locale(), f"publications:{name}", **kwargs)


def topic_url(tag: Tag) -> str:
    return localized_url("topic", slug=tag.slug)


def author_url(author: Author) -> str:
    """Return the path of the author's page, or "" for a pen name, which has none."""
    return "" if author.is_pseudonymous else localized_url("author", slug=author.slug)


def public_image_url(image: Image, size: str, extension: str) -> str:
    """Return the public path of an image; its key cannot be guessed."""
    return reverse("image_file", kwargs={"key": image.key, "size": size, "extension": extension})


def pdf_url(edition: Edition) -> str:
    """Return the path of the PDF of the live edition; `edition_pdf_url` is that of an earlier one."""
    return localized_path(edition.locale, "publications:pdf", slug=edition.slug)


def edition_pdf_url(edition: Edition, number: int) -> str:
    return localized_path(edition.locale, "publications:edition_pdf", slug=edition.slug, number=number)


def social_image_url(edition: Edition) -> str:
    """Return the path of the publication's social image (PNG), for `og:image`."""
    return localized_path(edition.locale, "publications:social_image", slug=edition.slug)


def edition_url(live: Edition, number: int) -> str:
    return edition_url_at(live.locale, live.slug, number)


def edition_url_at(locale: str, slug: str, number: int) -> str:
    return localized_path(locale, "publications:edition", slug=slug, number=number)


def changes_url(live: Edition, number: int) -> str:
    return localized_path(live.locale, "publications:changes", slug=live.slug, number=number)


def editions_url(live: Edition) -> str:
    return localized_path(live.locale, "publications:editions", slug=live.slug)


def attachment_url(edition: Edition, file: EditionAttachment) -> str:
    return localized_path(
        edition.locale,
        "publications:attachment",
        slug=edition.slug,
        digest=file.digest[:32],
        filename=file.filename,
    )


def feeds_for(
    locale: str,
    *,
    kind: Kind | None = None,
    tag: Tag | None = None,
    author: Author | None = None,
    language: str = "",
) -> list[dict[str, Any]]:
    """Return the feeds of a page: its own first, that of the whole site last. A pen name has no feed.

    Each has a `title`, a `url` (the path of the Atom feed), `paths` by format and `others`, the links to the other
    formats.
    """
    with translation.override(locale):
        own = [
            kind and _feed(locale, "kind_feed", kind.plural, kind=kind.slug),
            tag and _feed(locale, "topic_feed", tag.label, tag=tag.slug),
            author
            and not author.is_pseudonymous
            and _feed(locale, "author_feed", author.name, author=author.slug),
            language and _feed(locale, "language_feed", language_label(language), code=language),
        ]
        return [feed for feed in (*own, _feed(locale, "feed", _("Publications"))) if feed]


def _feed(locale: str, name: str, title: str, **kwargs: str) -> dict[str, Any]:
    paths = {
        format: localized_path(locale, f"publications:{name}", format=format, **kwargs)
        for format in FEED_FORMATS
    }
    links = [
        {"title": f"{title} ({format.label})", "type": format.media_type, "url": paths[extension]}
        for extension, format in FEED_FORMATS.items()
    ]
    return {"title": title, "url": paths["atom"], "paths": paths, "others": links[1:]}


def share_links(edition: Edition) -> list[LabelledLink]:
    """Return the links to share an edition; they are plain links that load nothing from other sites."""
    values = {
        "title": quote(edition.marked_title, safe=""),
        "url": quote(absolute_url(edition.get_absolute_url()), safe=""),
        "mastodon": localized_url("mastodon", slug=edition.slug),
    }
    return [LabelledLink(label=str(label), url=template.format(**values)) for label, template in SHARE_URLS]


def social_image_tags(page_path: str, title: str) -> dict[str, object]:
    """Return URL, alternative text and size of the social image of the page at a path, for its meta tags."""
    width, height = SOCIAL_IMAGE_SIZE
    return {
        "url": absolute_url(f"{iri_to_uri(page_path)}{SOCIAL_IMAGE_NAME}"),
        "alt": title,
        "width": width,
        "height": height,
    }


def external_link(edition: Edition) -> LabelledLink | None:
    """Return the link below the summary to the text on another site, or None without one."""
    if not edition.external_host:
        return None
    label = _("Read the text at %(host)s") if edition.is_link_post else _("Also published at %(host)s")
    return LabelledLink(label=label % {"host": edition.external_host}, url=edition.external_url)


def external_link_html(edition: Edition) -> SafeString:
    """Return the link as a paragraph for feeds and PDFs, or "" without one."""
    link = external_link(edition)
    return format_html('<p><a href="{}">{}</a></p>', link.url, link.label) if link else SafeString("")


def absolutize_urls(html: str, page_url: str) -> str:
    """Return HTML of the sanitizer with every URL absolute: links, notes and images work outside the page.

    Args:
        page_url: the URL that relative ones start from.
    """

    def absolutize(match: re.Match[str]) -> str:
        name, value = match[1], unescape(match[2])
        urls = value.split(", ") if name == "srcset" else [value]
        return f'{name}="{escape(", ".join(urljoin(page_url, url) for url in urls))}"'

    return TAG.sub(lambda tag: URL_ATTRIBUTE.sub(absolutize, tag[0]), html)
