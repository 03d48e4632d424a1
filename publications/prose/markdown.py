"""Our HTML as Markdown again: what readers see, for whoever reads Markdown, and not a word more.

The Markdown that an editor typed may hold comments and notes to colleagues, which no page shows. So what is given
away is written from the page.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from urllib.parse import urljoin

from publications.html_tree import Element, is_inline_child, parse, serialize

from .spelling import Speller, Whole

INDENT = " " * 4


def as_markdown(html: str, *, page: str, pictures: Mapping[str, str]) -> str:
    """The stored HTML of a text as Markdown.

    `page` is the whole address of its page, from which links lead on; `pictures` are whole addresses by key: a
    picture that is not among them is left out.
    """
    return "\n\n".join(Blocks(lambda address: urljoin(page, address), pictures).of(parse(html)))


class Blocks:
    """Writes blocks: each a text of one or more lines."""

    def __init__(self, whole: Whole, pictures: Mapping[str, str]) -> None:
        self.spell = Speller(whole, pictures)

    def of(self, element: Element) -> list[str]:
        return [block for block in self._of(element) if block.strip()]

    def _of(self, element: Element) -> Iterator[str]:
        """The blocks in an element that holds blocks, or words, or both.

        A list and what would be a part of it, were there nothing between them, are kept apart.
        """
        before = ""
        for is_inline, children in groupby(element.children, key=is_inline_child):
            if is_inline and (words := self.spell.passage(Element("p", {}, list(children)))):
                yield words
                before = ""
            for child in [] if is_inline else children:
                if before in LISTS and child.tag in (before, "pre"):
                    yield "<!-- -->"
                yield from FORMS.get(child.tag, Blocks._of)(self, child)
                before = child.tag

    def _paragraph(self, element: Element) -> Iterator[str]:
        yield self.spell.passage(element)

    def _heading(self, element: Element) -> Iterator[str]:
        words = re.sub(r"#$", r"\#", self.spell.words(element).strip())
        yield f"{'#' * int(element.tag[1])} {words}"

    def _quotation(self, element: Element) -> Iterator[str]:
        yield "\n".join(
            f"> {line}" if line.strip() else ">" for line in "\n\n".join(self.of(element)).split("\n")
        )

    def _list(self, element: Element) -> Iterator[str]:
        number = int(element.attributes.get("start") or 1)
        items = []
        for place, item in enumerate(element.elements):
            sign = f"{number + place}." if element.tag == "ol" else "-"
            if blocks := self.of(item):
                between = "\n\n" if _is_loose(item) else "\n"
                items.append(_indented(blocks, f"{sign:<4}", between))
        yield ("\n\n" if any(_is_loose(item) for item in element.elements) else "\n").join(items)

    def _terms(self, element: Element) -> Iterator[str]:
        """A list of terms: Markdown has none that all parsers know."""
        for child in element.elements:
            blocks = self.of(child)
            yield from ([f"**{block}**" for block in blocks] if child.tag == "dt" else blocks)

    def _code(self, element: Element) -> Iterator[str]:
        text = element.text.strip("\n")
        yield "\n".join(f"{INDENT}{line}" if line.strip() else "" for line in text.split("\n"))

    def _rule(self, element: Element) -> Iterator[str]:
        yield "* * *"

    def _figure(self, element: Element) -> Iterator[str]:
        """A picture with its caption as the title that our Markdown makes captions of."""
        picture = next(iter(element.find_all("img")), None)
        caption = next(iter(element.find_all("figcaption")), None)
        if picture is not None and caption is not None:
            picture.attributes["title"] = caption.text
        yield self.spell.passage(Element("p", {}, [each for each in element.children if each is not caption]))

    def _table(self, element: Element) -> Iterator[str]:
        """With pipes where every cell is plain and the first row is the head; else as HTML."""
        rows = element.find_all("tr")
        cells = [cell for row in rows for cell in row.elements]
        is_plain = rows and all(cell.tag == "th" for cell in rows[0].elements) and not any(
            (cell.elements and not all(is_inline_child(each) for each in cell.elements))
            or {"colspan", "rowspan"} & set(cell.attributes)
            for cell in cells
        )  # fmt: skip
        if not is_plain or any(each.tag == "caption" for each in element.elements):
            yield serialize(element)
            return
        lines = [f"| {' | '.join(self.spell.cell(cell) for cell in row.elements)} |" for row in rows]
        rule = "|".join(
            RULES.get(cell.attributes.get("data-align", ""), " --- ") for cell in rows[0].elements
        )
        yield "\n".join([lines[0], f"|{rule}|", *lines[1:]])

    def _section(self, element: Element) -> Iterator[str]:
        """The notes, each behind its number."""
        if element.attributes.get("class") != "footnotes":
            yield from self._of(element)
            return
        for item in (each for each in element.walk() if each.attributes.get("id", "").startswith("fn-")):
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


def _is_loose(item: Element) -> bool:
    """Whether an item of a list holds more than words and lists."""
    return any(not is_inline_child(child) and child.tag not in LISTS for child in item.elements)


def _indented(blocks: list[str], sign: str, between: str = "\n\n") -> str:
    """Blocks behind a sign, all lines but the first indented."""
    text = between.join(blocks).replace("\n", f"\n{INDENT}")
    return "\n".join(line if line.strip() else "" for line in f"{sign}{text}".split("\n"))
