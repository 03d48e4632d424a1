"""Open Word files: packages of parts (ECMA-376 Part 2), within limits.

Parts are read on demand, never unpacked to disk, and never beyond their limit, whatever sizes the file declares. Other
files, and files beyond the limits, raise `InvalidWordFile`.
"""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from xml.etree.ElementTree import Element

from publications.stored_messages import gettext as _

from .elements import InvalidWordFile, join_text, parse_part

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_PARTS = 5_000
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_PART_BYTES = 40 * 1024 * 1024
MAX_IMAGE_BYTES = 20 * 1024 * 1024
MAX_RATIO = 200
MIN_RATIO_CHECKED_BYTES = 20 * 1024 * 1024
"""The ratio of smaller files is not checked."""
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
LINK_KINDS = {"hyperlink"}
UNREAD_KINDS = {"attachedTemplate"}
RUN_TEXTS = ("w:t", "w:delText", "a:t", "m:t")
"""Elements with the text of a run, which may begin and end within a word."""
GAPS = {"w:tab": "\t", "w:br": "\n", "w:cr": "\n", "a:br": "\n", "w:noBreakHyphen": "-"}
DELETED, INSERTED = ("w:del", "w:moveFrom"), ("w:ins", "w:moveTo")
"""Elements around the runs that a tracked change has taken away, and around those that it has put there."""
NETWORK_ADDRESS = re.compile(r"(?:https?|ftps?|smb|dav)s?:|(?:file:)?[/\\]{2}[^/\\]", re.IGNORECASE)


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
            lzma.LZMAError,
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
            raise InvalidWordFile(_describe_other_archive(self.entries, part))
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
    is_loaded = relation.kind not in LINK_KINDS | UNREAD_KINDS
    if relation.is_external and is_loaded and NETWORK_ADDRESS.match(relation.target):
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
    if unpacked_bytes > MIN_RATIO_CHECKED_BYTES and unpacked_bytes > MAX_RATIO * size:
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
    if content.startswith(OLE_SIGNATURE):
        raise InvalidWordFile(_locked_message() if ENCRYPTED_STREAM in content else _older_message())
    if not content.startswith(b"PK"):
        raise InvalidWordFile(_describe_other_format(content))


def too_large_message() -> str:
    return _(
        "The file is larger than 50 MB. Make its pictures smaller in Word (Compress Pictures), then try again."
    )


def _describe_other_format(content: bytes) -> str:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in content[:1024]:
        return _("This is a PDF, whatever it is called. Choose the Word file that it was made from.")
    if start.startswith(b"{\\rtf"):
        return _(
            "This is a file in Rich Text Format. Open it in Word and save it as a Word document (.docx)."
        )
    if start[:1] == b"<":
        return _("This is a web page or XML. Open it in Word and save it as a Word document (.docx).")
    return _(
        "This is not a Word file, or it is damaged. Open it in Word and save it as a Word document (.docx)."
    )


def _describe_other_archive(entries: dict, part: str) -> str:
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
            for element in root.iter():
                if element.tag in ("w:p", "a:p"):
                    texts += _read_paragraph(element)
                text = "" if element.tag in RUN_TEXTS else element.text  # else a part of a word
                texts += filter(None, (text, element.tail, *element.attrib.values()))
    return "\n".join(texts)


def _read_paragraph(paragraph: Element) -> set[str]:
    """Return the text of a paragraph as it is, and as it was before tracked changes; the fields in it."""
    readings = ("".join(_join_runs(paragraph, without)) for without in (DELETED, INSERTED))
    return {*readings, join_text(paragraph, "w:instrText")}


def _join_runs(element: Element, without: Collection[str]) -> Iterator[str]:
    if element.tag in RUN_TEXTS:
        yield element.text or ""
    yield GAPS.get(element.tag, "")
    for child in element:
        if child.tag not in without:
            yield from _join_runs(child, without)
