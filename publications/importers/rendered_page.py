"""Render the page of an imported text as publishing does, and compute its excerpt, its anchors and its losses."""

import html
import re

from publications import markup
from publications.manuscript import Manuscript
from publications.stored_messages import gettext as _

from .imported_file import ImportLog, TextCoverage
from .links import addresses_in

# Starts with a literal, which `re` searches fast; otherwise the same as \bid=.
ID = re.compile(r'id="(?<!\wid=")([^"]+)"')
RENDERER_ID_PREFIXES = ("p-", "fn-", "fnref-")
MAX_EXCERPT = 300


def render_as_published(text: Manuscript, log: ImportLog) -> markup.RenderedText | None:
    """Return the text as publishing renders it, or None if it cannot be rendered, which is reported."""
    try:
        return markup.render_markdown(text.body, language=text.language)
    except markup.Unrenderable as error:
        log.dropped("render", _("The text cannot be shown as it is: %s") % error)
        return None


def report_missing_words(coverage: TextCoverage, log: ImportLog) -> None:
    """Report the words of a source that its page does not contain."""
    if coverage.missing:
        message = _("Words of the file that are not in the text: %s") % " ".join(coverage.missing)
        log.dropped("words", message)


def report_losses(text: Manuscript, rendered: markup.RenderedText | None, log: ImportLog) -> None:
    """Report the links and images of a text that its page does not have."""
    if rendered is None:
        return
    page_addresses = {_normal_address(address) for address in addresses_in(rendered.html)}
    for address in addresses_in(text.body):
        is_elsewhere = not address.startswith(
            ("image:", "#")
        )  # a place on the page may have another id there
        if is_elsewhere and _normal_address(address).rstrip() not in page_addresses:
            log.dropped("link-gone", _("A link could not be kept: %s") % address)
    placed = {*rendered.images, text.cover}
    for image in text.images:
        if image.key not in placed:
            message = _("A picture could not be placed in the text: %s") % image.file
            log.dropped("image-missing", message)


def _normal_address(address: str) -> str:
    return html.unescape(address).replace("%20", " ")


def anchors_in(rendered: markup.RenderedText | None) -> frozenset[str]:
    """Return the ids of a page that links of other texts may point to."""
    ids = ID.findall(rendered.html) if rendered else ()
    return frozenset(html.unescape(name) for name in ids if not name.startswith(RENDERER_ID_PREFIXES))


def fragment_links_in(rendered: markup.RenderedText | None) -> tuple[str, ...]:
    """Return the links of a page to an id, on this page or another page of the site."""
    if rendered is None or "#" not in rendered.html:
        return ()
    links = (link for link in addresses_in(rendered.html) if link.startswith(("#", "/")) and "#" in link)
    return tuple(link for link in links if not link.partition("#")[2].startswith(RENDERER_ID_PREFIXES))


def build_excerpt(rendered: markup.RenderedText | None) -> str:
    """Return the first paragraph of more than a few words, or its beginning."""
    paragraphs = [" ".join(paragraph.text.split()) for paragraph in rendered.paragraphs] if rendered else []
    first = next((paragraph for paragraph in paragraphs if len(paragraph.split()) > 3), "")
    if len(first) <= MAX_EXCERPT:
        return first
    return first[:MAX_EXCERPT].rpartition(" ")[0].rstrip(",;:– ") + " …"
