"""Frozen for migration 0048: what it needs of `publications.markup.render`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import nh3
from django.utils.translation import gettext as _

from .dialect import parse_markdown
from .figures import build_figures
from .footnotes import Footnote, link_footnotes, order_footnotes
from .html_tree import (
    ALLOWED,
    ATTRIBUTE_VALUES,
    GLOBAL_ATTRIBUTES,
    Element,
    serialize,
)
from .links import (
    ALLOWED_SCHEMES,
    FRAGMENT,
    KEY,
    Heading,
    image_keys_of,
    move_ids_to_spans,
    normalize_links,
    resolve_ids,
    safe_address,
)
from .paragraphs import Paragraph, assign_paragraph_ids
from .plain_text import block_text, count_words
from .source import Unrenderable, check_size, clean_source
from .structure import (
    assign_heading_ids,
    flatten_headings,
    normalize_headings,
    normalize_tables,
)
from .typography import apply_typography, primary_language

SITE_ATTRIBUTE_VALUES = {
    "aria-label": re.compile(r".*", re.DOTALL),
    "class": re.compile("footnotes|footnote-ref|footnote-backref|table-scroll"),
    "data-align": ATTRIBUTE_VALUES["align"],
    "data-image": re.compile(KEY),
    "id": re.compile(r"(p-[a-z2-7]{6}(-[0-9]+)?|s-[^\s\"'<>&]+|fn(ref)?-[0-9]+(-[0-9]+)?)"),
    "role": re.compile("region|doc-endnotes|doc-noteref|doc-backlink"),
    "scope": re.compile("col|row"),
    "tabindex": re.compile("0"),
}
ATTRIBUTE_PATTERNS = ATTRIBUTE_VALUES | SITE_ATTRIBUTE_VALUES
STORED_ATTRIBUTES = {
    "*": set(GLOBAL_ATTRIBUTES - {"id"}),
    "a": {"href", "title", "class", "role", "aria-label"},
    "abbr": {"title"},
    "dfn": {"title"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "img": {"data-image", "alt"},
    "li": {"value", "id"},
    "ol": {"start", "reversed", "type"},
    "p": {"id"},
    "section": {"class", "role", "aria-label"},
    "span": {"id"},
    "sup": {"id"},
    "td": {"colspan", "rowspan", "data-align"},
    "th": {"colspan", "rowspan", "data-align", "scope"},
} | {f"h{level}": {"id"} for level in range(2, 7)}


@dataclass(frozen=True)
class RenderedText:
    """A rendered text; `words` is the number of words of the body."""

    html: str
    text: str
    contents: tuple[Heading, ...]
    paragraphs: tuple[Paragraph, ...]
    images: tuple[str, ...]
    words: int


@dataclass(frozen=True)
class RenderLabels:
    table: str
    notes: str
    back: str


ENGLISH = RenderLabels(table="Table", notes="Footnotes", back="Back to note {} in the text")
LABELS = {
    "en": ENGLISH,
    "sv": RenderLabels(table="Tabell", notes="Fotnoter", back="Tillbaka till not {} i texten"),
}


def labels_for(language: str) -> RenderLabels:
    """Return the labels in a language, or in English."""
    return LABELS.get(primary_language(language), ENGLISH)


def render_markdown(
    markdown: str, *, language: str = "en", previous_paragraphs: Sequence[Paragraph] = ()
) -> RenderedText:
    """Render a text.

    Args:
        language: the language of the text, for typography and labels.
        previous_paragraphs: the paragraphs of the previous edition, whose ids are kept.

    Raises:
        Unrenderable: the text is too long or too complex; the message is for the editor.
    """
    check_size(markdown)
    source = clean_source(markdown)
    try:
        return _render(source, language, previous_paragraphs)
    except RecursionError as error:
        raise Unrenderable(_("Lists, quotes or brackets are nested too deeply. Take levels out.")) from error


def _render(source: str, language: str, previous_paragraphs: Sequence[Paragraph]) -> RenderedText:
    labels = labels_for(language)
    body, contents_by_label = parse_markdown(source)
    note_contents = list(contents_by_label.values())
    _normalize(body, note_contents, language, labels)
    notes = order_footnotes(body, note_contents)
    headings = assign_heading_ids(body)
    paragraphs = assign_paragraph_ids(body, previous_paragraphs)
    resolve_ids([body, *note_contents], headings)
    text = block_text(body)
    return RenderedText(
        text=_append_notes(text, notes),
        contents=headings,
        paragraphs=paragraphs,
        images=image_keys_of(Element("body", {}, [body, *(note.content for note in notes)])),
        words=count_words(text),
        html=_render_html(body, notes, labels),
    )


def _normalize(body: Element, note_contents: list[Element], language: str, labels: RenderLabels) -> None:
    for root in (body, *note_contents):
        move_ids_to_spans(root)
    normalize_headings(body)
    for note in note_contents:
        flatten_headings(note)
    for root in (body, *note_contents):
        normalize_links(root)
        build_figures(root)
        apply_typography(root, language)
    normalize_tables([body, *note_contents], labels.table)


def _append_notes(text: str, notes: list[Footnote]) -> str:
    texts = [text, *(block_text(note.content) for note in notes)]
    return "\n\n".join(text for text in texts if text)


def _render_html(body: Element, notes: list[Footnote], labels: RenderLabels) -> str:
    """Return the HTML of the body and the notes. This step is the last, since it turns references into links."""
    blocks = [*body.elements, *link_footnotes(notes, labels.notes, labels.back)]
    return sanitize("\n".join(serialize(block) for block in blocks))


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return safe_address(value) or None
    if (tag, name) == ("span", "id"):
        return value if FRAGMENT.fullmatch(value) else None
    pattern = ATTRIBUTE_PATTERNS.get(name)
    return value if pattern and pattern.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=set(ALLOWED - {"h1"} | {"div", "section", "figure", "figcaption"}),
    attributes=STORED_ATTRIBUTES,
    attribute_filter=_filter_attribute,
    url_schemes=set(ALLOWED_SCHEMES),
    link_rel=None,
)


def sanitize(html: str) -> str:
    """Return the HTML without elements, attributes and addresses that are not on the allow-list."""
    return _CLEANER.clean(html)
