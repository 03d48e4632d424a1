"""Removing a short name deletes files that hold it as a word, and none that hold it within another word or by chance."""

import base64
import gzip
import io
import random
import zipfile

import pytest
import typst
from PIL import Image as Pixels
from PIL.PngImagePlugin import PngInfo

from publications import actions
from publications.actions.redacted_files import is_in_file
from publications.markup import NameRedaction
from publications.models import WordFile, original_storage, store_original
from publications.name_search import texts
from tests.factories import make_image, make_publication
from tests.word_files import docx, p, r

SPELLINGS = ("Moa Holm", "Holm", "Ann", "Ekholm")
REDACTION = NameRedaction(SPELLINGS, "[x]")
NOISE = random.Random(1).randbytes(5_000_000)  # "Ann" stands in it three times
DIVIDED = (
    '<w:r><w:t>Stock</w:t></w:r><w:proofErr w:type="spellStart"/><w:ins w:id="1" w:author="Stockholm"><w:r><w:rPr><w:b/></w:rPr>'
    "<w:t>ho</w:t></w:r></w:ins><w:r><w:t>lm</w:t></w:r>"
)
"""A word in three runs, of which one is a tracked change."""


def zipped(**members: bytes | str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


def picture(format: str, text: str) -> bytes:
    stream, options = io.BytesIO(), {}
    pixels = Pixels.frombytes("RGB", (300, 300), NOISE[:270_000])
    if format == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("Author", text, zip=True)
    elif format == "GIF":
        options["comment"] = text.encode()
    else:
        exif = pixels.getexif()
        exif[0x010E] = text.encode()  # the description
        exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + text.encode()  # the comment of the user
        options["exif"] = exif.tobytes()
    pixels.save(stream, format, **options)
    return stream.getvalue()


def picture_with_xmp(text: str) -> bytes:
    stream = io.BytesIO()
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><creator>{text}</creator></x:xmpmeta>"
    Pixels.new("RGB", (8, 8)).save(stream, "JPEG", xmp=xmp.encode())
    return stream.getvalue()


def picture_with_iptc(text: str) -> bytes:
    """A JPEG with the photographer as agencies give them: in a resource of Photoshop."""
    value = text.encode()
    data = b"\x1c\x02\x50" + len(value).to_bytes(2) + value
    data += b"\0" * (len(data) % 2)
    resource = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + len(data).to_bytes(4) + data
    stream = io.BytesIO()
    Pixels.new("RGB", (8, 8)).save(stream, "JPEG")
    jpeg = stream.getvalue()
    return jpeg[:2] + b"\xff\xed" + (len(resource) + 2).to_bytes(2) + resource + jpeg[2:]


def pdf_of(body: str) -> bytes:
    return typst.compile(body.encode())


FILES = {
    "text.txt": lambda text: f"In {text}, in May.".encode(),
    "latin.txt": lambda text: f"I {text}, på våren.".encode("latin-1"),
    "utf16.csv": lambda text: f"a\t{text}\tb".encode("utf-16"),
    "record.json": lambda text: f'{{"place": "In\\n{text}\\n"}}'.encode(),
    "page.html": lambda text: f"<p>In <b>{text}</b>, in May.".encode(),
    "title.html": lambda text: f'<a title="In {text}">In May</a>'.encode(),
    "encoded.html": lambda text: f'<a href="/x?q={text.replace(" ", "%20").replace("o", "%6F")}">In May</a>'.encode(),
    "text.docx": lambda text: docx(p(f"In {text}, in May.")),
    "table.docx": lambda text: docx(p("May", "<w:r><w:tab/></w:r>", text, "<w:r><w:br/></w:r>", "June")),
    "properties.docx": lambda text: docx(p("May"), parts={"docProps/app.xml": f"<P><Manager>{text}</Manager></P>"}),
    "author.docx": lambda text: docx(p(f'<w:ins w:id="1" w:author="{text}">{r("May")}</w:ins>')),
    "deleted.docx": lambda text: docx(
        p("In ", f'<w:del w:id="1"><w:r><w:delText>{text}</w:delText></w:r></w:del>', "<w:ins><w:r><w:t>May</w:t></w:r></w:ins>")
    ),
    "inserted.docx": lambda text: docx(
        p("In ", '<w:del w:id="1"><w:r><w:delText>May</w:delText></w:r></w:del>', f"<w:ins><w:r><w:t>{text}</w:t></w:r></w:ins>")
    ),
    "table.xlsx": lambda text: zipped(xl__sharedStrings_xml=f"<sst><si><t>A</t></si><si><t>{text}</t></si><si><t>B</t></si></sst>"),
    "slides.pptx": lambda text: zipped(ppt__slide_xml=f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p><a:p>B</a:p>"),
    "text.odt": lambda text: zipped(content_xml=f"<text:p>A</text:p><text:p>{text}</text:p><text:p>B</text:p>"),
    "archive.zip": lambda text: zipped(b_zip=zipped(c_txt=f"In {text}."), noise_bin=NOISE),
    "page.html.gz": lambda text: gzip.compress(f"<p>{text}</p>".encode()),
    "text.pdf": lambda text: pdf_of(f"In {text}, in May."),
    "titled.pdf": lambda text: pdf_of(f'#set document(title: "Of {text} in May")\nNothing.'),
    "marked.pdf": lambda text: pdf_of(f'#figure(rect(), alt: "In {text}")'),
    "attached.pdf": lambda text: pdf_of(f'#pdf.attach("a.txt", bytes("In {text}."))\nNothing.'),
    "photo.jpg": lambda text: picture("JPEG", f"In {text} in May"),
    "photo.png": lambda text: picture("PNG", f"In {text} in May"),
    "photo.webp": lambda text: picture("WEBP", f"In {text} in May"),
    "photo.gif": lambda text: picture("GIF", f"In {text} in May"),
    "xmp.jpg": picture_with_xmp,
    "iptc.jpg": picture_with_iptc,
}  # fmt: skip


@pytest.mark.parametrize("word", ["Stockholm", "Björkekholm", "STOCKHOLM", "Samoa Holmgrens", "Annual"])
@pytest.mark.parametrize("filename", FILES)
def test_a_file_with_the_name_within_another_word_is_innocent(filename, word):
    assert not is_in_file(FILES[filename](word), filename, REDACTION)


@pytest.mark.parametrize("word", ["Moa Holm", "Holm", "Holms", "ANN"])
@pytest.mark.parametrize("filename", FILES)
def test_a_file_with_the_name_as_a_word_is_not(filename, word):
    assert is_in_file(FILES[filename](word), filename, REDACTION)


DIVIDED_WORDS = {
    "runs.docx": docx(p("In Stock", "holm")),
    "marked.docx": docx(p(DIVIDED)),
    "page.html": b'In Stock<b class="x">holm</b>, Stock<!-- -->holm, Stock<wbr>holm, Stock&shy;holm, V&auml;holm',
    "table.xlsx": zipped(xl__sharedStrings_xml="<si><r><t>Stock</t></r><r><rPr><b/><sz val='11'/></rPr><t>holm</t></r></si>"),
    "text.odt": zipped(content_xml="<text:p>Stock<text:span text:style='a'>holm</text:span></text:p>"),
    "lines.pdf": pdf_of("#set page(width: 2.6cm, margin: 0.2cm)\n#set text(hyphenate: true, lang: \"en\")\n"
                        "In Stock-\\ holm. STOCK-\\ HOLM."),
}  # fmt: skip


@pytest.mark.parametrize("filename", DIVIDED_WORDS)
def test_a_word_that_markup_or_a_line_divides_is_one_word(filename):
    assert not is_in_file(DIVIDED_WORDS[filename], filename, REDACTION)


def test_a_damaged_object_hides_no_name_in_the_rest_of_a_pdf(monkeypatch):
    def fail_once(value):
        monkeypatch.setattr(texts, "_strings_in", strings_in)
        raise ValueError

    content, strings_in = pdf_of("In Moa Holm, in May."), texts._strings_in
    monkeypatch.setattr(texts, "_strings_in", fail_once)

    assert is_in_file(content, "a.pdf", REDACTION)


def test_a_double_name_at_the_end_of_a_line_is_two_words():
    content = pdf_of("#set page(width: 3cm, margin: 0.2cm)\nBy Lind-\\ Holm.")
    assert is_in_file(content, "a.pdf", REDACTION)


ENCODED = base64.b64encode(NOISE)
BY_CHANCE = {
    "noise.bin": NOISE,
    "noise.jpg": b"\xff\xd8\xff" + NOISE,
    "noise.zip": b"PK\x03\x04" + NOISE,
    "noise.pdf": b"%PDF-1.7" + NOISE,
    "mail.eml": b"Subject: x\n\n" + base64.encodebytes(NOISE),
    "page.html": b'<img src="data:image/png;base64,' + ENCODED + b'">',
    "spelled.txt": b"+".join([ENCODED[:200], b"Ann", ENCODED[:200]]),
}


@pytest.mark.parametrize("filename", BY_CHANCE)
def test_bytes_that_spell_a_short_name_by_chance_are_innocent(filename):
    assert b"Ann" in NOISE and not is_in_file(BY_CHANCE[filename], filename, REDACTION)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize(
    ("text", "is_found"),
    [("\tMoa Åholm\r", True), ("(Moa Åholm)", True), ("xMoa Åholm", False), ("öMoa Åholm.", False), ("Moa Åholmö", False)],
)  # fmt: skip
def test_a_name_in_an_unknown_format_stands_between_other_signs_than_letters(text, is_found, encoding):
    content = NOISE[:999] + b"\0\0" + text.encode(encoding) + b"\0\0" + NOISE[:999]

    assert is_in_file(content, "old.doc", NameRedaction(["Moa Åholm"], "[x]")) == is_found


# Removals


@pytest.mark.django_db
def test_innocent_files_stay(editor, django_capture_on_commit_callbacks):
    publication, image = make_publication(), make_image()
    image.store_upload(picture("JPEG", "In Stockholm"), "stockholm.jpg")
    image.save()
    manuscript = publication.revisions.first().manuscript
    word = WordFile.objects.create(
        publication=publication, original=store_original(docx(p("In Stock", "holm.")), "docx"), text=manuscript,
        filename="Björkekholm.docx",
    )  # fmt: skip
    attached = publication.attachments.create(
        original=store_original(NOISE, "bin"), filename="a.bin", size=len(NOISE)
    )
    unused = store_original(b"In Stockholm.", "txt")
    removal = actions.NameRemoval(spellings=SPELLINGS)

    with django_capture_on_commit_callbacks(execute=True):
        assert not actions.remove_name_from_image(image, removal, by=editor)
        actions.remove_name_from_publication(publication, removal, by=editor)
        assert actions.remove_name_from_unused_files(removal) == 0

    word.refresh_from_db()
    assert publication.attachments.get() == attached
    for original in (word.original, attached.original, unused, image.original):
        assert original and original_storage().exists(original)


@pytest.mark.django_db
def test_a_redaction_of_a_passage_leaves_a_word_file_with_it_within_another_word(editor):
    publication = make_publication(body="By Holm.")
    word = WordFile.objects.create(
        publication=publication, original=store_original(docx(p("In Stock", "holm.")), "docx"), filename="a.docx",
        text=make_publication().revisions.first().manuscript,
    )  # fmt: skip

    actions.redact(publication, "Holm", by=editor)

    word.refresh_from_db()
    assert word.original
