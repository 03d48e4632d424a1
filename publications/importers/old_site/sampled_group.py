"""A sample of the pages of one template: their text block, their titles, and the short texts beside the text block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from publications.html_tree import split_names

from .html_page import HtmlPage, Node, UnreadablePage, plain_text, read_page
from .page_groups import PageGroup
from .page_profiles import RepeatedTexts, find_text_block, lineage_of, sample_evenly, token_of
from .selectors import find_selector
from .site_copy import SiteCopy

SAMPLED_PAGES = 30
SEPARATORS = re.compile(r"\s+[-–—|•·:»]\s+")
"""Between the title of a page and the name of the site."""
FRAME_TAGS = frozenset({"nav", "footer", "form", "script", "style", "noscript"})
FRAME_WORDS = re.compile(
    r"cookie|consent|footer|navbar|sidebar|side-bar|skip|login|searchform|mainmenu", re.IGNORECASE
)
MAX_SHORT_WORDS = 25
BLOCKS = split_names("p div ul ol table section article h1 h2 h3 h4 li td header footer aside")


@dataclass
class SampledGroup:
    """The sampled pages of a group.

    Args:
        body: the selector of the text block; "" if none finds it.
    """

    group: PageGroup
    pages: list[HtmlPage]
    repeated: RepeatedTexts
    body: str = ""

    @classmethod
    def of(cls, group: PageGroup, copy: SiteCopy, repeated: RepeatedTexts) -> "SampledGroup":
        pages = []
        for profile in sample_evenly(sorted(group.pages, key=lambda page: page.address), SAMPLED_PAGES):
            try:
                pages.append(read_page(copy, copy.resources[profile.key]))
            except (OSError, UnreadablePage):
                continue
        sampled = cls(group, pages, repeated)
        sampled.body = sampled._find_body()
        return sampled

    def _find_body(self) -> str:
        """Return a selector of the text block of most pages; on others it may find a part or the whole of it."""
        if (shared := self.group.shared_block) and all(len(page.select(shared)) == 1 for page in self.pages):
            return shared
        blocks = {id(page): find_text_block(page, self.repeated) for page in self.pages}
        main = tuple(self.group.chain)
        typical = [
            (page, block)
            for page in self.pages
            if (block := blocks[id(page)]) is not None and tuple(map(token_of, lineage_of(block))) == main
        ]

        def is_right(page: HtmlPage, nodes: list[Node]) -> bool:
            block = blocks[id(page)]
            if len(nodes) != 1 or block is None:
                return False
            ids = {node.mem_id for node in lineage_of(nodes[0])}
            return block.mem_id in ids or nodes[0].mem_id in {node.mem_id for node in lineage_of(block)}

        def is_exact(page: HtmlPage, nodes: list[Node]) -> bool:
            return len(nodes) == 1 and nodes[0].mem_id == blocks[id(page)].mem_id

        if not typical:
            return ""
        exact_pages = [page for page, _block in typical]
        for _page, block in typical[:3]:
            selector = find_selector(exact_pages, block, is_exact)
            if selector and sum(is_right(page, page.select(selector)) for page in self.pages) >= 0.9 * len(
                self.pages
            ):
                return selector
        return ""

    @cached_property
    def titles(self) -> dict[int, str]:
        """The titles of pages, by `id` of the page: the heading that the title in the head repeats, or that title."""
        return {id(page): _title_of(page) for page in self.pages}

    def short_elements(self, page: HtmlPage) -> Iterator[Node]:
        """Yield the innermost elements with a few words outside of the text block and of the frame of the site."""
        inside = self.text_ids(page)
        for node in page.select("body *"):
            if (
                node.mem_id in inside
                or self.in_frame(node)
                or any(child.tag in BLOCKS for child in node.css("*")[1:])
            ):
                continue
            text = plain_text(node)
            if text and len(text.split()) <= MAX_SHORT_WORDS:
                yield node

    def in_frame(self, node: Node) -> bool:
        """Whether an element is in a menu, a footer, a form or the like. What is around the text is no frame of it."""
        return any(
            ancestor.mem_id not in self._ids_around_text
            and (ancestor.tag in FRAME_TAGS or FRAME_WORDS.search(token_of(ancestor)))
            for ancestor in lineage_of(node)
        )

    @cached_property
    def _ids_around_text(self) -> set[int]:
        """The text blocks of all pages and the elements around them: to search each element for one is slow."""
        bodies = [body for page in self.pages for body in page.select(self.body)] if self.body else []
        return {node.mem_id for body in bodies for node in lineage_of(body)}

    def text_ids(self, page: HtmlPage) -> set[int]:
        """Return the elements of the text block of a page."""
        return (
            {node.mem_id for body in page.select(self.body) for node in [body, *body.css("*")]}
            if self.body
            else set()
        )


def _title_of(page: HtmlPage) -> str:
    title = next((plain_text(node) for node in page.select("head > title")), "")
    headings = [plain_text(node) for node in page.select("h1")]
    if len(headings) == 1 and headings[0]:
        return headings[0]
    return SEPARATORS.split(title)[0] if title else ""
