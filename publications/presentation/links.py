"""Addresses: of editions and their formats, tags, authors and feeds; links to share; absolute addresses in HTML."""

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
from publications.metadata import FEED_FORMATS
from publications.models import Author, Edition, EditionAttachment, Image, Kind, Tag

SHARES = (
    ("linkedin", "LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    ("bluesky", "Bluesky", "https://bsky.app/intent/compose?text={title}%20{url}"),
    ("x", "X", "https://x.com/intent/post?text={title}&url={url}"),
    ("facebook", "Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    ("mastodon", "Mastodon", "{mastodon}"),
    ("email", gettext_lazy("E-mail"), "mailto:?subject={title}&body={title}%0A%0A{url}"),
)
IMAGE_NAME = "card.png"
IMAGE_SIZE = (1200, 630)  # pixels
TAG = re.compile(r"<[a-z][a-z0-9]*(?:\s+[a-z-]+(?:=\"[^\"]*\")?)+\s*/?>")
ADDRESS = re.compile(r"(?<=\s)(href|src|srcset)=\"([^\"]*)\"")


@dataclass(frozen=True)
class NamedLink:
    """Something to follow."""

    label: str
    url: str
    key: str = ""
    name: str = ""
    code: str = ""
    title: str = ""
    size: int = 0
    extension: str = ""


def localized_url(name: str, **parts: str | int) -> str:
    """The path of a named page in the tree of this one."""
    return localized_path(current_locale(), f"publications:{name}", **parts)


def topic_url(tag: Tag) -> str:
    return localized_url("topic", slug=tag.slug)


def author_url(author: Author) -> str:
    """Where an author is told of; a pen name is told of nowhere."""
    return "" if author.is_pseudonymous else localized_url("author", slug=author.slug)


def public_address(image: Image, size: str, extension: str) -> str:
    """Where readers get a picture: unguessable by its key."""
    return reverse("picture", kwargs={"key": image.key, "size": size, "extension": extension})


def pdf_url(edition: Edition) -> str:
    """Where the PDF of a piece is found; that of an earlier edition stands beside the edition."""
    return localized_path(edition.locale, "publications:pdf", slug=edition.slug)


def edition_pdf_url(edition: Edition, number: int) -> str:
    return localized_path(edition.locale, "publications:edition_pdf", slug=edition.slug, number=number)


def social_image_url(edition: Edition) -> str:
    """Where the social card of a piece is found (1200 × 630 pixels, PNG), for `og:image`."""
    return localized_path(edition.locale, "publications:card", slug=edition.slug)


def edition_url(live: Edition, number: int) -> str:
    return edition_url_at(live.locale, live.slug, number)


def edition_url_at(locale: str, slug: str, number: int) -> str:
    return localized_path(locale, "publications:edition", slug=slug, number=number)


def changes_url(live: Edition, number: int) -> str:
    return localized_path(live.locale, "publications:changes", slug=live.slug, number=number)


def editions_url(live: Edition) -> str:
    return localized_path(live.locale, "publications:editions", slug=live.slug)


def attachment_url(edition: Edition, file: EditionAttachment) -> str:
    parts_of_it = {"slug": edition.slug, "digest": file.digest[:32], "filename": file.filename}
    return localized_url("attachment", **parts_of_it)


def feeds_for(
    locale: str,
    *,
    kind: Kind | None = None,
    tag: Tag | None = None,
    author: Author | None = None,
    language: str = "",
) -> list[dict[str, Any]]:
    """The feeds of a page, each a `title` and a `url` (a path): its own first, that of the whole site last.

    The `url` is that of Atom; `ways` are the paths by format, and `others` the links to the other formats.
    A pen name has no page and so no feed.
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


def _feed(locale: str, name: str, title: str, **parts: str) -> dict[str, Any]:
    ways = {
        format: localized_path(locale, f"publications:{name}", format=format, **parts)
        for format in FEED_FORMATS
    }
    links = [
        {"title": f"{title} ({format.label})", "type": format.media_type, "url": ways[extension]}
        for extension, format in FEED_FORMATS.items()
    ]
    return {"title": title, "url": ways["atom"], "ways": ways, "others": links[1:]}


def share_links(edition: Edition) -> list[NamedLink]:
    """Plain links: nothing is asked of another site until a reader follows one."""
    parts = {
        "title": quote(edition.title, safe=""),
        "url": quote(absolute_url(edition.get_absolute_url()), safe=""),
        "mastodon": localized_url("mastodon", slug=edition.slug),
    }
    return [
        NamedLink(key=key, name=str(name), label=str(name), url=address.format(**parts))
        for key, name, address in SHARES
    ]


def social_image_tags(page_path: str, title: str) -> dict[str, object]:
    """The social image of the page at a path, as its head names it."""
    width, height = IMAGE_SIZE
    return {
        "url": absolute_url(f"{iri_to_uri(page_path)}{IMAGE_NAME}"),
        "alt": title,
        "width": width,
        "height": height,
    }


def external_link(edition: Edition) -> NamedLink | None:
    """Return the link below the summary, or None for a publication whose text stands here alone."""
    if not edition.external_host:
        return None
    label = _("Read the text at %(host)s") if edition.is_link_post else _("Also published at %(host)s")
    return NamedLink(label=label % {"host": edition.external_host}, url=edition.external_url)


def external_link_html(edition: Edition) -> SafeString:
    """Return the link as a paragraph of its own, for what is read without the page; empty where there is none."""
    link = external_link(edition)
    return format_html('<p><a href="{}">{}</a></p>', link.url, link.label) if link else SafeString("")


def with_whole_addresses(html: str, page: str) -> str:
    """Our HTML with every address whole, so that links, notes and pictures lead somewhere from anywhere."""

    def whole(match: re.Match[str]) -> str:
        name, value = match[1], unescape(match[2])
        each = value.split(", ") if name == "srcset" else [value]
        return f'{name}="{escape(", ".join(urljoin(page, address) for address in each))}"'

    return TAG.sub(lambda tag: ADDRESS.sub(whole, tag[0]), html)
