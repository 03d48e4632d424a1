"""Open Word files: packages of parts (ECMA-376 Part 2), each parsed as a tree of elements, within limits.

Parts are read on demand, never unpacked to disk, and never beyond their limit, whatever sizes the file declares. Other
files, and files beyond the limits, raise `InvalidWordFile`. Elements and attributes have one short name (`w:p`) in
transitional and strict files and with any prefixes; entities are refused.
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
"""The ratio of smaller files is not checked."""
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
    """A file that is not a Word file or exceeds the limits; the message names the reason and the remedy."""


@dataclass(frozen=True)
class Relation:
    """The target of a reference from a part: another part, or an address outside of the file."""

    kind: str
    target: str
    is_external: bool


class WordPackage:
    """An opened file. `main` is the name of the part with the text, `document` its root element."""

    def __init__(self, content: bytes) -> None:
        _refuse_other_formats(content)
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise _damaged_file_error() from error
        self.entries = {entry.filename.lstrip("/"): entry for entry in self.archive.infolist()}
        _check_entries(self.archive.infolist(), len(content))
        self.main = self._find_main_part()
        self.relations: dict[str, dict[str, Relation]] = {}
        self._refuse_external_resources()

    def has(self, part: str) -> bool:
        return part in self.entries

    def read(self, part: str, max_bytes: int = MAX_PART_BYTES) -> bytes:
        """Return the content of a part. Raises InvalidWordFile if it is damaged or larger than `max_bytes`."""
        entry = self.entries[part]
        try:
            with self.archive.open(entry) as file:
                content = file.read(max_bytes + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise _damaged_file_error() from error
        if len(content) > max_bytes:
            raise InvalidWordFile(
                _("The file unpacks to more than a text can hold (“%(part)s”). Save it anew in Word.")
                % {"part": part}
            )
        return content

    def parse(self, part: str) -> Element | None:
        """Return the root element of a part, or None if the file does not have it."""
        return parse_part(self.read(part)) if self.has(part) else None

    def relations_of(self, part: str) -> dict[str, Relation]:
        """Return the relations of a part by id."""
        if part not in self.relations:
            self.relations[part] = self._read_relations(part)
        return self.relations[part]

    def first_related(self, kind: str) -> str:
        """Return the first part of a kind, such as `styles`, that the text refers to, or an empty string."""
        return next(iter(self.all_related(kind)), "")

    def all_related(self, kind: str) -> list[str]:
        """Return all existing parts of a kind that the text refers to."""
        relations = self.relations_of(self.main).values()
        return [
            relation.target for relation in relations if relation.kind == kind and self.has(relation.target)
        ]

    def _find_main_part(self) -> str:
        self.relations = {}
        relations = self._read_relations("").values()
        targets = (relation.target for relation in relations if relation.kind == "officeDocument")
        part = next((target for target in targets if self.has(target)), "")
        root = self.parse(part) if part else None
        if root is None or root.tag != "w:document":
            raise InvalidWordFile(_not_word_message(self.entries, part))
        self.document = root
        return part

    def _read_relations(self, part: str) -> dict[str, Relation]:
        folder, _slash, name = part.rpartition("/")
        root = self.parse(f"{folder}/_rels/{name}.rels".lstrip("/"))
        return {
            element.get("Id", ""): _parse_relation(element, part)
            for element in (() if root is None else root)
        }

    def _refuse_external_resources(self) -> None:
        for name in self.entries:
            if name.endswith(".rels") and "/_rels/" in f"/{name}":
                for element in self.parse(name):
                    _refuse_external_resource(_parse_relation(element, ""))


def _parse_relation(element: Element, part: str) -> Relation:
    kind = element.get("Type", "").rstrip("/").rpartition("/")[2]
    target = element.get("Target", "")
    if element.get("TargetMode") == "External":
        return Relation(kind, target, is_external=True)
    path = target if target.startswith("/") else join("/", dirname(part), target)
    return Relation(kind, normpath(path).lstrip("/"), is_external=False)


def _refuse_external_resource(relation: Relation) -> None:
    is_read = relation.kind not in LINKED_ONLY | NEVER_READ
    if relation.is_external and is_read and NETWORK_ADDRESS.match(relation.target):
        raise InvalidWordFile(
            _(
                "The file loads something from elsewhere (%(target)s). In Word, put it into the file itself or take "
                "it out, then try again."
            )
            % {"target": relation.target[:120]}
        )


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked_bytes = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_PARTS or unpacked_bytes > MAX_UNPACKED_BYTES:
        raise InvalidWordFile(
            _("The file unpacks to more than any text needs. Save it anew in Word, then try again.")
        )
    if unpacked_bytes > RATIO_CHECKED_FROM and unpacked_bytes > MAX_RATIO * size:
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
    """Return the message for a valid archive that is not a Word file."""
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


def _damaged_file_error() -> InvalidWordFile:
    return InvalidWordFile(_("The file is damaged. Open it in Word, save it anew, then try again."))


def all_text(content: bytes) -> str:
    """Return all text in a file, including deleted and hidden text, headers, comments and attribute values.

    Raises:
        InvalidWordFile: the file cannot be opened.
    """
    package = WordPackage(content)
    texts: list[str] = []
    for part in package.entries:
        if part.endswith((".xml", ".rels")) and (root := package.parse(part)) is not None:
            for paragraph in (element for element in root.iter() if element.tag in ("w:p", "a:p")):
                texts.append(join_text(paragraph, "w:t", "w:delText", "w:instrText", "a:t", "m:t"))
            for element in root.iter():
                texts += filter(None, (element.text, *element.attrib.values()))
    return "\n".join(texts)


def parse_part(content: bytes) -> Element:
    """Return the root element of a part. Raises InvalidWordFile."""
    parser = _PartParser()
    try:
        parser.parser.Parse(content, True)
        return parser.builder.close()
    except InvalidWordFile:
        raise
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as error:
        raise InvalidWordFile(
            _("The file is damaged. Open it in Word, save it anew, then try again.")
        ) from error


class _PartParser:
    """Builds a tree with expat; refuses declarations, and nesting beyond MAX_DEPTH and MAX_ELEMENTS."""

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
        self.builder.start(short(name), {short(key): value for key, value in attributes.items()})

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


def find_path(element: Element | None, path: str) -> Element | None:
    """Return the first element at a path below this one, such as `w:pPr/w:pStyle`, or None."""
    for step in path.split("/"):
        element = element.find(step) if element is not None else None
    return element


def attribute_at(element: Element | None, path: str, attribute: str = "w:val") -> str:
    """Return an attribute of the element at a path below this one, or an empty string."""
    element = find_path(element, path)
    return "" if element is None else element.get(attribute, "")


def parse_number(text: str, default: int = 0) -> int:
    """Return a number of up to nine digits, or `default`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def is_on(element: Element | None, path: str) -> bool | None:
    """Return whether a toggle property such as `w:b` is on, or None if it is not specified."""
    element = find_path(element, path)
    return (
        None if element is None else element.get("w:val", "true").lower() not in ("0", "false", "off", "none")
    )


def join_text(element: Element, *tags: str) -> str:
    """Return the joined texts of all elements with these tags."""
    return "".join(descendant.text or "" for descendant in element.iter() if descendant.tag in tags)


def children(element: Element) -> Iterator[Element]:
    """Yield the children, with the children of the supported choice in the place of an `mc:AlternateContent`."""
    for child in element:
        if child.tag == "mc:AlternateContent":
            yield from _choose_alternative(child)
        else:
            yield child


def _choose_alternative(alternatives: Element) -> list[Element]:
    supported = {"wps", "wpg", "w14", "w15", "cx", "cx1"}
    for choice in alternatives:
        if choice.tag == "mc:Choice" and supported.issuperset(choice.get("Requires", "").split()):
            return list(children(choice))
    fallback = alternatives.find("mc:Fallback")
    return [] if fallback is None else list(children(fallback))
