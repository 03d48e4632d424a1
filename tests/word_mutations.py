"""Word files with parts missing, emptied, cut off or swapped, and texts with elements taken out: all from one seed."""

import random
import re
import zipfile
from collections.abc import Callable
from io import BytesIO

from tests.word_files import zipped

TEXT = "word/document.xml"
ELEMENT = re.compile(
    r"<(w:(?:p|tbl|tr|tc|r|t|pPr|rPr|tcPr|tblPr|sectPr|drawing|sdt|numPr|body))(?:\s[^<>]*)?>"
)

Parts = dict[str, bytes]


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def drop_part(parts: Parts, rng: random.Random) -> None:
    parts.pop(rng.choice([name for name in parts if name != "_rels/.rels"]))


def empty_part(parts: Parts, rng: random.Random) -> None:
    """A part without its inside: the root element alone."""
    name = rng.choice([name for name in parts if name.endswith(".xml")])
    root = re.search(rb"<(?![?!])([\w:]+)((?:\s[^<>]*)?)>", parts[name])
    if root:
        parts[name] = b"<%s%s></%s>" % (root[1], root[2].rstrip(b"/"), root[1])


def cut_part(parts: Parts, rng: random.Random) -> None:
    name = rng.choice(list(parts))
    parts[name] = parts[name][: rng.randrange(len(parts[name]) + 1)]


def swap_parts(parts: Parts, rng: random.Random) -> None:
    one, other = rng.choice(list(parts)), rng.choice(list(parts))
    parts[one], parts[other] = parts[other], parts[one]


def spoil_bytes(parts: Parts, rng: random.Random) -> None:
    name = rng.choice(list(parts))
    content = bytearray(parts[name])
    for _time in range(min(len(content), 5)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    parts[name] = bytes(content)


def drop_elements(parts: Parts, rng: random.Random) -> None:
    """Take some elements out of a part with all that is in them."""
    name = rng.choice([name for name in parts if name.startswith("word/") and name.endswith(".xml")])
    parts[name] = _without_elements(
        parts[name].decode("utf-8", "replace"), rng, rng.choice((1, 3, 40))
    ).encode()


def drop_elements_of_the_text(parts: Parts, rng: random.Random) -> None:
    if TEXT in parts:
        text = parts[TEXT].decode("utf-8", "replace")
        parts[TEXT] = _without_elements(text, rng, rng.choice((1, 3, 40, 400))).encode()


def change_numbers(parts: Parts, rng: random.Random) -> None:
    """Numbers in attributes become others, or words."""
    name = rng.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    wrong = (b"-1", b"0", b"99999999999999999999", b"x", b"", b"1.5")

    def change_value(match: re.Match) -> bytes:
        return b'="%s"' % rng.choice(wrong) if rng.random() < 0.2 else match[0]

    parts[name] = re.sub(rb'="-?\d+"', change_value, parts[name])


MUTATIONS: tuple[Callable[[Parts, random.Random], None], ...] = (
    drop_part, empty_part, cut_part, swap_parts, spoil_bytes, drop_elements, drop_elements_of_the_text, change_numbers,
)  # fmt: skip


def mutate(content: bytes, seed: int) -> bytes:
    """A file made of another by one to three mutations."""
    rng = random.Random(seed)
    parts = parts_of(content)
    for _time in range(rng.randint(1, 3)):
        rng.choice(MUTATIONS)(parts, rng)
    return zipped(parts)


def _without_elements(text: str, rng: random.Random, times: int) -> str:
    for _time in range(times):
        found = (
            list(ELEMENT.finditer(text, rng.randrange(len(text) or 1)))[:1]
            or list(ELEMENT.finditer(text))[:1]
        )
        if not found or found[0][0].endswith("/>"):
            continue
        end = _end_of(text, found[0])
        text = text[: found[0].start()] + text[end:]
    return text


def _end_of(text: str, opening: re.Match) -> int:
    """Return where the element that starts here ends."""
    depth = 0
    for tag in re.finditer(rf"<(/?){opening[1]}(?=[\s/>])[^<>]*?(/?)>", text[opening.start() :]):
        depth += -1 if tag[1] else 0 if tag[2] else 1
        if not depth:
            return opening.start() + tag.end()
    return len(text)
