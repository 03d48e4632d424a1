"""Our HTML as Markdown again: what readers see, for whoever reads Markdown, and not a word more.

The Markdown that an editor typed may hold comments and notes to colleagues, which no page shows. So what is given
away is written from the page.
"""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from itertools import groupby
from urllib.parse import urljoin

from .spelling import Speller, Whole
from .tree import Node, is_inline_child, write
from .vocabulary import VOID

INDENT = " " * 4


def as_markdown(html: str, *, page: str, pictures: Mapping[str, str]) -> str:
    """The stored HTML of a text as Markdown.

    `page` is the whole address of its page, from which links lead on; `pictures` are whole addresses by key: a
    picture that is not among them is left out.
    """
    return "\n\n".join(Blocks(lambda address: urljoin(page, address), pictures).of(tree_of(html)))


def tree_of(html: str) -> Node:
    """HTML that we have written, as a tree again."""
    reader = _Reader(convert_charrefs=True)
    reader.feed(html)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.root = Node("body")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attributes: list) -> None:
        node = Node(tag, {name: value or "" for name, value in attributes})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, text: str) -> None:
        self.open[-1].children.append(text)


class Blocks:
    """Writes blocks: each a text of one or more lines."""

    def __init__(self, whole: Whole, pictures: Mapping[str, str]) -> None:
        self.spell = Speller(whole, pictures)

    def of(self, node: Node) -> list[str]:
        return [block for block in self._of(node) if block.strip()]

    def _of(self, node: Node) -> Iterator[str]:
        """The blocks in an element that holds blocks, or words, or both.

        A list and what would be a part of it, were there nothing between them, are kept apart.
        """
        before = ""
        for is_inline, children in groupby(node.children, key=is_inline_child):
            if is_inline and (words := self.spell.passage(Node("p", {}, list(children)))):
                yield words
                before = ""
            for child in [] if is_inline else children:
                if before in LISTS and child.tag in (before, "pre"):
                    yield "<!-- -->"
                yield from FORMS.get(child.tag, Blocks._of)(self, child)
                before = child.tag

    def _paragraph(self, node: Node) -> Iterator[str]:
        yield self.spell.passage(node)

    def _heading(self, node: Node) -> Iterator[str]:
        words = re.sub(r"#$", r"\#", self.spell.words(node).strip())
        yield f"{'#' * int(node.tag[1])} {words}"

    def _quotation(self, node: Node) -> Iterator[str]:
        yield "\n".join(
            f"> {line}" if line.strip() else ">" for line in "\n\n".join(self.of(node)).split("\n")
        )

    def _list(self, node: Node) -> Iterator[str]:
        number = int(node.attributes.get("start") or 1)
        items = []
        for place, item in enumerate(node.nodes):
            sign = f"{number + place}." if node.tag == "ol" else "-"
            if blocks := self.of(item):
                between = "\n\n" if _is_loose(item) else "\n"
                items.append(_indented(blocks, f"{sign:<4}", between))
        yield ("\n\n" if any(_is_loose(item) for item in node.nodes) else "\n").join(items)

    def _terms(self, node: Node) -> Iterator[str]:
        """A list of terms: Markdown has none that all parsers know."""
        for child in node.nodes:
            blocks = self.of(child)
            yield from ([f"**{block}**" for block in blocks] if child.tag == "dt" else blocks)

    def _code(self, node: Node) -> Iterator[str]:
        text = "".join(child if isinstance(child, str) else _text(child) for child in node.children).strip(
            "\n"
        )
        yield "\n".join(f"{INDENT}{line}" if line.strip() else "" for line in text.split("\n"))

    def _rule(self, node: Node) -> Iterator[str]:
        yield "* * *"

    def _figure(self, node: Node) -> Iterator[str]:
        """A picture with its caption as the title that our Markdown makes captions of."""
        picture = next((each for each in node if each.tag == "img"), None)
        caption = next((each for each in node if each.tag == "figcaption"), None)
        if picture is not None and caption is not None:
            picture.attributes["title"] = _text(caption)
        yield self.spell.passage(Node("p", {}, [each for each in node.children if each is not caption]))

    def _table(self, node: Node) -> Iterator[str]:
        """With pipes where every cell is plain and the first row is the head; else as HTML."""
        rows = [row for row in node if row.tag == "tr"]
        cells = [cell for row in rows for cell in row.nodes]
        is_plain = rows and all(cell.tag == "th" for cell in rows[0].nodes) and not any(
            (cell.nodes and not all(is_inline_child(each) for each in cell.nodes))
            or {"colspan", "rowspan"} & set(cell.attributes)
            for cell in cells
        )  # fmt: skip
        if not is_plain or any(each.tag == "caption" for each in node.nodes):
            yield write(node)
            return
        lines = [f"| {' | '.join(self.spell.cell(cell) for cell in row.nodes)} |" for row in rows]
        rule = "|".join(RULES.get(cell.attributes.get("data-align", ""), " --- ") for cell in rows[0].nodes)
        yield "\n".join([lines[0], f"|{rule}|", *lines[1:]])

    def _section(self, node: Node) -> Iterator[str]:
        """The notes, each behind its number."""
        if node.attributes.get("class") != "footnotes":
            yield from self._of(node)
            return
        for item in (each for each in node if each.attributes.get("id", "").startswith("fn-")):
            number = item.attributes["id"].removeprefix("fn-")
            yield _indented(self.of(item) or ["\u2013"], f"[^{number}]: ")


LISTS = ("ul", "ol")
RULES = {"left": " :-- ", "center": " :-: ", "right": " --: "}
FORMS = {
    "p": Blocks._paragraph, "blockquote": Blocks._quotation, "ul": Blocks._list, "ol": Blocks._list,
    "dl": Blocks._terms, "pre": Blocks._code, "hr": Blocks._rule, "figure": Blocks._figure, "table": Blocks._table,
    "section": Blocks._section,
    **{f"h{level}": Blocks._heading for level in range(1, 7)},
}  # fmt: skip


def _is_loose(item: Node) -> bool:
    """Whether an item of a list holds more than words and lists."""
    return any(not is_inline_child(child) and child.tag not in LISTS for child in item.nodes)


def _indented(blocks: list[str], sign: str, between: str = "\n\n") -> str:
    """Blocks behind a sign, all lines but the first indented."""
    text = between.join(blocks).replace("\n", f"\n{INDENT}")
    return "\n".join(line if line.strip() else "" for line in f"{sign}{text}".split("\n"))


def _text(node: Node) -> str:
    return "".join(child if isinstance(child, str) else _text(child) for child in node.children)
