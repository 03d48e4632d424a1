"""Find the notes of a text: links with a number to a place further down that leads back to them.

This is what editors have in common: WordPress, Ghost, Substack, plugins, texts pasted from Word, and processors of
Markdown. Ids such as `_ftn1` and `fn1` count as notes without a link back.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from publications.html_tree import HEADINGS, Element, is_blank, split_names
from publications.markup import REFERENCE_TAG

from .losses import TextLosses, one_line
from .source_tree import Child, classes_of, visible_text, walk_with_parents

LABEL = re.compile(r"[\[(]?\s*(?:\d{1,4}|[*†‡§]{1,3}|[a-z]|[ivxlc]{1,7})\s*[\])]?\.?", re.IGNORECASE)
LABEL_AT_START = re.compile(
    r"\s*[\[(]?\s*(?:\d{1,4}|[*†‡§]{1,3}|[ivxlc]{1,7})\s*(?:[\])]\.?|[.:])?\s*", re.IGNORECASE
)
NOTE_ID = re.compile(
    r"_?(?:ftn|edn|fn|fnt|footnote|foot-note|endnote|sdfootnote|sdendnote|easy-footnote-bottom|note|fotnot|slutnot|not)"
    r"[-_:.]?[\w-]*?\d+(?:sym)?(?:[-_:]\d+)*",
    re.IGNORECASE,
)
BACK_CLASSES = re.compile(r"backref|back-link|backlink|reversefootnote|to-top|footnote-number|return")
BACK_TEXT = re.compile(r"[\s↩↑⏎^↵⤴⬆\ufe0e\ufe0f]*")
LISTS = frozenset({"ol", "ul", "section", "div", "aside", "footer", "dl", "table", "tbody", "tr"})
HEADINGS_OF_NOTES = split_names(
    "footnotes footnote notes note endnotes endnote references fotnoter fotnot noter not slutnoter referenser"
)


@dataclass
class SourceNote:
    """A note with the elements that are its text and the links to it."""

    target: Element
    references: list[Element] = field(default_factory=list)
    blocks: list[Element] = field(default_factory=list)


class NoteFinder:
    """Takes the notes out of a text.

    Args:
        page: the address of the text, for links that have it before their fragment.
    """

    def __init__(self, root: Element, page: str, losses: TextLosses) -> None:
        self.root, self.page, self.losses = root, page.partition("#")[0], losses
        self.order = {id(element): index for index, element in enumerate(root.walk())}
        self.parents = {id(child): parent for child, parent in walk_with_parents(root)}
        self.targets: dict[str, Element] = {}
        for element in root.walk():
            for name in (element.get("id"), element.get("name") if element.tag == "a" else ""):
                if name:
                    self.targets.setdefault(name, element)

    def take_notes(self) -> list[list[Child]]:
        """Remove the notes from the tree and return their content, in the order of the references to them."""
        notes = self._find_notes()
        contents = []
        for note in notes:
            contents.append(self._take_content(note, notes))
        for index, note in enumerate(notes):
            for reference in note.references:
                self._write_reference(reference, index)
        if notes:
            self._remove_frames(notes)
        return contents

    def _find_notes(self) -> list[SourceNote]:
        notes: dict[int, SourceNote] = {}
        for link in self.root.find_all("a"):
            target = self._target_of(link)
            if target is not None and self._is_reference(link, target):
                notes.setdefault(id(target), SourceNote(target)).references.append(link)
        found = list(notes.values())
        starts = {id(note.target) for note in found}
        for note in found:
            note.blocks = self._blocks_of(note, starts)
        used: set[int] = set()
        distinct = []
        for note in found:
            blocks = {id(block) for block in note.blocks}
            if note.blocks and not used & blocks:
                used |= blocks
                distinct.append(note)
        return distinct

    def _target_of(self, link: Element) -> Element | None:
        address, mark, fragment = link.get("href").partition("#")
        if not mark or (address not in ("", self.page) and not fragment.startswith(("_ftn", "_edn"))):
            return None
        return self.targets.get(fragment) or self.targets.get(unquote(fragment))

    def _is_reference(self, link: Element, target: Element) -> bool:
        """Whether a link with a number leads to a note further down."""
        if self.order[id(target)] <= self.order[id(link)] or not LABEL.fullmatch(
            one_line(visible_text(link))
        ):
            return False
        name = target.get("id") or target.get("name")
        return bool(NOTE_ID.fullmatch(name)) or self._leads_back(target, link)

    def _leads_back(self, target: Element, link: Element) -> bool:
        """Whether there is a link in the block of a target to the link or to an element around or before it."""
        block = self._block_of(target)
        for back in block.find_all("a"):
            place = self._target_of(back)
            if place is not None and self._is_beside(place, link):
                return True
        return False

    def _is_beside(self, place: Element, link: Element) -> bool:
        around = [link, *self._ancestors(link)][:4]
        near = {id(element) for element in around}
        parent = self.parents.get(id(place))
        return id(place) in near or (parent is not None and id(parent) in near and place.is_inline)

    def _ancestors(self, element: Element) -> Iterable[Element]:
        while (parent := self.parents.get(id(element))) is not None:
            yield parent
            element = parent

    def _block_of(self, target: Element) -> Element:
        """Return the element with the text of a note: the item, the division of that id, or the paragraph."""
        for element in (target, *self._ancestors(target)):
            if element.tag in ("li", "dd", "p", "tr", "body") or "footnote" in classes_of(element):
                break
        parent = self.parents.get(id(element))
        is_note = (
            parent is not None
            and parent.tag == "div"
            and ("footnote" in classes_of(parent) or NOTE_ID.fullmatch(parent.get("id")))
        )
        return parent if is_note else element

    def _blocks_of(self, note: SourceNote, starts: set[int]) -> list[Element]:
        """Return the elements of a note; paragraphs up to the next note belong to it."""
        block = self._block_of(note.target)
        if block.tag == "body" or any(self._contains(block, reference) for reference in note.references):
            return []
        if block.tag != "p":
            return [block]
        if sum(id(element) in starts for element in block.walk()) > 1:
            return self._divide_paragraph(block, note, starts)
        siblings = self.parents[id(block)].elements
        index = next(index for index, sibling in enumerate(siblings) if sibling is block)
        following: list[Element] = []
        for sibling in siblings[index + 1 :]:
            if any(id(element) in starts for element in sibling.walk()):
                return [block, *following]
            if sibling.tag != "p":
                break
            following.append(sibling)
        return [block]

    def _contains(self, element: Element, descendant: Element) -> bool:
        return any(ancestor is element for ancestor in self._ancestors(descendant))

    def _divide_paragraph(self, paragraph: Element, note: SourceNote, starts: set[int]) -> list[Element]:
        """Return the part of a paragraph of several notes that belongs to one of them, as an element in its place."""
        parts: list[Element] = []
        children: list[Child] = []
        for child in paragraph.children:
            if isinstance(child, Element) and any(id(element) in starts for element in child.walk()):
                parts.append(Element("span", {"class": "note-part"}))
                self.parents[id(parts[-1])] = paragraph
                self.order[id(parts[-1])] = self.order[id(child)]
                children.append(parts[-1])
            if parts:
                parts[-1].children.append(child)
                if isinstance(child, Element):
                    self.parents[id(child)] = parts[-1]
            else:
                children.append(child)
        paragraph.children = children
        return [part for part in parts if any(element is note.target for element in part.walk())]

    def _take_content(self, note: SourceNote, notes: list[SourceNote]) -> list[Child]:
        """Remove a note from the tree and return its content without its number and the links back."""
        content: list[Child] = []
        for block in note.blocks:
            parent = self.parents[id(block)]
            parent.children = [child for child in parent.children if child is not block]
            content += [block] if block.tag == "p" else block.children
        holder = Element("div", {}, content)
        references = {id(reference) for note in notes for reference in note.references}
        holder.replace_descendants(lambda element: self._without_back_link(element, references))
        self._strip_label(holder)
        return holder.children

    def _without_back_link(self, element: Element, references: set[int]) -> list[Child]:
        if element.tag != "a" or id(element) in references:
            return [element] if element.tag != "sup" or element.children else []
        text = one_line(visible_text(element))
        href = element.get("href")
        place = self._target_of(element)
        is_back = (
            (place is not None and self.order[id(place)] < self.order.get(id(element), 0))
            or (href.startswith("#") and bool(BACK_CLASSES.search(element.get("class"))))
            or re.search(r"#_(?:ftn|edn)ref\d+$", href) is not None
        )
        if not is_back and (href or text):
            return [element]
        if LABEL.fullmatch(text) or BACK_TEXT.fullmatch(text) or BACK_CLASSES.search(element.get("class")):
            self.losses.forget(element)
            return []
        return element.children

    def _strip_label(self, holder: Element) -> None:
        """Remove the number of a note that is text at its beginning."""
        element: Element = holder
        while True:
            while (
                element.children and isinstance(element.children[0], str) and not element.children[0].strip()
            ):
                element.children.pop(0)
            if not element.children or isinstance(element.children[0], str):
                break
            element = element.children[0]
        if element.tag == "sup" and LABEL.fullmatch(one_line(element.text)):
            self.losses.forget(element)
            element.children = []
        elif element.children and isinstance(element.children[0], str):
            text = element.children[0]
            match = re.match(r"\s*[\])]\.?\s*", text) or re.match(r"\s*\[\d{1,4}\]\.?\s*", text)
            if match:
                self.losses.forget(Element("p", {}, [match[0]]))
                element.children[0] = text[match.end() :]

    def _write_reference(self, link: Element, index: int) -> None:
        """Turn a link to a note into a reference; brackets and a `sup` around it go with it."""
        self.losses.forget(link)
        element, parent = link, self.parents[id(link)]
        reference = Element(f"{REFERENCE_TAG}{index}")
        while parent.tag in ("sup", "span", "small") and _is_alone(element, parent):
            element, parent = parent, self.parents[id(parent)]
        anchors = [
            Element("span", {"id": name})
            for descendant in element.walk()
            if (name := descendant.get("id")) and descendant is not link and not NOTE_ID.fullmatch(name)
        ]
        parent.children = [
            part
            for child in parent.children
            for part in ([*anchors, reference] if child is element else [child])
        ]

    def _remove_frames(self, notes: list[SourceNote]) -> None:
        """Remove lists, rules and headings that the notes leave without content at the end of the text."""
        self.root.replace_descendants(
            lambda element: [] if element.tag in LISTS and _is_empty(element) else [element]
        )
        self._strip_end(self.root)

    def _strip_end(self, element: Element) -> None:
        """Remove what only introduced the notes from the end of an element."""
        children = element.children
        while children and (is_blank(children[-1]) or self._is_frame(children[-1])):
            children.pop()

    def _is_frame(self, child: Child) -> bool:
        """Whether this is a rule, an empty block or the heading of notes that are elsewhere now."""
        if isinstance(child, str):
            return False
        if child.tag in ("div", "section"):
            self._strip_end(child)
        if child.tag == "hr" or _is_empty(child):
            return True
        text = one_line(visible_text(child)).strip(": ").casefold()
        is_heading = child.tag in (*HEADINGS, "p", "strong", "b") and text in HEADINGS_OF_NOTES
        if is_heading:
            self.losses.report(child)
        return is_heading


def _is_alone(element: Element, parent: Element) -> bool:
    """Whether an element has nothing beside it but brackets."""
    others = (child for child in parent.children if child is not element)
    text = "".join(child if isinstance(child, str) else child.text for child in others)
    return not text.strip("[]() \n")


def _is_empty(element: Element) -> bool:
    return not visible_text(element).strip() and not any(
        child.tag in ("img", "hr", "pre", "table") or child.tag.startswith(REFERENCE_TAG)
        for child in element.walk()
        if child is not element
    )
