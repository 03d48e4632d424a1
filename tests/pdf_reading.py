"""Check PDFs with independent tools: `qpdf --check`, and a checklist of tagged PDF."""

import io
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf
import pypdf

QPDF = shutil.which("qpdf")
MISREAD = "keys are not sorted"
"""From 12.4 qpdf compares names by the letters that it reads in them; ISO 32000 (7.9.6) orders them by their bytes."""


@dataclass
class Reading:
    """Metadata and structure of a PDF, and its faults."""

    language: str
    title: str
    author: str
    tags: Counter
    names: set[str]
    links: list[str]
    languages: set[str]
    alternatives: list[str]
    outline: list[str]
    pages: int
    faults: list[str] = field(default_factory=list)


def read(content: bytes) -> Reading:
    """Read a PDF and list what it lacks of tagged PDF, and faults of its syntax."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        keys = list(
            _keys(pdf.Root.get("/Names", {}).get("/Dests", {}))
        )  # first: pikepdf repairs what it reads
        elements = list(_elements(pdf.Root.get("/StructTreeRoot")))
        reading = Reading(
            language=str(pdf.Root.get("/Lang", "")),
            title=str(pdf.docinfo.get("/Title", "")),
            author=str(pdf.docinfo.get("/Author", "")),
            tags=Counter(str(element.S) for element in elements),
            names=set(_names(pdf)),
            links=[str(link.A.URI) for link in _links(pdf) if "/A" in link and "/URI" in link.A],
            languages=set(_languages(pdf, elements)),
            alternatives=[str(element.Alt) for element in elements if "/Alt" in element],
            outline=list(_outline(pdf)),
            pages=len(pdf.pages),
        )
        reading.faults = [*_faults(pdf, reading, elements), *_out_of_order(keys)]
    return reading


def words_of(content: bytes) -> str:
    """Return the text of a PDF and its metadata, with single spaces."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    rows = [str(value) for value in (reader.metadata or {}).values()]
    return " ".join(" ".join([*rows, *(page.extract_text() for page in reader.pages)]).split())


def qpdf_faults(content: bytes) -> str:
    """Return the errors of `qpdf --check`, or an empty string."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        completed = subprocess.run([QPDF, "--check", file.name], capture_output=True, check=False)
    return (
        "" if completed.returncode == 0 else (completed.stdout + completed.stderr).decode("utf-8", "replace")
    )


def _faults(pdf: pikepdf.Pdf, reading: Reading, elements: list) -> Iterator[str]:
    root = pdf.Root
    yield from (fault for fault in pdf.check_pdf_syntax() if MISREAD not in fault)
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "not marked as tagged"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "shows its file name for its title"
    if not reading.language or not reading.title:
        yield "no language or no title"
    if any(page.get("/Tabs") != "/S" for page in pdf.pages if "/Annots" in page):
        yield "no order of tabs"
    if any("/Contents" not in link for link in _links(pdf)):
        yield "a link without words"
    if any("/Alt" not in element for element in elements if element.S == "/Figure"):
        yield "a figure without alternative text"
    if reading.tags["/H1"] != 1:
        yield f"{reading.tags['/H1']} headings of level 1"
    if b"pdfuaid" not in (root.Metadata.read_bytes() if "/Metadata" in root else b""):
        yield "no word of PDF/UA in its metadata"
    if reading.tags["/Table"] and not reading.tags["/TD"]:
        yield "a table without cells"


def _elements(node, depth: int = 0) -> Iterator:
    """Yield every element of the structure tree in order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _elements(child, depth + 1)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node and node.get("/Type") not in ("/MCR", "/OBJR"):
            yield from _elements(node.K, depth + 1)


def _languages(pdf: pikepdf.Pdf, elements: list) -> Iterator[str]:
    """Yield the languages of elements and of marked content."""
    yield from (str(element.Lang) for element in elements if "/Lang" in element)
    for page in pdf.pages:
        page.contents_coalesce()
        yield from (
            language.decode() for language in re.findall(rb"/Lang ?\((\w+)\)", page.Contents.read_bytes())
        )


def _links(pdf: pikepdf.Pdf) -> Iterator:
    for page in pdf.pages:
        yield from (
            annotation for annotation in page.get("/Annots", []) if annotation.get("/Subtype") == "/Link"
        )


def _names(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/Names" in pdf.Root and "/Dests" in pdf.Root.Names:
        yield from pikepdf.NameTree(pdf.Root.Names.Dests)


def _keys(node) -> Iterator[bytes]:
    """Yield the keys of a name tree in their stored order."""
    yield from map(bytes, list(node.get("/Names", []))[::2])
    for kid in node.get("/Kids", []):
        yield from _keys(kid)


def _out_of_order(keys: list[bytes]) -> list[str]:
    return [] if keys == sorted(keys) else ["names of places out of order"]


def _outline(pdf: pikepdf.Pdf) -> Iterator[str]:
    with pdf.open_outline() as outline:
        items = list(outline.root)
        while items:
            item = items.pop(0)
            yield item.title
            items = [*item.children, *items]
