"""Word files opened: a package of parts (ECMA-376 Part 2), each read as a tree of elements, within limits.

Nothing is unpacked to disk, only parts that are asked for are read, and none beyond its limit, whatever the
file says of itself. A file that is no Word file, or goes beyond the limits, is refused in a sentence. Elements and
attributes have one short name each (`w:p`), whether a file is of the transitional or the strict kind and whatever
prefixes it uses; no entity is read.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from django.utils.translation import gettext as _

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_PARTS = 5_000
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_PART_BYTES = 40 * 1024 * 1024
MAX_IMAGE_BYTES = 20 * 1024 * 1024
MAX_RATIO = 200
RATIO_CHECKED_FROM = 20 * 1024 * 1024
"""A file that unpacks to less is harmless at any ratio."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
LINKED_ONLY = {"hyperlink"}
NEVER_READ = {"attachedTemplate"}
NETWORK_ADDRESS = re.compile(r"(?:https?|ftps?|smb|dav)s?:|(?:file:)?[/\\]{2}[^/\\]", re.IGNORECASE)
MAX_DEPTH = 200
MAX_ELEMENTS = 1_500_000
_OPEN = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
_SHARED = {
    "w": "wordprocessingml/{}main", "r": "officeDocument/{}relationships", "a": "drawingml/{}main",
    "pic": "drawingml/{}picture", "wp": "drawingml/{}wordprocessingDrawing", "c": "drawingml/{}chart",
    "dgm": "drawingml/{}diagram", "m": "officeDocument/{}math",
}  # fmt: skip
PREFIXES = {
    **{_OPEN + path.format("2006/"): prefix for prefix, path in _SHARED.items()},
    **{_STRICT + path.format(""): prefix for prefix, path in _SHARED.items()},
    f"{_OPEN}markup-compatibility/2006": "mc",
    f"{_OPEN}package/2006/metadata/core-properties": "cp",
    f"{_OPEN}package/2006/relationships": "",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup": "wpg",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "http://schemas.microsoft.com/office/word/2012/wordml": "w15",
    "http://schemas.microsoft.com/office/drawing/2014/chartex": "cx",
    "http://schemas.microsoft.com/office/drawing/2017/decorative": "adec",
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
    "http://www.w3.org/XML/1998/namespace": "xml",
}


class InvalidWordFile(ValueError):
    """A file that is no Word file or goes beyond the limits, with a sentence that says why and what to do."""


@dataclass(frozen=True)
class Relation:
    """What a part refers to by an id: another part, or an address outside the file."""

    kind: str
    target: str
    is_outside: bool


class WordPackage:
    """An opened file. `main` is the part that holds the text."""

    def __init__(self, content: bytes) -> None:
        _refuse_other_formats(content)
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as reason:
            raise _damaged() from reason
        self.entries = {entry.filename.lstrip("/"): entry for entry in self.archive.infolist()}
        _check_entries(self.archive.infolist(), len(content))
        self.main = self._main()
        self.relations: dict[str, dict[str, Relation]] = {}
        self._refuse_what_loads_from_elsewhere()

    def has(self, part: str) -> bool:
        return part in self.entries

    def read(self, part: str, most: int = MAX_PART_BYTES) -> bytes:
        """Return the bytes of a part. Raises InvalidWordFile where it is broken or unpacks to more than `most`."""
        entry = self.entries[part]
        try:
            with self.archive.open(entry) as file:
                content = file.read(most + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            RuntimeError,
            NotImplementedError,
        ) as reason:
            raise _damaged() from reason
        if len(content) > most:
            raise InvalidWordFile(
                _("The file unpacks to more than a text can hold (“%(part)s”). Save it anew in Word.")
                % {"part": part}
            )
        return content

    def parse(self, part: str) -> Element | None:
        """Return the part as elements, or None where the file has no such part."""
        return parse_part(self.read(part)) if self.has(part) else None

    def related(self, part: str) -> dict[str, Relation]:
        """Return what a part refers to, by id."""
        if part not in self.relations:
            self.relations[part] = self._related(part)
        return self.relations[part]

    def first(self, kind: str) -> str:
        """Return the part of a kind that the text refers to, such as `styles`, or an empty string."""
        found = (each.target for each in self.related(self.main).values() if each.kind == kind)
        return next((target for target in found if self.has(target)), "")

    def all(self, kind: str) -> list[str]:
        return [
            each.target
            for each in self.related(self.main).values()
            if each.kind == kind and self.has(each.target)
        ]

    def _main(self) -> str:
        self.relations = {}
        found = [each.target for each in self._related("").values() if each.kind == "officeDocument"]
        part = next((target for target in found if self.has(target)), "")
        root = self.parse(part) if part else None
        if root is None or root.tag != "w:document":
            raise InvalidWordFile(_not_word_message(self.entries, part))
        self.document = root
        return part

    def _related(self, part: str) -> dict[str, Relation]:
        folder, _slash, name = part.rpartition("/")
        root = self.parse(f"{folder}/_rels/{name}.rels".lstrip("/"))
        return {} if root is None else {each.get("Id", ""): _relation(each, part) for each in root}

    def _refuse_what_loads_from_elsewhere(self) -> None:
        for name in self.entries:
            if name.endswith(".rels") and "/_rels/" in f"/{name}":
                for each in self.parse(name):
                    _check_outside(_relation(each, ""))


def _relation(element: Element, part: str) -> Relation:
    kind = element.get("Type", "").rstrip("/").rpartition("/")[2]
    target = element.get("Target", "")
    if element.get("TargetMode") == "External":
        return Relation(kind, target, is_outside=True)
    whole = target if target.startswith("/") else join("/", dirname(part), target)
    return Relation(kind, normpath(whole).lstrip("/"), is_outside=False)


def _check_outside(relation: Relation) -> None:
    is_read = relation.kind not in LINKED_ONLY | NEVER_READ
    if relation.is_outside and is_read and NETWORK_ADDRESS.match(relation.target):
        raise InvalidWordFile(
            _(
                "The file loads something from elsewhere (%(target)s). In Word, put it into the file itself or take "
                "it out, then try again."
            )
            % {"target": relation.target[:120]}
        )


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    whole = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_PARTS or whole > MAX_UNPACKED_BYTES:
        raise InvalidWordFile(
            _("The file unpacks to more than any text needs. Save it anew in Word, then try again.")
        )
    if whole > RATIO_CHECKED_FROM and whole > MAX_RATIO * size:
        raise InvalidWordFile(
            _("The file unpacks to more than any text needs. Save it anew in Word, then try again.")
        )
    names = [entry.filename.lstrip("/").casefold() for entry in entries]
    if len(names) != len(set(names)):
        raise InvalidWordFile(
            _("The file holds two parts of one name. Save it anew in Word, then try again.")
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise InvalidWordFile(_locked_message())


def _refuse_other_formats(content: bytes) -> None:
    if not content:
        raise InvalidWordFile(_("The file is empty. Choose it again."))
    if len(content) > MAX_FILE_BYTES:
        raise InvalidWordFile(too_large_message())
    if content.startswith(OLE):
        raise InvalidWordFile(_locked_message() if ENCRYPTED in content else _older_message())
    if not content.startswith(b"PK"):
        raise InvalidWordFile(_message_by_first_bytes(content))


def too_large_message() -> str:
    return _(
        "The file is larger than 50 MB. Make its pictures smaller in Word (Compress Pictures), then try again."
    )


def _message_by_first_bytes(content: bytes) -> str:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in content[:1024]:
        return _("This is a PDF, whatever it is called. Choose the Word file that it was made from.")
    if start.startswith(b"{\\rtf"):
        return _(
            "This is a file in Rich Text Format. Open it in Word and save it as a Word document (.docx)."
        )
    if start[:1] == b"<":
        return _("This is a web page or XML. Open it in Word and save it as a Word document (.docx).")
    return _("This is not a Word file. Choose one that ends in .docx.")


def _not_word_message(entries: dict, part: str) -> str:
    """Return why a sound archive is no Word file."""
    if "mimetype" in entries and "content.xml" in entries:
        return _(
            "This is an OpenDocument text. Open it in Word or LibreOffice and save it as a Word document (.docx)."
        )
    if any(name.lower().endswith(".iwa") for name in entries):
        return _("This is a Pages document. In Pages choose Export to Word, then try again.")
    if part.startswith(("xl/", "ppt/")):
        return _("This is an Excel or PowerPoint file. Choose a Word document (.docx).")
    return _("This is not a Word file. Choose one that ends in .docx.")


def _locked_message() -> str:
    return _("The file is locked with a password. Take the password away in Word, save, then try again.")


def _older_message() -> str:
    return _("This is the older Word format (.doc). Open it in Word and save it as a Word document (.docx).")


def _damaged() -> InvalidWordFile:
    return InvalidWordFile(_("The file is damaged. Open it in Word, save it anew, then try again."))


def all_words(content: bytes) -> str:
    """Return every word in a file, wherever it stands: in the text, deleted, hidden, in headers, comments or names.

    Raises:
        InvalidWordFile: the file cannot be opened.
    """
    package = WordPackage(content)
    words: list[str] = []
    for part in package.entries:
        if part.endswith((".xml", ".rels")) and (root := package.parse(part)) is not None:
            for paragraph in (element for element in root.iter() if element.tag in ("w:p", "a:p")):
                words.append(text_in(paragraph, "w:t", "w:delText", "w:instrText", "a:t", "m:t"))
            for element in root.iter():
                words += filter(None, (element.text, *element.attrib.values()))
    return "\n".join(words)


def parse_part(content: bytes) -> Element:
    """Return the root element of a part. Raises InvalidWordFile."""
    parser = _PartParser()
    try:
        parser.parser.Parse(content, True)
        return parser.builder.close()
    except InvalidWordFile:
        raise
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as reason:
        raise InvalidWordFile(
            _("The file is damaged. Open it in Word, save it anew, then try again.")
        ) from reason


class _PartParser:
    """Builds a tree as expat reads, and stops at what no Word file has."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.names: dict[str, str] = {}
        self.depth = self.elements = 0
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.builder.data
        parser.StartDoctypeDeclHandler = self._refuse_declarations

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise InvalidWordFile(
                _("The file is nested more deeply than any text. Save it anew in Word, then try again.")
            )
        short = self._short
        self.builder.start(short(name), {short(each): value for each, value in attributes.items()})

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(self._short(name))

    def _refuse_declarations(self, *_declared) -> None:
        raise InvalidWordFile(
            _("The file declares entities, which no Word file does. Save it anew in Word, then try again.")
        )

    def _short(self, name: str) -> str:
        if name not in self.names:
            space, _blank, local = name.rpartition(" ")
            prefix = PREFIXES.get(space, "other") if space else ""
            self.names[name] = f"{prefix}:{local}" if prefix else local
        return self.names[name]


def at(element: Element | None, path: str) -> Element | None:
    """Return the first element at a path below, such as `w:pPr/w:pStyle`, or None."""
    for step in path.split("/"):
        element = element.find(step) if element is not None else None
    return element


def value(element: Element | None, path: str, attribute: str = "w:val") -> str:
    """Return an attribute of the element at a path below, or an empty string."""
    found = at(element, path)
    return "" if found is None else found.get(attribute, "")


def number(text: str, otherwise: int = 0) -> int:
    """Return the small number that a text gives, or `otherwise`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def is_on(element: Element | None, path: str) -> bool | None:
    """Return whether a toggle such as `w:b` is set, or None where it is not there."""
    found = at(element, path)
    return None if found is None else found.get("w:val", "true").lower() not in ("0", "false", "off", "none")


def text_in(element: Element, *tags: str) -> str:
    """Return the texts of all elements of these tags, joined."""
    return "".join(each.text or "" for each in element.iter() if each.tag in tags)


def children(element: Element) -> Iterator[Element]:
    """Yield the children; alternatives give way to the children of the one that this reader follows."""
    for child in element:
        if child.tag == "mc:AlternateContent":
            yield from _chosen(child)
        else:
            yield child


def _chosen(alternatives: Element) -> list[Element]:
    known = ("wps", "wpg", "w14", "w15", "cx", "cx1")
    for each in alternatives:
        if each.tag == "mc:Choice" and all(need in known for need in each.get("Requires", "").split()):
            return list(children(each))
    fallback = alternatives.find("mc:Fallback")
    return [] if fallback is None else list(children(fallback))
