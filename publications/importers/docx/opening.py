"""How a text opens: its title, who wrote it, and the lines in bold or italics that sum it up."""

import re
from dataclasses import dataclass, field

from publications.publication_fields import MAX_LENGTHS

from .parts import Block, NoteMark, Paragraph, Piece, Shown, one_line

LOOKED_AT = 12
LONGEST_BYLINE = 200
SHORTEST_SUMMARY, LONGEST_SUMMARY = 40, 1500
MOST_OF_SUMMARY = 3
MOST_POINTS = 8

BY = re.compile(
    r"(?:by|av|text(?: av)?|written by|authors?|författare|von|par|por|автор\w*|автори)\s*:?\s+(?P<names>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
BETWEEN = re.compile(r"\s*[,;|•·\n]\s*|\s+(?:and|och|samt|und|et|y|и|та|with|med)\s+|\s*&\s*")
PARTICLES = {
    "von",
    "van",
    "de",
    "der",
    "den",
    "del",
    "di",
    "da",
    "dos",
    "af",
    "la",
    "le",
    "al",
    "el",
    "bin",
    "ibn",
    "ter",
    "zu",
}
BEFORE_NAME = re.compile(r"^[dlDLO]['’](?=\w)")
NO_NAMES = re.compile(r"[\d@:/()\"“”?!]|\.(?=\s*$)(?<!\b\w\.)")
POINTS = re.compile(
    r"key (?:points|takeaways|messages|findings)|main points|takeaways|in brief|i korthet|huvudpunkter",
    re.IGNORECASE,
)


@dataclass
class Opening:
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
    moved: list[Piece] = field(default_factory=list)
    """Notes and pictures of what became fields; they go to the first paragraph."""

    @property
    def moved_notes(self) -> int:
        return sum(isinstance(piece, NoteMark) for piece in self.moved)


def opening_of(blocks: list[Block]) -> Opening:
    """Take title, byline and summary off the head of a text."""
    opening = Opening(list(blocks))
    _take_title(opening)
    _take_byline(opening)
    _take_subtitle(opening)
    _take_summary(opening)
    _take_points(opening)
    _place_moved(opening)
    return opening


def _head(opening: Opening) -> list[tuple[int, Paragraph]]:
    """The first paragraphs, by place."""
    return [
        (at, block) for at, block in enumerate(opening.blocks[:LOOKED_AT]) if isinstance(block, Paragraph)
    ]


def _take(opening: Opening, paragraph: Paragraph) -> str:
    """Take a paragraph off the text: its words; its notes and pictures are kept."""
    opening.blocks = [block for block in opening.blocks if block is not paragraph]
    opening.moved += [piece for piece in paragraph.pieces if isinstance(piece, NoteMark | Shown)]
    return one_line(paragraph.text)


def _take_title(opening: Opening) -> None:
    titled = [
        block
        for block in opening.blocks
        if isinstance(block, Paragraph) and block.role == "title" and block.spans
    ]
    if titled:
        together = _run_of(opening.blocks, titled[0])
        _name(opening, " ".join(_take(opening, each) for each in together))
        return
    heading = next((block for block in opening.blocks if isinstance(block, Paragraph) and block.level), None)
    if heading:
        heading.mark = ""
        _name(opening, _take(opening, heading))
        opening.is_title_guessed = True


def _name(opening: Opening, title: str) -> None:
    opening.title, opening.cut_off = title[: MAX_LENGTHS["title"]], title[MAX_LENGTHS["title"] :]


def _run_of(blocks: list[Block], first: Paragraph) -> list[Paragraph]:
    """The paragraphs of a title that goes over several."""
    at = next(place for place, block in enumerate(blocks) if block is first)
    found = []
    for block in blocks[at:]:
        if not isinstance(block, Paragraph) or block.role != "title":
            break
        found.append(block)
    return found


def _take_byline(opening: Opening) -> None:
    for _at, paragraph in _head(opening):
        if paragraph.is_item or paragraph.level or len(paragraph.text) > LONGEST_BYLINE:
            continue
        found = BY.fullmatch(paragraph.text.strip())
        written = found["names"] if found else paragraph.text if paragraph.role == "author" else ""
        names, others = names_in(written)
        if names:
            opening.byline = _take(opening, paragraph)
            opening.names, opening.others = names, others
            return


def names_in(written: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a byline, and what else it says, such as "Analyst at SCEEUS"."""
    outside = re.sub(r"\(([^()]*)\)", r", \1, ", written.strip().rstrip("."))
    parts = [one_line(part) for part in BETWEEN.split(outside) if part and part.strip()]
    names = tuple(dict.fromkeys(part for part in parts if _is_name(part)))
    return names, tuple(part for part in parts if part not in names)


def _is_name(part: str) -> bool:
    words = part.split()
    if not 2 <= len(words) <= 5 or len(part) > 60 or NO_NAMES.search(part):
        return False
    return all(word in PARTICLES or _is_capital(word) for word in words) and words[-1][-1].isalpha()


def _is_capital(word: str) -> bool:
    """Whether it begins as names do, "d’Arc" too; alphabets without capitals have nothing else to begin with."""
    first = BEFORE_NAME.sub("", word)[:1]
    return first.isalpha() and first == first.title()


def _take_subtitle(opening: Opening) -> None:
    """A subtitle joins a title that has none of its own."""
    for _at, paragraph in _head(opening):
        text = one_line(paragraph.text)
        if paragraph.role == "subtitle" and text:
            if (
                opening.title
                and ":" not in opening.title
                and len(opening.title) + len(text) + 2 <= MAX_LENGTHS["title"]
            ):
                opening.title = f"{opening.title}: {_take(opening, paragraph)}"
            else:
                paragraph.role = ""
            return


def _take_summary(opening: Opening) -> None:
    """The first paragraphs, where they are bold or italic throughout and others are not."""
    found: list[Paragraph] = []
    for block in opening.blocks:
        if len(found) == MOST_OF_SUMMARY or not isinstance(block, Paragraph) or not _sums_up(block):
            break
        if found and found[0].is_all_bold != block.is_all_bold:
            break
        found.append(block)
    text = "\n\n".join(one_line(block.text) for block in found)
    is_whole_text = len(found) == len(opening.blocks)
    if SHORTEST_SUMMARY <= len(text) <= LONGEST_SUMMARY and not is_whole_text:
        opening.summary = "\n\n".join(_take(opening, block) for block in found)


def _sums_up(paragraph: Paragraph) -> bool:
    is_plain = not paragraph.level and not paragraph.is_item and paragraph.role in ("", "subtitle")
    return is_plain and (paragraph.is_all_bold or paragraph.is_all_italic)


def _take_points(opening: Opening) -> None:
    """A list below a heading such as "Key points", where it opens the text."""
    if not opening.blocks or not isinstance(opening.blocks[0], Paragraph):
        return
    heading = opening.blocks[0]
    if not POINTS.fullmatch(one_line(heading.text).rstrip(":")):
        return
    items: list[Paragraph] = []
    for block in opening.blocks[1:]:
        if not isinstance(block, Paragraph) or not block.is_item:
            break
        items.append(block)
    if 2 <= len(items) <= MOST_POINTS and all(item.depth == items[0].depth for item in items):
        _take(opening, heading)
        opening.key_points = tuple(_take(opening, item) for item in items)


def _place_moved(opening: Opening) -> None:
    first = next(
        (block for block in opening.blocks if isinstance(block, Paragraph) and _holds_text(block)), None
    )
    pictures = [piece for piece in opening.moved if isinstance(piece, Shown)]
    notes = [piece for piece in opening.moved if isinstance(piece, NoteMark)]
    if notes and first is not None:
        first.pieces += notes
    elif notes:
        opening.blocks.append(Paragraph(notes))
    opening.blocks[:0] = [Paragraph([picture]) for picture in pictures]


def _holds_text(block: Paragraph) -> bool:
    return bool(block.spans) and not block.level and block.role != "code"
