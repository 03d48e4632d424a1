"""Rewrite the links of a text: to new addresses, to its own attachments, or as absolute links to the old site."""

import re
from urllib.parse import urldefrag

from publications.html_tree import Element
from publications.markup import ALLOWED_SCHEMES, fragment_on_page
from publications.slugs import normalize_redirect_path
from publications.stored_messages import gettext as _

from ..imported_file import ImportLog
from ..links import AddressRewriter, without_account
from ..source import ImportContext
from .attachments import AttachmentCollector
from .losses import one_line
from .media import SourceMedia
from .source_tree import Child, visible_text

SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
SILENT_SCHEMES = frozenset({"javascript", "vbscript"})
GENERIC_SEGMENTS = frozenset({
    "about", "about-us", "archive", "archives", "author", "blog", "category", "contact", "en", "feed", "home",
    "index.html", "index.php", "news", "page", "press", "privacy", "projects", "search", "sv", "tag", "team", "topics",
})  # fmt: skip
"""Parts of paths that many sites have."""


class ArticleLinks(AddressRewriter):
    """Rewrites the links of one text.

    Args:
        url: the address of the text on the old site.
    """

    def __init__(
        self, url: str, context: ImportContext, media: SourceMedia, files: AttachmentCollector, log: ImportLog
    ) -> None:
        super().__init__(context.addresses, context.site, log)
        self.url, self.media, self.files = url, media, files

    def rewrite_links(self, root: Element) -> None:
        """Rewrite all links; those that lead nowhere become text."""
        root.replace_descendants(
            lambda element: self._rewrite_link(element) if element.tag == "a" else [element]
        )

    def _rewrite_link(self, link: Element) -> list[Child]:
        href = link.get("href").strip()
        if not href:
            anchors = [Element("span", {"id": name})] if (name := link.get("id") or link.get("name")) else []
            return [*anchors, *link.children]
        words = one_line(visible_text(link))
        scheme = SCHEME.match(href)
        if scheme and scheme[1].lower() not in ALLOWED_SCHEMES:
            if scheme[1].lower() not in SILENT_SCHEMES:
                self.log.dropped("link-gone", _("A link could not be kept: %s") % href[:200])
            return link.children
        absolute = self.media.resolve(href) if not scheme or scheme[1].lower().startswith("http") else href
        if (shown := without_account(href)) != href:
            self.log.changed("link", _("The name and password in a link were left out: %s") % shown)
            href = shown
        link.attributes["href"] = self.files.find_address(absolute, words) or self.rewrite(href)
        if link.get("title") == words or not link.children:
            link.attributes.pop("title", None)
        return [link]

    def _new_address(self, address: str) -> str:
        if not address or address.startswith(("#", "image:", "mailto:", "tel:")):
            return address
        absolute, fragment = urldefrag(self.media.resolve(address))
        mark = f"#{fragment_on_page(fragment)}" if fragment else ""
        if fragment and self.url and absolute == urldefrag(self.url)[0]:
            return mark
        if not self.media.is_own(absolute):
            if self.media.may_be_own(absolute) and names_page(absolute) and self._find_new(absolute):
                message = _("A link stays that leads to a text of this import if it is to the old site: %s")
                self.log.guessed("link-lost", message % absolute)
            return absolute + (f"#{fragment}" if fragment else "")
        if new := self._find_new(absolute):
            self.log.changed("link", _("%(old)s leads to %(new)s now.") % {"old": address, "new": new})
            return new + mark
        self.log.guessed(
            "link-lost", _("A link to another page of the old site stays as it was: %s") % absolute
        )
        return absolute + (f"#{fragment}" if fragment else "")

    def _find_new(self, absolute: str) -> str | None:
        """Return the new address of a page of the old site; a query may name the page."""
        path, mark, query = absolute.partition("?")
        local = f"/{path.partition('//')[2].partition('/')[2]}" if "//" in path else path
        if mark and (new := self.addresses.get(f"{local}?{query}")):
            return new
        normalized = normalize_redirect_path(local)
        return None if mark and normalized == "/" else self.addresses.get(normalized)


def names_page(address: str) -> bool:
    """Whether an address has a query, or a name in its path that other sites do not have as well, unlike home pages."""
    path, mark, _query = urldefrag(address).url.partition("?")
    segments = {segment.casefold() for segment in path.partition("//")[2].split("/")[1:] if segment}
    return bool(mark or segments - GENERIC_SEGMENTS)
