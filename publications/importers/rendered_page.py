"""Render the page of an imported text as publishing does, and compute its excerpt, its anchors and its losses."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from publications import markup
from publications.locales import LANGUAGE_NAMES
from publications.manuscript import Manuscript
from publications.stored_messages import gettext as _

from .imported_file import ImportLog, TextCoverage
from .language_detection import detect_other_language, find_other_script
from .links import addresses_in

# Starts with a literal, which `re` searches fast; otherwise the same as \bid=.
ID = re.compile(r'id="(?<!\wid=")([^"]+)"')
RENDERER_ID_PREFIXES = ("p-", "fn-", "fnref-")
MIN_EXCERPT_WORDS, MAX_EXCERPT = 4, 300  # words; characters


@dataclass(frozen=True)
class Excerpt:
    """A paragraph of a text as its summary, or the beginning of one; `note` says which paragraph."""

    text: str
    note: str


def render_as_published(text: Manuscript, log: ImportLog) -> markup.RenderedText | None:
    """Return the text as publishing renders it, or None if it cannot be rendered, which is reported."""
    try:
        rendered = markup.render_markdown(text.body, language=text.language)
        _question_language(rendered.text, text.language, log)
        return rendered
    except markup.Unrenderable as error:
        log.dropped("render", _("The text cannot be shown as it is: %s") % error)
        return None


def _question_language(text: str, language: str, log: ImportLog) -> None:
    """Note that a text reads as another language than it has; it keeps that."""
    if detected := detect_other_language(text, language):
        message = _(
            "It reads as %(detected)s and came in as %(language)s. If that is wrong, change its language."
        )
        names = {"detected": LANGUAGE_NAMES[detected], "language": LANGUAGE_NAMES[language]}
        log.guessed("other-language", message % names)
    elif word := find_other_script(text, language):
        message = _(
            "Much of it is in other letters, such as “%(word)s”, and it came in as %(language)s. If that is wrong, "
            "change its language."
        )
        log.guessed("other-language", message % {"word": word, "language": LANGUAGE_NAMES[language]})


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


def build_excerpt(rendered: markup.RenderedText | None, captions: Iterable[str] = ()) -> Excerpt | None:
    """Return the first paragraph that is no caption, quotation or short line, or its beginning; else a quotation.

    Args:
        captions: the words of pictures and their captions: where a picture is missing, they stand as paragraphs.
    """
    all_captions = "".join(map(_letters_of, captions))
    quotation = ""
    for index, paragraph in enumerate(rendered.paragraphs if rendered else ()):
        text = " ".join(paragraph.text.split())
        is_short = len(text.split()) < MIN_EXCERPT_WORDS or text.endswith(":")
        if is_short or _letters_of(text) in all_captions:
            continue
        if _is_quotation(rendered.html, paragraph.anchor):
            quotation = quotation or text
            continue
        if not index:
            return Excerpt(_cut(text), _("The summary is the first paragraph."))
        note = _("The summary is the first paragraph that is no caption, quotation or short line.")
        return Excerpt(_cut(text), note)
    if not quotation:
        return None
    return Excerpt(_cut(quotation), _("The summary is a quotation, as the text has no other long paragraph."))


def _is_quotation(page: str, anchor: str) -> bool:
    before = page[: page.find(f'id="{anchor}"')]
    return before.count("<blockquote") > before.count("</blockquote")


def _letters_of(text: str) -> str:
    """Return a text without spaces and signs, which typography and Markdown change."""
    return "".join(re.findall(r"\w+", text)).casefold()


def _cut(text: str) -> str:
    if len(text) <= MAX_EXCERPT:
        return text
    return text[:MAX_EXCERPT].rpartition(" ")[0].rstrip(",;:– ") + " …"
