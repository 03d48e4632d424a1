"""What is no Word file, or means harm, is refused in one sentence."""

import zipfile
from io import BytesIO

import pytest

from publications.importers import word
from publications.importers.imported_file import ImportRefused
from publications.ooxml import MAX_FILE_BYTES
from tests.factories import picture_bytes
from tests.word_files import OFFICE, bomb, docx, forged_bomb, p, picture, zipped

ENTITIES = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def with_document(text: str) -> bytes:
    """A file with a document part of its own."""
    files = {}
    with zipfile.ZipFile(BytesIO(docx(p("Text.")))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**files, "word/document.xml": text})


def document(inside: str, before: str = "") -> str:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'{before}<w:document xmlns:w="{space}"><w:body>{inside}</w:body></w:document>'


def outside(kind: str, target: str) -> bytes:
    relation = f'<Relationship Id="x1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'
    return docx(p("Text."), relations=relation)


def with_damaged_part(compression: int) -> bytes:
    """A file whose text is compressed by another method than Word's, and damaged."""
    buffer = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(docx(p("Text.")))) as archive,
        zipfile.ZipFile(buffer, "w", compression) as copy,
    ):
        for name in archive.namelist():
            copy.writestr(name, archive.read(name) + b" " * 2000)
        entry = copy.getinfo("word/document.xml")
    content = bytearray(buffer.getvalue())
    start = entry.header_offset + 30 + len(entry.filename)
    content[start + 12 : start + entry.compress_size] = bytes([0xA5]) * (entry.compress_size - 12)
    return bytes(content)


def truncated() -> bytes:
    return docx(p("Text " * 5000))[:900]


def encrypted() -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 100
    )


WRONG = {
    "nothing": (b"", "The file is empty"),
    "a renamed PDF": (b"%PDF-1.7\n%....", "This is a PDF"),
    "an older Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "older Word format"),
    "an encrypted file": (encrypted(), "locked with a password"),
    "rich text": (b"{\\rtf1 text}", "Rich Text Format"),
    "a web page": (b"<html><body>Text</body></html>", "web page"),
    "a picture": (b"\x89PNG\r\n", "not a Word file"),
    "any bytes": (b"so-called Word", "or it is damaged"),
    "a broken archive": (truncated(), "damaged"),
    "a damaged part (LZMA)": (with_damaged_part(zipfile.ZIP_LZMA), "damaged"),
    "a damaged part (bzip2)": (with_damaged_part(zipfile.ZIP_BZIP2), "damaged"),
    "an OpenDocument text": (
        zipped({"mimetype": "application/vnd.oasis", "content.xml": "<a/>"}),
        "OpenDocument",
    ),
    "a Pages document": (zipped({"Index/Document.iwa": "x"}), "Pages document"),
    "any archive": (zipped({"readme.txt": "x"}), "not a Word file"),
    "an unpacking bomb": (bomb(), "unpacks to more"),
    "a bomb that lies of its size": (forged_bomb(), "damaged"),
    "many entries": (zipped({f"a{number}": "" for number in range(6000)}), "unpacks to more"),
    "entities": (with_document(document(p("&b;"), ENTITIES)), "declares entities"),
    "an external entity": (
        with_document(document(p("&x;"), '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
        "declares entities",
    ),
    "deep nesting": (with_document(document("<w:sdt>" * 5000 + "</w:sdt>" * 5000)), "nested more deeply"),
    "broken XML": (with_document("<w:document>"), "damaged"),
    "a picture from elsewhere": (
        outside("image", "https://tracker.example/p.png"),
        "https://tracker.example/p.png",
    ),
    "an object from a share": (
        outside("oleObject", "\\\\host\\share\\x.xlsx"),
        "loads something from elsewhere",
    ),
    "a frame from elsewhere": (outside("frame", "http://169.254.169.254/"), "loads something from elsewhere"),
    "two parts of one name": (
        zipped({"word/document.xml": "<a/>", "WORD/document.xml": "<b/>"}),
        "two parts of one name",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_it_is_refused_in_one_sentence_that_says_why(name):
    content, words = WRONG[name]

    with pytest.raises(ImportRefused) as refusal:
        word.read_word(content, "x.docx", word.WordReadOptions(lambda digest: digest[:20]))

    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 250


def test_a_file_that_is_too_large_is_refused_before_it_is_opened():
    with pytest.raises(ImportRefused, match="larger than 50 MB"):
        word.read_word(b"PK" + b"\0" * (MAX_FILE_BYTES + 1), "x.docx", word.WordReadOptions(str))


def test_a_template_elsewhere_is_not_opened_and_is_reported():
    """Files made from a template on a server are ordinary: nothing of it is needed, so nothing is refused."""
    settings = docx(p("Text."), settings="")
    with zipfile.ZipFile(BytesIO(settings)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    relation = f'<Relationship Id="t" Type="{OFFICE}/attachedTemplate" Target="https://example.org/t.dotx" TargetMode="External"/>'
    files["word/_rels/settings.xml.rels"] = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>'
    )

    result = word.read_word(zipped(files), "x.docx", word.WordReadOptions(lambda digest: digest[:20]))

    assert "https://example.org/t.dotx" in "".join(line.text for line in result.notes)


def test_a_lack_of_memory_is_not_reported_as_nesting():
    def exhausted(digest):
        raise MemoryError

    content = docx(p("Text.", picture("media/a.png")), parts={"media/a.png": picture_bytes()})

    with pytest.raises(ImportRefused, match="more memory than the server has"):
        word.read_word(content, "x.docx", word.WordReadOptions(exhausted))
