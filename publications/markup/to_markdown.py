"""Convert HTML to Markdown in one of two styles (`markdown_styles`).

Elements without a Markdown syntax stay HTML in both. Rendering either again yields the same text.

Published Markdown is converted from the HTML of the page, because the source may contain comments for colleagues.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from html import escape as escape_html
from itertools import groupby
from urllib.parse import quote, urljoin

from publications.html_tree import Element, is_bare_link, is_inline_child

from .markdown_lists import INDENT, indent_blocks, is_loose, is_open
from .markdown_styles import SPACES, MarkdownStyle, escape_brackets, escape_label, escape_title
from .markdown_tables import is_plain_table, write_html_table, write_table

SEPARATOR = "<!-- -->"
CONTINUED_BY = {"ul": ("ul", "pre"), "ol": ("ol", "pre"), "blockquote": ("blockquote",), "pre": ("pre",)}
"""Blocks that would be read as part of the block before them, by its tag."""
EMPHASIS = {"em": "*", "i": "*", "cite": "*", "dfn": "*", "var": "*", "strong": "**", "b": "**"}
HTML_ELEMENTS = {
    "abbr", "bdi", "bdo", "del", "ins", "kbd", "mark", "q", "s", "samp", "small", "sub", "sup", "u",
}  # fmt: skip
NOTE_LINK = re.compile(r"#fn-([^\]\n]+)")
WHOLE_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>]+")
ADJACENT_BREAKS = re.compile(r"  \n(?:[ \xa0]*?  \n)+")  # a blank line would end the paragraph


def to_markdown(
    element: Element,
    style: MarkdownStyle,
    *,
    base: str = "",
    image_address: Callable[[str], str] = "image:{}".format,
) -> str:
    """Return the content of an element as Markdown.

    Args:
        element: stored HTML, with notes in a section of the class `footnotes`.
        style: EDITABLE_STYLE or PORTABLE_STYLE.
        base: the absolute URL of the page, to resolve relative links; empty leaves links unchanged.
        image_address: returns the URL of an image by its key; an image without one is omitted.
    """
    return "\n\n".join(_Writer(style, base, image_address).blocks(element))


class _Writer:
    """Writes blocks, each as a text of one or more lines, and inline content."""

    def __init__(self, style: MarkdownStyle, base: str, image_address: Callable[[str], str]) -> None:
        self.style, self.base, self.image_address = style, base, image_address
        self.line_break = style.line_break
        self.is_in_link = self.is_nested = False

    def blocks(self, element: Element) -> list[str]:
        return [block for block in self._blocks(element) if block.strip()]

    def _nested_blocks(self, element: Element) -> list[str]:
        """Return the blocks in a quotation, list item or note."""
        outer, self.is_nested = self.is_nested, True
        blocks = self.blocks(element)
        self.is_nested = outer
        return blocks

    def _blocks(self, element: Element) -> Iterator[str]:
        """Yield the blocks in an element with block or inline content, or both.

        A comment separates a list or a quotation from a following block that would otherwise be read as part of it.
        """
        before = ""
        for is_inline, children in groupby(element.children, key=is_inline_child):
            if is_inline and (content := self._paragraph_text(Element("p", {}, list(children)))):
                yield content
                before = ""
            for child in [] if is_inline else children:
                if child.tag in CONTINUED_BY.get(before, ()):
                    yield SEPARATOR
                yield from BLOCK_WRITERS.get(child.tag, _Writer._blocks)(self, child)
                before = child.tag

    def _paragraph(self, element: Element) -> Iterator[str]:
        attributes = self.style.write_attributes(element.attributes)
        yield "\n".join(filter(None, [self._paragraph_text(element), attributes]))

    def _paragraph_text(self, element: Element) -> str:
        text = self._inline(element).strip(" \xa0\n")
        return self.style.escape_start(
            ADJACENT_BREAKS.sub(lambda match: match[0].replace("  \n", "<br>\n"), text)
        )

    def _heading(self, element: Element) -> Iterator[str]:
        content = re.sub(r"#$", r"\#", self._on_one_line(element).strip())
        if content:
            attributes = self.style.write_attributes(element.attributes)
            yield " ".join(filter(None, ["#" * int(element.tag[1]), content, attributes]))

    def _quotation(self, element: Element) -> Iterator[str]:
        lines = "\n\n".join(self._nested_blocks(element)).split("\n")
        yield "\n".join(f"> {line}" if line.strip() else ">" for line in lines)

    def _list(self, element: Element) -> Iterator[str]:
        number = int(element.get("start") or 1)
        has_gaps = any(is_loose(item) or is_open(item) for item in element.elements)
        items = []
        for item in element.elements:
            number = int(item.get("value") or number)
            marker = f"{number}." if element.tag == "ol" else "-"
            number += 1
            if blocks := self._item_blocks(item):
                between = "\n\n" if is_loose(item) else "\n"
                items.append(indent_blocks(blocks, f"{marker} ".ljust(self.style.marker_width), between))
        yield ("\n\n" if has_gaps else "\n").join(items)

    def _item_blocks(self, item: Element) -> list[str]:
        """Return the blocks of a list item; the lines of one beside the marker would not be read as indented."""
        blocks = self._nested_blocks(item)
        first = blocks[0].lstrip("\n") if blocks else ""
        below = first.partition("\n")[2]
        is_moved = first.startswith(INDENT) or below.startswith(INDENT) or (first.startswith(">") and below)
        return [SEPARATOR, *blocks] if is_moved else blocks

    def _description_list(self, element: Element) -> Iterator[str]:
        """Yield a description list as paragraphs: not all parsers have a syntax for it."""
        for child in element.elements:
            blocks = self.blocks(child)
            yield from ([f"**{block}**" for block in blocks] if child.tag == "dt" else blocks)

    def _code_block(self, element: Element) -> Iterator[str]:
        lines = element.text.strip("\n").split("\n")
        yield "\n".join(f"{INDENT}{line}" if line.strip() else "" for line in lines)

    def _thematic_break(self, element: Element) -> Iterator[str]:
        yield "* * *"

    def _figure(self, element: Element) -> Iterator[str]:
        """Yield an image with its caption as the title, which the site renders as a caption again."""
        figure = deepcopy(element)
        captions, images = figure.find_all("figcaption"), figure.find_all("img")
        if captions and images:
            figure.children.remove(captions[0])
            images[0].attributes["title"] = captions[0].text
        yield self._paragraph_text(figure)

    def _table(self, element: Element) -> Iterator[str]:
        """Yield a table with pipes if every cell is one line and the first row is a header, otherwise as HTML."""
        rows = element.find_all("tr")
        is_plain = is_plain_table(element, rows)
        yield write_table(rows, self._cell) if is_plain else write_html_table(element, self.is_nested)

    def _cell(self, element: Element) -> str:
        return self._on_one_line(element).replace("  ", " ").replace("|", "\\|").strip()

    def _section(self, element: Element) -> Iterator[str]:
        """Yield the notes, each after its label."""
        if element.get("class") != "footnotes":
            yield from self._blocks(element)
            return
        for item in element.walk():
            if item.get("id").startswith("fn-"):
                label = item.get("id").removeprefix("fn-")
                yield indent_blocks(self._nested_blocks(item) or ["\N{EN DASH}"], f"[^{label}]: ", "\n\n")

    def _on_one_line(self, element: Element) -> str:
        self.line_break = "<br>"
        content = self._inline(element)
        self.line_break = self.style.line_break
        return content.replace("\n", " ")

    def _inline(self, element: Element, inside: str = "") -> str:
        """Return the inline content of an element; `inside` is the tag of the emphasis or HTML around it."""
        output = ""
        for child in element.children:
            child_source = (
                self._text(child) if isinstance(child, str) else self._element(child, inside, output)
            )
            is_image = output.endswith("!") and child_source.startswith("[")
            output = f"{output[:-1]}\\!{child_source}" if is_image else output + child_source
        return output

    def _text(self, text: str) -> str:
        escaped = self.style.escape(text)
        return escape_brackets(escaped) if self.is_in_link else escaped

    def _element(self, element: Element, inside: str, before: str) -> str:
        if element.tag in EMPHASIS:
            return self._emphasis(element, inside, before)
        if element.tag in HTML_ELEMENTS:
            return self._note_reference(element) or self._as_html(element)
        if writer := INLINE_WRITERS.get(element.tag):
            return writer(self, element)
        return self._inline(element, inside)

    def _emphasis(self, element: Element, inside: str, before: str) -> str:
        """Return text with emphasis marks, or with tags next to or within other emphasis, where parsers disagree."""
        is_separate = not inside and (not before.endswith("*") or before.endswith("\\*"))
        inner = _bold_italics(element) if self.style.joins_delimiters and is_separate else None
        text = self._inline(inner or element, (inner or element).tag)
        content = text.strip()
        if not content:
            return text
        start, _content, end = text.partition(content)
        if inner:
            return f"{start}***{content}***{end}"
        if not is_separate or element.attributes:
            return f"{start}{_start_tag(element)}{content}</{element.tag}>{end}"
        mark = EMPHASIS[element.tag]
        return f"{start}{mark}{content}{mark}{end}"

    def _as_html(self, element: Element) -> str:
        return f"{_start_tag(element)}{self._inline(element, element.tag)}</{element.tag}>"

    def _note_reference(self, element: Element) -> str:
        """Return the reference to a note in a `sup`, or an empty string."""
        link = next((child for child in element.elements if child.tag == "a"), None)
        is_reference = element.tag == "sup" and link and link.get("class") == "footnote-ref"
        match = NOTE_LINK.fullmatch(link.get("href")) if is_reference else None
        return f"[^{match[1]}]" if match else ""

    def _link(self, element: Element) -> str:
        href = element.get("href")
        if "footnote-backref" in element.get("class"):
            return ""
        if not href:
            return self._inline(element)
        address = urljoin(self.base, href)
        if (
            is_bare_link(element)
            and not address.startswith("mailto:")
            and WHOLE_ADDRESS.fullmatch(element.text)
        ):
            return f"<{address}>"
        self.is_in_link = True
        content = escape_label(self._inline(element))
        self.is_in_link = False
        title = escape_title(element.get("title"))
        return f"[{content}]({self._safe_address(address)}{f' "{title}"' if title else ''})"

    def _safe_address(self, address: str) -> str:
        """Return the address with characters quoted that would end it in Markdown."""
        return self.style.unsafe_in_address.sub(lambda match: quote(match[0], safe=""), address)

    def _span(self, element: Element) -> str:
        """Return an empty span with an id, the target of a link, as HTML; of other spans the content."""
        name = element.get("id")
        if name and not element.children:
            return f'<span id="{escape_html(name)}"></span>'
        return self._inline(element)

    def _image(self, element: Element) -> str:
        address = self.image_address(element.get("data-image"))
        if not address:
            return ""
        caption = escape_title(element.get("title"))
        alt = escape_label(escape_brackets(self.style.escape(element.get("alt"))))
        return f"![{alt}]({address}{f' "{caption}"' if caption else ''})"

    def _code(self, element: Element) -> str:
        """Return code with the spaces at its ends outside of it, where the parser keeps them."""
        text = SPACES.sub(" ", element.text)
        content = text.strip()
        return text.replace(content, self.style.write_code(content), 1) if content else text

    def _break(self, element: Element) -> str:
        return self.line_break if element.tag == "br" else "<wbr>"


BLOCK_WRITERS = {
    "p": _Writer._paragraph, "blockquote": _Writer._quotation, "ul": _Writer._list, "ol": _Writer._list,
    "dl": _Writer._description_list, "pre": _Writer._code_block, "hr": _Writer._thematic_break,
    "figure": _Writer._figure, "table": _Writer._table, "section": _Writer._section,
    **{f"h{level}": _Writer._heading for level in range(1, 7)},
}  # fmt: skip
INLINE_WRITERS = {
    "a": _Writer._link, "img": _Writer._image, "code": _Writer._code, "br": _Writer._break, "wbr": _Writer._break,
    "span": _Writer._span,
}  # fmt: skip


def _bold_italics(element: Element) -> Element | None:
    """Return the inner element of bold italics, or None for other elements."""
    only = element.children[0] if len(element.children) == 1 else ""
    if isinstance(only, str) or only.tag not in EMPHASIS or element.attributes or only.attributes:
        return None
    return only if EMPHASIS[only.tag] != EMPHASIS[element.tag] else None


def _start_tag(element: Element) -> str:
    attributes = "".join(
        f' {name}="{escape_html(value)}"' for name, value in element.attributes.items() if name != "id"
    )
    return f"<{element.tag}{attributes}>"
