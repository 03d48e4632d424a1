"""Give the blocks of a text the form in which Markdown has them: paragraphs, headings, lists, tables and quotations."""

import re
from itertools import groupby

from publications.html_tree import HEADINGS, HTML, Element, is_blank, split_names
from publications.markup import REFERENCE_TAG, is_note_reference
from publications.stored_messages import gettext as _

from .line_breaks import split_block, split_paragraphs
from .losses import TextLosses, one_line
from .source_tree import (
    TABLE_PARTS,
    Child,
    classes_of,
    has_blocks,
    is_block,
    styles_of,
    visible_text,
)

SPACES = re.compile(r"[ \t\n\xa0]{2,}")
RENAMED = {"tt": "code", "strike": "s", "acronym": "abbr", "listing": "pre", "xmp": "pre"}
QUOTE_CLASSES = split_names("pullquote wp-block-pullquote pull-quote")
EMPHASIS = frozenset({"b", "strong", "i", "em"})
MEDIA = frozenset({"img"})
ALIGNED = frozenset({"p", "div", "center", "blockquote", *HEADINGS})
ALIGNMENTS = frozenset({"center", "right", "end"})
ALIGN_CLASS = "has-text-align-"
"""The beginning of the names of classes of the block editor of WordPress."""


def normalize_blocks(root: Element, losses: TextLosses, *, title: str, language: str) -> None:
    """Give a tree the form of this site's texts. The title of the text is not repeated in it."""
    _note_alignment(root, losses)
    root.replace_descendants(lambda element: _normalize_inline(element, language))
    root.children = _push_down(root.children)
    root.replace_descendants(_normalize_block)
    root.children = split_paragraphs(root.children)
    root.replace_descendants(split_block)
    _remove_title(root, losses, title)
    _shift_headings(root, losses)
    root.replace_descendants(_drop_empty)


def _note_alignment(root: Element, losses: TextLosses) -> None:
    """Note the alignment of paragraphs and headings, which texts here do not have."""
    aligned = {
        align
        for element in root.walk()
        if element.tag in ALIGNED and (align := _alignment_of(element)) and visible_text(element).strip()
    }
    if aligned:
        message = _("The alignment of text was left out: %s")
        losses.log.dropped("display", message % ", ".join(sorted(aligned)))


def _alignment_of(element: Element) -> str:
    """Return an alignment that readers saw, or ""."""
    classes = element.get("class").lower().split()
    named = (name.removeprefix(ALIGN_CLASS) for name in classes if name.startswith(ALIGN_CLASS))
    align = styles_of(element).get("text-align") or element.get("align").strip().lower() or next(named, "")
    return "center" if element.tag == "center" else align if align in ALIGNMENTS else ""


def _normalize_inline(element: Element, language: str) -> list[Child]:
    """Return an element with the emphasis of its styles, without others."""
    element.tag = RENAMED.get(element.tag, element.tag)
    if element.tag not in HTML and not is_note_reference(element):
        return element.children
    if element.tag not in ("pre", "code", "samp", "kbd"):
        element.children = [
            SPACES.sub(_join_spaces, child) if isinstance(child, str) else child for child in element.children
        ]
    if element.get("lang").partition("-")[0].lower() == language:
        del element.attributes["lang"]
    styles = styles_of(element) if "style" in element.attributes else {}
    if element.tag in ("b", "strong") and styles.get("font-weight") in ("normal", "400"):
        return element.children  # Google Docs puts all of a text into such an element
    if element.tag in ("i", "em") and styles.get("font-style") == "normal":
        return element.children
    if element.tag in ("span", "font"):
        return [_emphasize(element, styles)]
    if align := styles.get("text-align", "") if element.tag in ("td", "th") else "":
        element.attributes["align"] = align
    if element.get("align").lower() in ("left", "justify"):
        del element.attributes["align"]
    return [element]


def _join_spaces(match: re.Match[str]) -> str:
    """Return white space that has a no-break space among others as one space."""
    return " " if "\xa0" in match[0] else match[0]


def _emphasize(element: Element, styles: dict[str, str]) -> Element:
    """Return an element in those that have the meaning of its styles."""
    tags = [
        tag
        for tag, is_set in (
            ("strong", styles.get("font-weight") in ("bold", "bolder", "600", "700", "800", "900")),
            ("em", styles.get("font-style") in ("italic", "oblique")),
            (
                "s",
                "line-through" in styles.get("text-decoration", "") + styles.get("text-decoration-line", ""),
            ),
            ("sup", styles.get("vertical-align") == "super"),
            ("sub", styles.get("vertical-align") == "sub"),
        )
        if is_set
    ]
    attributes = {name: element.get(name) for name in ("id", "lang", "dir") if name in element.attributes}
    children = element.children
    for tag in tags:
        children = (
            [Element(tag, {}, children)] if visible_text(Element("p", {}, children)).strip() else children
        )
    return Element("span", attributes, children)


def _push_down(children: list[Child]) -> list[Child]:
    """Return children in which no inline element contains a block: each run of text in it gets its own."""
    pushed: list[Child] = []
    for child in children:
        if isinstance(child, str):
            pushed.append(child)
        elif is_block(child) or not has_blocks(child):
            if is_block(child):
                child.children = _push_down(child.children)
            pushed.append(child)
        else:
            pushed += _wrap_runs(_push_down(child.children), child)
    return pushed


def _wrap_runs(children: list[Child], wrapper: Element) -> list[Child]:
    """Return children with each run of inline content in a copy of an element; its id stays at the first."""
    wrapped: list[Child] = []
    for are_blocks, run in groupby(children, key=is_block):
        for child in run if are_blocks else [list(run)]:
            if isinstance(child, Element):
                child.children = _wrap_runs(child.children, wrapper)
                wrapped.append(child)
            elif all(is_blank(part) for part in child):
                wrapped += child
            else:
                wrapped.append(Element(wrapper.tag, dict(wrapper.attributes), child))
                wrapper.attributes.pop("id", None)
    return wrapped


def _normalize_block(element: Element) -> list[Child]:
    tag = element.tag
    if tag == "table":
        return _normalize_table(element)
    if tag in ("td", "th", "dt"):
        return [_unwrap_only_paragraph(element)]
    if tag in ("ul", "ol"):
        return [_normalize_list(element)]
    if tag == "pre":
        return [_normalize_code(element)]
    if tag in HEADINGS:
        return _normalize_heading(element)
    if (
        tag in ("aside", "div", "p")
        and classes_of(element) & QUOTE_CLASSES
        and not element.find_all("blockquote")
    ):
        return [Element("blockquote", {}, element.children)]
    if tag == "summary":
        return (
            [Element("p", {}, [Element("strong", {}, element.children)])]
            if not has_blocks(element)
            else [element]
        )
    return [element]


def _normalize_table(table: Element) -> list[Child]:
    """Return a table, or the content of one that has a single cell and is there for the layout."""
    if len(table.find_all("td", "th")) > 1:
        return [table]
    for element in table.walk():
        if element.tag in TABLE_PARTS:
            element.tag, element.attributes = "div", {}
    return [table]


def _unwrap_only_paragraph(element: Element) -> Element:
    """Return a cell without the paragraph or division that all of it is in."""
    content = [child for child in element.children if not is_blank(child)]
    while len(content) == 1 and isinstance(content[0], Element) and content[0].tag in ("p", "div"):
        element.children = content[0].children
        content = [child for child in element.children if not is_blank(child)]
    return element


def _normalize_list(element: Element) -> Element:
    """Return a list whose items are not paragraphs if each has only one, beside lists in it."""
    items = [item for item in element.elements if item.tag == "li"]
    if items and all(_paragraphs_in(item) <= 1 for item in items):
        for item in items:
            item.children = [
                part
                for child in item.children
                for part in (child.children if _is_plain_paragraph(child) else [child])
            ]
    return element


def _is_plain_paragraph(child: Child) -> bool:
    return isinstance(child, Element) and child.tag == "p" and "lang" not in child.attributes


def _paragraphs_in(item: Element) -> int:
    """Return the number of blocks in an item that are not lists at its end; many if it begins with a list."""
    blocks = [child for child in item.children if not is_blank(child)]
    while blocks and isinstance(blocks[-1], Element) and blocks[-1].tag in ("ul", "ol"):
        blocks.pop()
    if not any(map(is_block, blocks)):
        return 1
    return len(blocks) if all(isinstance(block, Element) and block.tag == "p" for block in blocks) else 2


def _normalize_code(element: Element) -> Element:
    """Return a code block with its line breaks as text; a verse is a paragraph with line breaks."""
    if "wp-block-verse" in classes_of(element):
        children: list[Child] = []
        for index, line in enumerate(visible_text(element).strip("\n").split("\n")):
            children += [Element("br"), line] if index else [line]
        return Element("p", {}, children)
    element.replace_descendants(lambda child: ["\n"] if child.tag == "br" else [child])
    element.replace_descendants(lambda child: [*child.children, "\n"] if is_block(child) else [child])
    return element


def _normalize_heading(element: Element) -> list[Child]:
    """Return a heading without emphasis on all of it; one of images only is a paragraph."""
    content = [child for child in element.children if not is_blank(child)]
    while len(content) == 1 and isinstance(content[0], Element) and content[0].tag in EMPHASIS:
        element.children = content[0].children
        content = [child for child in element.children if not is_blank(child)]
    if not visible_text(element).strip():
        return [Element("p", {}, element.children)]
    if has_blocks(element) or element.find_all("img"):
        images = element.find_all("img")
        element.replace_descendants(lambda child: [] if child.tag == "img" else [child])
        return [element, *(Element("p", {}, [image]) for image in images)]
    return [element]


def _remove_title(root: Element, losses: TextLosses, title: str) -> None:
    """Remove the heading at the beginning that repeats the title, or the only one of level 1 that does."""
    for heading in root.find_all("h1", "h2"):
        if one_line(visible_text(heading)).casefold() == one_line(title).casefold():
            losses.forget(heading)
            heading.tag, heading.children = "div", []
        return


def _shift_headings(root: Element, losses: TextLosses) -> None:
    """Shift headings so that the highest is of level 2; those that would be lower than 6 are of level 6."""
    headings = root.find_all(*HEADINGS)
    levels = {int(heading.tag[1]) for heading in headings}
    highest = min(levels, default=2)
    if {1, 5, 6} <= levels:
        losses.log.changed("display", _("Headings of the levels 5 and 6 are of one level now."))
    for heading in headings:
        heading.tag = f"h{min(6, int(heading.tag[1]) + 2 - highest)}"


def _drop_empty(element: Element) -> list[Child]:
    """Return nothing for an empty paragraph, quotation or list; what they have an id for stays."""
    if element.tag in ("p", "blockquote", "ul", "ol", "li", "dl", *HEADINGS) and not _has_content(element):
        return [child for child in element.children if isinstance(child, Element) and child.get("id")]
    return [element]


def _has_content(element: Element) -> bool:
    return bool(visible_text(element).strip()) or any(
        child.tag in MEDIA or child.tag == "hr" or child.tag.startswith(REFERENCE_TAG)
        for child in element.walk()
    )
