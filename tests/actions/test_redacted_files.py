"""Removing a name takes files that hold it away, and metadata out of pictures."""

import io
import subprocess
import zipfile

import pytest
import typst
from PIL import Image as Pixels
from PIL.PngImagePlugin import PngInfo

from publications import actions, images
from publications.integrity import CHECKS, find_faults, no_progress
from publications.models import Attachment, Edition, Image, WordFile, original_storage, store_original
from publications.name_search import NameMatcher, Searched, search_storage
from tests.factories import make_image, make_live, make_publication, saved
from tests.word_files import docx, p

pytestmark = pytest.mark.django_db

NAME = "Vera Åkerholm"
REMOVAL = actions.NameRemoval(spellings=(NAME, "Åkerholm, Vera"))


def picture(format: str, size: tuple[int, int] = (64, 48)) -> bytes:
    stream, pixels, options = io.BytesIO(), Pixels.new("RGB", size, "navy"), {}
    if format == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("Author", NAME, zip=True)
    elif format == "GIF":
        options["comment"] = NAME.encode()
    else:
        exif = pixels.getexif()
        exif[0x013B], exif[0x0112] = NAME.encode(), 6  # the photographer; lying on its side
        options["exif"] = exif.tobytes()
    pixels.save(stream, format, **options)
    return stream.getvalue()


def pdf_of(text: str) -> bytes:
    return typst.compile(f'#set document(title: "{text}")\nNothing.'.encode())


def attach(publication, content: bytes, filename: str) -> Attachment:
    return publication.attachments.create(
        original=store_original(content, filename.rpartition(".")[2]), filename=filename, size=len(content)
    )


def remove(removal: actions.NameRemoval = REMOVAL) -> None:
    actions.remove_name_from_rows(removal, by=None)
    for image in Image.objects.all():
        actions.remove_name_from_image(image, removal, by=None)
    for publication in actions.publications_to_search():
        actions.remove_name_from_publication(publication, removal, by=None)
    actions.remove_name_from_unused_files(removal)


def places() -> list[str]:
    return [
        found.place
        for found in search_storage(original_storage(), NameMatcher(REMOVAL.spellings), Searched())
    ]


def test_a_published_picture_without_metadata_is_recorded():
    image = make_image()
    image.store_upload(picture("PNG"), "field.png")
    image.save()
    make_live(cover=image)
    (check,) = (check for check in CHECKS if check.name == "recorded-editions")

    assert actions.remove_name_from_image(image, REMOVAL, by=None)

    assert find_faults(check, no_progress) == []


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_encoded_again_without_metadata(format, django_capture_on_commit_callbacks, tmp_path):
    image = make_image()
    image.store_upload(picture(format), "field.png")
    image.save()
    before, size = image.original, (image.width, image.height)

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.remove_name_from_image(image, REMOVAL, by=None)
        assert not actions.remove_name_from_image(image, REMOVAL, by=None)

    image.refresh_from_db()
    assert image.original != before and not original_storage().exists(before) and places() == []
    assert (image.width, image.height) == size and image.original.endswith(
        ".jpg" if format == "JPEG" else ".png"
    )
    file = tmp_path / "picture"
    file.write_bytes(image.content)
    metadata = subprocess.run(
        ["exiftool", "-a", "-u", "-G1", file], capture_output=True, text=True, check=True
    )
    assert "Vera" not in metadata.stdout and "Artist" not in metadata.stdout


def test_transparency_and_grey_stay():
    stream = io.BytesIO()
    Pixels.new("RGBA", (4, 4), (9, 8, 7, 100)).save(stream, "PNG")
    assert Pixels.open(io.BytesIO(images.remove_metadata(stream.getvalue()))).getpixel((0, 0)) == (
        9,
        8,
        7,
        100,
    )


def test_a_damaged_picture_stays_and_is_not_a_failure():
    image = make_image()
    image.original = store_original(b"\x89PNG" + NAME.encode(), "png")
    image.save()

    assert not actions.remove_name_from_image(image, REMOVAL, by=None)
    assert places()


FILES = {
    "titled.pdf": lambda: pdf_of(NAME),
    "photo.jpg": lambda: picture("JPEG"),
    "data.csv": lambda: f"a;{NAME}".encode(),
    "text.docx": lambda: docx(p("Vera ", "Åkerholm")),
}


@pytest.mark.parametrize("filename", FILES)
def test_an_attachment_that_holds_the_name_is_taken_away(
    filename, editor, django_capture_on_commit_callbacks
):
    publication = make_publication()
    attach(publication, FILES[filename](), filename)
    attach(publication, pdf_of("Nobody"), "other.pdf")
    edition = actions.publish(saved(publication), by=editor)

    with django_capture_on_commit_callbacks(execute=True):
        report = actions.remove_name_from_publication(publication, REMOVAL, by=editor)

    edition = Edition.objects.get(pk=edition.pk)
    assert report.files == [filename] and report.editions == [1] and places() == []
    for rows in (publication.attachments, edition.attachments):
        assert [row.filename for row in rows.all()] == ["other.pdf"]
    assert original_storage().exists(edition.attachments.get().original)


def test_a_redaction_of_a_passage_leaves_attachments(editor):
    publication = make_publication(body=NAME)
    attach(publication, pdf_of(NAME), "a.pdf")
    actions.publish(saved(publication), by=editor)

    actions.redact(publication, NAME, by=editor)

    assert publication.attachments.exists()


def with_property(content: bytes) -> bytes:
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("docProps/custom.bin", NAME.encode("utf-16-le"))
    return stream.getvalue()


def test_a_word_file_with_the_name_in_its_properties_is_deleted(django_capture_on_commit_callbacks):
    publication, content = make_publication(), with_property(docx(p("Nothing.")))
    file = WordFile.objects.create(
        publication=publication,
        original=store_original(content, "docx"),
        filename="a.docx",
        text=docx_text(publication),
    )

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.remove_name_from_publication(publication, REMOVAL, by=None).files == ["a.docx"]

    file.refresh_from_db()
    assert file.original == "" and places() == []


def docx_text(publication) -> str:
    return publication.revisions.first().manuscript


def test_a_file_that_an_image_has_too_stays(django_capture_on_commit_callbacks):
    image, publication = make_image(), make_publication()
    image.store_upload(picture("PNG"), "a.png")
    image.save()
    publication.attachments.create(original=image.original, filename="a.png", size=1)

    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_name_from_publication(publication, REMOVAL, by=None)

    assert not publication.attachments.exists() and original_storage().exists(image.original)


def test_files_of_no_row_that_hold_the_name_are_deleted(editor):
    store_original(NAME.encode(), "bin")
    kept = store_original(b"Nobody", "bin")

    assert actions.remove_name_from_unused_files(REMOVAL) == 1
    assert places() == [] and original_storage().exists(kept)


def test_a_file_that_a_row_takes_on_while_files_are_read_stays(editor, monkeypatch):
    publication = make_publication()

    def attach_it(content, _name, _redaction):
        attach(publication, content, "x.bin")
        return True

    store_original(NAME.encode(), "bin")
    monkeypatch.setattr("publications.actions.redacted_files.is_in_file", attach_it)

    assert actions.remove_name_from_unused_files(REMOVAL) == 0
    assert original_storage().exists(publication.attachments.get().original)


def test_all_files_go_together(editor, django_capture_on_commit_callbacks):
    image = make_image()
    image.store_upload(picture("JPEG"), "a.jpg")
    image.save()
    publication = make_live(body=f"![A](image:{image.key})").publication
    for filename, content in FILES.items():
        attach(publication, content(), filename)
    assert len(places()) >= len(FILES) + 1

    with django_capture_on_commit_callbacks(execute=True):
        remove()

    assert places() == []
