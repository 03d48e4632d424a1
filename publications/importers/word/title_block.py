"""How a text opens: its title, who wrote it, and the lines in bold or italics that sum it up."""

import re
from dataclasses import dataclass, field

from publications.metadata import NAME_PARTICLES
from publications.publication_fields import MAX_LENGTHS

from .blocks import Block, Inline, InlineImage, NoteReference, WordParagraph, one_line

HEAD_BLOCKS = 12
MAX_BYLINE_CHARACTERS = 200
MIN_SUMMARY_CHARACTERS, MAX_SUMMARY_CHARACTERS = 40, 1500
MAX_SUMMARY_PARAGRAPHS = 3
MAX_KEY_POINTS = 8

BYLINE = re.compile(
    r"(?:by|av|text(?: av)?|written by|authors?|författare|von|par|por|автор\w*|автори)\s*:?\s+(?P<names>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
NAME_SEPARATOR = re.compile(r"\s*[,;|•·\n]\s*|\s+(?:and|och|samt|und|et|y|и|та|with|med)\s+|\s*&\s*")
PARTICLES = NAME_PARTICLES - {"av"}
"""Without the Swedish word for "by"."""
BEFORE_NAME = re.compile(r"^[dlDLO]['’](?=\w)")
NOT_IN_NAMES = re.compile(r"[\d@:/()\"“”?!]|\.(?=\s*$)(?<!\b\w\.)")
KEY_POINTS_HEADING = re.compile(
    r"key (?:points|takeaways|messages|findings)|main points|takeaways|in brief|i korthet|huvudpunkter",
    re.IGNORECASE,
)


@dataclass
class TitleBlock:
    """What was found at the head of a text. `blocks` are the rest."""

    blocks: list[Block]
    title: str = ""
    is_title_guessed: bool = False
    cut_off: str = ""
    """What of a title is too long to be kept."""
    byline: str = ""
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """What the byline says besides names."""
    summary: str = ""
    key_points: tuple[str, ...] = ()
    moved_inlines: list[Inline] = field(default_factory=list)
    """Notes and pictures of what became fields; they go to the first paragraph."""

    @property
    def moved_notes(self) -> int:
        return sum(isinstance(inline, NoteReference) for inline in self.moved_inlines)


def split_title_block(blocks: list[Block]) -> TitleBlock:
    """Return title, byline, summary and key points of a text, with the blocks that are left."""
    title_block = TitleBlock(list(blocks))
    _take_title(title_block)
    _take_byline(title_block)
    _take_subtitle(title_block)
    _take_summary(title_block)
    _take_points(title_block)
    _place_moved(title_block)
    return title_block


def _head(title_block: TitleBlock) -> list[tuple[int, WordParagraph]]:
    """The first paragraphs, by place."""
    return [
        (at, block)
        for at, block in enumerate(title_block.blocks[:HEAD_BLOCKS])
        if isinstance(block, WordParagraph)
    ]


def _take(title_block: TitleBlock, paragraph: WordParagraph) -> str:
    """Take a paragraph off the text: its words; its notes and pictures are kept."""
    title_block.blocks = [block for block in title_block.blocks if block is not paragraph]
    title_block.moved_inlines += [
        inline for inline in paragraph.inlines if isinstance(inline, NoteReference | InlineImage)
    ]
    return one_line(paragraph.text)


def _take_title(title_block: TitleBlock) -> None:
    titled = [
        block
        for block in title_block.blocks
        if isinstance(block, WordParagraph) and block.role == "title" and block.spans
    ]
    if titled:
        together = _run_of(title_block.blocks, titled[0])
        _name(title_block, " ".join(_take(title_block, each) for each in together))
        return
    heading = next(
        (block for block in title_block.blocks if isinstance(block, WordParagraph) and block.level), None
    )
    if heading:
        heading.mark = ""
        _name(title_block, _take(title_block, heading))
        title_block.is_title_guessed = True


def _name(title_block: TitleBlock, title: str) -> None:
    title_block.title, title_block.cut_off = title[: MAX_LENGTHS["title"]], title[MAX_LENGTHS["title"] :]


def _run_of(blocks: list[Block], first: WordParagraph) -> list[WordParagraph]:
    """The paragraphs of a title that goes over several."""
    at = next(place for place, block in enumerate(blocks) if block is first)
    found = []
    for block in blocks[at:]:
        if not isinstance(block, WordParagraph) or block.role != "title":
            break
        found.append(block)
    return found


def _take_byline(title_block: TitleBlock) -> None:
    for _at, paragraph in _head(title_block):
        if paragraph.is_item or paragraph.level or len(paragraph.text) > MAX_BYLINE_CHARACTERS:
            continue
        found = BYLINE.fullmatch(paragraph.text.strip())
        written = found["names"] if found else paragraph.text if paragraph.role == "author" else ""
        names, others = split_byline(written)
        if names:
            title_block.byline = _take(title_block, paragraph)
            title_block.names, title_block.others = names, others
            return


def split_byline(written: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a byline, and what else it says, such as "Analyst at SCEEUS"."""
    outside = re.sub(r"\(([^()]*)\)", r", \1, ", written.strip().rstrip("."))
    parts = [one_line(part) for part in NAME_SEPARATOR.split(outside) if part and part.strip()]
    names = tuple(dict.fromkeys(part for part in parts if _is_name(part)))
    return names, tuple(part for part in parts if part not in names)


def _is_name(part: str) -> bool:
    words = part.split()
    if not 2 <= len(words) <= 5 or len(part) > 60 or NOT_IN_NAMES.search(part):
        return False
    return all(word in PARTICLES or _is_capital(word) for word in words) and words[-1][-1].isalpha()


def _is_capital(word: str) -> bool:
    """Whether it begins as names do, "d’Arc" too; alphabets without capitals have nothing else to begin with."""
    first = BEFORE_NAME.sub("", word)[:1]
    return first.isalpha() and first == first.title()


def _take_subtitle(title_block: TitleBlock) -> None:
    """A subtitle joins a title that has none of its own."""
    for _at, paragraph in _head(title_block):
        text = one_line(paragraph.text)
        if paragraph.role == "subtitle" and text:
            if (
                title_block.title
                and ":" not in title_block.title
                and len(title_block.title) + len(text) + 2 <= MAX_LENGTHS["title"]
            ):
                title_block.title = f"{title_block.title}: {_take(title_block, paragraph)}"
            else:
                paragraph.role = ""
            return


def _take_summary(title_block: TitleBlock) -> None:
    """The first paragraphs, where they are bold or italic throughout and others are not."""
    found: list[WordParagraph] = []
    for block in title_block.blocks:
        if (
            len(found) == MAX_SUMMARY_PARAGRAPHS
            or not isinstance(block, WordParagraph)
            or not _sums_up(block)
        ):
            break
        if found and found[0].is_all_bold != block.is_all_bold:
            break
        found.append(block)
    text = "\n\n".join(one_line(block.text) for block in found)
    is_whole_text = len(found) == len(title_block.blocks)
    if MIN_SUMMARY_CHARACTERS <= len(text) <= MAX_SUMMARY_CHARACTERS and not is_whole_text:
        title_block.summary = "\n\n".join(_take(title_block, block) for block in found)


def _sums_up(paragraph: WordParagraph) -> bool:
    is_plain = not paragraph.level and not paragraph.is_item and paragraph.role in ("", "subtitle")
    return is_plain and (paragraph.is_all_bold or paragraph.is_all_italic)


def _take_points(title_block: TitleBlock) -> None:
    """A list below a heading such as "Key points", where it opens the text."""
    if not title_block.blocks or not isinstance(title_block.blocks[0], WordParagraph):
        return
    heading = title_block.blocks[0]
    if not KEY_POINTS_HEADING.fullmatch(one_line(heading.text).rstrip(":")):
        return
    items: list[WordParagraph] = []
    for block in title_block.blocks[1:]:
        if not isinstance(block, WordParagraph) or not block.is_item:
            break
        items.append(block)
    if 2 <= len(items) <= MAX_KEY_POINTS and all(item.depth == items[0].depth for item in items):
        _take(title_block, heading)
        title_block.key_points = tuple(_take(title_block, item) for item in items)


def _place_moved(title_block: TitleBlock) -> None:
    first = next(
        (block for block in title_block.blocks if isinstance(block, WordParagraph) and _holds_text(block)),
        None,
    )
    pictures = [inline for inline in title_block.moved_inlines if isinstance(inline, InlineImage)]
    notes = [inline for inline in title_block.moved_inlines if isinstance(inline, NoteReference)]
    if notes and first is not None:
        first.inlines += notes
    elif notes:
        title_block.blocks.append(WordParagraph(notes))
    title_block.blocks[:0] = [WordParagraph([picture]) for picture in pictures]


def _holds_text(block: WordParagraph) -> bool:
    return bool(block.spans) and not block.level and block.role != "code"
