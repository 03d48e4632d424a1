"""Extract title, byline, summary and key points from the beginning of a text."""

import re
from dataclasses import dataclass, field

from publications.name_particles import NAME_PARTICLES
from publications.publication_fields import MAX_LENGTHS

from .blocks import Block, Inline, InlineImage, NoteReference, WordParagraph, one_line

HEAD_BLOCKS = 12
MAX_BYLINE_CHARACTERS = 200
MIN_SUMMARY_CHARACTERS, MAX_SUMMARY_CHARACTERS = 40, 1500
MAX_SUMMARY_PARAGRAPHS = 3
MAX_KEY_POINTS = 8

BYLINE = re.compile(
    r"(?:by|av|text(?: av| by)?|written by|authors?|författare|von|par|por|автор\w*|автори)\s*:?\s+(?P<names>\S.*)",
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
    """The title block of a text; `blocks` are the rest of the text."""

    blocks: list[Block]
    title: str = ""
    is_title_guessed: bool = False
    cut_off: str = ""
    """The truncated part of a title that is too long."""
    byline: str = ""
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """The parts of the byline that are not names."""
    summary: str = ""
    key_points: tuple[str, ...] = ()
    moved_inlines: list[Inline] = field(default_factory=list)
    """Notes and images from the title block, which are moved to the first paragraph."""

    @property
    def moved_note_count(self) -> int:
        return sum(isinstance(inline, NoteReference) for inline in self.moved_inlines)


def split_title_block(blocks: list[Block]) -> TitleBlock:
    """Return title, byline, summary and key points of a text, with the remaining blocks."""
    title_block = TitleBlock(list(blocks))
    _take_title(title_block)
    _take_byline(title_block)
    _take_subtitle(title_block)
    _take_summary(title_block)
    _take_points(title_block)
    _place_moved_inlines(title_block)
    return title_block


def _first_paragraphs(title_block: TitleBlock) -> list[tuple[int, WordParagraph]]:
    """Return the first paragraphs with their indexes."""
    return [
        (index, block)
        for index, block in enumerate(title_block.blocks[:HEAD_BLOCKS])
        if isinstance(block, WordParagraph)
    ]


def _take(title_block: TitleBlock, paragraph: WordParagraph) -> str:
    """Remove a paragraph and return its text; its notes and images are kept."""
    title_block.blocks = [block for block in title_block.blocks if block is not paragraph]
    title_block.moved_inlines += [
        inline for inline in paragraph.inlines if isinstance(inline, NoteReference | InlineImage)
    ]
    return one_line(paragraph.text)


def _take_title(title_block: TitleBlock) -> None:
    title_paragraphs = [
        block
        for block in title_block.blocks
        if isinstance(block, WordParagraph) and block.role == "title" and block.text_spans
    ]
    if title_paragraphs:
        titles = _consecutive_titles(title_block.blocks, title_paragraphs[0])
        _set_title(title_block, " ".join(_take(title_block, paragraph) for paragraph in titles))
        return
    heading = next(
        (block for block in title_block.blocks if isinstance(block, WordParagraph) and block.level), None
    )
    if heading:
        heading.mark = ""
        _set_title(title_block, _take(title_block, heading))
        title_block.is_title_guessed = True


def _set_title(title_block: TitleBlock, title: str) -> None:
    title_block.title, title_block.cut_off = title[: MAX_LENGTHS["title"]], title[MAX_LENGTHS["title"] :]


def _consecutive_titles(blocks: list[Block], first: WordParagraph) -> list[WordParagraph]:
    """Return the consecutive paragraphs of a title."""
    index = next(position for position, block in enumerate(blocks) if block is first)
    paragraphs = []
    for block in blocks[index:]:
        if not isinstance(block, WordParagraph) or block.role != "title":
            break
        paragraphs.append(block)
    return paragraphs


def _take_byline(title_block: TitleBlock) -> None:
    for _at, paragraph in _first_paragraphs(title_block):
        if paragraph.is_item or paragraph.level or len(paragraph.text) > MAX_BYLINE_CHARACTERS:
            continue
        match = BYLINE.fullmatch(paragraph.text.strip())
        text = match["names"] if match else paragraph.text if paragraph.role == "author" else ""
        names, others = split_byline(text)
        if names:
            title_block.byline = _take(title_block, paragraph)
            title_block.names, title_block.others = names, others
            return


def split_byline(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names in a byline, and its other parts, such as "Analyst at SCEEUS"."""
    without_parentheses = re.sub(r"\(([^()]*)\)", r", \1, ", text.strip().rstrip("."))
    parts = [one_line(part) for part in NAME_SEPARATOR.split(without_parentheses) if part and part.strip()]
    names = tuple(dict.fromkeys(part for part in parts if _is_name(part)))
    return names, tuple(part for part in parts if part not in names)


def _is_name(part: str) -> bool:
    words = part.split()
    if not 2 <= len(words) <= 5 or len(part) > 60 or NOT_IN_NAMES.search(part):
        return False
    return all(word in PARTICLES or _is_capital(word) for word in words) and words[-1][-1].isalpha()


def _is_capital(word: str) -> bool:
    """Whether a word starts with a capital, also after a prefix as in "d’Arc", or has a script without capitals."""
    first = BEFORE_NAME.sub("", word)[:1]
    return first.isalpha() and first == first.title()


def _take_subtitle(title_block: TitleBlock) -> None:
    """Append the subtitle to a title without a colon."""
    for _at, paragraph in _first_paragraphs(title_block):
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
    """Take the first paragraphs as summary if they, but not all, are completely bold or italic."""
    paragraphs: list[WordParagraph] = []
    for block in title_block.blocks:
        if (
            len(paragraphs) == MAX_SUMMARY_PARAGRAPHS
            or not isinstance(block, WordParagraph)
            or not _looks_like_summary(block)
        ):
            break
        if paragraphs and paragraphs[0].is_all_bold != block.is_all_bold:
            break
        paragraphs.append(block)
    text = "\n\n".join(one_line(block.text) for block in paragraphs)
    is_whole_text = len(paragraphs) == len(title_block.blocks)
    if MIN_SUMMARY_CHARACTERS <= len(text) <= MAX_SUMMARY_CHARACTERS and not is_whole_text:
        title_block.summary = "\n\n".join(_take(title_block, block) for block in paragraphs)


def _looks_like_summary(paragraph: WordParagraph) -> bool:
    is_plain = not paragraph.level and not paragraph.is_item and paragraph.role in ("", "subtitle")
    return is_plain and (paragraph.is_all_bold or paragraph.is_all_italic)


def _take_points(title_block: TitleBlock) -> None:
    """Take the list below a heading such as "Key points" at the beginning of the text."""
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


def _place_moved_inlines(title_block: TitleBlock) -> None:
    first = next(
        (block for block in title_block.blocks if isinstance(block, WordParagraph) and _has_body_text(block)),
        None,
    )
    images = [inline for inline in title_block.moved_inlines if isinstance(inline, InlineImage)]
    notes = [inline for inline in title_block.moved_inlines if isinstance(inline, NoteReference)]
    if notes and first is not None:
        first.inlines += notes
    elif notes:
        title_block.blocks.append(WordParagraph(notes))
    title_block.blocks[:0] = [WordParagraph([image]) for image in images]


def _has_body_text(block: WordParagraph) -> bool:
    return bool(block.text_spans) and not block.level and block.role != "code"
