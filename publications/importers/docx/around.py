"""What stands around the text: comments, headers and footers, who made the file, what it brings besides."""

from .comments import Comment
from .package import ON_A_NETWORK, Package
from .parts import all_paragraphs
from .reading import Ground
from .tree import text_in

MACROS = "vbaProject.bin"


def comments_of(ground: Ground) -> list[Comment]:
    package = ground.package
    parts = (package.first("comments"), package.first("commentsExtended"))
    return ground.comments.read(*(package.tree(part) if part else None for part in parts))


def creator_of(package: Package) -> str:
    """Who made the file, as it says itself: often a colleague, or nobody."""
    root = package.tree("docProps/core.xml")
    found = root.find("dc:creator") if root is not None else None
    return " ".join((found.text or "").split())[:120] if found is not None else ""


def note_what_is_around(ground: Ground) -> None:
    """Note headers, footers, notes without a place, a template elsewhere, and macros."""
    package, findings = ground.package, ground.findings
    for kind in ("header", "footer"):
        for part in package.all(kind):
            text = " ".join(text_in(package.tree(part), "w:t").split())
            if any(sign.isalpha() for sign in text):
                findings.frames.append(text)
    for blocks in ground.notes.unreferred:
        if text := " ".join(each.text for each in all_paragraphs(blocks)).strip():
            findings.lost_notes.append(text)
    settings = package.first("settings")
    for each in package.related(settings).values() if settings else ():
        if each.kind == "attachedTemplate" and each.is_outside and ON_A_NETWORK.match(each.target):
            findings.template = each.target
    findings.macros = any(name.endswith(MACROS) for name in package.entries)


def all_words(content: bytes) -> str:
    """Every word in a file, wherever it stands: in the text, deleted, hidden, in headers, comments or names.

    Raises ImportRefused.
    """
    package = Package(content)
    found: list[str] = []
    for part in package.entries:
        if part.endswith((".xml", ".rels")) and (root := package.tree(part)) is not None:
            for paragraph in (each for each in root.iter() if each.tag in ("w:p", "a:p")):
                found.append(text_in(paragraph, "w:t", "w:delText", "w:instrText", "a:t", "m:t"))
            found += [value for each in root.iter() for value in (each.text, *each.attrib.values()) if value]
    return "\n".join(found)
