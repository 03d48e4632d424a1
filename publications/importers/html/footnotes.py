"""Find the notes of a text: links with a number to a place further down that leads back to them.

This is what editors have in common: WordPress, Ghost, Substack, plugins, texts pasted from Word, and processors of
Markdown. Ids such as `_ftn1` and `fn1` count as notes without a link back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from publications.html_tree import HEADINGS, Element, is_blank, split_names
from publications.markup import REFERENCE_TAG

from .losses import TextLosses, one_line
from .source_tree import Child, classes_of, visible_text, walk_with_parents

LABEL = re.compile(r"[\[(]?\s*(?:\d{1,4}|[*†‡§]{1,3}|[a-z]|[ivxlc]{1,7})\s*[\])]?\.?", re.IGNORECASE)
NOTE_ID = re.compile(
    r"_?(?:ftn|edn|fn|fnt|footnote|foot-note|endnote|sdfootnote|sdendnote|easy-footnote-bottom|note|fotnot|slutnot|not)"
    r"[-_:.]?[\w-]*?\d+(?:sym)?(?:[-_:]\d+)*",
    re.IGNORECASE,
)
BACK_CLASSES = re.compile(r"backref|back-link|backlink|reversefootnote|to-top|footnote-number|return")
WORD_BACK_LINK = re.compile(r"#_(?:ftn|edn)ref\d+$")
BACK_TEXT = re.compile(r"[\s↩↑⏎^↵⤴⬆\ufe0e\ufe0f]*")
BLOCKS_OF_NOTES = frozenset({"li", "dd", "p", "tr", "body"})
PART_CLASS = "note-part"
"""The class of the parts of a paragraph with several notes."""
MAX_FOLLOWING = 20
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
        self.elements = list(root.walk())  # keeps them, so that no other element gets the id of one
        self.order = {id(element): index for index, element in enumerate(self.elements)}
        self.parents = {id(child): parent for child, parent in walk_with_parents(root)}
        self.targets: dict[str, Element] = {}
        self.places: dict[int, set[int]] = {}
        self.starts: set[int] = set()
        self.indexes: dict[int, dict[int, int]] = {}
        for element in self.elements:
            for name in (element.get("id"), element.get("name") if element.tag == "a" else ""):
                if name:
                    self.targets.setdefault(name, element)

    def take_notes(self) -> list[list[Child]]:
        """Remove the notes from the tree and return their content, in the order of the references to them."""
        notes = self._find_notes()
        references = {id(reference) for note in notes for reference in note.references}
        contents = [self._take_content(note, references) for note in notes]
        for index, note in enumerate(notes):
            for reference in note.references:
                self._write_reference(reference, index)
        if notes:
            self._remove_frames()
        return contents

    def _find_notes(self) -> list[SourceNote]:
        notes: dict[int, SourceNote] = {}
        for link in self.root.find_all("a"):
            target = self._target_of(link)
            if target is not None and self._is_reference(link, target):
                notes.setdefault(id(target), SourceNote(target)).references.append(link)
        self.starts = set(notes)
        used: set[int] = set()
        distinct = []
        for note in notes.values():
            note.blocks = self._blocks_of(note)
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
        is_below = self.order[id(target)] > self.order[id(link)]
        if not is_below or not LABEL.fullmatch(one_line(visible_text(link))):
            return False
        name = target.get("id") or target.get("name")
        return bool(NOTE_ID.fullmatch(name)) or self._leads_back(target, link)

    def _leads_back(self, target: Element, link: Element) -> bool:
        """Whether a link in the block of a target leads to the link, or to an element around or before it."""
        block = self._block_of(target)
        if id(block) not in self.places:
            self.places[id(block)] = self._places_of(block)
        around = [link, *islice(self._ancestors(link), 3)]
        return any(id(element) in self.places[id(block)] for element in around)

    def _places_of(self, block: Element) -> set[int]:
        """Return the elements that links in a block lead to, and those around inline ones."""
        places: set[int] = set()
        for back in block.find_all("a"):
            if (place := self._target_of(back)) is not None:
                places.add(id(place))
                if place.is_inline and id(place) in self.parents:
                    places.add(id(self.parents[id(place)]))
        return places

    def _ancestors(self, element: Element) -> Iterator[Element]:
        while (parent := self.parents.get(id(element))) is not None:
            yield parent
            element = parent

    def _block_of(self, target: Element) -> Element:
        """Return the element with the text of a note: the item, the division of that id, or the paragraph."""
        for element in (target, *self._ancestors(target)):
            if element.tag in BLOCKS_OF_NOTES or classes_of(element) & {"footnote", PART_CLASS}:
                break
        parent = self.parents.get(id(element))
        is_note = (
            parent is not None
            and parent.tag == "div"
            and ("footnote" in classes_of(parent) or NOTE_ID.fullmatch(parent.get("id")))
        )
        return parent if is_note else element

    def _blocks_of(self, note: SourceNote) -> list[Element]:
        """Return the elements of a note; paragraphs up to the next note belong to it."""
        block = self._block_of(note.target)
        if block.tag == "body" or any(block in self._ancestors(reference) for reference in note.references):
            return []
        if block.tag != "p":
            return [block]
        if sum(id(element) in self.starts for element in block.walk()) > 1:
            self._divide_paragraph(block)
            return [self._block_of(note.target)]
        return [block, *self._following_paragraphs(block)]

    def _following_paragraphs(self, block: Element) -> list[Element]:
        """Return the paragraphs between a note and the next one; what follows the last note is none of it."""
        following: list[Element] = []
        siblings = self.parents[id(block)].children
        for sibling in islice(siblings, self._index_of(block) + 1, None):
            if isinstance(sibling, str):
                continue
            if any(id(element) in self.starts for element in sibling.walk()):
                return following
            if sibling.tag != "p" or len(following) >= MAX_FOLLOWING:
                break
            following.append(sibling)
        return []

    def _index_of(self, element: Element) -> int:
        """Return the index of an element in its parent."""
        parent = self.parents[id(element)]
        if id(parent) not in self.indexes:
            self.indexes[id(parent)] = {id(child): index for index, child in enumerate(parent.children)}
        return self.indexes[id(parent)][id(element)]

    def _divide_paragraph(self, paragraph: Element) -> None:
        """Put each note of a paragraph into an element of its own."""
        children: list[Child] = []
        part = None
        for child in paragraph.children:
            if isinstance(child, Element) and any(id(element) in self.starts for element in child.walk()):
                part = Element("span", {"class": PART_CLASS})
                self.elements.append(part)
                self.parents[id(part)] = paragraph
                children.append(part)
            if part is None:
                children.append(child)
                continue
            part.children.append(child)
            if isinstance(child, Element):
                self.parents[id(child)] = part
        paragraph.children = children

    def _take_content(self, note: SourceNote, references: set[int]) -> list[Child]:
        """Empty the elements of a note and return their content without its number and the links back."""
        content: list[Child] = []
        for block in note.blocks:
            is_paragraph = block.tag == "p"
            content += [Element("p", block.attributes, block.children)] if is_paragraph else block.children
            block.tag, block.attributes, block.children = "span", {}, []
        holder = Element("div", {}, content)
        holder.replace_descendants(lambda element: self._without_back_link(element, references))
        label = one_line(visible_text(note.references[0])).strip("[]().: ")
        self._strip_label(holder, label)
        return holder.children

    def _without_back_link(self, element: Element, references: set[int]) -> list[Child]:
        if element.tag != "a" or id(element) in references:
            return [element] if element.tag != "sup" or element.children else []
        text, href = one_line(visible_text(element)), element.get("href")
        if not self._is_back_link(element, href) and (href or text):
            return [element]
        if LABEL.fullmatch(text) or BACK_TEXT.fullmatch(text) or BACK_CLASSES.search(element.get("class")):
            self.losses.forget(element)
            return []
        return element.children

    def _is_back_link(self, link: Element, href: str) -> bool:
        place = self._target_of(link)
        is_above = place is not None and self.order[id(place)] < self.order.get(id(link), 0)
        is_marked = href.startswith("#") and bool(BACK_CLASSES.search(link.get("class")))
        return is_above or is_marked or bool(WORD_BACK_LINK.search(href))

    def _strip_label(self, holder: Element, label: str) -> None:
        """Remove the number of a note, or the brackets of one that is removed already, from its beginning."""
        element: Element = holder
        while True:
            while element.children and is_blank(element.children[0]):
                element.children.pop(0)
            if not element.children or isinstance(element.children[0], str):
                break
            element = element.children[0]
        if element.tag == "sup" and one_line(element.text).strip("[]().: ") == label:
            self.losses.forget(element)
            element.children = []
        elif element.children and isinstance(element.children[0], str):
            text = element.children[0]
            number = re.escape(label)
            match = re.match(rf"\s*(?:\[{number}\]|\({number}\)|{number}[.:)])?[\])]?[.:]?(?=\s|$)\s*", text)
            if match:
                self.losses.forget(Element("p", {}, [match[0]]))
                element.children[0] = text[match.end() :]

    def _write_reference(self, link: Element, index: int) -> None:
        """Turn a link to a note into a reference; brackets and a `sup` around it go with it."""
        self.losses.forget(link)
        element, parent = link, self.parents[id(link)]
        while parent.tag in ("sup", "span", "small") and _is_alone(element, parent):
            element, parent = parent, self.parents[id(parent)]
        names = [descendant.get("id") for descendant in element.walk() if descendant is not link]
        anchors = [Element("span", {"id": name}) for name in names if name and not NOTE_ID.fullmatch(name)]
        element.tag, element.attributes = "span", {}
        element.children = [*anchors, Element(f"{REFERENCE_TAG}{index}")]

    def _remove_frames(self) -> None:
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
