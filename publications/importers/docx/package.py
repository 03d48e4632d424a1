"""The file as a package of parts: opened within limits, and refused in a sentence where it is no Word file.

Nothing is unpacked to disk, only parts that are asked for are read, and none beyond its limit, whatever the
file says of itself. The format is ECMA-376 Part 2 (Open Packaging Conventions).
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from ..report import ImportRefused
from .tree import parse

LARGEST_FILE = 50 * 1024 * 1024
MOST_ENTRIES = 5_000
LARGEST_WHOLE = 400 * 1024 * 1024
LARGEST_TEXT = 40 * 1024 * 1024
LARGEST_PICTURE = 20 * 1024 * 1024
HIGHEST_RATIO = 200
SUSPICIOUS_FROM = 20 * 1024 * 1024
"""A file that unpacks to less is harmless at any ratio."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
TEXT_ALONE = {"hyperlink"}
NEVER_READ = {"attachedTemplate"}
ON_A_NETWORK = re.compile(r"(?:https?|ftps?|smb|dav)s?:|(?:file:)?[/\\]{2}[^/\\]", re.IGNORECASE)


@dataclass(frozen=True)
class Relation:
    """What a part refers to by an id: another part, or an address outside the file."""

    kind: str
    target: str
    is_outside: bool


class Package:
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

    def read(self, part: str, most: int = LARGEST_TEXT) -> bytes:
        """The bytes of a part. Raises ImportRefused where it is broken or unpacks to more than `most`."""
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
            raise ImportRefused(
                _("The file unpacks to more than a text can hold (“%(part)s”). Save it anew in Word.")
                % {"part": part}
            )
        return content

    def tree(self, part: str) -> Element | None:
        """The part as elements, or nothing where the file has no such part."""
        return parse(self.read(part)) if self.has(part) else None

    def related(self, part: str) -> dict[str, Relation]:
        """What a part refers to, by id."""
        if part not in self.relations:
            self.relations[part] = self._related(part)
        return self.relations[part]

    def first(self, kind: str) -> str:
        """The part of a kind that the text refers to, such as `styles`; empty where there is none."""
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
        root = self.tree(part) if part else None
        if root is None or root.tag != "w:document":
            raise ImportRefused(_what_else(self.entries, part))
        self.document = root
        return part

    def _related(self, part: str) -> dict[str, Relation]:
        folder, _slash, name = part.rpartition("/")
        root = self.tree(f"{folder}/_rels/{name}.rels".lstrip("/"))
        return {} if root is None else {each.get("Id", ""): _relation(each, part) for each in root}

    def _refuse_what_loads_from_elsewhere(self) -> None:
        for name in self.entries:
            if name.endswith(".rels") and "/_rels/" in f"/{name}":
                for each in self.tree(name):
                    _check_outside(_relation(each, ""))


def _relation(element: Element, part: str) -> Relation:
    kind = element.get("Type", "").rstrip("/").rpartition("/")[2]
    target = element.get("Target", "")
    if element.get("TargetMode") == "External":
        return Relation(kind, target, is_outside=True)
    whole = target if target.startswith("/") else join("/", dirname(part), target)
    return Relation(kind, normpath(whole).lstrip("/"), is_outside=False)


def _check_outside(relation: Relation) -> None:
    is_read = relation.kind not in TEXT_ALONE | NEVER_READ
    if relation.is_outside and is_read and ON_A_NETWORK.match(relation.target):
        raise ImportRefused(
            _(
                "The file loads something from elsewhere (%(target)s). In Word, put it into the file itself or take "
                "it out, then try again."
            )
            % {"target": relation.target[:120]}
        )


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    whole = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or whole > LARGEST_WHOLE:
        raise ImportRefused(
            _("The file unpacks to more than any text needs. Save it anew in Word, then try again.")
        )
    if whole > SUSPICIOUS_FROM and whole > HIGHEST_RATIO * size:
        raise ImportRefused(
            _("The file unpacks to more than any text needs. Save it anew in Word, then try again.")
        )
    names = [entry.filename.lstrip("/").casefold() for entry in entries]
    if len(names) != len(set(names)):
        raise ImportRefused(_("The file holds two parts of one name. Save it anew in Word, then try again."))
    if any(entry.flag_bits & 1 for entry in entries):
        raise ImportRefused(_locked())


def _refuse_other_formats(content: bytes) -> None:
    if not content:
        raise ImportRefused(_("The file is empty. Choose it again."))
    if len(content) > LARGEST_FILE:
        raise ImportRefused(too_large())
    if content.startswith(OLE):
        raise ImportRefused(_locked() if ENCRYPTED in content else _older())
    if not content.startswith(b"PK"):
        raise ImportRefused(_by_first_bytes(content))


def too_large() -> str:
    return _(
        "The file is larger than 50 MB. Make its pictures smaller in Word (Compress Pictures), then try again."
    )


def _by_first_bytes(content: bytes) -> str:
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


def _what_else(entries: dict, part: str) -> str:
    """Why a sound archive is no Word file."""
    if "mimetype" in entries and "content.xml" in entries:
        return _(
            "This is an OpenDocument text. Open it in Word or LibreOffice and save it as a Word document (.docx)."
        )
    if any(name.lower().endswith(".iwa") for name in entries):
        return _("This is a Pages document. In Pages choose Export to Word, then try again.")
    if part.startswith(("xl/", "ppt/")):
        return _("This is an Excel or PowerPoint file. Choose a Word document (.docx).")
    return _("This is not a Word file. Choose one that ends in .docx.")


def _locked() -> str:
    return _("The file is locked with a password. Take the password away in Word, save, then try again.")


def _older() -> str:
    return _("This is the older Word format (.doc). Open it in Word and save it as a Word document (.docx).")


def _damaged() -> ImportRefused:
    return ImportRefused(_("The file is damaged. Open it in Word, save it anew, then try again."))
